"""Output of `value --by future`, and of the model's figures on the card of one customer."""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm.chart import BarChart
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import describe_currencies
from cardcrm.cli.value_output import format_age
from cardcrm.money import format_money
from cardcrm.reports.charts import build_money_bars
from cardcrm.reports.lifetime_model.backtest_result import explain_result
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.value.future_ranking import FutureCustomer, FutureReport

_COLUMNS = (
    Column("rank", "#", "right"),
    Column("id", "id", "right"),
    Column("name", "customer"),
    Column("p_active", "active", digits=6),
    Column("expected_purchases", "purchases", digits=6),
    Column("expected_value", "spend", currency="currency"),
    Column("future_value", "future value", currency="currency"),
    Column("purchases", "purchases so far"),
    Column("last_sale", "last sale"),
    Column("method", "method"),
    Column("reason", "reason"),
)
_SHOWN = (
    Column("rank", "#", "right"),
    Column("name", "customer", wide=True, min_width=12, wrapped=True),
    Column("p_active", "active", "right"),
    Column("expected_purchases", "purchases", "right"),
    Column("expected_value", "spend", "right"),
    Column("future_value", "worth today", "right"),
    Column("last_sale", "last", "right"),
)
_CHART_ROWS = 15


def sheet(report: "FutureReport", today: dt.date, *, is_for_people: bool) -> Sheet:
    """Return the ranking, for people or for programs."""
    if not is_for_people:
        return Sheet(_COLUMNS, [_row(each) for each in report.rows])
    title = f"Customers by future value, in {report.currency}" if report.rows else ""
    customers = pluralize(report.customers, "customer")
    total = f"total: {customers}, expected {format_money(report.total)}"
    rows = [_shown(each, today) for each in report.rows]
    return Sheet(_SHOWN, rows, title, total if report.rows else "")


def _row(each: "FutureCustomer") -> tuple[Cell, ...]:
    return (
        each.rank,
        each.contact_id,
        each.name,
        each.p_active,
        each.expected_purchases,
        each.expected_value,
        each.future_value,
        each.purchases,
        each.last_on,
        each.method,
        each.reason or None,
    )


def _shown(each: "FutureCustomer", today: dt.date) -> tuple[Cell, ...]:
    worth = each.future_value
    return (
        each.rank,
        each.name,
        describe_active(each.p_active),
        f"{each.expected_purchases:.2f}",
        format_money(each.expected_value, code=False),
        "" if worth is None else format_money(worth, code=False),
        format_age((today - each.last_on).days),
    )


def describe_active(probability: float | None) -> str:
    """Return a probability in percent; “too early” where the model cannot tell."""
    return "too early" if probability is None else f"{probability:.0%}"


def describe_horizon(days: int) -> str:
    """Return a span from today on in words: the next year, 39 weeks, or 100 days."""
    units = (("year", 365), ("week", 7), ("day", 1))
    noun, length = next(each for each in units if days % each[1] == 0)
    count = days // length
    return f"the next {noun}" if count == 1 else f"the next {pluralize(count, noun)}"


def charts(report: "FutureReport") -> tuple[BarChart, ...]:
    """Return a chart of the best customers."""
    rows = report.rows[:_CHART_ROWS]
    if len(rows) < 2:
        return ()
    title = f"Expected spend in {describe_horizon(report.horizon_days)}"
    best = [(each.name, each.expected_value) for each in rows]
    return (build_money_bars(title, best, report.currency, len(best)),)


def explain(report: "FutureReport", others: list[str]) -> tuple[str, ...]:
    """Return what the figures mean."""
    lines = list(describe_currencies(report.currency, others))
    if not report.rows:
        return (*lines, report.reason) if report.reason else tuple(lines)
    if report.people:
        who = "1 person" if report.people == 1 else f"{report.people:,} people"
        lines.append(f"{who} among them belong to organizations that match the query")
    lines.append("by each contact's own purchases; `value WHO` adds the people of an organization")
    if report.model is None:
        lines.append("by the simple formula: each customer's mean pace so far goes on")
        lines.append(report.reason)
        return tuple(lines)
    span = describe_horizon(report.horizon_days)
    lines.append(f"expected in {span}, by the model of {report.model.until} (cardcrm value model)")
    lines.append(
        "active: the probability that the customer has not left; worth today: spend, discounted "
        f"by {report.discount / 1000:g}% a year"
    )
    if doubt := explain_result(report.model.backtest):
        lines.append(doubt)
    if any(each.p_active is None for each in report.rows):
        lines.append("too early: one purchase does not show a pace, so the mean of all is expected")
    return tuple(lines)
