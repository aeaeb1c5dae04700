"""The insights of customers: the best ones, the new ones, and those slipping away."""

from cardcrm.chart import BarChart
from cardcrm.dates.periods import list_last_starts
from cardcrm.money import Money
from cardcrm.reports.insights.insight import Insight, View, in_units
from cardcrm.reports.insights.sales_by_month import first_month
from cardcrm.reports.retention.at_risk import report_risks
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

MAX_CUSTOMERS = 10
_MONTHS_OF_NEW = 12
_REVENUE = Column("revenue", "revenue", "right", currency="currency")
_BEST_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True),
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
    rows = store.rows(_BEST_SQL, currency=view.currency, limit=MAX_CUSTOMERS, **params)
    if not rows:
        return Insight("best_customers", title, reason=f"No sales in {view.span}.")
    total = store.value(
        "SELECT sum(amount) FROM sale WHERE currency = :currency "
        "AND on_date >= :first AND on_date <= :last",
        currency=view.currency,
        **params,
    )
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
    names = tuple(row["name"] for row in rows)
    chart = BarChart("Revenue", names, tuple(in_units(each[2]) for each in cells), view.currency)
    best = sum(int(row["revenue"]) for row in rows)
    who = "This customer" if len(rows) == 1 else f"These {len(rows)}"
    note = f"{who} brought {best / int(total):.0%} of the revenue." if total > 0 else ""
    ids = tuple(row["id"] for row in rows)
    sheet = Sheet(_BEST_COLUMNS, cells)
    return Insight("best_customers", title, (chart,), sheet, note, ids, shares=("share",))


# new customers

_NEW_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True),
    Column("first_sale", "first sale"),
    Column("revenue", "revenue so far", "right", currency="currency"),
)


def build_new_customer_insight(store: Store, view: View) -> Insight:
    """Return the number of first purchases by month, and the new customers of the span."""
    title = f"New customers of {view.span}"
    counts = _count_new(store, view)
    if not counts:
        return Insight("customers_won", title, reason="No first purchase within a year.")
    months = [f"{day:%Y-%m}" for day in list_last_starts("month", view.last, _MONTHS_OF_NEW)]
    values = tuple(counts.get(month, 0) for month in months)
    chart = BarChart("First purchases by month", tuple(months), values, "customers")
    rows = store.rows(
        "SELECT v.contact_id, c.name, v.first_on, v.revenue FROM contact_value v "
        "JOIN contact c ON c.id = v.contact_id WHERE v.currency = :currency AND v.own = 1 "
        "AND v.orders > 0 AND v.first_on >= :first AND v.first_on <= :last "
        "ORDER BY v.revenue DESC, v.contact_id LIMIT :limit",
        currency=view.currency,
        first=view.first.isoformat(),
        last=view.last.isoformat(),
        limit=MAX_CUSTOMERS,
    )
    cells = [
        (row["contact_id"], row["name"], row["first_on"], Money(int(row["revenue"]), view.currency))
        for row in rows
    ]
    ids = tuple(row["contact_id"] for row in rows)
    note = "" if rows else f"No new customer in {view.span}."
    return Insight("customers_won", title, (chart,), Sheet(_NEW_COLUMNS, cells), note, ids)


def _count_new(store: Store, view: View) -> dict[str, int]:
    rows = store.rows(
        "SELECT substr(first_on, 1, 7) AS month, count(*) AS customers FROM contact_value "
        "WHERE currency = :currency AND own = 1 AND orders > 0 "
        "AND first_on >= :first AND first_on <= :last GROUP BY 1",
        currency=view.currency,
        first=first_month(view, _MONTHS_OF_NEW),
        last=view.last.isoformat(),
    )
    return {row["month"]: row["customers"] for row in rows}


# customers slipping away

_RISK_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True),
    Column("value_at_risk", "at risk", "right", currency="currency"),
    Column("last_sale", "last sale"),
    Column("reason", "why", wide=True),
)


def build_risk_insight(store: Store, view: View) -> Insight:
    """Return the customers who are most likely lost, by the value at risk."""
    title = "Customers slipping away"
    found = report_risks(store, Scope(view.currency, view.today), MAX_CUSTOMERS)
    if not found:
        reason = "No customer of three purchases or more is silent for much longer than usual."
        return Insight("customers_at_risk", title, reason=reason)
    cells = [
        (each.contact_id, each.name, each.value_at_risk, each.last_on, each.reason)
        for each in found
    ]
    values = tuple(in_units(each.value_at_risk) for each in found)
    names = tuple(each.name for each in found)
    chart = BarChart("Value at risk within a year", names, values, view.currency)
    note = f"Together about {sum(values):,.0f} {view.currency} within a year."
    ids = tuple(each.contact_id for each in found)
    return Insight("customers_at_risk", title, (chart,), Sheet(_RISK_COLUMNS, cells), note, ids)
