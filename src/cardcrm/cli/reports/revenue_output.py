"""Output of `report revenue`: the sheet for programs, the table for people, notes and a chart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.chart import BarChart, Chart, LineChart, Series
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import describe_currencies, explain_no_sales
from cardcrm.money import Money, format_money, to_units
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.conversion import Converted
    from cardcrm.reports.revenue_report.build import RevenueRequest
    from cardcrm.reports.revenue_report.grouping import Grouping
    from cardcrm.reports.revenue_report.report import RevenueReport, RevenueRow
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

_BARS = 12
_ID_KEYS = {"product": "product_id", "customer": "contact_id"}


def _key_of(grouping: "Grouping") -> str:
    """Return the key of the column that names the groups."""
    from cardcrm.reports.revenue_report.grouping import FIELD, NAMES

    if grouping.kind == FIELD and grouping.name not in NAMES:
        return "group"
    return grouping.kind if grouping.kind != FIELD else grouping.name


def to_sheet(rows: "Sequence[RevenueRow]", grouping: "Grouping") -> Sheet:
    """Return the rows for programs; shares and changes are fractions."""
    id_key = _ID_KEYS.get(grouping.kind, "")
    is_period = grouping.kind == "period"
    columns = (
        Column(_key_of(grouping), grouping.name),
        *((Column(id_key, "id"),) if id_key else ()),
        Column("revenue", "revenue", currency="currency"),
        Column("net", "net", currency="currency"),
        Column("tax", "tax", currency="currency"),
        Column("tax_unknown", "tax unknown", currency="currency"),
        Column("share", "share", digits=6),
        Column("sale_count", "sales"),
        Column("refunds", "refunds", currency="currency"),
        Column("margin", "margin", currency="currency"),
        Column("revenue_before", "before", currency="currency"),
        Column("growth", "growth", digits=6),
        *((Column("is_over", "over"),) if is_period else ()),
    )
    cells = []
    for row in rows:
        cell: tuple[Cell, ...] = (row.name, row.id) if id_key else (row.name,)
        figures = (row.revenue, row.net, row.tax, row.tax_unknown, row.share, row.sales)
        more = (row.refunds, row.margin, row.before, row.change)
        cells.append((*cell, *figures, *more, *((row.is_over,) if is_period else ())))
    return Sheet(columns, cells, ids=id_key or _key_of(grouping))


def to_table(rows: "Sequence[RevenueRow]", grouping: "Grouping", currency: str) -> Sheet:
    """Return the rows for people, which fit a terminal of 80 columns.

    Where taxes are known, they take the place of refunds and margin.
    """
    has_tax = any(row.tax is not None for row in rows)
    is_period = grouping.kind == "period"
    name = Column(_key_of(grouping), grouping.name)
    columns = [name if is_period else name._replace(wide=True, min_width=12, wrapped=True)]
    names = ["revenue", *(["net", "tax"] if has_tax else [])]
    names += ["share"] if not has_tax or not is_period else []
    names += ["sales"] if is_period or not has_tax else []
    names += ["margin"] if not has_tax and any(row.margin is not None for row in rows) else []
    names += ["before", "change"]
    columns += [Column(name, name, "right") for name in names]
    cells = []
    for row in rows:
        texts = _texts(row)
        mark = " *" if is_period and not row.is_over else ""
        cells.append((f"{row.name}{mark}", *(texts[name] for name in names)))
    return Sheet(tuple(columns), cells, f"Revenue by {grouping.name}, in {currency}")


def _texts(row: "RevenueRow") -> dict[str, str]:
    return {
        "revenue": _figures(row.revenue),
        "net": _figures(row.net),
        "tax": _figures(row.tax),
        "share": format_percent(row.share),
        "sales": f"{row.sales:,}",
        "margin": _figures(row.margin),
        "before": _figures(row.before),
        "change": "new" if _is_new(row) else format_change(row.change),
    }


def _is_new(row: "RevenueRow") -> bool:
    return row.before is not None and row.before.minor == 0 and row.revenue.minor > 0


def _figures(money: Money | None) -> str:
    return "" if money is None else format_money(money, code=False)


def format_change(change: float | None) -> str:
    """Return a change as ``+12.5%``, a large one without decimals; "" for none."""
    if change is None:
        return ""
    return f"{change:+.1%}" if abs(change) < 10 else f"{change:+,.0%}"


def explain(
    report: "RevenueReport",
    request: "RevenueRequest",
    others: Sequence[str],
    converted: "Converted | None",
) -> tuple[str, ...]:
    """Return the notes: the total, the days compared, and what is left out."""
    notes = [_describe_total(report), _describe_days(report, request)]
    if report.total.tax is not None and report.total.tax_unknown.minor:
        unknown = format_money(report.total.tax_unknown)
        notes.append(f"revenue is with tax; {unknown} of it is of unknown tax, neither net nor tax")
    elif report.total.tax is not None:
        notes.append("revenue is with tax: net + tax")
    if len(report.rows) < report.groups:
        notes.append(f"shown: {len(report.rows):,} of {report.groups:,}; --limit 0 shows all")
    if report.is_overlapping and len(report.rows) > 1:
        notes.append(
            f"a contact in two {request.grouping.name}s counts in both, so the rows may add up to "
            "more than the total"
        )
    notes += [each.describe() for each in report.invalid]
    notes += describe_currencies(report.total.revenue.currency, others)
    if converted is not None:
        notes.append(f"all currencies: {converted.describe()}")
    elif others:
        notes.append("a sum of all currencies needs rates: cardcrm config rates FILE")
    return tuple(notes)


def _describe_total(report: "RevenueReport") -> str:
    total = report.total
    text = f"total: {format_money(total.revenue)} of {pluralize(total.sales, 'sale')}"
    if total.net is not None and total.tax is not None:
        net, tax = (format_money(each, code=False) for each in (total.net, total.tax))
        text += f", net {net}, tax {tax}"
    if total.refunds.minor:
        text += f", refunds {format_money(total.refunds, code=False)}"
    return text


def _describe_days(report: "RevenueReport", request: "RevenueRequest") -> str:
    """Return the days now and before, and how an unfinished period is compared."""
    now, before, _ = report.comparison
    if before is None or report.total.before is None:
        text = f"{now}; no sales before that"
    else:
        text = f"{now}; before: {before}, {format_money(report.total.before, code=False)}"
        if report.first_sale > before.first.isoformat():
            text += f", but the first sale was on {report.first_sale}"
        elif change := format_change(report.total.change):
            text += f" ({change})"
    compared = _describe_unfinished(report, request.grouping)
    return f"{text}\n{compared}" if compared else text


def _describe_unfinished(report: "RevenueReport", grouping: "Grouping") -> str:
    """Return how an unfinished time is compared, if there is a time before to compare with."""
    is_compared = report.total.before is not None
    if grouping.kind == "period":
        if all(row.is_over for row in report.rows):
            return ""
        text = f"* the {grouping.name} is incomplete"
        is_compared = any(row.before is not None for row in report.rows if not row.is_over)
    elif report.comparison.is_over or not is_compared:
        return ""
    else:
        text = "the period is unfinished"
    return f"{text}: it is compared with the same number of days before" if is_compared else text


def is_empty(report: "RevenueReport") -> bool:
    """Return whether there is no sale, now or in a time before that a row is compared with."""
    return not any(
        row.sales or row.revenue.minor or (row.before is not None and row.before.minor)
        for row in (report.total, *report.rows)
    )


def describe_nothing(store: "Store", scope: "Scope", report: "RevenueReport | None") -> str:
    """Return why there are no rows."""
    if report is None:
        return f"the days from {scope.since} are still to come"
    now = report.comparison.now
    return explain_no_sales(store, scope.currency, now.first, now.last)


def draw(report: "RevenueReport", grouping: "Grouping") -> tuple[Chart, ...]:
    """Return a line over the periods beside the time before, or bars of the best groups."""
    currency = report.total.revenue.currency
    title = f"Revenue by {grouping.name}"
    labels = tuple(row.name for row in report.rows)
    values = tuple(to_units(row.revenue) for row in report.rows)
    if grouping.kind != "period":
        return (BarChart(title, labels[:_BARS], values[:_BARS], currency),)
    if len(labels) < 3:
        return (BarChart(title, labels, values, currency),)
    before = tuple(None if row.before is None else to_units(row.before) for row in report.rows)
    series = (Series("revenue", values), Series("before", before))
    return (LineChart(title, labels, series, unit=currency),)
