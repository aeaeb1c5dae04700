"""The contacts that a command changes: named one by one, or found by a query."""

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_query, is_numbers, split_numbers
from cardcrm.cli.bulk_edit import BULK
from cardcrm.cli.contact_output import describe_contact, read_card, read_contacts
from cardcrm.cli.edit_report import Noun, edit_noun
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NO_CONTACT, UsageError
from cardcrm.records.contacts import contacts
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.records.contacts.update import Edit

NO_MATCH = "no contacts found; nothing was changed"

Contacts = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO…", help="One contact, or several.", autocompletion=complete_contact
    ),
]
Where = Annotated[
    str,
    typer.Option(
        metavar="QUERY",
        help="All contacts that match a query.",
        autocompletion=complete_query,
        rich_help_panel=BULK,
    ),
]


def resolve_targets(session: Session, who: Sequence[str], where: str) -> list[int]:
    """Return the ids of the contacts that names or a query select. Raises UsageError."""
    if who and where:
        raise UsageError("names and --where exclude each other", "Use either names or --where.")
    if not any(map(str.strip, who)) and not where.strip():
        raise UsageError(NO_CONTACT, "Name one or more, or use --where QUERY.")
    store = session.store()
    if who:
        from cardcrm.records.contacts.resolve import is_full_name

        names = [" ".join(who)] if is_full_name(store, who) else who
        return list(dict.fromkeys(session.find_contact(each).id for each in split_numbers(names)))
    from cardcrm.records.query_sql import columns, contact_query

    return columns.find_ids(store, contact_query.parse(store, where))


def find_segment(session: Session, word: str) -> str:
    """Return the query of the segment that @NAME names; "" for any other word.

    An @name that is not a saved segment is a contact, as everywhere.
    """
    if not word.startswith("@"):
        return ""
    from cardcrm.records.query_sql import segments

    name = fold(word.removeprefix("@"))
    is_known = any(each.name == name for each in segments.list_segments(session.store()))
    return f'segment:"{name}"' if is_known else ""


def take_contacts(session: Session, words: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the ids of the contacts that the first words name, and the remaining words.

    Numbers at the start are several contacts, unless they are a phone number.
    """
    numbers = list(takewhile(is_numbers, words))
    if len(split_numbers(numbers)) > 1:
        ids = [session.find_contact(each).id for each in split_numbers(numbers)]
        return list(dict.fromkeys(ids)), list(words[len(numbers) :])
    contact, rest = session.split_contact(words)
    return [contact.id], rest


def preview(session: Session, ids: Sequence[int], what: str) -> Result:
    """Return what a command would do to contacts."""
    from cardcrm.cli.record_output import name_rows
    from cardcrm.records.contacts.contact_type import CONTACT

    message = name_rows(session.store(), CONTACT, ids, what)
    return Result(lambda: read_contacts(session, ids), message)


def contact_noun(session: Session) -> Noun:
    """Return how contacts appear in the result of an edit."""
    from cardcrm.records.contacts.contact_type import CONTACT

    store = session.store()
    return Noun(
        CONTACT,
        lambda contact_id: describe_contact(contacts.get(store, contact_id)),
        lambda contact_id: read_card(store, contact_id),
        lambda ids: read_contacts(session, ids),
    )


def edit_contacts(
    session: Session, ids: Sequence[int], change: "Edit", *, dry_run: bool = False
) -> Result:
    """Edit contacts in one step, or only try it; return what was changed, or would be."""
    from cardcrm.records.contacts import update

    if not ids:
        return Result(lambda: read_contacts(session, ids), NO_MATCH)
    noun, store = contact_noun(session), session.store()
    return edit_noun(
        session, noun, ids, lambda each: update.edit(store, [each], change), dry_run=dry_run
    )
