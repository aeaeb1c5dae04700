"""Output of `report revenue --by currency`."""

from typing import TYPE_CHECKING

from cardcrm.chart import Chart
from cardcrm.cli.reports.revenue_output import format_change
from cardcrm.money import format_money
from cardcrm.reports.charts import build_money_bars
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.reports.revenue_report.by_currency import CurrencyReport, CurrencyRow


def to_sheet(rows: "Sequence[CurrencyRow]") -> Sheet:
    """Return the rows for programs. ``share`` is that of the sum at the stated rates."""
    columns = (
        Column("currency_code", "currency"),
        Column("revenue", "revenue", currency="currency"),
        Column("net", "net", currency="currency"),
        Column("tax", "tax", currency="currency"),
        Column("tax_unknown", "tax unknown", currency="currency"),
        Column("sale_count", "sales"),
        Column("refunds", "refunds", currency="currency"),
        Column("margin", "margin", currency="currency"),
        Column("revenue_before", "before", currency="currency"),
        Column("growth", "growth", digits=6),
        Column("converted", "converted", currency="base"),
        Column("rates_used", "rates"),
    )
    cells = [
        (
            row.name, row.revenue, row.net, row.tax, row.tax_unknown, row.sales, row.refunds,
            row.margin, row.before, row.change, converted.amount if converted else None,
            (converted.describe_rates() or None) if converted else None,
        )
        for row, converted in rows
    ]  # fmt: skip
    return Sheet(columns, cells, ids="currency_code")


def to_table(report: "CurrencyReport") -> Sheet:
    """Return the rows for people."""
    columns = (
        Column("currency_code", "currency"),
        Column("revenue", "revenue", "right"),
        Column("sales", "sales", "right"),
        Column("before", "before", "right"),
        Column("change", "change", "right"),
        Column("converted", f"in {report.base}", "right"),
    )
    cells = [
        (
            row.name,
            format_money(row.revenue, code=False),
            f"{row.sales:,}",
            format_money(row.before, code=False) if row.before else "",
            format_change(row.change),
            format_money(converted.amount, code=False) if converted else "no rate",
        )
        for row, converted in report.rows
    ]
    return Sheet(columns, cells, "Revenue by currency")


def explain_none(report: "CurrencyReport | None") -> str:
    """Return why there are no rows: no sales at all, or none on these days."""
    if report is None:
        return "these days are still to come"
    if not report.has_sales:
        return "no sales yet: cardcrm sell WHO AMOUNT"
    return f"no sales from {report.comparison.now.first} to {report.comparison.now.last}"


def explain(report: "CurrencyReport") -> tuple[str, ...]:
    """Return the sum of all currencies with the rates, and the days."""
    now, before, is_over = report.comparison
    is_compared = before is not None and any(row.before is not None for row, _ in report.rows)
    notes = [f"{now}; before: {before}" if is_compared else f"{now}; no sales before that"]
    if is_compared and not is_over:
        notes.append("the period is unfinished: it is compared with the same number of days before")
    if report.total is not None:
        notes.append(f"all currencies: {report.total.describe()}")
    elif len(report.rows) > 1:
        notes.append("currencies are not added without rates: cardcrm config rates FILE")
    return tuple(notes)


def draw(report: "CurrencyReport") -> tuple[Chart, ...]:
    """Return bars of the revenue in one currency, of the currencies that have a rate."""
    known = [(row.name, converted.amount) for row, converted in report.rows if converted]
    return (build_money_bars("Revenue by currency", known, report.base, len(known)),)
