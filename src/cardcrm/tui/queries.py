"""Queries for the first page, in a module that loads before the app, so that they run early."""

from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports import due
from cardcrm.reports.card import CardData, assemble_card, build_detail_queries, load_card_head
from cardcrm.reports.due import Digest, DigestPart, T
from cardcrm.reports.due_queries import MAX_COUNT
from cardcrm.reports.revenue import MonthRevenue, month_query
from cardcrm.store import Store

FIRST_ROWS = 30  # rows of a section that are read at first: as many as a screen shows
MAX_ROWS = 200  # rows of a section that are read in the end
FIRST_INTERACTIONS = 30  # interactions of a card that are read at first
SALES = 12
MONTHS = 24
_SECTIONS = ("overdue", "today", "coming", "losing_touch", "touch_soon", "days")


class ScreenCard(NamedTuple):
    """A contact's card; ``months`` are for the sparkline below its revenue."""

    card: CardData
    months: tuple[MonthRevenue, ...] = ()


class FirstPage(NamedTuple):
    """The day's list, and the card of the first contact in it."""

    day: Digest
    first: ScreenCard | None


def read_first_page(store: Store, days_ahead: int) -> FirstPage:
    """Read what the first page shows, no more than that."""
    day = read_day(store, days_ahead)
    contact_id = first_contact(day)
    return FirstPage(day, None if contact_id is None else read_card(store, contact_id))


def read_day(store: Store, days_ahead: int, limit: int = FIRST_ROWS) -> Digest:
    """Read what is due today and in the days ahead, up to ``limit`` rows a section."""
    today = dates.today(store.locale.zone)
    day = due.build_digest(store, today, ahead=days_ahead, limit=limit)
    parts: dict[str, Any] = {name: _cap_total(getattr(day, name)) for name in _SECTIONS}
    return day._replace(**parts)


def _cap_total(part: DigestPart[T]) -> DigestPart[T]:
    """Cap the total, so that it does not depend on how many rows were read."""
    return DigestPart(part.rows, min(part.total, MAX_COUNT), part.exact and part.total <= MAX_COUNT)


def sections_of(day: Digest) -> tuple[DigestPart[Any], ...]:
    """Return the sections of a day in the order in which they are shown."""
    return tuple(getattr(day, name) for name in _SECTIONS)


def first_contact(day: Digest) -> int | None:
    """Return the id of the contact in the first row of the list."""
    return next((row.contact.id for part in sections_of(day) for row in part.rows), None)


def is_complete(day: Digest, limit: int) -> bool:
    """Return whether reading up to ``limit`` rows a section would show no more."""
    return all(
        len(part.rows) >= limit or (part.exact and len(part.rows) == part.total)
        for part in sections_of(day)
    )


def read_card(
    store: Store, contact_id: int, *, history: int = FIRST_INTERACTIONS, kind: str = ""
) -> ScreenCard:
    """Read a contact's card with up to ``history`` interactions of a kind. Raises NotFoundError."""
    beginning = load_card_head(store, contact_id, history=history, kind=kind, sales=SALES)
    queries = build_detail_queries(beginning)
    if beginning.values:
        currency, today = beginning.values[0].revenue.currency, dates.today(store.locale.zone)
        queries.append(month_query(currency, today, months=MONTHS, contact_id=contact_id))
    rest = store.fetch_many(queries)
    months = rest.pop() if beginning.values else ()
    return ScreenCard(assemble_card(store, beginning, rest), months)
