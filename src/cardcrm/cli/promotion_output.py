"""The answers of `promotion results`, which `campaign results` shows as well."""

from typing import TYPE_CHECKING

from cardcrm.money import Money, format_money, format_quantity
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize, sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.reports.promotions.results import PromotionResult
    from cardcrm.sheet import Cell


def show_results(found: "Sequence[PromotionResult]") -> Sheet:
    """Return the figures of promotions for people."""
    columns = (
        Column("code", "code"),
        *(
            Column(name, name.replace("_", " "), "right")
            for name in (
                "off", "redeemed", "customers", "new", "revenue", "discount", "cost", "margin",
            )
        ),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            sanitize(each.code),
            f"{format_quantity(each.discount_rate)}%" if each.discount_rate else "",
            each.redeemed,
            each.customers,
            each.new_customers,
            *map(_format, (each.revenue, each.discount, each.cost, each.margin)),
        )
        for each in found
    ]
    title = f"Promotions, in {found[0].revenue.currency}" if found else ""
    return Sheet(columns, rows, title)


def _format(amount: "Money | None") -> str:
    return "" if amount is None else format_money(amount, code=False)


def list_results(found: "Sequence[PromotionResult]") -> Sheet:
    """Return the figures of promotions for programs."""
    columns = (
        Column("id", "id", "right"),
        Column("code", "code"),
        Column("text", "text"),
        Column("campaign", "campaign"),
        Column("discount_percent", "percent", "right"),
        Column("redeemed", "redeemed", "right"),
        Column("customers", "customers", "right"),
        Column("new_customers", "new customers", "right"),
        Column("revenue", "revenue", "right", currency="currency"),
        Column("discount_given", "discount", "right", currency="currency"),
        Column("cost", "cost", "right", currency="currency"),
        Column("margin", "margin", "right", currency="currency"),
        Column("unknown_cost_revenue", "of unknown cost", "right", currency="currency"),
        Column("unknown_cost_count", "without cost", "right"),
    )
    rows = [
        (
            each.id, each.code, each.text or None, each.campaign or None,
            each.discount_rate / 1000, each.redeemed, each.customers, each.new_customers,
            each.revenue, each.discount, each.cost, each.margin, each.unknown, each.unknown_count,
        )
        for each in found
    ]  # fmt: skip
    return Sheet(columns, rows)


def list_objects(found: "Sequence[PromotionResult]") -> "list[dict[str, Cell]]":
    """Return the figures of promotions as objects of JSON."""
    sheet = list_results(found)
    keys = [each.key for each in sheet.columns]
    return [dict(zip(keys, row, strict=True)) for row in sheet.rows]


def explain_unknown(found: "Sequence[PromotionResult]") -> tuple[str, ...]:
    """Return a note on the sales that have no part in the margin, if there are any."""
    from cardcrm.reports.promotions.results import sum_unknown

    count, revenue = sum_unknown(found)
    if not count:
        return ()
    amount = format_money(Money(revenue, found[0].revenue.currency))
    return (
        f"the cost of {pluralize(count, 'sale')} is unknown: a revenue of {amount} is not in the "
        "margin",
    )
