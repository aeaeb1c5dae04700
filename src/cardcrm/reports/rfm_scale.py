"""The scores of all customers of a currency, reckoned where their sums are kept.

The boundaries are looked up in the indexes of the sums, and the scores are SQL: what `rfm` says of
one customer, for a million of them.
"""

from collections.abc import Sequence
from typing import Any

from cardcrm.reports import rfm
from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_value


def scale_of(store: Store, currency: str, customers: int) -> rfm.Scale | None:
    """The boundaries of the scores; None where there are too few customers."""
    if customers < rfm.FEWEST:
        return None
    queries = [
        _rank_query(currency, column, place, customers)
        for column in _COLUMNS
        for place in _places(column, customers)
    ]
    values = store.fetch_many(queries)
    size = len(values) // len(_COLUMNS)
    recency, frequency, monetary = (
        values[start : start + size] for start in range(0, len(values), size)
    )
    return rfm.Scale(_quintiles(recency, is_day=True), _quintiles(frequency), _quintiles(monetary))


_COLUMNS = ("last_on", "orders", "revenue")


def _quintiles(values: Sequence[Any], *, is_day: bool = False) -> rfm.Quintiles[Any]:
    """Return the boundaries between the lowest and the highest value of a column."""
    first, *cuts, last = values
    return rfm.Quintiles(tuple(cuts), first == last, is_day)


def _places(column: str, count: int) -> tuple[int, ...]:
    """The places of the first, the boundaries and the last; of days the latest boundary first."""
    places = rfm.ranks(count)
    if column == "last_on":
        places = tuple(count - 1 - place for place in places)
    return 0, *places, count - 1


def _rank_query(currency: str, column: str, place: int, count: int) -> Query[Any]:
    """Build the query of the value at a place in rising order, read from the nearer end."""
    falling = place > count // 2
    return Query(
        f"SELECT {column} FROM contact_value WHERE currency = :currency "
        f"ORDER BY {column} {'DESC' if falling else 'ASC'} LIMIT 1 OFFSET :place",
        {"currency": currency, "place": count - 1 - place if falling else place},
        first_value,
    )


def scored(scale: rfm.Scale) -> tuple[str, dict[str, Any]]:
    """SQL of the scores ``r``, ``f`` and ``fm`` (the mean of frequency and monetary value, halves
    rounded up), and its parameters.
    """
    params: dict[str, Any] = {}
    scores = {}
    for name, column, quintiles in (
        ("r", "v.last_on", scale.recency),
        ("f", "v.orders", scale.frequency),
        ("m", "v.revenue", scale.monetary),
    ):
        scores[name] = str(rfm.MIDDLE)
        if not quintiles.flat:
            cuts = {f"{name}{number}": cut for number, cut in enumerate(quintiles.cuts)}
            params |= cuts
            scores[name] = _score(column, list(cuts), is_day=name == "r")
    r, f, m = scores["r"], scores["f"], scores["m"]
    return f"{r} AS r, {f} AS f, (({f}) + ({m}) + 1) / 2 AS fm", params


def _score(column: str, cuts: list[str], *, is_day: bool) -> str:
    """SQL of `rfm.Quintiles.score`: the cuts of days fall, those of the others rise."""
    compare, scores = (">=", range(5, 1, -1)) if is_day else ("<=", range(1, 5))
    steps = zip(cuts, scores, strict=True)
    whens = " ".join(f"WHEN {column} {compare} :{cut} THEN {score}" for cut, score in steps)
    return f"CASE {whens} ELSE {1 if is_day else 5} END"
