"""Find the contacts that enter a sequence: by a query, or by something that happened."""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.records.query_sql import contact_query
from cardcrm.records.records import Record
from cardcrm.records.sequences.date_events import DATE_EVENTS
from cardcrm.records.sequences.facts import match_query
from cardcrm.records.sequences.plan import (
    ALWAYS,
    BIRTHDAY,
    DATE,
    DEAL_LOST,
    DEAL_STAGE,
    DEAL_WON,
    FIRST_SALE,
    LEAD,
    NEVER,
    NO_SALE,
    STAGE,
    Event,
    Plan,
)
from cardcrm.records.sequences.sequence_rules import find_date_field
from cardcrm.records.sequences.sequence_status import ACTIVE
from cardcrm.store import Store
from cardcrm.store.derived_refresh import CHUNK, chunks

CATCH_UP_DAYS: Final = 7  # days after a birthday or a date on which a late run still takes it


class Entrant(NamedTuple):
    """A contact that enters, the event that it enters by, and the deal of that."""

    contact_id: int
    event: str = ""
    deal_id: int | None = None


def find_entrants(
    store: Store, sequence: Record, plan: Plan, today: dt.date, first: dt.date | None = None
) -> list[Entrant]:
    """Return the contacts that enter on a day, each once unless it may enter again.

    Days before ``first`` are left out of what is looked up by its day; by default it is a week
    before today.
    """
    if plan.on is not None:
        earliest = first or today - dt.timedelta(days=CATCH_UP_DAYS)
        window = _choose_window(store, sequence, earliest, today)
        found = _FINDERS[plan.on.kind](store, plan.on, window)
        if plan.enter:
            found = _narrow(store, plan.enter, found)
    elif plan.enter:
        found = _find_by_query(store, plan, sequence.id)
    else:
        found = []
    return keep_new(store, sequence.id, plan, found, today)


class _Window(NamedTuple):
    """The time in which an event counts: since the sequence was added, and some days."""

    sequence: Record
    start_day: str
    first: dt.date
    today: dt.date

    @property
    def start(self) -> str:
        """The instant at which the sequence was added."""
        at: str = self.sequence.columns["created_at"]
        return at


def _choose_window(store: Store, sequence: Record, first: dt.date, today: dt.date) -> _Window:
    start = dates.from_instant(sequence.columns["created_at"], store.locale.zone).date()
    return _Window(sequence, start.isoformat(), max(first, start), today)


def _find_by_query(store: Store, plan: Plan, sequence_id: int) -> list[Entrant]:
    """Return the contacts that the entry query finds, and that may not be in the sequence yet."""
    node = contact_query.parse_audience(store, plan.enter)
    where, params = contact_query.compile_query(store, node)
    known = (
        " AND NOT EXISTS (SELECT 1 FROM enrollment k WHERE k.contact_id = c.id "
        "AND k.sequence_id = :sequence)"
        if plan.again == NEVER
        else ""
    )
    sql = f"SELECT c.id FROM contact c WHERE ({where}){known} ORDER BY c.id"
    given = {"sequence": sequence_id} if known else {}
    return [Entrant(row[0]) for row in store.rows(sql, **params, **given)]


def _narrow(store: Store, query: str, found: Sequence[Entrant]) -> list[Entrant]:
    ids = list(dict.fromkeys(each.contact_id for each in found))
    matching: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        matching |= match_query(store, query, ids[start : start + CHUNK])
    return [each for each in found if each.contact_id in matching]


# Events


def _select(store: Store, sql: str, **params: Any) -> list[Entrant]:
    return [Entrant(*row) for row in store.rows(sql, **params)]


def _find_first_sales(store: Store, _event: Event, window: _Window) -> list[Entrant]:
    """Return those whose first sale ever is not older than the sequence; it happens once."""
    sql = (
        "SELECT s.contact_id, 'first sale', NULL FROM sale s WHERE s.amount > 0 "
        "AND s.on_date >= :day AND s.created_at >= :start AND NOT EXISTS (SELECT 1 FROM sale o "
        "WHERE o.contact_id = s.contact_id AND o.amount > 0 AND o.on_date < :day) "
        "GROUP BY s.contact_id ORDER BY s.contact_id"
    )
    return _select(store, sql, day=window.start_day, start=window.start)


def _find_without_sale(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return those whose last sale is old enough; their event is the day of that sale."""
    sql = (
        "SELECT s.contact_id, max(s.on_date), NULL FROM sale s WHERE s.amount > 0 "
        "GROUP BY s.contact_id HAVING max(s.on_date) <= :day ORDER BY s.contact_id"
    )
    day = window.today - dt.timedelta(days=event.days)
    return _select(store, sql, day=day.isoformat())


def _find_stage_changes(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return those whose stage the journal says was changed, and is that still."""
    sql = (
        "SELECT c.id, CAST(max(x.id) AS TEXT), CAST(NULL AS BIGINT) FROM change x "
        "JOIN contact c ON c.id = x.row_id WHERE x.id > :seen AND x.tbl = 'contact' "
        "AND x.op IN ('update', 'insert') AND x.new LIKE :written AND c.stage = :stage "
        "GROUP BY c.id ORDER BY c.id"
    )
    stage = event.name.lower()
    seen = window.sequence.columns["seen_change"]
    return _select(store, sql, seen=seen, stage=stage, written=f'%"stage":"{stage}"%')


def _find_deal_changes(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return the contacts of deals that came into a stage since the sequence was added."""
    if event.kind == DEAL_STAGE:
        stage, value = "lower(t.name) = :value", event.name.lower()
    else:
        stage, value = "t.kind = :value", "won" if event.kind == DEAL_WON else "lost"
    sql = (
        "SELECT d.contact_id, CAST(min(x.id) AS TEXT), d.id FROM stage_change x "
        "JOIN stage t ON t.id = x.to_id JOIN deal d ON d.id = x.deal_id "
        f"WHERE x.at >= :start AND {stage} AND d.stage_id = x.to_id "
        "GROUP BY d.contact_id, d.id ORDER BY d.id"
    )
    return _select(store, sql, start=window.start, value=value)


def _find_leads(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return the contacts of leads that came in since the sequence was added."""
    source = " AND lower(l.source) = :source" if event.name else ""
    sql = (
        "SELECT l.contact_id, CAST(min(l.id) AS TEXT), NULL FROM lead l "
        f"WHERE l.received_on >= :day{source} GROUP BY l.contact_id ORDER BY l.contact_id"
    )
    given = {"source": event.name.lower()} if event.name else {}
    return _select(store, sql, day=window.start_day, **given)


def _find_birthdays(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return those whose birthday, moved by some days, is one of the days."""
    sql = (
        "SELECT y.contact_id FROM yearly_day y WHERE y.label = 'birthday' "
        "AND y.month_day = :day ORDER BY y.contact_id"
    )
    found = []
    for day in _list_days(window):
        birthday = day - dt.timedelta(days=event.days)
        for month_day in _list_month_days(birthday):
            rows = store.rows(sql, day=month_day)
            found += [Entrant(row[0], str(birthday.year)) for row in rows]
    return found


def _list_days(window: _Window) -> Iterable[dt.date]:
    count = (window.today - window.first).days + 1
    return (window.first + dt.timedelta(days=each) for each in range(count))


def _list_month_days(day: dt.date) -> list[str]:
    """Return the yearly days that are on a day; February 29 is a day earlier in most years."""
    found = [day.strftime("%m-%d")]
    if found == ["02-28"] and not calendar.isleap(day.year):
        found.append("02-29")
    return found


def _find_dates(store: Store, event: Event, window: _Window) -> list[Entrant]:
    """Return those with a date that, moved by some days, is one of the days.

    The date is that of a contract, of an asset or of a custom field.
    """
    shift = dt.timedelta(days=event.days)
    first, last = ((each - shift).isoformat() for each in (window.first, window.today))
    read = DATE_EVENTS.get(event.name)
    found = [Entrant(*each) for each in read(store, first, last)] if read else []
    if (field := find_date_field(store, event.name)) is None:
        return found
    sql = (
        "SELECT v.contact_id, v.text, NULL FROM field_value v WHERE v.field_id = :field "
        "AND v.text >= :first AND v.text <= :last ORDER BY v.contact_id"
    )
    return found + _select(store, sql, field=field, first=first, last=last)


_FINDERS: Final[Mapping[str, Callable[[Store, Event, _Window], list[Entrant]]]] = {
    FIRST_SALE: _find_first_sales,
    NO_SALE: _find_without_sale,
    STAGE: _find_stage_changes,
    DEAL_WON: _find_deal_changes,
    DEAL_LOST: _find_deal_changes,
    DEAL_STAGE: _find_deal_changes,
    LEAD: _find_leads,
    BIRTHDAY: _find_birthdays,
    DATE: _find_dates,
}


# Again


def keep_new(
    store: Store, sequence_id: int, plan: Plan, found: Sequence[Entrant], today: dt.date
) -> list[Entrant]:
    """Return those who may enter: not twice at once, for one event, or before `Plan.again`."""
    earlier: dict[int, list[Any]] = {}
    for marks, params in chunks(each.contact_id for each in found):
        sql = (
            "SELECT contact_id, event, deal_id, status, entered_on FROM enrollment "
            f"WHERE sequence_id = :sequence AND contact_id IN ({marks})"
        )
        for row in store.rows(sql, sequence=sequence_id, **params):
            earlier.setdefault(row["contact_id"], []).append(row)
    kept: dict[tuple[int, int | None], Entrant] = {}
    for each in found:
        if all(_may_enter(plan, each, row, today) for row in earlier.get(each.contact_id, ())):
            kept.setdefault((each.contact_id, each.deal_id), each)
    return list(kept.values())


def _may_enter(plan: Plan, entrant: Entrant, before: Any, today: dt.date) -> bool:
    """Return whether a contact may enter although it has entered before.

    For one deal, or without one, at most once a day: the steps of a sequence may bring about the
    event that it begins with.
    """
    if plan.again == NEVER or (entrant.event and entrant.event == before["event"]):
        return False
    if before["status"] == ACTIVE and before["deal_id"] == entrant.deal_id:
        return False
    if plan.again == ALWAYS and before["deal_id"] != entrant.deal_id:
        return True
    pause = 1 if plan.again == ALWAYS else plan.again
    return dt.date.fromisoformat(before["entered_on"]) + dt.timedelta(days=pause) <= today
