"""Score all customers of a currency in SQL.

The boundaries are read from the indexes of the table ``contact_value``. The SQL gives the scores
that `rfm` computes for one customer, for a million of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cardcrm.records.sales import rfm
from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_value


def load_scale(store: Store, currency: str, customers: int) -> rfm.Scale | None:
    """Return the boundaries of the scores; None if there are too few customers."""
    if customers < rfm.MIN_CUSTOMERS:
        return None
    queries = [
        _rank_query(currency, column, position, customers)
        for column in _COLUMNS
        for position in _find_positions(column, customers)
    ]
    values = store.fetch_many(queries)
    size = len(values) // len(_COLUMNS)
    recency, frequency, monetary = (
        values[start : start + size] for start in range(0, len(values), size)
    )
    return rfm.Scale(
        _build_quintiles(recency, is_day=True),
        _build_quintiles(frequency),
        _build_quintiles(monetary),
    )


_COLUMNS = ("last_on", "days", "revenue")


def _build_quintiles(values: Sequence[Any], *, is_day: bool = False) -> rfm.Quintiles[Any]:
    """Return the boundaries from the lowest value, the four cuts and the highest value."""
    first, *cuts, last = values
    return rfm.Quintiles(tuple(cuts), first == last, is_day)


def _find_positions(column: str, count: int) -> tuple[int, ...]:
    """Return the positions of the first value, the boundaries and the last value.

    The boundaries of days are in falling order.
    """
    positions = rfm.boundary_ranks(count)
    if column == "last_on":
        positions = tuple(count - 1 - position for position in positions)
    return 0, *positions, count - 1


def _rank_query(currency: str, column: str, position: int, count: int) -> Query[Any]:
    """Build the query for the value at a position in rising order, read from the nearer end."""
    falling = position > count // 2
    return Query(
        f"SELECT {column} FROM contact_value WHERE currency = :currency AND own = 1 "
        f"ORDER BY {column} {'DESC' if falling else 'ASC'} LIMIT 1 OFFSET :position",
        {"currency": currency, "position": count - 1 - position if falling else position},
        first_value,
    )


def count_customers(store: Store, currency: str) -> int:
    """Count the contacts with sales of their own in a currency."""
    sql = "SELECT count(*) FROM contact_value WHERE currency = :currency AND own = 1"
    return int(store.value(sql, currency=currency))


def score_sql(scale: rfm.Scale) -> tuple[str, dict[str, Any]]:
    """Return the SQL columns of the scores ``r``, ``f`` and ``fm``, and their parameters.

    ``fm`` is the mean of frequency and monetary value, with halves rounded up.
    """
    params: dict[str, Any] = {}

    def name(value: Any) -> str:
        params[f"cut{len(params)}"] = value
        return f":cut{len(params) - 1}"

    r, f, m = score_columns(scale, name)
    return f"{r} AS r, {f} AS f, {mean_sql(f, m)} AS fm", params


def mean_sql(frequency: str, monetary: str) -> str:
    """Return SQL for the mean of two scores, with halves rounded up."""
    return f"(({frequency}) + ({monetary}) + 1) / 2"


def score_columns(scale: rfm.Scale, param: Callable[[Any], str]) -> tuple[str, str, str]:
    """Return SQL for the three scores of a row ``v`` of ``contact_value``.

    ``param`` adds a parameter and returns its name with the colon.
    """
    return (
        _score_case("v.last_on", scale.recency, param),
        _score_case("v.days", scale.frequency, param),
        _score_case("v.revenue", scale.monetary, param),
    )


def _score_case(column: str, quintiles: rfm.Quintiles[Any], param: Callable[[Any], str]) -> str:
    """Return the SQL of `rfm.Quintiles.score`; cuts of days fall, the others rise."""
    if quintiles.flat:
        return str(rfm.MIDDLE_SCORE)
    compare, scores = (">=", range(5, 1, -1)) if quintiles.days else ("<=", range(1, 5))
    steps = zip(quintiles.cuts, scores, strict=True)
    whens = " ".join(f"WHEN {column} {compare} {param(cut)} THEN {score}" for cut, score in steps)
    return f"CASE {whens} ELSE {1 if quintiles.days else 5} END"
