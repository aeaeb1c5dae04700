"""The service levels in force: which one counts for a case, and its working time."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.dates.system_zone import find_zone_name
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.query_sql import contact_query
from cardcrm.records.service.holidays_of import build_test
from cardcrm.records.service.hours import parse_hours
from cardcrm.records.service.working_time import WorkingHours, WorkingTime
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_MANY: Final = 5000  # contacts; a query of more is run for all of them at once
_STEP: Final = 10  # between positions, so that a later one fits between
_TIMES: Final = ("first_minutes", "next_minutes", "solve_minutes")


class Rule(NamedTuple):
    """A service level; its times are in seconds, None where it has none."""

    id: int
    name: str
    priority: str
    contacts: str
    first: float | None
    next: float | None
    solve: float | None
    time: WorkingTime


class BrokenRule(NamedTuple):
    """A service level that cannot be used, such as one in a zone that is gone."""

    name: str
    problem: str


class Rules(NamedTuple):
    """The service levels in their order, and those that are left out."""

    usable: tuple[Rule, ...]
    broken: tuple[BrokenRule, ...]


def complete_sla(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a service level with its place and its zone.

    Raises UsageError for one without any time, and for a bad query.
    """
    before = store.row(f"SELECT {', '.join(_TIMES)} FROM sla WHERE id = :id", id=row_id)
    if not any(columns.get(key, before[key] if before else None) for key in _TIMES):
        raise UsageError("a service level needs a time", "Add --first 1h, --next 2h or --solve 8h.")
    if columns.get("contacts"):
        contact_query.compile_query(store, contact_query.parse(store, columns["contacts"]))
    if not row_id and not columns.get("position"):
        last = store.value("SELECT max(position) FROM sla") or 0
        columns = columns | {"position": last + _STEP}
    if not row_id and not columns.get("zone"):
        columns = columns | {"zone": find_zone_name(store.locale.zone)}
    return columns


def load_rules(store: Store) -> Rules:
    """Return the service levels in their order."""
    sql = (
        "SELECT id, name, priority, contacts, first_minutes, next_minutes, solve_minutes, hours, "
        "holidays, zone FROM sla ORDER BY position, id"
    )
    usable: list[Rule] = []
    broken: list[BrokenRule] = []
    for row in store.rows(sql):
        try:
            usable.append(_build_rule(store, row))
        except CardcrmError as error:
            problem = f"{error.message}; {error.hint}" if error.hint else error.message
            broken.append(BrokenRule(row["name"], problem))
    return Rules(tuple(usable), tuple(broken))


def _build_rule(store: Store, row: Any) -> Rule:
    if row["contacts"]:  # raises for a field that was removed
        contact_query.compile_query(store, contact_query.parse(store, row["contacts"]))
    zone = row["zone"] or find_zone_name(store.locale.zone)
    tzinfo = dates.clock.find_zone(zone) if zone else dt.UTC
    hours = WorkingHours(parse_hours(row["hours"]), tzinfo, build_test(row["holidays"]))
    first, next_, solve = (None if row[key] is None else row[key] * 60 for key in _TIMES)
    return Rule(
        row["id"], row["name"], row["priority"], row["contacts"], first, next_, solve,
        WorkingTime(hours),
    )  # fmt: skip


class RuleFinder:
    """Find the service level of cases by their priority and contact."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rules = load_rules(store)
        self._known: set[int] = set()  # contacts whose groups were looked up
        self._members: dict[int, set[int]] = {each.id: set() for each in self.rules.usable}

    def learn(self, contact_ids: Collection[int]) -> None:
        """Look up which groups some contacts belong to."""
        new = set(contact_ids) - self._known
        self._known |= new
        for rule in self.rules.usable:
            if rule.contacts and new:
                self._members[rule.id].update(_find_members(self._store, rule.contacts, new))

    def find(self, priority: str, contact_id: int) -> Rule | None:
        """Return the service level of a case, whose contact is known; None without one."""
        for rule in self.rules.usable:
            if rule.priority not in ("", priority):
                continue
            if not rule.contacts or contact_id in self._members[rule.id]:
                return rule
        return None


def _find_members(store: Store, query: str, contact_ids: Collection[int]) -> Iterator[int]:
    """Yield the contacts that a query finds, of some or perhaps of all."""
    where, params = contact_query.compile_query(store, contact_query.parse(store, query))
    sql = f"SELECT c.id FROM contact c WHERE ({where})"
    if len(contact_ids) > _MANY:
        yield from (row[0] for row in store.rows(sql, **params))
        return
    for marks, more in chunks(sorted(contact_ids)):
        rows = store.rows(f"{sql} AND c.id IN ({marks})", **params, **more)
        yield from (row[0] for row in rows)
