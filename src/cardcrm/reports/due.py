"""Compute the digest of what is due, for `cardcrm due`, its mail and its notification.

Promises come first, then higher priorities, then older due dates. A reminder due today is not
overdue, even if its time has passed. A contact is losing touch if its cadence has run out and no
open reminder is due within the days of the digest.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.records.contacts import cadence_rules
from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.reports import due_contracts
from cardcrm.reports.alerts.alert_queries import alert_query
from cardcrm.reports.due_cases import find_due_cases, open_case_query
from cardcrm.reports.due_contacts import build_contact_queries
from cardcrm.reports.due_deals import DealRows, deal_queries, read_deals
from cardcrm.reports.due_invoices import invoice_query, invoice_source
from cardcrm.reports.due_leads import lead_query, lead_source
from cardcrm.reports.due_queries import (
    Scope,
    Source,
    Span,
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
from cardcrm.reports.due_rows import Digest, DigestPart, DueReminder, DueRows, T
from cardcrm.reports.mail_alarms import mail_queries
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

if TYPE_CHECKING:
    from cardcrm.query import Node

_CHUNK_SIZE = 500
_DAYS_IN_YEAR = 366
MAX_ALERTS = 4  # one more than are shown, to say that there are more


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
    queries = _list_queries(scope, today, soon, spans, limit)
    if alert_days:
        alerts = alert_query(today, alert_days, alert_limit, scope.contact, scope.params)
        queries["alerts"] = [alerts]
    if mail_alarm:
        queries["mail"] = [*mail_queries(mail_alarm, store.locale.zone)]
    found = _fetch_named(store, queries)
    due_now, coming = found["today"][0], found["coming"][0]
    unpaid, waiting = found["invoices"][0], found["leads"][0]
    touches = found["touches"]
    by_rule = _read_by_rules(store, scope, found["rules"][0], (today, end), limit)
    late, stages = found["deals"]
    deals = read_deals(store, scope, today, late, stages, limit)
    overdue = (
        found["overdue"][0]
        if scope.reminder
        else read_overdue_by_rank(store, scope, today, limit, found["overdue"])
    )
    anniversaries = list(chain.from_iterable(found["anniversaries"]))[:limit]
    contracts = due_contracts.find_due_contracts(found["contracts"][0], today, end)
    cases = find_due_cases(store, found["cases"][0], today)
    silent, troubled = found.get("mail", ((), ()))
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
        tuple(found["alerts"][0]) if alert_days else (),
        _build_part(map(contacts.invoice, unpaid), totals[4], most),
        _build_part(map(contacts.lead, waiting), totals[5], most),
        DigestPart(tuple(silent), len(silent)),
        DigestPart(tuple(troubled), sum(each.number for each in troubled)),
        DigestPart(tuple(cases[:limit]), len(cases)),
        DigestPart(tuple(contracts[:limit]), len(contracts)),
    )


def _list_queries(
    scope: Scope,
    today: dt.date,
    soon: tuple[dt.date, dt.date],
    spans: Sequence[Span],
    limit: int,
) -> dict[str, list[Query[Any]]]:
    """Return the queries of every digest under their names; ``soon`` are the days after today."""
    end = soon[1]
    return {
        "today": [between_query(scope, (today, today), limit)],
        "coming": [between_query(scope, soon, limit)],
        "touches": [*touch_queries(scope, today, end, limit)],
        "rules": [cadence_rules.list_query()],
        "deals": [*deal_queries(scope, today, limit)],
        "invoices": [invoice_query(scope, today, limit)],
        "leads": [lead_query(scope, limit)],
        "cases": [open_case_query(scope)],
        "contracts": [due_contracts.contract_query(scope, end)],
        "overdue": [*overdue_queries(scope, today, limit)],
        "anniversaries": [anniversary_query(scope, span, limit) for span in spans],
    }


def _fetch_named(store: Store, queries: dict[str, list[Query[Any]]]) -> dict[str, list[Any]]:
    """Return the results of queries under their names, read in one round trip."""
    results = iter(store.fetch_many([*chain.from_iterable(queries.values())]))
    return {name: [next(results) for _ in group] for name, group in queries.items()}


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
) -> tuple[list[int], list[list[WantedTouch]], DueRows]:
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
    return totals, merged, DueRows(store.locale.zone, list(results))


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
