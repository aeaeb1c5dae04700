"""Filter cases by their deadlines: ``breached:yes``, ``due<2h``, ``sla:gold``."""

import json
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
from cardcrm.records.service.service_levels import ServiceLevels, ServiceState, to_moment
from cardcrm.text import fold

_SPAN: Final = r"(\d{1,5}) ?(m|min|minutes?|h|hours?)"
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__,
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
    """Return SQL of the cases whose next deadline is before or after a moment."""
    if is_none(term) or is_any(term):
        return _find(ctx, alias, lambda state: (state.due is None) == is_none(term))
    test = _test_moment(ctx, term)
    return _find(ctx, alias, lambda state: state.due is not None and test(state.due))


def _test_moment(ctx: QueryContext, term: Term) -> Callable[[float], bool]:
    """Return the test of a moment: by hours from now, else by days."""
    compare = _COMPARE.get(term.op, float.__le__)
    if span := re.fullmatch(_SPAN, term.value.strip().lower()):
        seconds = int(span[1]) * (60 if span[2][0] == "m" else 3600)
        limit = dates.now().timestamp() + seconds
        return lambda moment: compare(moment, limit)
    op, first, last = read_days(ctx, term, past=False)
    start, end = map(to_moment, dates.day_bounds(first, last, ctx.store.locale.zone))
    if op == "=":
        return lambda moment: start <= moment <= end
    limit = end if op in (">", "<=") else start
    return lambda moment: compare(moment, limit)


def _find(ctx: QueryContext, alias: str, test: Callable[[ServiceState], bool]) -> str:
    """Return SQL of the cases whose state passes a test."""
    states = ServiceLevels(ctx.store).load()
    ids = [id_ for id_, state in states.items() if test(state)]
    listed = ctx.store.engine.ids_of_json.format(ctx.param(json.dumps(ids)))
    return f"{alias}.id IN ({listed})"
