"""Lay out the summary of a month as a card, for the terminal and for a page."""

from collections.abc import Iterator

from cardcrm.money import format_money
from cardcrm.reports.insights.insight import Insight
from cardcrm.reports.month.comparison import SpanFigures, change_of
from cardcrm.reports.month.summary import MonthSummary
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet

_MAX_ROWS = 12  # of a list on the page


def build_month_card(summary: MonthSummary) -> Card:
    """Return the card: figures, things to do, and a section for each insight."""
    return Card(
        title=summary.view.span,
        subtitle=_describe_days(summary),
        facts=tuple(_list_facts(summary)),
        sections=(
            *_list_to_dos(summary),
            *(_build_section(each) for each in summary.insights.values()),
        ),
        data=build_month_data(summary),
        row=_build_row(summary),
    )


def _describe_days(summary: MonthSummary) -> str:
    now, currency = summary.comparison.now, summary.view.currency
    if summary.comparison.is_complete:
        return f"All sales in {currency}"
    return f"Sales in {currency} from {now.first} to {now.last}, against the same days before"


def _list_facts(summary: MonthSummary) -> Iterator[tuple[str, str]]:
    figures = summary.comparison
    now = figures.now
    yield "revenue", format_money(now.revenue)
    yield "month before", _describe_change(now, figures.month_before)
    yield "year before", _describe_change(now, figures.year_before)
    yield "orders", f"{now.orders:,}"
    yield "customers", f"{now.customers:,}"


def _describe_change(now: SpanFigures, before: SpanFigures) -> str:
    if not before.orders and not before.revenue.minor:
        return "no sales"
    change = change_of(now.revenue, before.revenue)
    amount = format_money(before.revenue)
    return amount if change is None else f"{amount} ({change:+,.0%})"


def _list_to_dos(summary: MonthSummary) -> Iterator[Section]:
    lines = tuple(Line("☐", "", each.text, note=each.command) for each in summary.to_dos)
    if lines:
        last = summary.view.last
        note = f"As of {last}; what was done since is left out." if summary.view.is_past else ""
        yield Section("To do", lines, note=note)


def _build_section(insight: Insight) -> Section:
    if insight.reason:
        return Section(insight.title, note=insight.reason)
    rows = list(insight.table.rows)[:_MAX_ROWS]
    shown = insight.sheet._replace(rows=rows, title="") if rows else None
    return Section(insight.title, sheet=shown, note=insight.note, charts=insight.charts)


# data formats


def _build_row(summary: MonthSummary) -> Sheet:
    """Return the figures as one row, for CSV and TSV, which have no room for the lists."""
    figures = summary.comparison
    now = figures.now
    row: dict[str, Cell] = {
        "month": f"{now.first:%Y-%m}",
        "since": now.first,
        "until": now.last,
        "is_over": figures.is_complete,
        "revenue": now.revenue,
        "orders": now.orders,
        "customers": now.customers,
    }
    for name, before in (("month", figures.month_before), ("year", figures.year_before)):
        row |= {
            f"revenue_{name}_before": before.revenue,
            f"orders_{name}_before": before.orders,
            f"customers_{name}_before": before.customers,
            f"growth_{name}": change_of(now.revenue, before.revenue),
        }
    columns = tuple(Column(key, key, currency="currency", digits=6) for key in row)
    return Sheet(columns, [tuple(row.values())])


def build_month_data(summary: MonthSummary) -> dict[str, object]:
    """Return the figures for programs; a list without enough data is empty and named as missing."""
    figures = summary.comparison
    now, insights = figures.now, summary.insights.values()
    return {
        "month": f"{now.first:%Y-%m}",
        "since": now.first,
        "until": now.last,
        "is_over": figures.is_complete,
        "currency": summary.view.currency,
        "revenue": now.revenue,
        "orders": now.orders,
        "customers": now.customers,
        "month_before": _compare(now, figures.month_before),
        "year_before": _compare(now, figures.year_before),
        **{each.key: each.rows for each in insights},
        "to_do": [each._asdict() for each in summary.to_dos],
        "missing": [
            {"section": each.key, "reason": each.reason} for each in insights if each.reason
        ],
    }


def _compare(now: SpanFigures, before: SpanFigures) -> dict[str, object]:
    return {
        "since": before.first,
        "until": before.last,
        "revenue": before.revenue,
        "orders": before.orders,
        "customers": before.customers,
        "growth": change_of(now.revenue, before.revenue),
    }
