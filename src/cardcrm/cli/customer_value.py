"""Output of `value WHO`: the figures of one customer, the verdict, and the future by the model."""

from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.value_output import COLUMNS, basis_of, describe_years, ranking_row
from cardcrm.money import format_money
from cardcrm.reports.habits import describe_interval
from cardcrm.reports.retention.next_orders import DUE
from cardcrm.reports.value.verdict import (
    BY_MODEL,
    LOST,
    TOO_EARLY,
    Verdict,
    describe_standing,
)
from cardcrm.sheet import Card, Line, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.reports.conversion import Converted
    from cardcrm.reports.retention.next_orders import NextOrder
    from cardcrm.reports.value.customer_future import CustomerFuture
    from cardcrm.reports.value.customer_ranking import RankedCustomer
    from cardcrm.reports.value.lifetime_value import LifetimeValue
    from cardcrm.reports.value.value_totals import Totals


def customer_card(
    contact: "Contact",
    found: "list[tuple[RankedCustomer, Totals]]",
    converted: "Converted | None",
    futures: "Mapping[str, CustomerFuture | None]",
    next_order: "NextOrder | None" = None,
    verdict: Verdict | None = None,
) -> Card:
    """Return the figures of one customer in each currency, with the order expected next.

    Where there is a model, its figures are among them. The verdict is that of `verdict`.
    """
    data = {
        "id": contact.id,
        "name": contact.name,
        "state": verdict and verdict.state,
        "state_basis": verdict and (verdict.basis or None),
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
        *((("state", _describe_verdict(verdict)),) if verdict else ()),
        *((("next order", _describe_next(next_order, verdict)),) if next_order else ()),
    )
    sections = tuple(
        _section(worth, totals, futures[totals.currency], verdict) for worth, totals in found
    )
    return Card(contact.name, contact.org, facts, sections, data, corner=f"#{contact.id}")


def _describe_verdict(verdict: Verdict) -> str:
    """Return the state of a customer, with the reason."""
    if verdict.state == TOO_EARLY:
        return f"{TOO_EARLY}: three purchases show a habit"
    if verdict.basis == BY_MODEL:
        return f"{verdict.state}; {verdict.p_active:.0%} likely to be still active, by the model"
    return f"{verdict.state}, by the usual interval"


def _describe_next(order: "NextOrder", verdict: Verdict | None) -> str:
    """Return when the next order is expected, and whether it is late."""
    usual = f"usually {describe_interval(order.usual_days)}"
    if verdict is not None and verdict.state == LOST:
        return f"was expected {order.expected_on}; {usual}"
    past = "ago" if order.state == DUE else "late"
    late = f", {pluralize(order.days_late, 'day')} {past}" if order.days_late else ""
    return f"expected {order.expected_on}{late}; {usual}"


def _data(each: "RankedCustomer", future: "CustomerFuture | None") -> dict[str, object]:
    """Return the figures of the ranking, the factors of the lifetime value, and the future."""
    names = [column.key for column in COLUMNS]
    data: dict[str, object] = dict(zip(names, ranking_row(each), strict=True))
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


def _section(
    each: "RankedCustomer",
    totals: "Totals",
    future: "CustomerFuture | None",
    verdict: Verdict | None,
) -> Section:
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
        ("RFM", _describe_scores(each, verdict)),
        ("lifetime value", _show_lifetime(each, verdict)),
        *(_describe_future(future) if future else ()),
    ]
    lines = tuple(Line("", label, text) for label, text in facts if text)
    years = f"expected years: {describe_years(totals.lifespan)}"
    return Section(totals.currency, lines, note=years)


def _describe_scores(each: "RankedCustomer", verdict: Verdict | None) -> str:
    if each.scores is None:
        return ""
    standing = each.scores.standing
    return f"{each.scores} {describe_standing(standing, verdict) if verdict else standing}"


def _describe_future(future: "CustomerFuture") -> "Iterator[tuple[str, str]]":
    """Yield the figures of the model, with its date."""
    worth = format_money(future.future_value)
    spend = format_money(future.expected_value, code=False)
    days = "year" if future.horizon_days == 365 else f"{future.horizon_days:,} days"
    proof = "" if future.is_proven else ", which has not won its backtest"
    yield (
        "next " + days,
        f"{future.expected_purchases:.2f} purchases, {spend}, worth {worth} today\n"
        f"(model of {future.fitted_on}{proof}; see: cardcrm value model)",
    )


def _describe_people(people: int) -> str:
    return f"the sales of {'1 person' if people == 1 else f'{people:,} people'}" if people else ""


def _describe_orders(each: "RankedCustomer") -> str:
    """Return the number of orders, and of the days with an order if some have several."""
    days = f" on {pluralize(each.purchases, 'day')}" if each.purchases != each.orders else ""
    return f"{each.orders:,}{days}"


def _show_lifetime(each: "RankedCustomer", verdict: Verdict | None) -> str:
    """Return the lifetime value with its formula, which does not know who has left."""
    if each.lifetime is None:
        return ""
    shown = _show_formula(each, each.lifetime)
    is_lost = verdict is not None and verdict.state == LOST
    return f"{shown}\n  (as if the customer stayed, but likely lost)" if is_lost else shown


def _show_formula(each: "RankedCustomer", lifetime: "LifetimeValue") -> str:
    """Return the formula with its numbers, which are rounded only here.

    Without revenue there is no margin rate, and a single figure is the yearly result.
    """
    value = format_money(lifetime.value)
    if each.revenue.minor <= 0:
        yearly = format_money(lifetime.yearly, code=False)
        why = "refunds exceed sales" if each.revenue.minor else "everything was refunded"
        years = f"{lifetime.years:.1f} years"
        return f"{value}\n= {yearly} {basis_of(each)} per year × {years}\n  ({why})"
    margin = (
        " (based on revenue: a cost is missing)"
        if lifetime.margin_rate is None
        else f" × {lifetime.margin_rate:.1%} margin"
    )
    return (
        f"{value}\n= {format_money(lifetime.average_purchase, code=False)} "
        f"× {lifetime.purchases_per_year:.2f} per year × {lifetime.years:.1f} years{margin}"
    )
