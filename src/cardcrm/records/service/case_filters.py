"""Filter cases by their deadlines: ``breached:yes``, ``due<2h``, ``sla:gold``."""

import operator
import re
from collections.abc import Callable
from typing import Final

from cardcrm import dates
from cardcrm.query import Term
from cardcrm.records.fields import yes_or_no
from cardcrm.records.query_sql.date_predicates import read_days
from cardcrm.records.query_sql.predicates import (
    QueryContext,
    is_any,
    is_none,
    refuse_order,
)
from cardcrm.records.service.service_levels import ServiceLevels, ServiceState
from cardcrm.text import fold

_SPAN: Final = r"(\d{1,5}) ?(m|min|minutes?|h|hours?)"
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def filter_breached(ctx: QueryContext, term: Term, alias: str) -> str:
    """Return SQL of the cases of which a deadline was missed."""
    refuse_order(term)
    wanted = yes_or_no("breached", term.value)
    return _find(ctx, alias, lambda state: bool(state.breaches) == wanted)


def filter_sla(ctx: QueryContext, term: Term, alias: str) -> str:
    """Return SQL of the cases for which a service level counts."""
    refuse_order(term)
    if is_none(term) or is_any(term):
        return _find(ctx, alias, lambda state: bool(state.rule) == is_any(term))
    name = fold(term.value)
    return _find(ctx, alias, lambda state: fold(state.rule) == name)


def filter_due(ctx: QueryContext, term: Term, alias: str) -> str:
    """Return SQL of the open cases whose next deadline is before or after a moment."""
    if is_none(term) or is_any(term):
        found = _find_due(ctx, alias, lambda _due: True)
        return f"NOT ({found})" if is_none(term) else found
    return _find_due(ctx, alias, _test_moment(ctx, term))


def _find_due(ctx: QueryContext, alias: str, test: Callable[[float], bool]) -> str:
    rows = ctx.store.rows("SELECT id FROM service_case WHERE solved_at IS NULL")
    states = ServiceLevels(ctx.store).load([row[0] for row in rows])
    due = ((id_, state.due) for id_, state in states.items())
    return ctx.is_among(f"{alias}.id", [id_ for id_, at in due if at is not None and test(at)])


def _test_moment(ctx: QueryContext, term: Term) -> Callable[[float], bool]:
    """Return the test of a moment: by hours from now, else by days."""
    compare = _COMPARE.get(term.op, _COMPARE["<="])
    if span := re.fullmatch(_SPAN, term.value.strip().lower()):
        seconds = int(span[1]) * (60 if span[2][0] == "m" else 3600)
        limit = dates.now().timestamp() + seconds
        return lambda moment: compare(moment, limit)
    op, first, last = read_days(ctx, term, past=False)
    start, end = map(dates.to_timestamp, dates.day_bounds(first, last, ctx.store.locale.zone))
    if op == "=":
        return lambda moment: start <= moment <= end
    limit = end if op in (">", "<=") else start
    return lambda moment: compare(moment, limit)


def _find(ctx: QueryContext, alias: str, test: Callable[[ServiceState], bool]) -> str:
    """Return SQL of the cases whose state passes a test."""
    states = ServiceLevels(ctx.store).load()
    return ctx.is_among(f"{alias}.id", [id_ for id_, state in states.items() if test(state)])
