"""The insights of customers by standing: how many, and what they are worth."""

from cardcrm.chart import HeatMap
from cardcrm.records.sales.rfm_scale import count_customers, load_scale
from cardcrm.reports.charts import build_money_bars
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.lifetime_model.backtest_result import explain_result
from cardcrm.reports.lifetime_model.model_table import MAX_AGE, load_model
from cardcrm.reports.rfm.grid import RfmGroup, build_grid, count_groups, count_standings
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.equity import DISCOUNT, HORIZON_DAYS, STANDING, measure_equity
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

_EQUITY_TITLE = "Customer equity by standing"
_TOO_FEW = "At least 5 customers are needed for standings."
_COLUMNS = (
    Column("standing", "standing"),
    Column("customers", "customers", "right"),
    Column("revenue", "revenue", "right", currency="currency"),
)
_EQUITY_COLUMNS = (*_COLUMNS, Column("equity", "equity", "right", currency="currency"))


def build_grid_insight(store: Store, view: View) -> Insight:
    """Return the customers by their scores for recency and frequency."""
    title = "Recency and frequency"
    groups = _count_groups(store, view)
    if not groups:
        return Insight("grid", title, reason=_TOO_FEW)
    grid = build_grid(groups)
    scores = range(1, 6)
    cells = tuple(
        tuple(grid[r, f].customers if (r, f) in grid else None for f in scores)
        for r in reversed(scores)
    )
    chart = HeatMap(
        "Customers by recency (down) and frequency (across)",
        tuple(f"recency {each}" for each in reversed(scores)),
        tuple(map(str, scores)),
        cells,
    )
    sheet = Sheet(_COLUMNS, list(count_standings(groups)))
    best, worst = (grid[each, each].customers if (each, each) in grid else 0 for each in (5, 1))
    note = f"5 is best: {best:,} bought lately and often, {worst:,} (1 and 1) seldom and long ago."
    return Insight("grid", title, (chart,), sheet, note)


def build_equity_insight(store: Store, view: View) -> Insight:
    """Return the equity of customers by standing; without a recent model, their revenue."""
    model = load_model(store, view.currency)
    if model is None:
        return _build_revenue(store, view, "no model is stored")
    if abs((view.today - model.until).days) > MAX_AGE:
        return _build_revenue(store, view, f"the model of {model.until} is out of date")
    scope = Scope(view.currency, view.today)
    report = measure_equity(store, scope, HORIZON_DAYS, DISCOUNT, keep=False)
    groups = [each for each in report.groups if each.kind == STANDING]
    rows = [(each.name, each.customers, each.revenue, each.equity) for each in groups]
    if not rows:
        return Insight("equity", _EQUITY_TITLE, reason=_TOO_FEW)
    rows.sort(key=lambda row: (-row[3].minor, row[0]))
    bars = [(row[0], row[3]) for row in rows]
    chart = build_money_bars("Expected sales of five years", bars, view.currency, len(bars))
    note = f"Later money is discounted by {DISCOUNT // 1000}% a year. More: cardcrm value equity."
    if doubt := explain_result(model.backtest):
        note = f"{note} Note: {doubt}."
    return Insight("equity", _EQUITY_TITLE, (chart,), Sheet(_EQUITY_COLUMNS, rows), note)


def _build_revenue(store: Store, view: View, missing: str) -> Insight:
    """Return the revenue by standing, with the reason for which there is no equity."""
    groups = _count_groups(store, view)
    if not groups:
        return Insight("equity", _EQUITY_TITLE, reason=_TOO_FEW)
    rows = sorted(count_standings(groups), key=lambda row: (-row[2].minor, row[0]))
    bars = [(row[0], row[2]) for row in rows]
    chart = build_money_bars("Revenue so far", bars, view.currency, len(bars))
    note = (
        f"This is not equity yet: {missing}, so what customers will bring is unknown. "
        f"To fit a model: cardcrm value model. It holds for {MAX_AGE} days."
    )
    return Insight("equity", _EQUITY_TITLE, (chart,), Sheet(_COLUMNS, rows), note)


def _count_groups(store: Store, view: View) -> tuple[RfmGroup, ...]:
    """Return the customers with equal scores; none with too few customers for scores."""
    scale = load_scale(store, view.currency, count_customers(store, view.currency))
    return count_groups(store, view.currency, scale) if scale else ()
