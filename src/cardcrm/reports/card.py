"""All that is known of one contact: the card, its history, what is open and what was bought.

Each table is asked once, whatever the number of rows, and a server twice in all; sums come from the
kept table.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Details
from cardcrm.records.sales.sales import Sale, SaleLine, of_contact
from cardcrm.store import Store
from cardcrm.store.ahead import Question, asked_ahead
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row

EVERYTHING = 2**62
_HANDFUL = 500


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
    with asked_ahead(store, *questions(contact_id, history, kind, sales)):
        details = contacts.details(store, contact_id)
        found = interactions.timeline(store, contact_id, limit=history, kind=kind)
        sold = of_contact(store, contact_id, limit=sales)
        rest: list[Question] = [partial(_people_of, found=found), partial(_lines_of, sold=sold)]
        if details.contact.kind == "org":
            rest.append(partial(_people, org_id=contact_id))
        with asked_ahead(store, *rest):
            people, lines = _people_of(store, found), _lines_of(store, sold)
            return FullCard(
                details,
                tuple(reminders.open_of(store, contact_id)),
                tuple(Happening(each, tuple(people[each.id])) for each in found),
                interactions.count(store, contact_id, kind=kind),
                tuple(Bought(each, tuple(lines.get(each.id, ()))) for each in sold),
                _sold(store, contact_id),
                _worth(store, contact_id),
                _people(store, contact_id) if details.contact.kind == "org" else (),
                dates.today(store.locale.zone),
                store.locale.zone,
            )


def questions(
    contact_id: int, history: int = EVERYTHING, kind: str = "", sales: int = EVERYTHING
) -> list[Question]:
    """What `full_card` asks without waiting for an answer."""
    return [
        *contacts.asked(contact_id),
        *(partial(each, contact_id=contact_id) for each in (reminders.open_of, _sold, _worth)),
        partial(interactions.timeline, contact_id=contact_id, limit=history, kind=kind),
        partial(interactions.count, contact_id=contact_id, kind=kind),
        partial(of_contact, contact_id=contact_id, limit=sales),
    ]


def told(
    store: Store, contact_id: int, limit: int, kind: str = "", offset: int = 0
) -> tuple[Happening, ...]:
    """So many of a contact's interactions (of a kind), newest first, after the first ``offset``."""
    found = interactions.timeline(store, contact_id, limit=limit, offset=offset, kind=kind)
    people = _people_of(store, found)
    return tuple(Happening(each, tuple(people[each.id])) for each in found)


def _people_of(
    store: Store, found: Sequence[Interaction]
) -> Mapping[int, Sequence[tuple[int, str]]]:
    """Who took part in each of some interactions."""
    people: dict[int, list[tuple[int, str]]] = {}
    for row in _in_handfuls(
        store,
        "SELECT p.interaction_id, c.id, c.name FROM participant p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.interaction_id IN ({}) ORDER BY p.id",
        [each.id for each in found],
    ):
        people.setdefault(row[0], []).append((row[1], row[2]))
    return people


def _lines_of(store: Store, sold: Sequence[Sale]) -> Mapping[int, Sequence[SaleLine]]:
    """The lines of each of some sales."""
    lines: dict[int, list[SaleLine]] = {}
    for row in _in_handfuls(
        store,
        "SELECT l.sale_id, p.name, l.quantity, l.price, l.cost, l.discount, l.amount, s.currency "
        "FROM sale_line l JOIN sale s ON s.id = l.sale_id JOIN product p ON p.id = l.product_id "
        "WHERE l.sale_id IN ({}) ORDER BY l.id",
        [each.id for each in sold],
    ):
        lines.setdefault(row[0], []).append(_line(row))
    return lines


def _sold(store: Store, contact_id: int) -> int:
    """How many sales there are."""
    return int(store.value("SELECT count(*) FROM sale WHERE contact_id = :id", id=contact_id))


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


def _in_handfuls(store: Store, sql: str, ids: Sequence[int]) -> Iterator[Any]:
    """The rows of a query for many ids, asked a handful at a time; ``{}`` is where they go."""
    for start in range(0, len(ids), _HANDFUL):
        marks, params = placeholders(ids[start : start + _HANDFUL], "i")
        yield from store.rows(sql.format(marks), **params)


def _worth(store: Store, contact_id: int) -> tuple[Worth, ...]:
    return tuple(
        Worth(
            Money(row["revenue"], row["currency"]),
            None if row["margin"] is None else Money(row["margin"], row["currency"]),
            row["orders"],
            average(row["revenue"], row["orders"], row["currency"]),
            dt.date.fromisoformat(row["first_on"]),
            dt.date.fromisoformat(row["last_on"]),
        )
        for row in store.rows(
            "SELECT currency, revenue, margin, orders, first_on, last_on FROM contact_value "
            "WHERE contact_id = :id "
            "ORDER BY CASE WHEN currency = :own THEN 0 ELSE 1 END, revenue DESC, currency",
            id=contact_id,
            own=store.locale.currency,
        )
    )


def average(revenue: int, orders: int, currency: str) -> Money | None:
    """Revenue / orders in minor units, half a unit rounded away from zero; None without orders."""
    if not orders:
        return None
    size = (2 * abs(revenue) + orders) // (2 * orders)
    return Money(size if revenue >= 0 else -size, currency)


def _people(store: Store, org_id: int) -> tuple[Colleague, ...]:
    return tuple(
        Colleague(row[0], row[1], row[2])
        for row in store.rows(
            "SELECT id, name, title FROM contact WHERE org_id = :id ORDER BY sort_key, id",
            id=org_id,
        )
    )
