"""Output of `value`: the ranking, the totals, and the figures of one customer."""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.money import format_money
from cardcrm.reports.habits import describe_interval
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cardcrm.money import Money
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.reports.conversion import Converted
    from cardcrm.reports.retention.next_orders import NextOrder
    from cardcrm.reports.value.customer_future import CustomerFuture
    from cardcrm.reports.value.customer_ranking import RankedCustomer, ValueReport
    from cardcrm.reports.value.lifetime_value import Lifespan, LifetimeValue
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
    return Sheet(COLUMNS, [_row(each) for each in report.rows])


def ranking_table(report: "ValueReport", by: str, today: dt.date) -> Sheet:
    """Return the ranking for people, which fits a terminal of 80 columns."""
    heads = [
        Column("rank", "#", "right"),
        Column("name", "customer", wide=True),
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
        "" if each.share is None else f"{each.share:.1%}",
        each.orders,
        format_money(other, code=False) if other else "",
        _format_age((today - each.last_on).days),
        str(each.scores or ""),
        each.scores.standing if each.scores else "",
    )


def _format_age(days: int) -> str:
    """Return a number of days as a short span: 12d, 5w, 14m, 3y."""
    if days < 28:
        return f"{max(days, 0)}d"
    if days < 61:
        return f"{days // 7}w"
    return f"{(days * 12 + 182) // 365}m" if days < 730 else f"{days * 4 // 1461}y"


def _row(each: "RankedCustomer") -> tuple[Cell, ...]:
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
        _basis(each) if lifetime else None,
    )


def _basis(each: "RankedCustomer") -> str:
    return "revenue" if each.margin is None else "margin"


def _summarize(totals: "Totals") -> str:
    best = "" if totals.best_share is None else f"; best 20% bring {totals.best_share:.0%}"
    return (
        f"{pluralize(totals.customers, 'customer')}, revenue {format_money(totals.revenue)}, "
        f"expected {format_money(totals.lifetime_value, code=False)}{best}"
    )


def explanations(
    report: "ValueReport", by: str, other_currencies: list[str], *, is_total: bool = False
) -> list[str]:
    """Return the formula and its assumptions, for people; the totals have them in their card."""
    totals = report.totals
    lines = []
    if report.left_out:
        lines.append(_explain_left_out(report.left_out, by))
    if other_currencies:
        names = ", ".join(other_currencies)
        lines.append(f"not included: sales in {names}; use --currency {other_currencies[0]}")
    if is_total:
        return lines
    if any(each.people for each in report.rows):
        lines.append("an organization's figures include its people's; the total counts a sale once")
    lines.append(f"lifetime value = {FORMULA}; “expected” is the sum of all")
    lines.append(f"  expected years: {_describe_years(totals.lifespan)}")
    if totals.unknown:
        customers = pluralize(totals.unknown, "customer")
        lines.append(f"  {customers}: costs missing, so revenue is used")
    if report.scale is None:
        lines.append("  no RFM scores: at least 5 customers are needed")
    return lines


def _explain_left_out(count: int, by: str) -> str:
    """Return how many customers are not ranked, and why."""
    customers = pluralize(count, "customer")
    lacks = "has" if count == 1 else "have"
    why = (
        "whose margin is unknown (a cost is missing)" if by == "margin" else f"who {lacks} no order"
    )
    return f"not ranked: {customers} {why}; see: cardcrm value --by revenue"


def _describe_years(lifespan: "Lifespan") -> str:
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
) -> Card:
    """Return the figures of all customers together, and the revenue in ``others`` currencies."""
    title = f"All customers, in {currency}"
    if totals is None:
        return Card(title, data={"currency": currency, "customers": 0})
    share = "" if totals.best_share is None else f"{totals.best_share:.1%} of revenue"
    facts = (
        ("customers", f"{totals.customers:,}"),
        ("orders", f"{totals.orders:,}"),
        ("revenue", format_money(totals.revenue)),
        *((("also", ", ".join(map(format_money, others))),) if others else ()),
        *((("in all", converted.describe()),) if converted else ()),
        ("margin", _describe_margin(totals)),
        (f"best 20% ({totals.best:,})", share),
        ("expected", f"{format_money(totals.lifetime_value)} of future revenue"),
        ("", f"the sum of all lifetime values: {FORMULA}"),
        ("expected years", _describe_years(totals.lifespan)),
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
        "other_revenue": list(others),
        "all_currencies": converted and converted.to_json(),
    }
    return Card(title, facts=facts, data=data)


def _describe_margin(totals: "Totals") -> str:
    if not totals.margin:
        return "unknown"
    margin = format_money(totals.margin)
    if totals.unknown:
        margin += f" without {pluralize(totals.unknown, 'customer')} whose costs are missing"
    return margin


def customer_card(
    contact: "Contact",
    found: "list[tuple[RankedCustomer, Totals]]",
    converted: "Converted | None",
    futures: "Mapping[str, CustomerFuture | None]",
    next_order: "NextOrder | None" = None,
) -> Card:
    """Return the figures of one customer in each currency, with the order expected next.

    Where there is a model, its figures are among them.
    """
    data = {
        "id": contact.id,
        "name": contact.name,
        "by_currency": [
            {**_data(worth, futures[totals.currency]), "currency": totals.currency}
            for worth, totals in found
        ],
        "all_currencies": converted and converted.to_json(),
        "expected_on": next_order and next_order.expected_on,
        "usual_days": next_order and next_order.usual_days,
    }
    facts = (
        *((("in all", converted.describe()),) if converted else ()),
        *((("next order", _describe_next(next_order)),) if next_order else ()),
    )
    sections = tuple(_section(worth, totals, futures[totals.currency]) for worth, totals in found)
    return Card(contact.name, contact.org, facts, sections, data, corner=f"#{contact.id}")


def _describe_next(order: "NextOrder") -> str:
    """Return when the next order is expected, and whether it is late."""
    past = "ago" if order.state == "due" else "late"
    late = f", {pluralize(order.days_late, 'day')} {past}" if order.days_late else ""
    usual = f"usually {describe_interval(order.usual_days)}"
    state = f" ({order.state})" if order.state == "likely lost" else ""
    return f"expected {order.expected_on}{late}{state}; {usual}"


def _data(each: "RankedCustomer", future: "CustomerFuture | None") -> dict[str, object]:
    """Return the figures of the ranking, the factors of the lifetime value, and the future."""
    names = [column.key for column in COLUMNS]
    data: dict[str, object] = dict(zip(names, _row(each), strict=True))
    del data["id"], data["name"]
    if each.lifetime:
        data["purchases_per_year"] = each.lifetime.purchases_per_year
        data["lifetime_years"] = each.lifetime.years
        data["margin_rate"] = each.lifetime.margin_rate
    if future:
        data["future"] = {
            "p_active": future.p_active,
            "expected_purchases": future.expected_purchases,
            "expected_value": future.expected_value,
            "future_value": future.future_value,
            "horizon_days": future.horizon_days,
            "fitted_on": future.fitted_on,
            "reason": future.reason or None,
        }
    return data


def _section(each: "RankedCustomer", totals: "Totals", future: "CustomerFuture | None") -> Section:
    """Return the figures in one currency as lines of label and figure."""
    share = "" if each.share is None else f", {each.share:.1%} of all"
    rank = f"no. {each.rank:,} of {totals.customers:,}"
    facts = [
        ("revenue", f"{format_money(each.revenue)}{share}; {rank}"),
        ("margin", format_money(each.margin) if each.margin else "unknown: a cost is missing"),
        ("includes", _describe_people(each.people)),
        ("orders", _describe_orders(each)),
        ("average order", format_money(each.average) if each.average else ""),
        ("first sale", each.first_on.isoformat()),
        ("last sale", each.last_on.isoformat()),
        ("RFM", f"{each.scores} {each.scores.standing}" if each.scores else ""),
        ("lifetime value", _show_formula(each, each.lifetime) if each.lifetime else ""),
        *(_describe_future(future) if future else ()),
    ]
    lines = tuple(Line("", label, text) for label, text in facts if text)
    years = f"expected years: {_describe_years(totals.lifespan)}"
    return Section(totals.currency, lines, note=years)


def _describe_future(future: "CustomerFuture") -> "Iterator[tuple[str, str]]":
    """Yield the figures of the model, with its date."""
    active = future.reason if future.p_active is None else f"{future.p_active:.0%} probable"
    yield "still active", active
    worth = format_money(future.future_value)
    spend = format_money(future.expected_value, code=False)
    days = "year" if future.horizon_days == 365 else f"{future.horizon_days:,} days"
    yield (
        "next " + days,
        f"{future.expected_purchases:.2f} purchases, {spend}, worth {worth} today\n"
        f"(model of {future.fitted_on}; see: cardcrm value model)",
    )


def _describe_people(people: int) -> str:
    return f"the sales of {'1 person' if people == 1 else f'{people:,} people'}" if people else ""


def _describe_orders(each: "RankedCustomer") -> str:
    """Return the number of orders, and of the days with an order if some have several."""
    days = f" on {pluralize(each.purchases, 'day')}" if each.purchases != each.orders else ""
    return f"{each.orders:,}{days}"


def _show_formula(each: "RankedCustomer", lifetime: "LifetimeValue") -> str:
    """Return the formula with its numbers, which are rounded only here.

    Without revenue there is no margin rate, and a single figure is the yearly result.
    """
    value = format_money(lifetime.value)
    if each.revenue.minor <= 0:
        yearly = format_money(lifetime.yearly, code=False)
        why = "refunds exceed sales" if each.revenue.minor else "everything was refunded"
        years = f"{lifetime.years:.1f} years"
        return f"{value}\n= {yearly} {_basis(each)} per year × {years}\n  ({why})"
    margin = (
        " (based on revenue: a cost is missing)"
        if lifetime.margin_rate is None
        else f" × {lifetime.margin_rate:.1%} margin"
    )
    return (
        f"{value}\n= {format_money(lifetime.average_purchase, code=False)} "
        f"× {lifetime.purchases_per_year:.2f} per year × {lifetime.years:.1f} years{margin}"
    )
