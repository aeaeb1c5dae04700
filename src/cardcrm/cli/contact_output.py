"""Contacts in results: in a phrase, as a card, and as a list."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cardcrm import text
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.query import Node
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.fields import Field
    from cardcrm.sheet import Card, Sheet


pluralize = text.pluralize


def describe_contact(contact: "Contact") -> str:
    """Return id, name and organization, as in “5 Jane Doe (Acme)”."""
    return f"{contact.id} {contact.name}" + (f" ({contact.org})" if contact.org else "")


def describe_participants(people: Iterable[tuple[int, str]]) -> str:
    """Return participants, given as (id, name), as in “1 Jane Doe and 2 Ann Lee”."""
    *others, last = (f"{id_} {name}" for id_, name in people)
    return f"{', '.join(others)} and {last}" if others else last


def read_card(
    store: Store, contact_id: int, *, timeline: int | None = None, kind: str = ""
) -> "Card":
    """Return the card of a contact with at most ``timeline`` interactions, perhaps of a kind.

    Without ``timeline`` the card is complete. Raises NotFoundError.
    """
    from cardcrm.reports import card, card_json, card_text

    limit = card.NO_LIMIT if timeline is None else timeline
    facts = card.load_card(store, contact_id, history=limit, kind=kind)
    return card_text.build_card(facts, card_json.card_to_json(facts), all_sales=timeline is None)


def list_contacts(
    store: Store,
    node: "Node",
    columns: str = "",
    sort: str = "name",
    limit: int | None = None,
    each: str = "",
) -> "Sheet":
    """Return the contacts that match a query; ``columns`` are names separated by commas.

    With ``each``, the name of a column, there is a row for each of its values.
    """
    from cardcrm.records.query_sql import columns as column_registry
    from cardcrm.sheet import Column, Sheet

    column_registry.check_each(each)
    names = (
        [name.strip() for name in columns.split(",")]
        if columns
        else [each, "name", "org"]
        if each
        else column_registry.DEFAULT_COLUMNS
    )
    shown = column_registry.find_columns(store, list(names), node)
    heads = tuple(
        Column(
            field.key,
            field.heading,
            "right" if field.is_number else "left",
            field.is_wide,
            min_width=field.least_width,
            currency=_name_currency(field),
            json_key=column_registry.SINGLE_KEYS.get(each, field.json_key)
            if field.key == each
            else field.json_key,
        )
        for field in (column.field for column in shown)
    )
    rows = column_registry.select(store, node, shown, sort=sort, limit=limit, each=each)
    return Sheet(heads, rows, note="", ids="id")


def _name_currency(field: "Field") -> str:
    """Return the column of a list that has the currency of a field, "" if it is not money."""
    from cardcrm.records.contacts.query_fields import MoneySum, MoneyText

    if isinstance(field, MoneyText):
        return f"{field.key}_currency"
    return "currency" if isinstance(field, MoneySum) else ""


def read_contacts(session: "Session", ids: Sequence[int]) -> "Sheet":
    """Return the contacts with these ids; in JSON each is the object that `show` prints."""
    store = session.store()
    if session.format != "json" or not ids:
        found = list_by_id(store, ids)
        return found._replace(rows=list(found.rows))
    from cardcrm.cli.record_output import list_objects

    return list_objects(read_card(store, each).data for each in ids)


def list_by_id(store: Store, ids: Sequence[int]) -> "Sheet":
    """Return the contacts with these ids."""
    from cardcrm.query import ALL, Or, Term

    if not ids:
        return list_contacts(store, ALL, limit=0)
    return list_contacts(store, Or(tuple(Term("id", "=", str(each)) for each in ids)))
