"""Read the contacts with a cadence by rule for the digest; without rules it is not imported."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.rule_sql import (
    SINCE,
    TOUCH_COLUMNS,
    RuleCondition,
    is_before,
    is_between,
    is_snoozed_between,
    to_touch,
)
from cardcrm.reports.due_queries import Scope, add_days, max_counted, without_plans
from cardcrm.store import Query, Store


def read_touches(
    store: Store, scope: Scope, rules: Sequence[Rule], days: tuple[dt.date, dt.date], limit: int
) -> tuple[list[WantedTouch], list[WantedTouch]]:
    """Return the contacts losing touch on the first of the days, and those whose turn is later.

    One round trip reads them all. A contact is left out if a reminder is planned.
    """
    today, end = days
    where, params = without_plans(scope, end)
    ctx = QueryContext(store, params=params)
    conditions = contact_query.compile_rules(ctx, rules)
    most = max_counted(limit) + 1
    late = [is_before(ctx, each.rule, add_days(today, 1)) for each in conditions]
    soon = [is_between(ctx, each.rule, *days) for each in conditions]
    waiting = [is_snoozed_between(ctx, each.rule, *days) for each in conditions]
    queries = [
        _query(each, f"{when} AND {where}", ctx, most)
        for whens in (late, soon, waiting)
        for each, when in zip(conditions, whens, strict=True)
    ]
    results = store.fetch_many(queries)
    count = len(conditions)
    return _merge(results[:count], most), _merge(results[count:], most)


def _query(
    condition: RuleCondition, where: str, ctx: QueryContext, most: int
) -> Query[list[WantedTouch]]:
    return Query(
        f"SELECT {TOUCH_COLUMNS} FROM contact c WHERE {condition.where} AND {where} "
        f"ORDER BY {SINCE}, c.id LIMIT {most:d}",
        ctx.params,
        lambda rows: [to_touch(condition.rule, row) for row in rows],
    )


def _merge(found: Sequence[list[WantedTouch]], most: int) -> list[WantedTouch]:
    rows = [row for each in found for row in each]
    return sorted(rows, key=lambda each: (each.touch_by, each.contact_id))[:most]
