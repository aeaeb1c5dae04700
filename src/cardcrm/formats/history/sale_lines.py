"""Read the lines of an order, and let them add up to its amount.

Shipping, taxes that are not in the prices, and tips become lines of their own. A discount on the
order is divided among its lines in proportion to their amounts.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cardcrm.formats.history.amounts import AmountReader, is_empty, to_minor, to_parts
from cardcrm.records.importing.history_drafts import OTHER_CHARGES, ProductLine, charge

Cells = Mapping[str, str]
_ONE: Final = 1000  # thousandths
SHIPPING, TAX, TIP, OTHER = CHARGES = ("Shipping", "Tax", "Tip", OTHER_CHARGES)
# “2× Hoodie, 1× Cap” (WooCommerce), and “name:Cap|sku:C1|quantity:1|total:9.00;…” of its exporters.
_COUNTED: Final = re.compile(r"([0-9]+)\s*[x×]\s*(.+?)(?=,\s*[0-9]+\s*[x×]\s|$)")


def read_lines(rows: Sequence[Cells], reader: AmountReader, currency: str) -> list[ProductLine]:
    """Return the lines of the rows of an order. Raises UsageError."""
    if rows[0].get("line_items"):
        return _read_item_list(rows[0]["line_items"], reader, currency)
    if rows[0].get("products"):
        return [
            ProductLine(name.strip(), "", int(count) * _ONE, 0, 0)
            for count, name in _COUNTED.findall(rows[0]["products"])
        ]
    found = (_read_line(cells, reader, currency) for cells in rows)
    return [line for line in found if line is not None]


def _read_line(cells: Cells, reader: AmountReader, currency: str) -> ProductLine | None:
    product, sku = cells.get("product", ""), cells.get("sku", "")
    if not (product or sku):
        return None
    if cells.get("variant") and cells["variant"].lower() != "regular":
        product = f"{product} ({cells['variant']})"
    quantity = reader.read_quantity(cells["quantity"]) if cells.get("quantity") else _ONE
    price = _parts(cells, "price", reader, currency)
    amount = _amount(cells, "line_total", reader, currency)
    if amount is None and "line_net" in cells:
        amount = (_amount(cells, "line_net", reader, currency) or 0) + (
            _amount(cells, "line_tax", reader, currency) or 0
        )
    if amount is None and price is not None:
        amount = to_minor(price, quantity) - abs(
            _amount(cells, "line_discount", reader, currency) or 0
        )
    if amount is None:
        return ProductLine(product or sku, sku, quantity or _ONE, 0, 0)
    if amount < 0 < quantity:
        quantity = -quantity
    if price is None:
        price = to_parts(amount, quantity)
    cost = _parts(cells, "line_cost", reader, currency)
    return ProductLine(product or sku, sku, quantity or _ONE, abs(price), amount, cost)


def _amount(cells: Cells, key: str, reader: AmountReader, currency: str) -> int | None:
    cell = cells.get(key, "")
    return None if is_empty(cell) else reader.read_in(cell, currency)


def _parts(cells: Cells, key: str, reader: AmountReader, currency: str) -> int | None:
    cell = cells.get(key, "")
    return None if is_empty(cell) else reader.read_parts(cell, currency)


def _read_item_list(text: str, reader: AmountReader, currency: str) -> list[ProductLine]:
    """Return the lines in one cell, as exporters of WooCommerce write them."""
    lines = []
    for item in filter(None, re.split(r";(?=\s*name:)|\s*\|\|\s*", text)):
        pairs = (part.partition(":") for part in item.split("|"))
        parts = {key.strip().lower(): value.strip() for key, sign, value in pairs if sign}
        if not parts.get("name"):
            continue
        cells = {
            "product": parts["name"],
            "sku": parts.get("sku", ""),
            "quantity": parts.get("quantity") or parts.get("qty", "1"),
            "line_total": parts.get("total", ""),
        }
        line = _read_line(cells, reader, currency)
        if line is not None:
            lines.append(line)
    return lines


def balance(
    lines: Sequence[ProductLine], amount: int, extras: Mapping[str, int]
) -> list[ProductLine]:
    """Return lines that add up to the amount of an order.

    ``extras`` are the shipping, tax, tip and discount of the order, as far as they are known.
    """
    if not lines:
        return []
    lines = _price_unpriced(lines, amount, extras)
    rest = amount - sum(each.amount for each in lines)
    if rest == 0:
        return lines
    shipping, tax, tip = (extras.get(name, 0) for name in ("shipping", "tax", "tip"))
    discount = abs(extras.get("discount", 0))
    for added_tax in (0, tax):
        for off in (0, discount):
            if rest == shipping + tip + added_tax - off:
                whole = [(SHIPPING, shipping), (TAX, added_tax), (TIP, tip)]
                return _discount(lines, off) + [charge(*each) for each in whole if each[1]]
    known = [(SHIPPING, shipping), (TIP, tip)]
    rest -= shipping + tip
    if rest < 0:
        return _discount(lines, -rest) + [charge(*each) for each in known if each[1]]
    return [*lines, *(charge(*each) for each in (*known, (OTHER, rest)) if each[1])]


def _price_unpriced(
    lines: Sequence[ProductLine], amount: int, extras: Mapping[str, int]
) -> list[ProductLine]:
    """Return lines without prices with shares of the amount, by their quantities."""
    if any(each.amount or each.price for each in lines):
        return list(lines)
    goods = amount - extras.get("shipping", 0) - extras.get("tip", 0)
    shares = _divide(goods, [abs(each.quantity) for each in lines])
    return [
        each._replace(amount=share, price=to_parts(share, each.quantity))
        for each, share in zip(lines, shares, strict=True)
    ]


def _discount(lines: Sequence[ProductLine], off: int) -> list[ProductLine]:
    """Return lines with an amount taken off, in proportion to theirs."""
    if not off:
        return list(lines)
    shares = _divide(off, [max(each.amount, 0) for each in lines])
    return [
        each._replace(amount=each.amount - share) for each, share in zip(lines, shares, strict=True)
    ]


def _divide(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to weights, such that the shares add up to it."""
    total, given, seen = sum(weights), 0, 0
    if not total:
        return [amount, *[0] * (len(weights) - 1)]
    shares = []
    for weight in weights:
        seen += weight
        share = amount * seen // total - given
        given += share
        shares.append(share)
    return shares


def turn_back(lines: Sequence[ProductLine]) -> tuple[ProductLine, ...]:
    """Return the lines of the refund of a whole order."""
    return tuple(
        each._replace(
            quantity=-each.quantity,
            amount=-each.amount,
            tax=None if each.tax is None else -each.tax,
        )
        for each in lines
    )
