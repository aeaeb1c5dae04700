"""Find products that are bought together: support, confidence and lift of pairs.

A basket is what one contact bought on one day, what one sale has, or what one customer ever bought.
For products A and B in n baskets, of which a have A, b have B and c have both: support is c / n,
the confidence of B with A is c / a, and lift is (c / n) / ((a / n) * (b / n)); see Agrawal,
Imielinski and Swami, “Mining association rules between sets of items in large databases” (1993).
Pairs are ranked by leverage, the baskets beyond those that chance would give: c - a * b / n
(Piatetsky-Shapiro, 1991). Lines of refunds and sales without a product are left out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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

# Beyond this number of products, those that are too rare for a frequent pair are found first: the
# pairs of 2,000 products take at most 250 MB.
_MANY_PRODUCTS = 2000


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
    least = max(min_count, 1)
    frequent = None
    if (store.value("SELECT count(*) FROM product") or 0) > _MANY_PRODUCTS:
        frequent = _find_frequent(store, scope, over, least)
    counts = count_pairs(_stream_lines(store, scope, over), frequent)
    found = rank_pairs(counts, _read_names(store), least, min_support)
    return Baskets(tuple(found), counts.baskets, len(counts.products))


def count_pairs(
    lines: Iterable[tuple[Any, Any, int]], frequent: Collection[int] | None = None
) -> Counts:
    """Count baskets by product and by pair of products; lines come in the order of baskets.

    Only pairs of ``frequent`` products are counted, if these are given. Memory grows with the
    number of different pairs of products, and not with that of the lines.
    """
    sizes: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    baskets = 0
    last_who = last_day = None
    basket: list[int] = []

    def close() -> None:
        products = sorted(set(basket))
        sizes.update(products)
        if frequent is not None:
            products = [each for each in products if each in frequent]
        pairs.update(combinations(products, 2))

    for who, day, product_id in lines:
        if who == last_who and day == last_day:
            basket.append(product_id)
            continue
        if len(basket) == 1:
            sizes[basket[0]] += 1
        else:
            close()
        last_who, last_day, basket = who, day, [product_id]
        baskets += 1
    close()
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


def _find_frequent(store: Store, scope: Scope, over: str, least: int) -> set[int]:
    """Return the products that are in enough baskets to be in a frequent pair."""
    source, params = _source(store, scope)
    basket, part = BASKETS[over]
    rows = store.rows(
        f"SELECT product_id FROM (SELECT DISTINCT l.product_id, {basket} AS basket, "
        f"{part} AS part {source}) x GROUP BY product_id HAVING count(*) >= :least",
        **params,
        least=least,
    )
    return {row[0] for row in rows}


def _stream_lines(store: Store, scope: Scope, over: str) -> Iterable[tuple[Any, Any, int]]:
    """Return the basket, its day and the product of each line, basket by basket."""
    source, params = _source(store, scope)
    basket, part = BASKETS[over]
    rows: Iterable[Any] = store.stream_tuples(
        f"SELECT {basket}, {part}, l.product_id {source} ORDER BY 1, 2", params
    )
    return rows


def _source(store: Store, scope: Scope) -> tuple[str, dict[str, Any]]:
    condition, params = sale_condition(store, end_today(store, scope))
    return (
        f"FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE {ORDERED} AND {condition}"
    ), params


def _read_names(store: Store) -> dict[int, str]:
    return {row[0]: row[1] for row in store.rows("SELECT id, name FROM product")}
