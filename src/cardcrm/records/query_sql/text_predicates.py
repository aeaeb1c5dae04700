"""Predicates on folded texts: contains, begins with or equals, in any spelling."""

from functools import reduce

from cardcrm.query import Term
from cardcrm.records.fields import Field
from cardcrm.records.query_sql.predicates import Predicate, QueryContext, allow_blank
from cardcrm.store.owner_sql import folded_key
from cardcrm.store.search_sql import PREFIX_END, escape_like
from cardcrm.text import contract_umlauts, fold, fold_umlauts

# SQL for a text {} in lower case with ae for ä; `lower` knows the letters of ASCII alone.
_SPELLED = reduce(
    lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1:]}')",
    ("äae", "Äae", "öoe", "Öoe", "üue", "Üue", "ßss"),
    "lower({})",
)


def any_spelling(predicate: Predicate) -> Predicate:
    """Let a value with an umlaut find texts with ae for ä as well."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        spelled = fold_umlauts(term.value)
        if not spelled or term.op not in (":", "="):
            return predicate(ctx, term)
        with ctx.optional():
            found = [predicate(ctx, each) for each in (term, term._replace(value=spelled))]
        return f"({' OR '.join(found)})"

    return compiled


def text(key: str, shown: str = "", *, match: str = "part") -> Predicate:
    """Filter by a folded text, of which ``:`` compares a ``part``, the ``start`` or the ``whole``.

    ``shown`` is the column with the text as written, where ae may stand for ä in a filter.
    """

    def compiled(ctx: QueryContext, term: Term) -> str:
        value = fold(term.value)
        op = "=" if term.op == ":" and match == "whole" else term.op
        return compare_text(ctx, key, op, value, shown=shown, start=match == "start")

    return allow_blank(shown or key, compiled)


def key_sql(alias: str, field: Field) -> str:
    """Return SQL for the folded value of a text field of the row ``alias``."""
    column = f"{alias}.{field.column}"
    if field.folded:
        return f"{alias}.{field.folded}"
    if not field.non_ascii_key:
        return f"lower({column})"
    return folded_key(column, f"{alias}.{field.non_ascii_key}")


def field_text(field: Field, alias: str) -> Predicate:
    """Filter by a text field of the row ``alias``."""
    column = f"{alias}.{field.column}"
    return text(key_sql(alias, field), f"coalesce({column}, '')", match=field.match)


def compare_text(
    ctx: QueryContext, key: str, op: str, value: str, *, shown: str = "", start: bool = False
) -> str:
    """Return SQL that compares a folded text; ``:`` is contains, or begins with.

    A text that is empty compares with nothing.
    """
    if not value:
        return "1 = 0"
    if op not in (":", "="):
        return f"({key} {op} {ctx.param(value)} AND {key} <> '')"
    found = _equals(ctx, key, op, value, start=start)
    contracted = contract_umlauts(value)
    if not shown or contracted == value:
        return found
    spelled = _equals(ctx, _SPELLED.format(shown), op, value, start=start)
    if len(contracted) == len(value) - 1:  # the key, which may have an index, decides first
        spelled = f"{_equals(ctx, key, op, contracted, start=start)} AND {spelled}"
    return f"({found} OR {spelled})"


def _equals(ctx: QueryContext, key: str, op: str, value: str, *, start: bool) -> str:
    """Return SQL: a text equals a value, or contains it or begins with it for ``:``."""
    if op == "=":
        return f"{key} = {ctx.param(value)}"
    pattern = ctx.param(f"{escape_like(value)}%" if start else f"%{escape_like(value)}%")
    like = f"{key} LIKE {pattern} ESCAPE '\\'"
    if not start:
        return like
    # A range lets the planner use the index of the column.
    low, high = ctx.param(value), ctx.param(value + PREFIX_END)
    return f"({like} AND {key} >= {low} AND {key} < {high})"
