"""Output of `value equity`: the equity of all customers and of their groups."""

from typing import TYPE_CHECKING

from cardcrm.chart import BarChart
from cardcrm.cli.future_output import describe_horizon
from cardcrm.money import Money, format_money
from cardcrm.percent import format_percent
from cardcrm.reports.charts import build_money_bars
from cardcrm.reports.lifetime_model.backtest_result import explain_result
from cardcrm.reports.value.equity import ALL, SEGMENT, STANDING
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.value.equity import EquityReport, GroupEquity

_COLUMNS = (
    Column("kind", "kind"),
    Column("name", "group"),
    Column("customers", "customers", "right"),
    Column("equity", "equity", "right", currency="currency"),
    Column("share", "share", "right", digits=6),
    Column("revenue", "so far", "right", currency="currency"),
    Column("equity_change", "change", "right", currency="currency"),
    Column("changed_since", "since"),
    Column("horizon_days", "horizon", "right"),
    Column("discount", "discount", "right"),
    Column("method", "method"),
    Column("reason", "reason"),
)
_SHOWN = (
    Column("name", "group", wide=True, min_width=12, wrapped=True),
    Column("customers", "customers", "right"),
    Column("equity", "equity", "right"),
    Column("share", "share", "right"),
    Column("revenue", "paid so far", "right"),
    Column("change", "change", "right"),
)


def sheet(report: "EquityReport", *, is_for_people: bool) -> Sheet:
    """Return the groups, for people or for programs."""
    if not is_for_people:
        return Sheet(_COLUMNS, [_row(each, report) for each in report.groups], ids="name")
    title = f"Customer equity, in {report.currency}" if report.groups else ""
    rows = [_shown(each) for each in report.groups]
    return Sheet(_SHOWN, rows, title, ids="name")


def _row(group: "GroupEquity", report: "EquityReport") -> tuple[Cell, ...]:
    is_model = report.model is not None
    return (
        group.kind,
        group.name,
        group.customers,
        group.equity,
        group.share,
        group.revenue,
        group.change,
        group.before.on if group.before else None,
        report.horizon_days,
        report.discount / 1000 if is_model else None,
        "model" if is_model else "simple formula",
        report.reason or None,
    )


def _shown(group: "GroupEquity") -> tuple[Cell, ...]:
    mark = {STANDING: "  ", SEGMENT: "@"}.get(group.kind, "")
    return (
        f"{mark}{group.name}",
        group.customers,
        format_money(group.equity, code=False),
        format_percent(group.share),
        format_money(group.revenue, code=False),
        _format_change(group.change),
    )


def _format_change(change: Money | None) -> str:
    if change is None:
        return ""
    sign = "+" if change.minor > 0 else ""
    return f"{sign}{format_money(change, code=False)}"


def charts(report: "EquityReport") -> tuple[BarChart, ...]:
    """Return a chart of the standings."""
    groups = [each for each in report.groups if each.kind == STANDING]
    if not groups:
        return ()
    rows = [(each.name, each.equity) for each in groups]
    return (build_money_bars("Customer equity by standing", rows, report.currency, len(rows)),)


def explain(report: "EquityReport") -> tuple[str, ...]:
    """Return what the figures mean."""
    if not report.groups:
        return (f"no orders in {report.currency}: cardcrm sell WHO AMOUNT",)
    lines = [_describe_method(report)]
    if report.model is not None:
        whole = next(each for each in report.groups if each.kind == ALL)
        lines.append(_describe_change(whole))
        lines.append(explain_result(report.model.backtest))
    if any(each.kind == SEGMENT for each in report.groups):
        lines.append("segments (@) may overlap; the standings add up to the whole")
    lines += [each.describe() for each in report.invalid]
    return tuple(filter(None, lines))


def _describe_method(report: "EquityReport") -> str:
    span = describe_horizon(report.horizon_days)
    if report.model is None:
        return (
            f"equity: expected sales, not margin, of {span}, but of no more years than a "
            "customer is expected to stay, by the simple formula, not discounted, because there is "
            f"{report.reason}"
        )
    return (
        f"equity: expected sales, not margin, of {span}, discounted by "
        f"{report.discount / 1000:g}% a year; model of {report.model.until}"
    )


def _describe_change(whole: "GroupEquity") -> str:
    if whole.before is None or whole.change is None:
        return "the first measurement; the next one, on another day, will show the change"
    return f"change since {whole.before.on}: {_format_change(whole.change)}"
