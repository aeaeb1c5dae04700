"""The insights of customers: the best ones, the new ones, and those slipping away."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.chart import BarChart
from cardcrm.dates.periods import list_last_starts
from cardcrm.money import Money, to_units
from cardcrm.reports.charts import build_money_bars, build_risk_chart
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.retention.at_risk import Risk, report_risks
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

MAX_CUSTOMERS = 10
_MONTHS_OF_NEW = 12
_REVENUE = Column("revenue", "revenue", "right", currency="currency")
_BEST_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12),
    _REVENUE,
    Column("share", "share", "right"),
    Column("orders", "orders", "right"),
)
_BEST_SQL = (
    "SELECT s.contact_id AS id, c.name, s.revenue, s.orders FROM "
    "(SELECT contact_id, sum(amount) AS revenue, "
    "sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS orders FROM sale "
    "WHERE currency = :currency AND on_date >= :first AND on_date <= :last GROUP BY contact_id "
    "ORDER BY 2 DESC, 1 LIMIT :limit) AS s JOIN contact c ON c.id = s.contact_id "
    "WHERE s.revenue > 0 ORDER BY s.revenue DESC, s.contact_id"
)


def build_best_customer_insight(store: Store, view: View) -> Insight:
    """Return the customers with the highest revenue in the span."""
    title = f"Best customers of {view.span}"
    params = {"first": view.first.isoformat(), "last": view.last.isoformat()}
    total = store.value(
        "SELECT sum(amount) FROM sale WHERE currency = :currency "
        "AND on_date >= :first AND on_date <= :last",
        currency=view.currency,
        **params,
    )
    rows = store.rows(_BEST_SQL, currency=view.currency, limit=MAX_CUSTOMERS, **params)
    if not rows:
        reason = f"No sales in {view.span}."
        if total is not None:
            reason = f"No customer has more sales than refunds in {view.span}."
        return Insight("best_customers", title, reason=reason)
    cells = [
        (
            row["id"],
            row["name"],
            Money(int(row["revenue"]), view.currency),
            int(row["revenue"]) / int(total) if total > 0 else None,
            row["orders"],
        )
        for row in rows
    ]
    chart = build_money_bars("Revenue", [(each[1], each[2]) for each in cells], view.currency)
    best = sum(int(row["revenue"]) for row in rows)
    who = "This customer" if len(rows) == 1 else f"These {len(rows)}"
    note = f"{who} brought {best / int(total):.0%} of the revenue." if total > 0 else ""
    ids = tuple(row["id"] for row in rows)
    sheet = Sheet(_BEST_COLUMNS, cells)
    return Insight("best_customers", title, (chart,), sheet, note, ids, shares=("share",))


# new customers

_NEW_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12),
    Column("first_sale", "first sale"),
    Column("revenue", "revenue", "right", currency="currency"),
)
_NEW_SQL = (
    "SELECT v.contact_id AS id, c.name, v.first_on, sum(s.amount) AS revenue "
    "FROM contact_value v JOIN contact c ON c.id = v.contact_id "
    "JOIN sale s ON s.contact_id = v.contact_id AND s.currency = v.currency "
    "WHERE v.currency = :currency AND v.own = 1 AND v.orders > 0 "
    "AND v.first_on >= :first AND v.first_on <= :last AND s.on_date <= :last "
    "GROUP BY v.contact_id, c.name, v.first_on ORDER BY 4 DESC, v.contact_id LIMIT :limit"
)


def build_new_customer_insight(store: Store, view: View) -> Insight:
    """Return the number of first purchases by month, and the new customers of the span."""
    title = f"New customers of {view.span}"
    months = list_last_starts("month", view.last, _MONTHS_OF_NEW)
    counts = _count_new(store, view, months[0])
    if not counts:
        reason = f"No first purchase in the 12 months up to {view.last}."
        return Insight("customers_won", title, reason=reason)
    names = tuple(f"{day:%Y-%m}" for day in months)
    values = tuple(counts.get(name, 0) for name in names)
    chart = BarChart("First purchases by month", names, values, "customers")
    rows = store.rows(
        _NEW_SQL,
        currency=view.currency,
        first=view.first.isoformat(),
        last=view.last.isoformat(),
        limit=MAX_CUSTOMERS,
    )
    cells = [
        (row["id"], row["name"], row["first_on"], Money(int(row["revenue"]), view.currency))
        for row in rows
    ]
    ids = tuple(row["id"] for row in rows)
    note = _describe_new(view, len(rows))
    return Insight("customers_won", title, (chart,), Sheet(_NEW_COLUMNS, cells), note, ids)


def _describe_new(view: View, count: int) -> str:
    if not count:
        return f"No new customer in {view.span}."
    return f"The {count} with the highest revenue are listed." if count == MAX_CUSTOMERS else ""


def _count_new(store: Store, view: View, first: dt.date) -> dict[str, int]:
    """Return the number of first purchases by month, from a day on."""
    rows = store.rows(
        "SELECT substr(first_on, 1, 7) AS month, count(*) AS customers FROM contact_value "
        "WHERE currency = :currency AND own = 1 AND orders > 0 "
        "AND first_on >= :first AND first_on <= :last GROUP BY 1",
        currency=view.currency,
        first=first.isoformat(),
        last=view.last.isoformat(),
    )
    return {row["month"]: row["customers"] for row in rows}


# customers slipping away

_RISK_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12),
    Column("value_at_risk", "at risk", "right", currency="currency"),
    Column("last_sale", "last sale"),
    Column("reason", "usually buys", wide=True, min_width=28),
)


def build_risk_insight(store: Store, view: View) -> Insight:
    """Return the customers who are most likely lost at the end of the span, by value at risk."""
    title = "Customers slipping away"
    found = report_risks(store, Scope(view.currency, view.last))
    if not found:
        reason = "No customer of three purchases or more is silent for much longer than usual."
        return Insight("customers_at_risk", title, reason=reason)
    shown = found[:MAX_CUSTOMERS]
    cells = [
        (each.contact_id, each.name, each.value_at_risk, each.last_on, _describe_habit(each))
        for each in shown
    ]
    ids = tuple(each.contact_id for each in shown)
    chart, note = build_risk_chart(shown, view.currency), _sum_risks(found, view)
    return Insight("customers_at_risk", title, (chart,), Sheet(_RISK_COLUMNS, cells), note, ids)


def _describe_habit(risk: Risk) -> str:
    """Return the reason in as few cells as fit a terminal of 80 columns with the figures."""
    return risk.reason.removeprefix("usually buys ")


def _sum_risks(found: Sequence[Risk], view: View) -> str:
    shown, total = (
        f"{sum(to_units(each.value_at_risk) for each in risks):,.0f} {view.currency}"
        for risks in (found[:MAX_CUSTOMERS], found)
    )
    if len(found) <= MAX_CUSTOMERS:
        return f"About {total} within a year."
    return f"These {MAX_CUSTOMERS} of {len(found):,}: about {shown} within a year; all: {total}."
