"""Gather the contacts that may be rung, and what is known of them.

Each source names contacts by itself, so that no statement reads all of a million: due reminders,
overdue touches, open deals, open leads, and customers who are silent for long.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.money import Money
from cardcrm.records.activity.call_line import is_call
from cardcrm.records.deals.deal_sql import probability_sql
from cardcrm.records.leads.statuses import ACTIVE
from cardcrm.reports.behavior.answer_rates import build_rates
from cardcrm.reports.behavior.attempts import REPLY_DAYS, Tally, tally
from cardcrm.reports.behavior.best_times import choose_best_time
from cardcrm.reports.calls.candidate import (
    Candidate,
    DueStep,
    OpenDeal,
    OpenLead,
    Planned,
    RiskyValue,
)
from cardcrm.reports.calls.opening_hours import parse_hours
from cardcrm.reports.habits import MIN_PURCHASES, describe_interval, find_habit
from cardcrm.reports.leads.first_response import response_sql
from cardcrm.reports.retention.at_risk import HabitualCustomer, rank_risks
from cardcrm.reports.scope import Scope, choose_currency, contact_condition
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.query import Node

_MOST: Final = 1_000  # contacts of each source
_SILENT_DAYS: Final = 30  # after which a customer may be at risk
_ALL: Final = 100_000  # thousandths of a percent
_HOURS: Final = ("opening-hours", "opening-times", "hours", "office-hours")  # custom fields
_STATUSES: Final = ", ".join(f"'{each}'" for each in ACTIVE)


# The owner of a reminder; the step of a deal without one is that of the owner of the deal.
_OWNER_OF_STEP: Final = (
    f"CASE WHEN r.owner = '' THEN coalesce((SELECT {owner_key('d')} FROM deal d "
    f"WHERE d.id = r.deal_id), '') ELSE {owner_key('r')} END"
)


class Found(NamedTuple):
    """The candidates, and how many contacts were left out for each reason."""

    candidates: list[Candidate]
    left_out: Mapping[str, int]


NO_PHONE, OPTED_OUT, REACHED = "without a phone number", "opted out of calls", "reached today"


def read_candidates(
    store: Store, now: dt.datetime, where: "Node | None" = None, owner: str = ""
) -> Found:
    """Return the contacts that may be rung; of an ``owner``, those whose work is the owner's."""
    today = now.date()
    parts = _Parts(store, now, owner)
    ids = _choose_ids(store, parts, where)
    people = _read_contacts(store, ids, owner)
    phones = _read_phones(store, people)
    reached, tries = _read_calls_today(store, people, today)
    hours = read_hours(store, people)
    left_out: defaultdict[str, int] = defaultdict(int)
    found: dict[int, Candidate] = {}
    for contact_id, row in people.items():
        own = phones.get(contact_id)
        phone = own if own is not None else phones.get(row["org_id"])
        if contact_id in reached:
            left_out[REACHED] += 1
        elif phone is None:
            left_out[NO_PHONE] += 1
        elif not phone:
            left_out[OPTED_OUT] += 1
        else:
            found[contact_id] = Candidate(
                contact_id,
                row["name"],
                row["org"],
                phone,
                row["timezone"],
                parse_hours(hours.get(contact_id) or hours.get(row["org_id"] or 0, "")),
                tuple(parts.steps.get(contact_id, ())),
                tuple(parts.deals.get(contact_id, ())),
                parts.leads.get(contact_id),
                _touch_of(row, owner),
                parts.risks.get(contact_id),
                parts.planned_of(contact_id),
                tuple(tries.get(contact_id, ())),
            )
    return Found(list(found.values()), left_out)


class _Parts:
    """The reasons for calls, by contact."""

    def __init__(self, store: Store, now: dt.datetime, owner: str) -> None:
        self.store, self.now, self.today, self.owner = store, now, now.date(), fold(owner)
        self.steps: defaultdict[int, list[DueStep]] = defaultdict(list)
        self.deals: defaultdict[int, list[OpenDeal]] = defaultdict(list)
        self.leads: dict[int, OpenLead] = {}
        self.risks: dict[int, RiskyValue] = {}
        self.calls: set[int] = set()  # contacts with a call that is planned for later
        self.with_step: defaultdict[int, set[int]] = defaultdict(set)  # their deals with a step
        self.touches: list[int] = []
        self._read_steps()
        self._read_deals()
        self._read_leads()
        self._read_touches()
        self._read_risks()
        self._read_planned()

    def planned_of(self, contact_id: int) -> Planned:
        """Return what is planned with a contact for later."""
        deal_ids = frozenset(self.with_step.get(contact_id, ()))
        return Planned(contact_id in self.calls, deal_ids)

    @property
    def ids(self) -> set[int]:
        """The contacts that something speaks for."""
        return {*self.steps, *self.deals, *self.leads, *self.risks, *self.touches}

    def _owned(self, key: str) -> tuple[str, dict[str, Any]]:
        """Return the condition that the SQL of an owner's key is that of the owner, or empty."""
        if not self.owner:
            return "", {}
        return f" AND {key} IN (:owner, '')", {"owner": self.owner}

    def _read_steps(self) -> None:
        owned, params = self._owned(_OWNER_OF_STEP)
        rows = self.store.rows(
            "SELECT r.id, r.contact_id, r.text, r.due_on, r.due_at, r.promise, r.priority, "
            "r.deal_id "
            "FROM reminder r WHERE r.done_at IS NULL AND r.contact_id IS NOT NULL "
            f"AND r.due_on <= :today{owned} ORDER BY r.promise DESC, r.due_on, r.id LIMIT :most",
            today=self.today.isoformat(), most=_MOST, **params,
        )  # fmt: skip
        zone = self.store.locale.zone
        for row in rows:
            at = dates.from_instant(row["due_at"], zone) if row["due_at"] else None
            day = at.date() if at else dt.date.fromisoformat(row["due_on"])
            if day > self.today or (at is not None and at > self.now):
                self._plan(row)  # due later today
                continue
            step = DueStep(row["id"], row["text"], day, at, bool(row["promise"]), row["priority"])
            self.steps[row["contact_id"]].append(step)

    def _read_deals(self) -> None:
        owned, params = self._owned(owner_key("d"))
        rows = self.store.rows(
            "SELECT d.id, d.contact_id, d.title, g.name AS stage, "
            f"{probability_sql('d')} AS probability, d.amount, d.currency, d.close_on FROM deal d "
            f"JOIN stage g ON g.id = d.stage_id WHERE d.status = 'open'{owned} "
            "ORDER BY d.close_on IS NULL, d.close_on, d.id LIMIT :most",
            most=_MOST, **params,
        )  # fmt: skip
        for row in rows:
            amount = None if row["amount"] is None else Money(row["amount"], row["currency"])
            close = dt.date.fromisoformat(row["close_on"]) if row["close_on"] else None
            chance = row["probability"] / _ALL
            deal = OpenDeal(row["id"], row["title"], row["stage"], chance, amount, close)
            self.deals[row["contact_id"]].append(deal)

    def _read_leads(self) -> None:
        owned, params = self._owned(owner_key("l"))
        rows = self.store.rows(
            "SELECT l.id, l.contact_id, l.text, l.received_on, l.received_at, "
            f"{response_sql('l')} AS answered FROM lead l WHERE l.status IN ({_STATUSES}){owned} "
            "ORDER BY l.received_on DESC, l.id DESC LIMIT :most",
            most=_MOST, **params,
        )  # fmt: skip
        zone = self.store.locale.zone
        for row in rows:
            at = dates.from_instant(row["received_at"], zone) if row["received_at"] else None
            day = dt.date.fromisoformat(row["received_on"])
            lead = OpenLead(row["id"], row["text"], day, at, row["answered"] is not None)
            self.leads.setdefault(row["contact_id"], lead)

    def _read_touches(self) -> None:
        owned, params = self._owned(owner_key("c"))
        rows = self.store.rows(
            f"SELECT c.id FROM contact c WHERE c.touch_by <= :today{owned} "
            "ORDER BY c.touch_by, c.id LIMIT :most",
            today=self.today.isoformat(), most=_MOST, **params,
        )  # fmt: skip
        self.touches = [row[0] for row in rows]

    def _read_risks(self) -> None:
        """Read the value at risk of the customers with the most revenue who are silent."""
        code = choose_currency(self.store)
        silent = self.today - dt.timedelta(days=_SILENT_DAYS)
        rows = self.store.rows(
            "SELECT v.contact_id FROM contact_value v WHERE v.own = 1 AND v.currency = :currency "
            "AND v.days >= :least AND v.last_on < :silent ORDER BY v.revenue DESC, v.contact_id "
            "LIMIT :most",
            currency=code, least=MIN_PURCHASES, silent=silent.isoformat(), most=_MOST,
        )  # fmt: skip
        numbers, customers = DayNumbers(), []
        for marks, params in chunks([row[0] for row in rows]):
            sales = self.store.rows(
                f"SELECT s.contact_id, {self.store.engine.concat_function}"
                "(CASE WHEN s.amount > 0 THEN s.on_date END, ' '), sum(s.amount) FROM sale s "
                "WHERE s.currency = :currency AND s.on_date <= :today "
                f"AND s.contact_id IN ({marks}) GROUP BY s.contact_id",
                currency=code, today=self.today.isoformat(), **params,
            )  # fmt: skip
            for contact_id, days, revenue in sales:
                found = sorted(map(numbers.__getitem__, days.split()))
                habit = find_habit(found, self.today.toordinal())
                if habit is not None and habit.is_late and revenue > 0:
                    customers.append(HabitualCustomer(contact_id, habit, int(revenue)))
        for value, _, customer, _ in rank_risks(customers, {}):
            habit = customer.habit
            interval = describe_interval(habit.usual_days)
            reason = f"usually buys {interval}, silent for {habit.silent_days:,}"
            self.risks[customer.contact_id] = RiskyValue(Money(value, code), reason)

    def _read_planned(self) -> None:
        """Find the contacts with a step that is planned for a later day.

        A step of a deal is about that deal, a call about everything but what is due; any other
        step, such as a card for a birthday, hides nothing.
        """
        for marks, params in chunks(self.ids):
            rows = self.store.rows(
                "SELECT r.contact_id, r.text, r.deal_id FROM reminder r WHERE r.done_at IS NULL "
                f"AND r.due_on > :today AND r.contact_id IN ({marks}) ORDER BY r.id",
                today=self.today.isoformat(), **params,
            )  # fmt: skip
            for row in rows:
                self._plan(row)

    def _plan(self, row: Any) -> None:
        """Note a step that is planned for later."""
        if row["deal_id"] is not None:
            self.with_step[row["contact_id"]].add(row["deal_id"])
        if is_call(row["text"]):
            self.calls.add(row["contact_id"])


def _choose_ids(store: Store, parts: _Parts, where: "Node | None") -> list[int]:
    if where is None:
        return sorted(parts.ids)
    found: list[int] = []
    condition, params = contact_condition(store, where, "k.id")
    for marks, more in chunks(sorted(parts.ids)):
        sql = f"SELECT k.id FROM contact k WHERE k.id IN ({marks}) AND {condition} ORDER BY k.id"
        found += [row[0] for row in store.rows(sql, **more, **params)]
    return found


def _read_contacts(store: Store, ids: Sequence[int], owner: str) -> dict[int, Mapping[str, Any]]:
    """Return the active contacts of some ids by id, those of others' owners left out."""
    people: dict[int, Mapping[str, Any]] = {}
    also, more = "", dict[str, Any]()
    if owner:
        also, more = f" AND {owner_key('c')} IN (:owner, '')", {"owner": fold(owner)}
    for marks, params in chunks(ids):
        rows = store.rows(
            "SELECT c.id, c.name, c.org_id, coalesce(o.name, '') AS org, c.touch_by, c.owner, "
            "coalesce(nullif(c.timezone, ''), o.timezone, '') AS timezone "
            "FROM contact c LEFT JOIN contact o ON o.id = c.org_id "
            f"WHERE c.id IN ({marks}) AND c.status = 'active'{also} ORDER BY c.id",
            **params, **more,
        )  # fmt: skip
        people.update((row["id"], dict(zip(row.keys(), row, strict=True))) for row in rows)
    return people


def _touch_of(row: Mapping[str, Any], owner: str) -> dt.date | None:
    is_own = not owner or fold(row["owner"]) in ("", fold(owner))
    return dt.date.fromisoformat(row["touch_by"]) if row["touch_by"] and is_own else None


def _with_orgs(people: Mapping[int, Mapping[str, Any]]) -> list[int]:
    return sorted({*people, *(row["org_id"] for row in people.values() if row["org_id"])})


def _read_phones(store: Store, people: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Return the number to ring of each contact that has one; empty if all are opted out."""
    found: dict[int, str] = {}
    for marks, params in chunks(_with_orgs(people)):
        rows = store.rows(
            "SELECT p.contact_id, p.value, p.opted_out FROM point p WHERE p.kind = 'phone' "
            f"AND p.invalid = 0 AND p.contact_id IN ({marks}) ORDER BY p.contact_id, p.id",
            **params,
        )
        for contact_id, value, opted_out in rows:
            if opted_out:
                found.setdefault(contact_id, "")
            elif not found.get(contact_id):
                found[contact_id] = value
    return found


def _read_calls_today(
    store: Store, people: Iterable[int], today: dt.date
) -> tuple[set[int], dict[int, list[dt.datetime | None]]]:
    """Return the contacts reached today in person, and the moments of calls without an answer."""
    reached: set[int] = set()
    tries: defaultdict[int, list[dt.datetime | None]] = defaultdict(list)
    for marks, params in chunks(sorted(people)):
        rows = store.rows(
            "SELECT p.contact_id, i.no_answer, i.at, i.kind FROM participant p "
            "JOIN interaction i ON i.id = p.interaction_id WHERE i.on_date = :today "
            f"AND i.kind IN ('call', 'meeting', 'visit') AND p.contact_id IN ({marks}) "
            "ORDER BY i.id",
            today=today.isoformat(), **params,
        )  # fmt: skip
        for contact_id, no_answer, at, kind in rows:
            if not no_answer:
                reached.add(contact_id)
            elif kind == "call":
                moment = dates.from_instant(at, store.locale.zone) if at else None
                tries[contact_id].append(moment)
    return reached, tries


def read_hours(store: Store, people: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Return the opening hours of contacts and their organizations, from custom fields."""
    marks = ", ".join(f"'{each}'" for each in _HOURS)
    fields = [
        row[0] for row in store.rows(f"SELECT id FROM field WHERE name IN ({marks}) ORDER BY id")
    ]
    found: dict[int, str] = {}
    for field_id in fields:
        for ids, params in chunks(_with_orgs(people)):
            rows = store.rows(
                "SELECT contact_id, text FROM field_value WHERE field_id = :field "
                f"AND contact_id IN ({ids})",
                field=field_id, **params,
            )  # fmt: skip
            for contact_id, text in rows:
                found.setdefault(contact_id, text)
    return found


# The best hour


_ATTEMPTS = (
    "SELECT p.contact_id, i.kind, i.direction, i.on_date, i.at, i.no_answer FROM participant p "
    "JOIN interaction i ON i.id = p.interaction_id WHERE i.kind = 'call' "
    "AND i.on_date <= :today AND p.contact_id IN ({marks}) ORDER BY p.contact_id, "
    "i.on_date DESC, coalesce(i.at, '') DESC, i.id DESC"
)


def add_rates(store: Store, candidates: Sequence[Candidate], today: dt.date) -> list[Candidate]:
    """Return candidates with the rates at which their calls were answered, by hour.

    Few calls of one contact are drawn to the rates of all these contacts, as in `answer_rates`.
    """
    rows: list[Any] = []
    for marks, params in chunks([each.contact_id for each in candidates]):
        sql = _ATTEMPTS.format(marks=marks)
        rows += list(map(tuple, store.rows(sql, today=today.isoformat(), **params)))
    own: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        own[row[0]].append(row)
    scope, zone = Scope("", today), store.locale.zone
    everyone = tally(rows, scope, REPLY_DAYS, zone)
    return [
        _with_rates(each, tally(own[each.contact_id], scope, REPLY_DAYS, zone), everyone)
        for each in candidates
    ]


def _with_rates(
    candidate: Candidate, tallies: Sequence[Tally], everyone: Sequence[Tally]
) -> Candidate:
    found = build_rates(tallies, "call", everyone)
    rates = {int(each.name[:2]): each.expected for each in found.hours if each.expected is not None}
    if rates:
        rates[-1] = sum(rates.values()) / len(rates)
    alone = choose_best_time(build_rates(tallies).hours)
    is_good = alone is not None and 2 * alone.counts.answered >= alone.counts.attempts
    return candidate.with_rates(alone if is_good else None, rates)
