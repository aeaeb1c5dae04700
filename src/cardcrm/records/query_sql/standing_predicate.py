"""The predicate of RFM standings, which reads the boundaries of the scores when it is compiled.

It is apart from the other predicates, so that a query without it loads no scores.
"""

import re

from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.query_sql.predicates import QueryContext, is_any, is_none
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, mean_sql, score_columns
from cardcrm.text import find_similar

_SCORES = re.compile(r"[1-5x*?]{3}", re.IGNORECASE)

# The scores as typed, the cells of the grid of a standing, or nothing for any scores.
Wanted = str | tuple[tuple[int, int], ...]


def standing(ctx: QueryContext, term: Term) -> str:
    """Return SQL: what a contact itself bought gives it a standing, or some scores.

    Raises UsageError for an unknown standing.
    """
    wanted = () if is_any(term) or is_none(term) else _parse(term.value.strip())
    currency = ctx.store.locale.currency
    scale = load_scale(ctx.store, currency, count_customers(ctx.store, currency))
    if scale is None:
        return "1 = 1" if is_none(term) else "1 = 0"
    own = f"v.contact_id = {ctx.alias}.id AND " if ctx.per_row else ""
    found = (
        f"{ctx.alias}.id IN (SELECT v.contact_id FROM contact_value v WHERE {own}"
        f"v.currency = {ctx.param(currency)} AND v.own = 1 AND {_match(ctx, scale, wanted)})"
    )
    return f"NOT {found}" if is_none(term) else found


def _parse(value: str) -> Wanted:
    if _SCORES.fullmatch(value):
        return value
    name = rfm.find_standing(value)
    if name is None:
        raise _unknown(value)
    return rfm.cells_of(name)


def _match(ctx: QueryContext, scale: rfm.Scale, wanted: Wanted) -> str:
    """Return SQL: a row ``v`` of ``contact_value`` has the scores."""
    if not wanted:
        return "1 = 1"
    r, f, m = score_columns(scale, ctx.param)
    if isinstance(wanted, str):
        digits = zip((r, f, m), wanted, strict=True)
        return " AND ".join(f"({sql}) = {digit}" for sql, digit in digits if digit.isdigit()) or (
            "1 = 1"
        )
    mean = mean_sql(f, m)
    cells = (f"(({r}) = {recency} AND {mean} = {strength})" for recency, strength in wanted)
    return f"({' OR '.join(cells)})"


def _unknown(value: str) -> UsageError:
    slugs = [rfm.slug(each) for each in rfm.STANDINGS]
    similar = find_similar(value.lower(), slugs, limit=1)
    suggestion = f"Did you mean {similar[0]}? " if similar else ""
    return UsageError(
        f"unknown RFM standing “{value}”",
        f"{suggestion}Choose one of: {', '.join(slugs)}; or scores such as 5xx.",
    )
