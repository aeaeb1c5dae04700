"""`forget`: erase a contact for good."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Yes, complete_contact, session_of
from cardcrm.cli.contact_output import describe_contact
from cardcrm.cli.result import Result
from cardcrm.cli.session import DeclinedError, Session
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
    from cardcrm.reports.forget_text import describe_plan

    session = session_of(ctx)
    if not who.strip():
        return _finish(session)
    contact = session.find_contact(who)
    forgetting.check_has_name(contact.id, contact.uid)
    plan = forgetting.plan(session.store(), contact.id, erases_sales=erase_sales, also=also)
    if dry_run:
        return _report(session, plan, contact, "would forget", done=False)
    if not yes:
        for line in describe_plan(session.store(), plan):
            session.say(line)
        _confirm(session, contact)
    done = forgetting.forget(session.store(), contact.id, erases_sales=erase_sales, also=also)
    return _report(session, done, contact, "forgot", done=True)


def _finish(session: Session) -> Result:
    from cardcrm.records.privacy import forget as forgetting

    if not forgetting.finish(session.store()):
        raise UsageError("no contact given", "Name it: cardcrm forget jane@example.com")
    return Result(message="completed the erasure that was interrupted")


def _confirm(session: Session, contact: "Contact") -> None:
    """Ask twice: whether to forget, and for the name. Raises DeclinedError."""
    from cardcrm.records.privacy.forget import is_same_name

    session.confirm(f"forget {describe_contact(contact)}, which cannot be undone", yes=False)
    answer = session.ask(f"Type the name to go ahead ({contact.name}): ")
    if not is_same_name(answer, contact.name):
        raise DeclinedError("nothing was changed")


def _report(session: Session, plan: "Plan", contact: "Contact", verb: str, *, done: bool) -> Result:
    from cardcrm.reports.forget_text import describe_plan, list_copies

    copies = list_copies(session.store())
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
        Card(contact.name, data=data),
        message,
        tuple(describe_plan(session.store(), plan, is_done=done)),
    )


def _place(mention: Any) -> dict[str, Any]:
    found = {"noun": mention.noun, "id": mention.row_id, "field": mention.field}
    return {**found, "text": mention.text}


def _list_counts(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"noun": noun, "count": count} for noun, count in found.items()]
