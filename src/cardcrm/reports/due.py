"""Compute the digest of what is due, for `cardcrm due`, its mail and its notification.

Promises come first, then higher priorities, then older due dates. A reminder due today is not
overdue, even if its time has passed. A contact is losing touch if its cadence has run out and no
open reminder is due within the days of the digest.

The records are named tuples, because dataclasses would slow the command down by 5%.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from cardcrm import dates
from cardcrm.dates.anniversaries import age_on, next_anniversary
from cardcrm.records.contacts import cadence_rules
from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.reports import due_contracts
from cardcrm.reports.alerts.alert_queries import Alert, alert_query
from cardcrm.reports.due_cases import DueCase, find_due_cases, open_case_query
from cardcrm.reports.due_contacts import (
    DueContact,
    LastInteraction,
    build_contact_queries,
    build_due_contacts,
    find_last_interactions,
)
from cardcrm.reports.due_deals import DealRows, DueDeal, build_deal, deal_queries, read_deals
from cardcrm.reports.due_invoices import DueInvoice, build_invoice, invoice_query, invoice_source
from cardcrm.reports.due_leads import DueLead, build_lead, lead_query, lead_source
from cardcrm.reports.due_queries import (
    Scope,
    Source,
    add_days,
    anniversary_query,
    anniversary_source,
    anniversary_spans,
    between_query,
    between_source,
    build_scope,
    cadence_query,
    max_counted,
    overdue_queries,
    overdue_source,
    read_overdue_by_rank,
    touch_queries,
)
from cardcrm.reports.mail_alarms import SilentAccount, TroubledMail, mail_queries
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

if TYPE_CHECKING:
    from cardcrm.query import Node

_CHUNK_SIZE = 500
_DAYS_IN_YEAR = 366
MAX_ALERTS = 4  # one more than are shown, to say that there are more

T = TypeVar("T")


class DueReminder(NamedTuple):
    """A reminder that is due.

    ``due_at`` is the UTC instant and ``time`` the local time of a reminder with a time of day.
    ``rule`` is the RRULE of a recurring reminder.
    """

    id: int
    text: str
    due_on: dt.date
    due_at: str | None
    time: dt.time | None
    rule: str
    promise: bool
    priority: int
    owner: str
    contact: DueContact | None
    last: LastInteraction | None


class OverdueContact(NamedTuple):
    """A contact whose cadence ran out on ``touch_by``, or will within the days of the digest."""

    contact: DueContact
    touch_by: dt.date
    days_late: int
    cadence_days: int
    last: LastInteraction | None


class UpcomingAnniversary(NamedTuple):
    """A birthday or other anniversary; ``age`` is in full years, None if the year is unknown."""

    label: str
    on: dt.date
    age: int | None
    contact: DueContact
    last: LastInteraction | None


class DigestPart(NamedTuple, Generic[T]):
    """One part of the digest: its first rows, and their total (a minimum unless ``exact``)."""

    rows: tuple[T, ...] = ()
    total: int = 0
    exact: bool = True


class Digest(NamedTuple):
    """Everything due on a day and the ``ahead`` days after it. Alerts are not due by themselves."""

    date: dt.date
    ahead: int
    overdue: DigestPart[DueReminder]
    today: DigestPart[DueReminder]
    coming: DigestPart[DueReminder]
    losing_touch: DigestPart[OverdueContact]
    touch_soon: DigestPart[OverdueContact]
    days: DigestPart[UpcomingAnniversary]
    deals: DigestPart[DueDeal] = DigestPart()
    alerts: tuple[Alert, ...] = ()
    invoices: DigestPart[DueInvoice] = DigestPart()
    leads: DigestPart[DueLead] = DigestPart()
    silent: DigestPart[SilentAccount] = DigestPart()
    troubled: DigestPart[TroubledMail] = DigestPart()
    cases: DigestPart[DueCase] = DigestPart()
    contracts: DigestPart[due_contracts.DueContract] = DigestPart()

    def only(self, *, overdue: bool, today: bool) -> "Digest":
        """Return what is overdue, or due today, or both.

        Contacts losing touch, deals without a step, unpaid invoices and leads that came in before
        today are overdue.
        """
        days = [each for each in self.days.rows if each.on == self.date]
        leads = [
            each for each in self.leads.rows if (overdue, today)[each.received_on == self.date]
        ]
        cases = [each for each in self.cases.rows if (overdue if each.is_late else today)]
        contracts = due_contracts.select_days(
            self.contracts.rows, self.date, overdue=overdue, today=today
        )
        return self._replace(
            ahead=0,
            overdue=self.overdue if overdue else DigestPart(),
            today=self.today if today else DigestPart(),
            coming=DigestPart(),
            losing_touch=self.losing_touch if overdue else DigestPart(),
            touch_soon=DigestPart(),
            days=DigestPart(tuple(days), len(days)) if today else DigestPart(),
            deals=self.deals if overdue else DigestPart(),
            alerts=(),
            invoices=self.invoices if overdue else DigestPart(),
            leads=self.leads if overdue and today else DigestPart(tuple(leads), len(leads)),
            silent=self.silent if overdue else DigestPart(),
            troubled=self.troubled if overdue else DigestPart(),
            cases=DigestPart(tuple(cases), self.cases.total if overdue and today else len(cases)),
            contracts=DigestPart(contracts, len(contracts)),
        )

    def __bool__(self) -> bool:
        """Return whether anything is due."""
        return any(part.rows for part in self if isinstance(part, DigestPart))


class _Selection(NamedTuple):
    """The first rows of a part, and the query for their total if there may be more."""

    rows: list[Row]
    total: Query[int] | None = None


def build_digest(
    store: Store,
    today: dt.date,
    *,
    ahead: int = 7,
    limit: int = 50,
    query: "Node | None" = None,
    owner: str = "",
    alert_days: int = 0,
    alert_limit: int = MAX_ALERTS,
    mail_alarm: int = 0,
) -> Digest:
    """Return what is due on ``today`` and the ``ahead`` days after it, ``limit`` rows a part.

    The first ``alert_limit`` alerts of ``alert_days`` are read. ``mail_alarm`` names the accounts
    without mail for more than these days, and counts the mail that was not sent.

    ``query`` selects contacts. ``owner`` selects the reminders of a user, including reminders
    without an owner on contacts that the user owns. Raises UsageError for an invalid query.
    """
    scope = build_scope(store, query, owner)
    end = add_days(today, ahead)
    soon = (add_days(today, 1), end)
    spans = anniversary_spans(today, min(ahead, _DAYS_IN_YEAR - 1))
    queries: list[Query[Any]] = [
        between_query(scope, (today, today), limit),
        between_query(scope, soon, limit),
        *touch_queries(scope, today, end, limit),
        cadence_rules.list_query(),
        *deal_queries(scope, today, limit),
        invoice_query(scope, today, limit),
        lead_query(scope, limit),
        open_case_query(scope),
        due_contracts.contract_query(scope, end),
        *overdue_queries(scope, today, limit),
        *(anniversary_query(scope, span, limit) for span in spans),
    ]
    if alert_days:
        queries.append(alert_query(today, alert_days, alert_limit, scope.contact, scope.params))
    if mail_alarm:
        queries += mail_queries(mail_alarm, store.locale.zone)
    due_now, coming, lost, turns, rules, late, stages, unpaid, *rest = store.fetch_many(queries)
    waiting, open_cases, running, *rest = rest
    contracts = due_contracts.find_due_contracts(running, today, end)
    cases = find_due_cases(store, open_cases, today)
    troubled, silent = (rest.pop(), rest.pop()) if mail_alarm else ((), ())
    alerts = rest.pop() if alert_days else ()
    touches = (lost, turns)
    by_rule = _read_by_rules(store, scope, rules, (today, end), limit)
    deals = read_deals(store, scope, today, late, stages, limit)
    overdue = (
        rest[0] if scope.reminder else read_overdue_by_rank(store, scope, today, limit, rest[:2])
    )
    anniversaries = list(chain.from_iterable(rest[-len(spans) :]))[:limit]
    parts = (
        _with_total(overdue, scope, overdue_source(scope, today), limit),
        _with_total(due_now, scope, between_source(scope, (today, today)), limit),
        _with_total(coming, scope, between_source(scope, soon), limit),
        _with_total(anniversaries, scope, anniversary_source(scope, spans), limit),
        _with_total(unpaid, scope, invoice_source(scope, today), limit),
        _with_total(waiting, scope, lead_source(scope), limit),
    )
    totals, cadences, contacts = _read_rest(store, parts, touches, by_rule, deals, limit)
    most = max_counted(limit)
    losing_touch, touch_soon = (
        _build_part(
            (contacts.losing_touch(row, today) for row in rows[:limit]), len(own) + len(other), most
        )
        for rows, own, other in zip(cadences, touches, by_rule, strict=True)
    )
    return Digest(
        today,
        ahead,
        _build_part(map(contacts.reminder, overdue), totals[0], most),
        _build_part(map(contacts.reminder, due_now), totals[1], most),
        _build_part(sorted(map(contacts.reminder, coming), key=_rank_in_day), totals[2], most),
        losing_touch,
        touch_soon,
        _build_part((contacts.anniversary(row, today) for row in anniversaries), totals[3], most),
        _build_part(contacts.deals(deals), deals.total, most),
        tuple(alerts),
        _build_part(map(contacts.invoice, unpaid), totals[4], most),
        _build_part(map(contacts.lead, waiting), totals[5], most),
        DigestPart(tuple(silent), len(silent)),
        DigestPart(tuple(troubled), sum(each.number for each in troubled)),
        DigestPart(tuple(cases[:limit]), len(cases)),
        DigestPart(tuple(contracts[:limit]), len(contracts)),
    )


def _read_by_rules(
    store: Store, scope: Scope, rules: Sequence[Rule], days: tuple[dt.date, dt.date], limit: int
) -> Sequence[list[WantedTouch]]:
    """Return the contacts with a cadence by rule that lose touch, and those whose turn is soon."""
    if not rules:
        return [], []
    from cardcrm.reports.due_rules import read_touches

    return read_touches(store, scope, rules, days, limit)


def _read_rest(
    store: Store,
    parts: Sequence[_Selection],
    touches: Sequence[list[int]],
    by_rule: Sequence[list[WantedTouch]],
    deals: DealRows,
    limit: int,
) -> tuple[list[int], list[list[WantedTouch]], "_Contacts"]:
    """Return the totals of the parts, the cadences, and the contacts of all rows.

    One round trip to the server reads them. ``touches`` are the ids of contacts with a cadence of
    their own, and ``by_rule`` are the other ones.
    """
    rows = chain(*(part.rows for part in parts), deals.late, deals.rotting)
    of_rows = {row["contact_id"] for row in rows} - {None}
    own = [ids[:limit] for ids in touches]
    others = [rows[:limit] for rows in by_rule]
    of_rules = {each.contact_id for rows in others for each in rows}
    ids = sorted(of_rows.union(of_rules, *own))
    chunks = [ids[start : start + _CHUNK_SIZE] for start in range(0, len(ids), _CHUNK_SIZE)]
    queries: list[Query[Any]] = [part.total for part in parts if part.total is not None]
    queries += [cadence_query(each) for each in own if each]
    queries += chain.from_iterable(map(build_contact_queries, chunks))
    results = iter(store.fetch_many(queries))
    totals = [len(part.rows) if part.total is None else next(results) for part in parts]
    cadences = [next(results) if each else [] for each in own]
    merged = [_merge_touches(*pair) for pair in zip(cadences, others, strict=True)]
    return totals, merged, _Contacts(store.locale.zone, list(results))


def _merge_touches(own: Sequence[Row], by_rule: Sequence[WantedTouch]) -> list[WantedTouch]:
    rows = [WantedTouch(*row) for row in own]
    return sorted([*rows, *by_rule], key=lambda each: (each.touch_by, each.contact_id))


def _rank_in_day(reminder: DueReminder) -> tuple[dt.date, bool, int, str, int]:
    """Return the place of a reminder: by day, the promises of each day first."""
    due, is_plain = reminder.due_on, not reminder.promise
    return due, is_plain, -reminder.priority, reminder.due_at or "", reminder.id


def _build_part(rows: Iterable[T], total: int, most: int) -> DigestPart[T]:
    """Return a part of the digest; a total above ``most`` is a minimum."""
    return DigestPart(tuple(rows), min(total, most), total <= most)


def _with_total(rows: list[Row], scope: Scope, source: Source, limit: int) -> _Selection:
    """Return the rows, with the query for their total if the limit may have cut some off."""
    if len(rows) < limit:
        return _Selection(rows)
    sql, params = source
    count = Query(
        f"SELECT count(*) FROM (SELECT 1 AS one {sql} LIMIT :most) AS counted",
        {**dict(scope.params), **params, "most": max_counted(limit) + 1},
        count_of,
    )
    return _Selection(rows, count)


# Rows with their contacts


class _Contacts:
    """The contacts of all rows of a digest, from the results of `build_contact_queries`."""

    def __init__(self, zone: str, results: Sequence[list[Row]]) -> None:
        self.zone = zone
        self.contacts: dict[int, DueContact] = {}
        self.last_interactions: dict[int, LastInteraction] = {}
        for start in range(0, len(results), 4):
            points, heads, own, employees = results[start : start + 4]
            self.contacts |= build_due_contacts(points, heads)
            self.last_interactions |= find_last_interactions(own, employees)

    def reminder(self, row: Row) -> DueReminder:
        """Return a reminder with its contact."""
        due = dates.parse_stored(row["due_on"], row["due_at"], self.zone)
        return DueReminder(
            id=row["id"],
            text=row["text"],
            due_on=due.day,
            due_at=row["due_at"],
            time=due.time,
            rule=row["rule"],
            promise=bool(row["promise"]),
            priority=row["priority"],
            owner=row["owner"],
            contact=self.contacts.get(row["contact_id"]),
            last=self.last_interactions.get(row["contact_id"]),
        )

    def deals(self, found: DealRows) -> Iterator[DueDeal]:
        """Yield the deals with their contacts, the late ones first."""
        for is_rotting, rows in ((False, found.late), (True, found.rotting)):
            for row in rows:
                who = row["contact_id"]
                last = self.last_interactions.get(who)
                yield build_deal(row, self.contacts[who], last, is_rotting=is_rotting)

    def invoice(self, row: Row) -> DueInvoice:
        """Return an invoice with its contact."""
        who = row["contact_id"]
        return build_invoice(row, self.contacts[who], self.last_interactions.get(who))

    def lead(self, row: Row) -> DueLead:
        """Return a lead with its contact."""
        who = row["contact_id"]
        return build_lead(row, self.contacts[who], self.last_interactions.get(who), self.zone)

    def losing_touch(self, wanted: WantedTouch, today: dt.date) -> OverdueContact:
        """Return a contact that is losing touch, or soon will."""
        touch_by = dt.date.fromisoformat(wanted.touch_by)
        return OverdueContact(
            self.contacts[wanted.contact_id],
            touch_by,
            (today - touch_by).days,
            wanted.cadence_days,
            self.last_interactions.get(wanted.contact_id),
        )

    def anniversary(self, row: Row, today: dt.date) -> UpcomingAnniversary:
        """Return an anniversary with its contact."""
        on = next_anniversary(row["day"], today) or today  # all that are found have a day
        contact_id = row["contact_id"]
        return UpcomingAnniversary(
            row["label"],
            on,
            age_on(row["day"], on),
            self.contacts[contact_id],
            self.last_interactions.get(contact_id),
        )
