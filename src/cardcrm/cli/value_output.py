"""Output of `value`: the ranking, the totals, and the figures of one customer."""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import describe_currencies
from cardcrm.money import format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Card, Cell, Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.money import Money
    from cardcrm.reports.conversion import Converted
    from cardcrm.reports.value.customer_ranking import (
        PeopleIncluded,
        RankedCustomer,
        ValueReport,
    )
    from cardcrm.reports.value.lifetime_value import Lifespan
    from cardcrm.reports.value.value_totals import Totals

FORMULA = "average purchase × purchases per year × expected years × margin rate"

# The columns for programs have full figures. Shares and rates are between 0 and 1.
COLUMNS = (
    Column("rank", "#", "right"),
    Column("id", "id", "right"),
    Column("name", "customer"),
    Column("revenue", "revenue", currency="currency"),
    Column("share", "share", digits=6),
    Column("margin", "margin", currency="currency"),
    Column("orders", "orders"),
    Column("purchases", "purchases"),
    Column("people_count", "people"),
    Column("average_order", "average order", currency="currency"),
    Column("first_sale", "first sale"),
    Column("last_sale", "last sale"),
    Column("recency", "R"),
    Column("frequency", "F"),
    Column("monetary", "M"),
    Column("rfm", "RFM"),
    Column("standing", "standing"),
    Column("lifetime_value", "lifetime value", currency="currency"),
    Column("lifetime_basis", "based on"),
)


def ranking_sheet(report: "ValueReport") -> Sheet:
    """Return the ranking for programs."""
    return Sheet(COLUMNS, [ranking_row(each) for each in report.rows])


def ranking_table(report: "ValueReport", by: str, today: dt.date) -> Sheet:
    """Return the ranking for people, which fits a terminal of 80 columns."""
    heads = [
        Column("rank", "#", "right"),
        Column("name", "customer", wide=True, min_width=12, wrapped=True),
        Column("revenue", "revenue", "right"),
        Column("share", "share", "right"),
        Column("orders", "orders", "right"),
        Column("average", "average", "right"),
        Column("last_sale", "last", "right"),
        Column("rfm", "RFM"),
        Column("standing", "standing"),
    ]
    rows = [_table_row(each, by, today) for each in report.rows]
    if by in ("margin", "clv"):
        heads[5] = Column(by, "lifetime" if by == "clv" else "margin", "right")
    criterion = {"clv": "lifetime value"}.get(by, by)
    title = f"Customers by {criterion}, in {report.totals.currency}"
    summary = _summarize(report.selected) if report.selected else ""
    if (
        report.selected and len(rows) < report.selected.customers
    ):  # the figures include customers that are not listed
        summary = f"total: {summary}"
    return Sheet(tuple(heads), rows, title if rows else "", summary)


def _table_row(each: "RankedCustomer", by: str, today: dt.date) -> tuple[Cell, ...]:
    other = {"margin": each.margin, "clv": each.lifetime and each.lifetime.value}.get(
        by, each.average
    )
    return (
        each.rank,
        each.title,
        format_money(each.revenue, code=False),
        format_percent(each.share),
        each.orders,
        format_money(other, code=False) if other else "",
        format_age((today - each.last_on).days),
        str(each.scores or ""),
        each.scores.standing if each.scores else "",
    )


def format_age(days: int) -> str:
    """Return a number of days as a short span: 12d, 5w, 14m, 3y."""
    if days < 28:
        return f"{max(days, 0)}d"
    if days < 61:
        return f"{days // 7}w"
    return f"{(days * 12 + 182) // 365}m" if days < 730 else f"{days * 4 // 1461}y"


def ranking_row(each: "RankedCustomer") -> tuple[Cell, ...]:
    """Return the figures of a customer for programs, in the order of `COLUMNS`."""
    scores, lifetime = each.scores, each.lifetime
    return (
        each.rank,
        each.contact_id,
        each.name,
        each.revenue,
        each.share,
        each.margin,
        each.orders,
        each.purchases,
        each.people,
        each.average,
        each.first_on,
        each.last_on,
        scores.recency if scores else None,
        scores.frequency if scores else None,
        scores.monetary if scores else None,
        str(scores) if scores else None,
        scores.standing if scores else None,
        lifetime.value if lifetime else None,
        basis_of(each) if lifetime else None,
    )


def basis_of(each: "RankedCustomer") -> str:
    """Return what the lifetime value of a customer is based on."""
    return "revenue" if each.margin is None else "margin"


def _summarize(totals: "Totals") -> str:
    best = "" if totals.best_share is None else f"; best 20% bring {totals.best_share:.0%}"
    return (
        f"{pluralize(totals.customers, 'customer')}, revenue {format_money(totals.revenue)}, "
        f"lifetime value {format_money(totals.lifetime_value, code=False)}{best}"
    )


def explanations(
    report: "ValueReport", by: str, other_currencies: list[str], *, is_total: bool = False
) -> list[str]:
    """Return the formula and its assumptions, for people; the totals have them in their card."""
    totals = report.totals
    lines = []
    if report.left_out:
        lines.append(_explain_left_out(report.left_out, by))
    lines += describe_currencies(totals.currency, other_currencies)
    if is_total:
        return lines
    if any(each.people for each in report.rows):
        lines.append("an organization's figures include its people's; the total counts a sale once")
    lines.append(f"lifetime value = {FORMULA}, as if all customers stayed")
    lines.append(f"  expected years: {describe_years(totals.lifespan)}")
    if totals.unknown:
        customers = pluralize(totals.unknown, "customer")
        lines.append(f"  {customers}: costs missing, so revenue is used")
    if report.scale is None:
        lines.append("  no RFM scores: at least 5 customers are needed")
    return lines


def name_some(names: "Sequence[str]", most: int = 3) -> str:
    """Return the first names, and how many others there are."""
    rest = len(names) - most
    more = "" if rest <= 0 else f" and {pluralize(rest, 'other')}"
    return f"{', '.join(names[:most])}{more}"


def _explain_left_out(count: int, by: str) -> str:
    """Return how many customers are not ranked, and why."""
    customers = pluralize(count, "customer")
    lacks = "has" if count == 1 else "have"
    why = (
        "whose margin is unknown (a cost is missing)" if by == "margin" else f"who {lacks} no order"
    )
    return f"not ranked: {customers} {why}; see: cardcrm value --by revenue"


def describe_years(lifespan: "Lifespan") -> str:
    """Return the expected years, and where they come from."""
    if lifespan.basis == "given":
        return f"{lifespan.years:g}, as given"
    if lifespan.basis == "assumed":
        return f"{lifespan.years:g}, assumed (--years): fewer than 20 customers a year ago"
    lost = f"{lifespan.lost:,} of {lifespan.before:,} customers of a year ago"
    return f"{lifespan.years:.1f}, because {lost} have not bought since"


def totals_card(
    totals: "Totals | None",
    currency: str,
    others: "Sequence[Money]" = (),
    converted: "Converted | None" = None,
    people: "PeopleIncluded | None" = None,
    query: str = "",
) -> Card:
    """Return the figures of customers together, and the revenue in ``others`` currencies.

    Without a ``query`` they are all customers; with one, ``people`` are those of organizations.
    """
    title = f"Customers with {query}, in {currency}" if query else f"All customers, in {currency}"
    if totals is None:
        return Card(title, data={"currency": currency, "customers": 0})
    share = "" if totals.best_share is None else f"{totals.best_share:.1%} of revenue"
    facts = (
        ("customers", f"{totals.customers:,}{_describe_counted(people)}"),
        ("orders", f"{totals.orders:,}"),
        ("revenue", format_money(totals.revenue)),
        *((("", _describe_included(people)),) if people and people.revenue.minor else ()),
        *((("also", ", ".join(map(format_money, others))),) if others else ()),
        *((("in all", converted.describe()),) if converted else ()),
        ("margin", _describe_margin(totals)),
        (f"best 20% ({totals.best:,})", share),
        ("lifetime value", f"{format_money(totals.lifetime_value)}, the sum over these customers"),
        ("", f"= {FORMULA}"),
        ("", "as if all stayed; for the future without those who left: cardcrm value equity"),
        ("expected years", describe_years(totals.lifespan)),
    )
    data = {
        "currency": currency,
        "customers": totals.customers,
        "orders": totals.orders,
        "revenue": totals.revenue,
        "margin": totals.margin,
        "customers_of_unknown_cost": totals.unknown,
        "best_fifth": totals.best,
        "best_fifth_share": totals.best_share,
        "lifetime_value": totals.lifetime_value,
        "lifetime_years": totals.lifespan.years,
        "lifetime_years_basis": totals.lifespan.basis,
        "people_counted": people.counted if people else 0,
        "people_revenue": people and people.revenue,
        "other_revenue": list(others),
        "all_currencies": converted and converted.to_json(),
    }
    return Card(title, facts=facts, data=data)


def _describe_counted(people: "PeopleIncluded | None") -> str:
    """Return how many people that a query found are counted with their organizations."""
    if people is None or not people.counted:
        return ""
    verb = "is" if people.counted == 1 else "are"
    who = "1 person" if people.counted == 1 else f"{people.counted:,} people"
    return f"; {who} of these organizations {verb} counted with them"


def _describe_included(people: "PeopleIncluded") -> str:
    revenue = format_money(people.revenue, code=False)
    return f"of it {revenue} by people of these organizations who do not match the query"


def _describe_margin(totals: "Totals") -> str:
    if not totals.margin:
        return "unknown"
    margin = format_money(totals.margin)
    if totals.unknown:
        margin += f" without {pluralize(totals.unknown, 'customer')} whose costs are missing"
    return margin
