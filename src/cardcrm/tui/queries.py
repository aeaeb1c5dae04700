"""Queries for the first page, in a module that loads before the app, so that they run early."""

from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports import due
from cardcrm.reports.alerts.alert_queries import Alert, contact_alert_query
from cardcrm.reports.card import CardData, assemble_card, build_detail_queries, load_card_head
from cardcrm.reports.due_contacts import DueContact
from cardcrm.reports.due_queries import MAX_COUNT
from cardcrm.reports.due_rows import Digest, DigestPart, T
from cardcrm.reports.revenue import MonthRevenue, month_query
from cardcrm.store import Store

FIRST_ROWS = 30  # rows of a section that are read at first: as many as a screen shows
MAX_ROWS = 200  # rows of a section that are read in the end
FIRST_INTERACTIONS = 30  # interactions of a card that are read at first
SALES = 12
MONTHS = 24
MOST_ALERTS = 5  # of a day, and of a contact
_SECTIONS = (
    "overdue",
    "today",
    "leads",
    "coming",
    "contracts",
    "losing_touch",
    "touch_soon",
    "days",
)
_BEFORE_ALERTS = 5  # sections that are shown before the alerts


class DueAlert(NamedTuple):
    """An alert as an item of the day; one about a product alone has no contact."""

    alert: Alert
    contact: DueContact | None


class ScreenCard(NamedTuple):
    """A contact's card; ``months`` are for the sparkline below its revenue."""

    card: CardData
    months: tuple[MonthRevenue, ...] = ()
    alerts: tuple[Alert, ...] = ()


class FirstPage(NamedTuple):
    """The day's list, and the card of the first contact in it."""

    day: Digest
    first: ScreenCard | None


def read_first_page(store: Store, days_ahead: int, alert_days: int = 0) -> FirstPage:
    """Read what the first page shows, no more than that."""
    day = read_day(store, days_ahead, alert_days=alert_days)
    contact_id = first_contact(day)
    if contact_id is None:
        return FirstPage(day, None)
    return FirstPage(day, read_card(store, contact_id, alert_days=alert_days))


def read_day(
    store: Store, days_ahead: int, limit: int = FIRST_ROWS, *, alert_days: int = 0
) -> Digest:
    """Read what is due today and in the days ahead, up to ``limit`` rows a section.

    Alerts are read unless ``alert_days``, the days for which they are shown, is 0.
    """
    today = dates.today(store.locale.zone)
    day = due.build_digest(
        store,
        today,
        ahead=days_ahead,
        limit=limit,
        alert_days=alert_days,
        alert_limit=MOST_ALERTS + 1,
    )
    parts: dict[str, Any] = {name: _cap_total(getattr(day, name)) for name in _SECTIONS}
    return day._replace(**parts)


def _cap_total(part: DigestPart[T]) -> DigestPart[T]:
    """Cap the total, so that it does not depend on how many rows were read."""
    return DigestPart(part.rows, min(part.total, MAX_COUNT), part.exact and part.total <= MAX_COUNT)


def sections_of(day: Digest) -> tuple[DigestPart[Any], ...]:
    """Return the sections of a day in the order in which they are shown."""
    parts = [getattr(day, name) for name in _SECTIONS]
    return (*parts[:_BEFORE_ALERTS], alerts_of(day), *parts[_BEFORE_ALERTS:])


def alerts_of(day: Digest) -> DigestPart[DueAlert]:
    """Return the alerts of a day as a section; if there are more, their total is a minimum."""
    rows = tuple(
        DueAlert(each, DueContact(each.contact_id, each.contact) if each.contact_id else None)
        for each in day.alerts[:MOST_ALERTS]
    )
    return DigestPart(rows, len(rows), len(rows) == len(day.alerts))


def first_contact(day: Digest) -> int | None:
    """Return the id of the contact in the first row of the list."""
    rows = (row for part in sections_of(day) for row in part.rows)
    first = next(rows, None)
    return first.contact.id if first is not None and first.contact else None


def is_complete(day: Digest, limit: int) -> bool:
    """Return whether reading up to ``limit`` rows a section would show no more."""
    return all(
        len(part.rows) >= limit or (part.exact and len(part.rows) == part.total)
        for part in (getattr(day, name) for name in _SECTIONS)
    )


def read_card(
    store: Store,
    contact_id: int,
    *,
    history: int = FIRST_INTERACTIONS,
    kind: str = "",
    alert_days: int = 0,
) -> ScreenCard:
    """Read a contact's card with up to ``history`` interactions of a kind. Raises NotFoundError."""
    beginning = load_card_head(store, contact_id, history=history, kind=kind, sales=SALES)
    queries = build_detail_queries(beginning)
    today = dates.today(store.locale.zone)
    has_alerts = bool(beginning.values and alert_days)
    if has_alerts:
        queries.append(contact_alert_query(contact_id, today, alert_days, MOST_ALERTS))
    if beginning.values:
        currency = beginning.values[0].revenue.currency
        queries.append(month_query(currency, today, months=MONTHS, contact_id=contact_id))
    rest = store.fetch_many(queries)
    months = rest.pop() if beginning.values else ()
    alerts = tuple(rest.pop()) if has_alerts else ()
    return ScreenCard(assemble_card(store, beginning, rest), months, alerts)
