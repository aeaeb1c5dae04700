"""Sum what promotions brought: the sales that redeemed them, their discount, cost and margin.

The figures are of the sales in one currency that redeem a code. A customer is new whose first sale
ever, in any currency, is one of them. The discount of a sale with lines is quantity × unit price
less the amount of each line that has the discount of the promotion. A sale without lines has an
amount after the discount d: the discount is amount × d / (1 - d), rounded half up to a minor unit.
Cost and margin follow `records.sales.margin`: a sale of unknown cost has no part in the margin.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cardcrm.money import Money, divide_half_up
from cardcrm.records.sales.margin import build_known_cost, build_margin, build_unknown
from cardcrm.reports.product_sales.line_sql import LIST_AMOUNT
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row

_ALL: Final = 100_000  # thousandths of a percent


class PromotionResult(NamedTuple):
    """The figures of one promotion; ``unknown`` is the revenue of the sales of unknown cost.

    ``discount_rate`` is in thousandths of a percent. ``cost`` and ``margin`` are None where the
    cost of no sale is known.
    """

    id: int
    code: str
    text: str
    campaign: str
    discount_rate: int
    redeemed: int
    customers: int
    new_customers: int
    revenue: Money
    discount: Money
    cost: Money | None
    margin: Money | None
    unknown: Money
    unknown_count: int


def load_promotion_results(
    store: Store, scope: Scope, promotion_id: int | None = None, campaign_id: int | None = None
) -> list[PromotionResult]:
    """Return the figures of all promotions, of one, or of those of a campaign.

    The highest revenue comes first.
    """
    condition, params = sale_condition(store, scope)
    if promotion_id is not None:
        wanted, params = "p.id = :promotion", params | {"promotion": promotion_id}
    elif campaign_id is not None:
        wanted, params = "p.campaign_id = :campaign", params | {"campaign": campaign_id}
    else:
        wanted = "1 = 1"
    texts = [sql.format(wanted=wanted, condition=condition) for sql in (_SUMS, _LINES, _PLAIN)]
    sums, lines, plain = store.fetch_many(
        [Query(each, params, lambda rows: rows) for each in texts]
    )
    discounts = _add_discounts(lines, plain)
    found = [_build(row, discounts[row["id"]], scope.currency) for row in sums]
    return sorted(found, key=lambda each: (-each.revenue.minor, -each.redeemed, each.code))


_IS_FIRST = (
    "s.amount > 0 AND NOT EXISTS (SELECT 1 FROM sale e WHERE e.contact_id = s.contact_id "
    "AND e.amount > 0 AND (e.on_date < s.on_date OR (e.on_date = s.on_date AND e.id < s.id)))"
)
_SUMS = (
    "SELECT p.id, p.code, p.text, (SELECT name FROM campaign c WHERE c.id = p.campaign_id) "
    "AS campaign, p.discount, count(s.id) AS redeemed, count(DISTINCT s.contact_id) AS customers, "
    f"sum(CASE WHEN {_IS_FIRST} THEN 1 ELSE 0 END) AS new_customers, sum(s.amount) AS revenue, "
    f"sum({build_known_cost('s.amount', 's.cost')}) AS cost, "
    f"sum({build_margin('s.amount', 's.cost')}) AS margin, "
    f"sum({build_unknown('s.amount', 's.cost')}) AS unknown, "
    "sum(CASE WHEN s.cost IS NULL AND s.amount > 0 THEN 1 ELSE 0 END) AS unknown_count "
    "FROM promotion p LEFT JOIN sale s ON s.promotion_id = p.id AND {condition} "
    "WHERE {wanted} GROUP BY p.id, p.code, p.text, p.campaign_id, p.discount"
)
_LINES = (
    f"SELECT p.id, CAST(sum({LIST_AMOUNT} - l.amount) AS BIGINT) AS discount FROM promotion p "
    "JOIN sale s ON s.promotion_id = p.id JOIN sale_line l ON l.sale_id = s.id "
    "WHERE {wanted} AND {condition} AND l.discount = p.discount GROUP BY p.id"
)
_PLAIN = (
    "SELECT p.id, p.discount AS rate, s.amount, count(*) AS sales FROM promotion p "
    "JOIN sale s ON s.promotion_id = p.id WHERE {wanted} AND {condition} AND p.discount > 0 "
    "AND NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id) "
    "GROUP BY p.id, p.discount, s.amount"
)


def _add_discounts(lines: Iterable[Row], plain: Iterable[Row]) -> dict[int, int]:
    """Return the discount that each promotion has given, in minor units."""
    found: defaultdict[int, int] = defaultdict(int)
    for row in lines:
        found[row["id"]] += row["discount"]
    for row in plain:
        found[row["id"]] += row["sales"] * compute_discount(row["amount"], row["rate"])
    return found


def compute_discount(paid: int, rate: int) -> int:
    """Return the discount that led to an amount, 0 where all was given away.

    ``rate`` is in thousandths of a percent.
    """
    return divide_half_up(paid * rate, _ALL - rate) if rate < _ALL else 0


def _build(row: Row, discount: int, currency: str) -> PromotionResult:
    def money(name: str) -> Money:
        return Money(int(row[name] or 0), currency)

    is_known = row["cost"] is not None
    return PromotionResult(
        row["id"],
        row["code"],
        row["text"],
        row["campaign"] or "",
        row["discount"],
        row["redeemed"],
        row["customers"],
        int(row["new_customers"] or 0),
        money("revenue"),
        Money(discount, currency),
        money("cost") if is_known else None,
        money("margin") if is_known else None,
        money("unknown"),
        int(row["unknown_count"] or 0),
    )


def sum_unknown(found: Sequence[PromotionResult]) -> tuple[int, int]:
    """Return the number of sales of unknown cost, and their revenue in minor units."""
    return sum(each.unknown_count for each in found), sum(each.unknown.minor for each in found)
