"""Find products that are bought together: support, confidence and lift of pairs.

A basket is what one contact bought on one day, what one sale has, or what one customer ever bought.
For products A and B in n baskets, of which a have A, b have B and c have both: support is c / n,
the confidence of B with A is c / a, and lift is (c / n) / ((a / n) * (b / n)); see Agrawal,
Imielinski and Swami, “Mining association rules between sets of items in large databases” (1993).
Pairs are ranked by leverage, the baskets beyond those that chance would give: c - a * b / n
(Piatetsky-Shapiro, 1991). Lines of refunds and sales without a product are left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.reports.product_sales.line_sql import ORDERED, end_today
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store

# The columns that tell one basket from the next, by what pairs are counted over.
BASKETS = {
    "baskets": ("s.contact_id", "s.on_date"),
    "sales": ("s.id", "1"),
    "customers": ("s.contact_id", "1"),
}


class Counts(NamedTuple):
    """The number of baskets: all, by product, and by pair of products in rising order."""

    baskets: int
    products: Mapping[int, int]
    pairs: Mapping[tuple[int, int], int]


class Pair(NamedTuple):
    """Two products in one basket; ``confidence`` is the share of baskets with ``product``.

    ``confidence_back`` is the share of baskets with ``other``, and never the higher one.
    ``expected`` is the number of common baskets that chance would give.
    """

    product_id: int
    product: str
    other_id: int
    other: str
    together: int
    expected: float
    support: float
    confidence: float
    confidence_back: float
    lift: float


class Baskets(NamedTuple):
    """The pairs found, the most remarkable first, and the number of baskets and products."""

    pairs: tuple[Pair, ...]
    baskets: int
    products: int


def find_pairs(
    store: Store,
    scope: Scope,
    over: str = "baskets",
    *,
    min_support: float = 0.0,
    min_count: int = 2,
) -> Baskets:
    """Return the pairs of products in at least ``min_count`` and ``min_support`` of the baskets.

    A scope without a currency has the sales in all of them. Raises UsageError.
    """
    if over not in BASKETS:
        raise UsageError(f"unknown kind of baskets “{over}”", f"Use {', '.join(BASKETS)}.")
    if not 0 <= min_support <= 1:
        raise UsageError("the support must be between 0 and 1", "For one in a hundred: 0.01")
    sizes = _count_products(store, scope, over)
    least = max(min_count, 1)
    frequent = {each for each, count in sizes.items() if count >= least}
    counts = count_pairs(_stream_lines(store, scope, over), frequent, sizes)
    found = rank_pairs(counts, _read_names(store), least, min_support)
    return Baskets(tuple(found), counts.baskets, len(sizes))


def count_pairs(
    lines: Iterable[tuple[Any, Any, int]], frequent: set[int], sizes: Mapping[int, int]
) -> Counts:
    """Count the baskets of pairs of ``frequent`` products; lines come in the order of baskets.

    A basket is counted once for its set of products, so memory grows with the number of different
    pairs of products, and not with that of the lines.
    """
    pairs: Counter[tuple[int, int]] = Counter()
    baskets = 0
    current: tuple[Any, Any] | None = None
    products: set[int] = set()
    for who, day, product_id in lines:
        if (who, day) != current:
            if len(products) > 1:
                pairs.update(combinations(sorted(products), 2))
            current = (who, day)
            products = set()
            baskets += 1
        if product_id in frequent:
            products.add(product_id)
    if len(products) > 1:
        pairs.update(combinations(sorted(products), 2))
    return Counts(baskets, sizes, pairs)


def rank_pairs(
    counts: Counts, names: Mapping[int, str], min_count: int, min_support: float = 0.0
) -> list[Pair]:
    """Return the pairs that are frequent enough, those furthest beyond chance first."""
    total, sizes = counts.baskets, counts.products
    found = [
        _build_pair(counts, names, key, count)
        for key, count in counts.pairs.items()
        if count >= min_count and count / total >= min_support
    ]
    return sorted(
        found,
        key=lambda each: (
            sizes[each.product_id] * sizes[each.other_id] - each.together * total,
            each.product_id,
            each.other_id,
        ),
    )


def _build_pair(counts: Counts, names: Mapping[int, str], key: tuple[int, int], count: int) -> Pair:
    sizes, total = counts.products, counts.baskets
    product, other = sorted(key, key=lambda each: (sizes[each], each))
    expected = sizes[product] * sizes[other] / total
    return Pair(
        product,
        names.get(product, ""),
        other,
        names.get(other, ""),
        count,
        expected,
        count / total,
        count / sizes[product],
        count / sizes[other],
        count * total / (sizes[product] * sizes[other]),
    )


def _count_products(store: Store, scope: Scope, over: str) -> dict[int, int]:
    """Return the number of baskets that have each product."""
    source, params = _source(store, scope)
    basket, part = BASKETS[over]
    sql = (
        "SELECT product_id, count(*) FROM (SELECT DISTINCT l.product_id, "
        f"{basket} AS basket, {part} AS part {source}) x GROUP BY product_id ORDER BY product_id"
    )
    return {row[0]: row[1] for row in store.rows(sql, **params)}


def _stream_lines(store: Store, scope: Scope, over: str) -> Iterator[tuple[Any, Any, int]]:
    """Yield the basket, its day and the product of each line, basket by basket."""
    source, params = _source(store, scope)
    basket, part = BASKETS[over]
    sql = f"SELECT {basket}, {part}, l.product_id {source} ORDER BY 1, 2"
    for row in store.stream(sql, params):
        yield row[0], row[1], row[2]


def _source(store: Store, scope: Scope) -> tuple[str, dict[str, Any]]:
    condition, params = sale_condition(store, end_today(scope))
    return (
        f"FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE {ORDERED} AND {condition}"
    ), params


def _read_names(store: Store) -> dict[int, str]:
    return {row[0]: row[1] for row in store.rows("SELECT id, name FROM product")}
