"""The insights of products: those that sell, and those that sell together."""

from dataclasses import replace

from cardcrm.chart import BarChart
from cardcrm.dates.date_parts import add_months
from cardcrm.reports.insights.insight import Insight, View, in_units
from cardcrm.reports.product_sales.baskets import find_pairs
from cardcrm.reports.product_sales.product_figures import build_product_report
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

MAX_PRODUCTS = 10
_PRODUCT_COLUMNS = (
    Column("id", "id", "right"),
    Column("product", "product", wide=True),
    Column("revenue", "revenue", "right", currency="currency"),
    Column("units", "units", "right"),
    Column("customers", "customers", "right"),
)
_PAIR_COLUMNS = (
    Column("product", "product", wide=True),
    Column("other_product", "bought with", wide=True),
    Column("count", "together", "right"),
    Column("lift", "lift", "right", digits=1),
)


def build_product_insight(store: Store, view: View) -> Insight:
    """Return the products with the highest revenue in the span."""
    title = f"What sold in {view.span}"
    found = build_product_report(store, view.scope).rows[:MAX_PRODUCTS]
    if not found:
        reason = f"No sale of a product in {view.span}: name the product when you `sell`."
        return Insight("best_products", title, reason=reason)
    cells = [
        (each.id, each.name, each.revenue, _count_units(each.units), each.customers)
        for each in found
    ]
    values = tuple(in_units(each.revenue) for each in found)
    chart = BarChart("Revenue", tuple(each.name for each in found), values, view.currency)
    return Insight("best_products", title, (chart,), Sheet(_PRODUCT_COLUMNS, cells))


def _count_units(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole


def build_pair_insight(store: Store, view: View) -> Insight:
    """Return the products that customers bought together within a year."""
    title = "What sells together"
    scope = replace(view.scope, since=add_months(view.last, -12))
    found = [each for each in find_pairs(store, scope).pairs if each.lift > 1][:MAX_PRODUCTS]
    if not found:
        reason = "No two products were bought together more than once, beyond chance, in a year."
        return Insight("product_pairs", title, reason=reason)
    cells = [(each.product, each.other, each.together, each.lift) for each in found]
    labels = tuple(f"{each.product} + {each.other}" for each in found)
    chart = BarChart(
        "Bought together within a year", labels, tuple(each.together for each in found), "baskets"
    )
    first = found[0]
    note = f"{first.confidence:.0%} of the baskets with {first.product} have {first.other} as well."
    return Insight("product_pairs", title, (chart,), Sheet(_PAIR_COLUMNS, cells), note)
