"""`tag`: add and remove tags."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    complete_query,
    is_numbers,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import BULK, DryRun, Yes, confirm_bulk
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import (
    edit_contacts,
    find_segment,
    resolve_targets,
    take_contacts,
)
from cardcrm.cli.session import Session
from cardcrm.errors import NO_CONTACT, NotFoundError, UsageError
from cardcrm.records.contacts import contact_queries, contacts, update
from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.sheet import Column, Sheet

app = typer.Typer()


@app.command("tag", context_settings={"ignore_unknown_options": True})
def tag(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO… +TAG -TAG…",
            help="Contacts, or @SEGMENT; then tags to add (+) and to remove (-).",
            autocompletion=complete_contact,
        ),
    ] = [],
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="All contacts that match a query; leave out WHO.",
            autocompletion=complete_query,
            rich_help_panel=BULK,
        ),
    ] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Add tags to contacts, or remove them.

    Without arguments, all tags are listed with their numbers of contacts.

    Examples:
        cardcrm tag jane +vip -cold garden-club

        cardcrm tag 34 35 36 +fair

        cardcrm tag --where "city:leeds" +yorkshire

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    if not (words or where):
        return _list_tags(session)
    ids, tags = _split_tags(session, words, where)
    if not tags:
        raise UsageError("no tags given", "For example: cardcrm tag jane +vip -cold")
    added = tuple(each.removeprefix("+") for each in tags if not each.startswith("-"))
    removed = tuple(each.removeprefix("-") for each in tags if each.startswith("-"))
    if not dry_run:
        confirm_bulk(session, ids, CONTACT, yes=yes, verb="tag")
    change = update.Edit(tags=added, untag=removed)
    result = edit_contacts(session, ids, change, dry_run=dry_run)
    return result if dry_run or len(ids) != 1 else _add_tags(session, ids[0], result)


def _list_tags(session: Session) -> Result:
    """Return all tags, the most frequent first."""
    found = contact_queries.count_tags(session.store())
    columns = (Column("tag", "tag"), Column("count", "contacts", "right"))
    hint = "no tags yet; for example: cardcrm tag jane +vip"
    return Result(Sheet(columns, found, ids="tag"), notes=() if found else (hint,))


def _split_tags(
    session: Session, words: Sequence[str], where: str
) -> tuple[list[int], Sequence[str]]:
    """Return the ids of the contacts to tag, and the words that are tags.

    Words before the first tag with a sign name contacts; without a sign, the first contact ends
    where its name ends.
    """
    if where:
        _refuse_names(words)
        return resolve_targets(session, (), where), words
    first = words[0] if words else ""
    if _is_signed(first) and not any(map(str.isdigit, first)):  # a phone number may start with +
        raise UsageError(NO_CONTACT, f"Name it first: cardcrm tag jane {first}")
    at = next((at for at, word in enumerate(words) if at and _is_signed(word)), 0)
    if segment := find_segment(session, first):
        if at > 1:
            raise _unclear(words[1])
        return resolve_targets(session, (), segment), words[1:]
    if at:
        return _find_contacts(session, words[:at]), words[at:]
    ids, rest = take_contacts(session, words)
    if rest and is_numbers(rest[0]):
        raise _unclear(rest[0])
    return ids, rest


def _is_signed(word: str) -> bool:
    return word.startswith(("+", "-"))


def _refuse_names(words: Sequence[str]) -> None:
    """Raise UsageError for a word beside --where that may be a contact."""
    for word in words:
        if not _is_signed(word):
            raise _unclear(word)


def _unclear(word: str) -> UsageError:
    return UsageError(f"“{word}” may be a contact or a tag", f"Write a tag with its sign: +{word}")


def _find_contacts(session: Session, words: Sequence[str]) -> list[int]:
    """Return the contacts that all words name. Raises NotFoundError with a hint about tags."""
    found: list[int] = []
    rest = list(words)
    while rest:
        try:
            ids, rest = take_contacts(session, rest)
        except NotFoundError as error:
            if not found:
                raise
            hint = f"If it is a tag, write +{rest[0]}."
            raise NotFoundError(error.message, hint, near=error.near) from error
        found += ids
    return list(dict.fromkeys(found))


def _add_tags(session: Session, contact_id: int, result: Result) -> Result:
    """Add the tags that a contact has now to the message."""
    tags = " ".join(contacts.tags_of(session.store(), contact_id)) or "none"
    return result._replace(message=f"{result.message}; tags: {tags}")
