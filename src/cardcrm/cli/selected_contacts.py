"""The contacts that a command changes: named one by one, or found by a query."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_query, split_numbers
from cardcrm.cli.bulk_edit import BULK
from cardcrm.cli.contact_output import describe_contact, pluralize, read_card, read_contacts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts

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
    if not who and not where.strip():
        raise UsageError("no contact given", "Name one or more, or use --where QUERY.")
    store = session.store()
    if who:
        from cardcrm.records.contacts.resolve import is_full_name

        names = [" ".join(who)] if is_full_name(store, who) else who
        return list(dict.fromkeys(session.find_contact(each).id for each in split_numbers(names)))
    from cardcrm.records.query_sql import columns, contact_query

    return columns.find_ids(store, contact_query.parse(store, where))


def preview(session: Session, ids: Sequence[int], what: str) -> Result:
    """Return what a command would do to contacts."""
    from cardcrm.cli.record_output import name_rows
    from cardcrm.records.contacts.contact_type import CONTACT

    return Result(message=name_rows(session.store(), CONTACT, ids, what))


def report_change(session: Session, ids: Sequence[int], changed: int) -> Result:
    """Return the result of a change to the contacts with these ids, of which some changed."""
    store = session.store()
    if len(ids) != 1:
        message = f"changed {changed} of {pluralize(len(ids), 'contact')}" if ids else NO_MATCH
        return Result(lambda: read_contacts(session, ids), message)
    contact = contacts.get(store, ids[0])
    message = f"{'changed' if changed else 'no change to'} {describe_contact(contact)}"
    return Result(lambda: read_card(store, contact.id), message)
