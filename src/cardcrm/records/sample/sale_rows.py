"""Write the sales of the sample at once, as an import does: more than a thousand take 20 ms."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cardcrm import dates
from cardcrm.money import UNIT_SCALE, Money, UnitPrice
from cardcrm.records.contacts.uids import new_uids
from cardcrm.records.sales.sale_lines import SaleLine, SaleTotals, compute_line, levy_tax
from cardcrm.records.sample.catalog_data import (
    PRODUCTS,
    SampleProduct,
    find_cost,
    find_discount,
    find_price,
)
from cardcrm.records.sample.story import SampleSale
from cardcrm.store import Store

CURRENCY = "GBP"
_FIRST_RECEIPT = 1001
_BY_NAME = {each.name: each for each in PRODUCTS}
_SALE = (
    "id", "uid", "contact_id", "on_date", "currency", "amount", "cost", "tax", "tax_rate", "text",
    "channel", "ref", "author", "created_at",
)  # fmt: skip
_LINE = (
    "id", "sale_id", "product_id", "quantity", "price", "cost", "discount", "amount", "tax_rate",
    "tax",
)  # fmt: skip


def load(
    store: Store,
    sold: Sequence[SampleSale],
    contacts: Mapping[str, int],
    products: Mapping[str, int],
    days: Mapping[int, dt.date],
) -> None:
    """Write sales with their lines, each with a till number as its reference.

    ``contacts`` and ``products`` are ids by names, ``days`` the days by numbers of days back.
    """
    first = store.reserve("sale", len(sold))
    first_line = store.reserve("sale_line", sum(len(each.lines) for each in sold))
    now, author, uids = dates.current_instant(), store.author.name, new_uids(len(sold))
    sales: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for at, sale in enumerate(sold):
        totals = total_of(sale)
        sales.append((
            first + at, uids[at], contacts[sale.name], days[sale.back].isoformat(), CURRENCY,
            totals.amount.minor, totals.cost and totals.cost.minor, totals.tax and totals.tax.minor,
            totals.tax_rate, totals.products, sale.channel, f"till-{_FIRST_RECEIPT + at}", author,
            now,
        ))  # fmt: skip
        for line in totals.lines:
            number = first_line + len(lines)
            lines.append((number, first + at, products[line.product], *_line_columns(line)))
    store.load("sale", _SALE, sales)
    store.load("sale_line", _LINE, lines)


def total_of(sale: SampleSale) -> SaleTotals:
    """Return the amounts of a sale at the prices, costs and taxes of its day."""
    lines = [_line(_BY_NAME[name], many, sale) for name, many in sale.lines]
    costs = [compute_line(each.cost, each.quantity, 0).minor for each in lines if each.cost]
    total = Money(sum(each.amount.minor for each in lines), CURRENCY)
    return levy_tax(SaleTotals(total, Money(sum(costs), CURRENCY), lines, 1))


def _line(product: SampleProduct, many: int, sale: SampleSale) -> SaleLine:
    price = UnitPrice(find_price(product, sale.back) * UNIT_SCALE, CURRENCY)
    cost = UnitPrice(find_cost(product, sale.back) * UNIT_SCALE, CURRENCY)
    discount = (sale.discount or find_discount(product, sale.back)) * 1000
    quantity = many * 1000
    amount = compute_line(price, quantity, discount)
    return SaleLine(product.name, quantity, price, cost, discount, amount, product.tax * 1000)


def line_values(totals: SaleTotals, products: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the rows of lines without their parent; ``products`` are ids by names."""
    return [
        dict(zip(_LINE[2:], (products[each.product], *_line_columns(each)), strict=True))
        for each in totals.lines
    ]


def _line_columns(line: SaleLine) -> tuple[Any, ...]:
    return (
        line.quantity, line.price.parts // UNIT_SCALE, line.cost and line.cost.parts // UNIT_SCALE,
        line.discount, line.amount.minor, line.tax_rate, line.tax and line.tax.minor,
    )  # fmt: skip
