"""All that is known of one contact: the card, its history, what is open and what was bought.

Each table is asked once, whatever the number of rows, and a server twice in all; sums come from the
kept table.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Details
from cardcrm.records.sales.sales import Sale, SaleLine, contact_query
from cardcrm.store import Query, Store
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

EVERYTHING = 2**62
_CHUNK = 500


class Happening(NamedTuple):
    """An interaction with all who took part, as (id, name)."""

    interaction: Interaction
    people: tuple[tuple[int, str], ...]


class Bought(NamedTuple):
    """A sale with its lines."""

    sale: Sale
    lines: tuple[SaleLine, ...]


class Worth(NamedTuple):
    """What a contact bought in one currency: refunds lower the revenue and are no orders.

    ``average`` is revenue / orders, None without an order; ``margin`` None where a cost is unknown.
    """

    revenue: Money
    margin: Money | None
    orders: int
    average: Money | None
    first: dt.date
    last: dt.date


class Colleague(NamedTuple):
    """Somebody who works at the organisation."""

    id: int
    name: str
    title: str


class FullCard(NamedTuple):
    """One contact. ``history`` and ``sales`` are newest first and may be cut short;
    ``history_count`` (of the kind asked for) and ``sales_count`` are how many there are; ``worth``
    has the firm's own currency first; ``today`` is the local day it was read on.
    """

    details: Details
    reminders: tuple[Reminder, ...]
    history: tuple[Happening, ...]
    history_count: int
    sales: tuple[Bought, ...]
    sales_count: int
    worth: tuple[Worth, ...]
    people: tuple[Colleague, ...]
    today: dt.date
    zone: str


class Beginning(NamedTuple):
    """The part of a card that the first round trip reads; the ids in it lead to the rest."""

    details: Details
    reminders: tuple[Reminder, ...]
    history: Sequence[Interaction]
    history_count: int
    sales: Sequence[Sale]
    sales_count: int
    worth: tuple[Worth, ...]


def full_card(
    store: Store,
    contact_id: int,
    *,
    history: int = EVERYTHING,
    kind: str = "",
    sales: int = EVERYTHING,
) -> FullCard:
    """All that is known of a contact, with at most so many interactions (of a kind) and sales.

    Raises NotFoundError.
    """
    beginning = read_beginning(store, contact_id, history=history, kind=kind, sales=sales)
    return whole_card(store, beginning, store.fetch_many(rest_queries(beginning)))


def read_beginning(
    store: Store, contact_id: int, *, history: int, kind: str, sales: int
) -> Beginning:
    """Return the first part of a card. Raises NotFoundError."""
    queries: list[Query[Any]] = [
        *contacts.details_queries(contact_id),
        reminders.open_query(contact_id),
        interactions.timeline_query(contact_id, limit=history, kind=kind),
        interactions.count_query(contact_id, kind=kind),
        contact_query(contact_id, sales),
        Query("SELECT count(*) FROM sale WHERE contact_id = :id", {"id": contact_id}, count_of),
        _worth_query(contact_id, store.locale.currency),
    ]
    *details, plans, found, count, sold, sold_count, worth = store.fetch_many(queries)
    known = contacts.details_of(details)
    return Beginning(known, tuple(plans), found, count, sold, sold_count, worth)


def rest_queries(beginning: Beginning) -> list[Query[Any]]:
    """Build the queries for the rest of a card: participants, sale lines, and people of an org."""
    queries = [
        *_people_queries(beginning.history),
        *_line_queries(beginning.sales),
    ]
    contact = beginning.details.contact
    return [*queries, _colleagues_query(contact.id)] if contact.kind == "org" else queries


def whole_card(store: Store, beginning: Beginning, rest: Sequence[Any]) -> FullCard:
    """Return the card from its first part and the results of `rest_queries`."""
    details, history, sales = beginning.details, beginning.history, beginning.sales
    ends = _chunk_count(history), _chunk_count(history) + _chunk_count(sales)
    people = _grouped(rest[: ends[0]])
    lines = _grouped(rest[ends[0] : ends[1]])
    return FullCard(
        details,
        beginning.reminders,
        tuple(Happening(each, tuple(people.get(each.id, ()))) for each in history),
        beginning.history_count,
        tuple(Bought(each, tuple(lines.get(each.id, ()))) for each in sales),
        beginning.sales_count,
        beginning.worth,
        rest[ends[1]] if details.contact.kind == "org" else (),
        dates.today(store.locale.zone),
        store.locale.zone,
    )


def told(
    store: Store, contact_id: int, limit: int, kind: str = "", offset: int = 0
) -> tuple[Happening, ...]:
    """So many of a contact's interactions (of a kind), newest first, after the first ``offset``."""
    found = interactions.timeline(store, contact_id, limit=limit, offset=offset, kind=kind)
    people = _grouped(store.fetch_many(_people_queries(found)))
    return tuple(Happening(each, tuple(people.get(each.id, ()))) for each in found)


# Each query of a chunk of ids gives pairs: the id, and what belongs to it.
Pairs = list[tuple[int, Any]]


def _people_queries(found: Sequence[Interaction]) -> list[Query[Pairs]]:
    """Build the queries of who took part in interactions."""
    return _chunk_queries(
        "SELECT p.interaction_id, c.id, c.name FROM participant p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.interaction_id IN ({}) ORDER BY p.id",
        [each.id for each in found],
        lambda rows: [(row[0], (row[1], row[2])) for row in rows],
    )


def _line_queries(sold: Sequence[Sale]) -> list[Query[Pairs]]:
    """Build the queries of the lines of sales."""
    return _chunk_queries(
        "SELECT l.sale_id, p.name, l.quantity, l.price, l.cost, l.discount, l.amount, s.currency "
        "FROM sale_line l JOIN sale s ON s.id = l.sale_id JOIN product p ON p.id = l.product_id "
        "WHERE l.sale_id IN ({}) ORDER BY l.id",
        [each.id for each in sold],
        lambda rows: [(row[0], _line(row)) for row in rows],
    )


def _line(row: Row) -> SaleLine:
    _, product, quantity, price, cost, discount, amount, currency = row
    return SaleLine(
        product,
        quantity,
        Money(price, currency),
        None if cost is None else Money(cost, currency),
        discount,
        Money(amount, currency),
    )


def _chunk_queries(
    sql: str, ids: Sequence[int], parse: Callable[[list[Row]], Pairs]
) -> list[Query[Pairs]]:
    """Build one query for each chunk of ids; they stand in the SQL's ``{}``."""
    chunks = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    marked = (placeholders(chunk, "i") for chunk in chunks)
    return [Query(sql.format(marks), params, parse) for marks, params in marked]


def _chunk_count(things: Sequence[Any]) -> int:
    return -(-len(things) // _CHUNK)


def _grouped(chunks: Iterable[Pairs]) -> dict[int, list[Any]]:
    """Return what belongs to each id."""
    groups: dict[int, list[Any]] = {}
    for id_, each in chain.from_iterable(chunks):
        groups.setdefault(id_, []).append(each)
    return groups


def _worth_query(contact_id: int, currency: str) -> Query[tuple[Worth, ...]]:
    """Build the query of the sums of a contact's sales, those in ``currency`` first."""
    return Query(
        "SELECT currency, revenue, margin, orders, first_on, last_on FROM contact_value "
        "WHERE contact_id = :id "
        "ORDER BY CASE WHEN currency = :own THEN 0 ELSE 1 END, revenue DESC, currency",
        {"id": contact_id, "own": currency},
        lambda rows: tuple(map(_worth, rows)),
    )


def _worth(row: Row) -> Worth:
    return Worth(
        Money(row["revenue"], row["currency"]),
        None if row["margin"] is None else Money(row["margin"], row["currency"]),
        row["orders"],
        average(row["revenue"], row["orders"], row["currency"]),
        dt.date.fromisoformat(row["first_on"]),
        dt.date.fromisoformat(row["last_on"]),
    )


def _colleagues_query(org_id: int) -> Query[tuple[Colleague, ...]]:
    """Build the query of the people who work at an organization."""
    return Query(
        "SELECT id, name, title FROM contact WHERE org_id = :id ORDER BY sort_key, id",
        {"id": org_id},
        lambda rows: tuple(Colleague(row[0], row[1], row[2]) for row in rows),
    )


def average(revenue: int, orders: int, currency: str) -> Money | None:
    """Revenue / orders in minor units, half a unit rounded away from zero; None without orders."""
    if not orders:
        return None
    size = (2 * abs(revenue) + orders) // (2 * orders)
    return Money(size if revenue >= 0 else -size, currency)
