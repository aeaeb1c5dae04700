"""`forget`: erase a contact for good."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Yes, complete_contact, session_of
from cardcrm.cli.contact_output import describe_contact, pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import DeclinedError, Session
from cardcrm.cli.warehouse_memory import recall_folder
from cardcrm.errors import UsageError
from cardcrm.sheet import Card

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.privacy.forget import Plan

app = typer.Typer()


@app.command("forget")
def forget(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="Contact.", autocompletion=complete_contact),
    ] = "",
    erase_sales: Annotated[
        bool,
        typer.Option(
            "--erase-sales/--keep-sales",
            help="Erase the sales too, or keep their amounts without the contact (the default).",
        ),
    ] = False,
    also: Annotated[
        list[str],
        typer.Option(
            metavar="WORDS", help="Further words to strike out of all texts, such as a family name."
        ),
    ] = [],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be erased, without changes.")
    ] = False,
    yes: Yes = False,
) -> Result:
    """Erase a contact for good, also from the journal and from texts about others.

    This cannot be undone. Texts of others that name the contact in full, or by an address or a
    number, have [forgotten] in its place; texts with a part of the name are listed. Keyed hashes
    are left, by which an import knows the contact and refuses it. Sales stay for the books,
    without the contact and their texts. Backups keep the contact; the answer names them.

    After an interruption, `cardcrm forget` without a name completes the erasure.

    Examples:
        cardcrm forget jane --dry-run

        cardcrm forget jane --also Doe --erase-sales --yes

    """
    from cardcrm.records.privacy import forget as forgetting

    session = session_of(ctx)
    if not who.strip():
        return _finish(session)
    contact = session.find_contact(who)
    _refuse_anonymous(contact)
    plan = forgetting.plan(session.store(), contact.id, erases_sales=erase_sales, also=also)
    if dry_run:
        return _report(session, plan, contact, "would forget", done=False)
    if not yes:
        for line in _describe(session, plan):
            session.say(line)
        _confirm(session, contact)
    done = forgetting.forget(session.store(), contact.id, erases_sales=erase_sales, also=also)
    return _report(session, done, contact, "forgot", done=True)


def _finish(session: Session) -> Result:
    from cardcrm.records.privacy import forget as forgetting

    if not forgetting.finish(session.store()):
        raise UsageError("no contact given", "Name it: cardcrm forget jane@example.com")
    return Result(message="completed the erasure that was interrupted")


def _refuse_anonymous(contact: "Contact") -> None:
    from cardcrm.records.privacy.forget import ANONYMOUS_UID

    if contact.uid == ANONYMOUS_UID:
        raise UsageError(
            f"contact {contact.id} holds the sales of forgotten contacts",
            f"To remove it with these sales: cardcrm rm {contact.id}",
        )


def _confirm(session: Session, contact: "Contact") -> None:
    """Ask twice: whether to forget, and for the name. Raises DeclinedError."""
    session.confirm(f"forget {describe_contact(contact)}, which cannot be undone", yes=False)
    answer = session.ask(f"Type the name to go ahead ({contact.name}): ")
    if " ".join(answer.split()).casefold() != " ".join(contact.name.split()).casefold():
        raise DeclinedError("nothing was changed")


def _report(session: Session, plan: "Plan", contact: "Contact", verb: str, *, done: bool) -> Result:
    copies = _list_copies(session)
    data: dict[str, Any] = {
        "id": contact.id,
        "name": contact.name,
        "forgotten": done,
        "erased_rows": _list_counts(plan.erased),
        "kept_rows": _list_counts(plan.kept),
        "struck_out": [_place(each) for each in plan.struck],
        "mentions": [_place(each) for each in plan.listed],
        "shared": [
            {"text": each.text, "contact_id": each.contact_id, "contact": each.contact}
            for each in plan.shared
        ],
        "copies": [{"path": path, "date": day} for path, day in copies],
        "synced_files": list(plan.files),
        "imports": list(plan.imports),
    }
    message = f"{verb} {describe_contact(contact)}" + (", which cannot be undone" if done else "")
    return Result(
        Card(contact.name, data=data), message, tuple(_describe(session, plan, done=done))
    )


def _place(mention: Any) -> dict[str, Any]:
    found = {"noun": mention.noun, "id": mention.row_id, "field": mention.column}
    return {**found, "text": mention.text}


def _list_counts(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"noun": noun, "count": count} for noun, count in found.items()]


def _describe(session: Session, plan: "Plan", *, done: bool = False) -> Iterator[str]:
    """Yield what is erased and kept, and where the contact may still be."""
    would = "" if done else "would be "
    yield f"{would}erased: {_counts(plan.erased)}"
    if plan.kept:
        yield f"{would}kept without the contact and their texts: {_counts(plan.kept)}"
    if plan.struck:
        texts = pluralize(len(plan.struck), "text")
        yield f"{would}struck out of {texts} about others: {_places(plan.struck)}"
    for each in plan.listed:
        yield f"a part of the name stays in {each.noun} {each.row_id}: {each.text}"
    if plan.listed:
        yield "to strike a word out of all texts: --also WORD"
    for shared in plan.shared:
        yield f"“{shared.text}” stays: contact {shared.contact_id} {shared.contact} has it too"
    yield from _describe_copies(session, plan)


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{noun} ({count:,})" for noun, count in found.items())


def _places(found: Sequence[Any]) -> str:
    return ", ".join(dict.fromkeys(f"{each.noun} {each.row_id}" for each in found))


def _describe_copies(session: Session, plan: "Plan") -> Iterator[str]:
    for path, day in _list_copies(session):
        yield f"still holds the contact: {path} of {day}"
    for path in plan.files:
        yield f"still holds the contact, and a sync will not bring it back: {path}"
    folder = recall_folder(session.location)
    if folder is not None:
        yield f"still holds the contact until the next `cardcrm export --star`: {folder}"
    for command in plan.imports:
        yield f"the contact came from a file: cardcrm {command}"
    if session.store().engine.is_remote:
        yield (
            "the server's own log and backups may hold the contact until they expire; "
            "ask who runs the server"
        )
    yield "exported files, shell histories and backups elsewhere are yours to look through"


def _list_copies(session: Session) -> list[tuple[str, str]]:
    """Return the paths of known copies of the database, with their days."""
    if session.store().engine.is_remote:
        return []
    from cardcrm.store.backup import find_copies

    return [(str(path), day.isoformat()) for path, day in find_copies(session.file)]
