"""The insights of products: those that sell, and those that sell together."""

import datetime as dt
from dataclasses import replace

from cardcrm.dates.date_parts import add_months
from cardcrm.reports.charts import build_pair_chart, build_product_chart
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.product_sales.baskets import Pair, find_pairs
from cardcrm.reports.product_sales.product_figures import ProductFigures, build_product_report
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

MAX_PRODUCTS = 10
_PRODUCT_COLUMNS = (
    Column("id", "id", "right"),
    Column("product", "product", wide=True, min_width=12),
    Column("revenue", "revenue", "right", currency="currency"),
    Column("units", "units", "right"),
    Column("customers", "customers", "right"),
)
_PAIR_COLUMNS = (
    Column("product", "product", wide=True, min_width=12),
    Column("other_product", "bought with", wide=True, min_width=12),
    Column("count", "together", "right"),
    Column("confidence", "of baskets", "right"),
    Column("lift", "lift", "right", digits=1),
)


def build_product_insight(store: Store, view: View) -> Insight:
    """Return the products with the highest revenue in the span."""
    title = f"What sold in {view.span}"
    found = build_product_report(store, view.scope).rows[:MAX_PRODUCTS]
    if not found:
        reason = f"No sale of a product in {view.span}: cardcrm sell WHO --product NAME."
        return Insight("best_products", title, reason=reason)
    cells = [
        (each.id, each.name, each.revenue, _count_units(each.units), each.customers)
        for each in found
    ]
    chart = build_product_chart(found, view.currency)
    note = _describe_best(found[0])
    return Insight("best_products", title, (chart,), Sheet(_PRODUCT_COLUMNS, cells), note)


def _describe_best(best: ProductFigures) -> str:
    return f"{best.name} brought {best.share:.0%} of the revenue of products." if best.share else ""


def _count_units(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole


def build_pair_insight(store: Store, view: View) -> Insight:
    """Return the products that customers bought together within a year.

    The first product of a pair is in more baskets, so that most buyers of it lack the other one.
    """
    title = "What sells together"
    scope = replace(view.scope, since=add_months(view.last, -12) + dt.timedelta(days=1))
    pairs = [each for each in find_pairs(store, scope).pairs if each.lift > 1]
    found = [_put_frequent_first(each) for each in pairs[:MAX_PRODUCTS]]
    if not found:
        reason = "No two products were bought together more than once, beyond chance, in a year."
        return Insight("product_pairs", title, reason=reason)
    cells = [
        (each.product, each.other, each.together, each.confidence, each.lift) for each in found
    ]
    first = found[0]
    note = (
        f"{first.confidence:.0%} of the baskets with {first.product} have {first.other} as well, "
        f"{first.lift:.1f} times as many as by chance (lift)."
    )
    sheet = Sheet(_PAIR_COLUMNS, cells)
    chart = build_pair_chart(found)
    return Insight("product_pairs", title, (chart,), sheet, note, shares=("confidence",))


def _put_frequent_first(pair: Pair) -> Pair:
    if pair.confidence <= pair.confidence_back:
        return pair
    return pair._replace(
        product_id=pair.other_id,
        product=pair.other,
        other_id=pair.product_id,
        other=pair.product,
        confidence=pair.confidence_back,
        confidence_back=pair.confidence,
    )
