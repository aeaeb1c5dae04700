"""SQL for cadences by rule: which contacts a rule is for, and when their turn is."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.query import Term
from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.records.query_sql.date_predicates import DayRange, read_days
from cardcrm.records.query_sql.predicates import QueryContext, is_any, is_none
from cardcrm.store.touch_migration import add_cadence

# A contact ``c`` that was never touched counts from the day on which it was added.
SINCE = "coalesce(c.touched_on, c.created_on, substr(c.created_at, 1, 10))"
_SNOOZED = "(c.snoozed_until IS NOT NULL AND coalesce(c.touched_on, '') <= c.snoozed_from)"
_WAITS = f"CASE WHEN {_SNOOZED} THEN c.snoozed_until ELSE '' END"
_IS_OPEN = "c.cadence_days IS NULL AND c.status = 'active'"

TOUCH_COLUMNS = f"c.id AS contact_id, {SINCE} AS since, {_WAITS} AS waits"

CompileText = Callable[[QueryContext, str], str]


class RuleCondition(NamedTuple):
    """A rule, with the SQL of the contacts ``c`` whose cadence it decides."""

    rule: Rule
    where: str


def build_conditions(
    ctx: QueryContext, rules: Sequence[Rule], compile_text: CompileText
) -> list[RuleCondition]:
    """Return the conditions of rules, which come with the shortest cadence first.

    They exclude each other. Raises UsageError for a rule whose query can no longer run.
    """
    found: list[RuleCondition] = []
    queries: list[str] = []
    for rule in rules:
        shorter = "".join(f" AND NOT coalesce(({each}), FALSE)" for each in queries)
        queries.append(_compile(ctx, rule, compile_text))
        found.append(RuleCondition(rule, f"{_IS_OPEN} AND ({queries[-1]}){shorter}"))
    return found


def _compile(ctx: QueryContext, rule: Rule, compile_text: CompileText) -> str:
    own = ctx.subquery()
    own.per_row, own.is_rule = ctx.per_row, True
    try:
        return compile_text(own, rule.query)
    except CardcrmError as error:
        raise UsageError(
            f"the cadence of “{rule.query}” cannot be found: {error}",
            f"To remove the rule: cardcrm config cadence '{rule.query}' none",
        ) from error


def is_before(ctx: QueryContext, rule: Rule, day: dt.date) -> str:
    """Return SQL: the turn of a contact with the cadence of a rule is before a day."""
    since = str(_go_back(day, rule.days))
    return f"({SINCE} < {ctx.param(since)} AND {_WAITS} < {ctx.param(str(day))})"


def is_between(ctx: QueryContext, rule: Rule, after: dt.date, end: dt.date) -> str:
    """Return SQL: the cadence of a rule runs out after a day and up to another one.

    The index of `SINCE` finds these contacts. Those that are snoozed until then or longer are left
    out: see `is_snoozed_between`.
    """
    first, last = (ctx.param(str(_go_back(day, rule.days))) for day in (after, end))
    return f"({SINCE} > {first} AND {SINCE} <= {last} AND {_WAITS} <= {ctx.param(str(after))})"


def is_snoozed_between(ctx: QueryContext, rule: Rule, after: dt.date, end: dt.date) -> str:
    """Return SQL: the cadence of a rule runs out up to a day, and the snooze after another one."""
    last = ctx.param(str(_go_back(end, rule.days)))
    return (
        f"({SINCE} <= {last} AND {_SNOOZED} AND c.snoozed_until > {ctx.param(str(after))} "
        f"AND c.snoozed_until <= {ctx.param(str(end))})"
    )


def _go_back(day: dt.date, days: int) -> dt.date:
    return day - dt.timedelta(days=min(days, (day - dt.date.min).days))


def to_touch(rule: Rule, row: Mapping[str, Any]) -> WantedTouch:
    """Return the touch that a rule asks for, from a row of `TOUCH_COLUMNS`."""
    by = add_cadence(row["since"], rule.days) or str(dt.date.max)
    return WantedTouch(row["contact_id"], max(by, row["waits"]), rule.days, rule.query)


def cadence(ctx: QueryContext, term: Term, conditions: Sequence[RuleCondition]) -> str:
    """Return the condition of a term on the day by which a contact should be touched."""
    if is_none(term) or is_any(term):
        found = " OR ".join(["c.touch_by IS NOT NULL", *(f"({each.where})" for each in conditions)])
        return f"NOT ({found})" if is_none(term) else found
    days = read_days(ctx, term, past=False)
    own = _compare(days, lambda day: f"c.touch_by < {ctx.param(str(day))}")
    by_rule = (
        f"({each.where} AND {_compare(days, lambda day: is_before(ctx, each.rule, day))})"  # noqa: B023
        for each in conditions
    )
    return " OR ".join([f"(c.touch_by IS NOT NULL AND {own})", *by_rule])


def _compare(days: DayRange, is_before: Callable[[dt.date], str]) -> str:
    """Return SQL that compares a day, of which it can only be told whether it is before another."""
    op, first, last = days
    after = min(last, dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1)
    if op in ("<", "<="):
        return is_before(first if op == "<" else after)
    if op in (">", ">="):
        return f"NOT {is_before(after if op == '>' else first)}"
    return f"(NOT {is_before(first)} AND {is_before(after)})"
