"""The lines of a sale: parsed from text, priced from the catalog, and added up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.money import (
    Money,
    compute_percent,
    format_money,
    parse_money,
    parse_percent,
    parse_quantity,
)
from cardcrm.records.sales import products
from cardcrm.store import Store
from cardcrm.text import normalize_line

MAX_AMOUNT = 10**15  # minor units, as for every amount that is parsed

LINE_HINT = "Write it like “2 x Rose bouquet @ 24.50 -10%”; only the name is required."


@dataclass(frozen=True)
class LineDraft:
    """A line as typed. ``quantity`` is in thousandths, ``discount`` in thousandths of a percent.

    Price and cost are for one; None means the catalog has them.
    """

    product: str
    quantity: int = 1000
    price: Money | None = None
    cost: Money | None = None
    discount: int = 0


@dataclass(frozen=True)
class SaleLine:
    """A line as stored. Price and cost are for one, ``amount`` is the amount paid for all.

    In a refund, quantity and amount are negative. If the amount was given for the whole sale,
    ``price`` is that amount divided by the quantity, rounded.
    """

    product: str
    quantity: int
    price: Money
    cost: Money | None
    discount: int
    amount: Money


def parse_line(text: str, currency: str) -> LineDraft:
    """Parse ``2 x Rose bouquet @ 24.50 -10%``; quantity, price and discount are optional.

    The price is in ``currency`` unless it names another. Raises UsageError.
    """
    words = " ".join(text.split())
    match = re.fullmatch(
        r"(?:([0-9][0-9.,]*) ?[x×*] )?(.*?)(?: ?@ ?([^@]*?))?(?: [-−] ?([0-9][0-9.,]*) ?%)?", words
    )
    name = match[2] if match else ""
    if match is None or re.fullmatch(r"(@.*)?|[0-9.,]+ ?[x×*]", name):
        raise UsageError(f"the line “{text}” names no product", LINE_HINT)
    quantity, product, price, discount = match.groups()
    if price == "":
        raise UsageError(f"the line “{text}” has no price after the @", LINE_HINT)
    return LineDraft(
        product,
        parse_quantity(quantity) if quantity else 1000,
        parse_money(price, currency) if price else None,
        discount=parse_percent(discount) if discount else 0,
    )


class SaleTotals(NamedTuple):
    """The amounts of a sale: ``total`` and ``spent`` (its cost) without a sign, and the lines.

    ``sign`` is -1 for a refund.
    """

    total: Money
    spent: Money | None
    lines: Sequence[SaleLine]
    sign: int

    @property
    def amount(self) -> Money:
        """The amount paid, negative in a refund."""
        return Money(self.sign * self.total.minor, self.total.currency)

    @property
    def cost(self) -> Money | None:
        """The cost of the goods, negative in a refund that brought them back."""
        return Money(self.sign * self.spent.minor, self.spent.currency) if self.spent else None

    @property
    def products(self) -> str:
        """The names of the products, the text of a sale without a text."""
        return ", ".join(line.product for line in self.lines)


def compute_totals(
    store: Store,
    amount: Money | None,
    lines: Sequence[LineDraft],
    cost: Money | None,
    *,
    refund: bool,
) -> SaleTotals:
    """Compute the amounts of a sale by the rules of `sales.sell`. Raises UsageError."""
    back = refund or (amount is not None and amount.minor < 0)
    whole = None if amount is None else Money(abs(amount.minor), amount.currency)
    priced = [_price_line(store, line, whole if len(lines) == 1 else None) for line in lines]
    total = _total(priced) if priced else whole
    if total is None:
        raise UsageError("no amount given", "Give an amount, or a --product with a price.")
    _check_consistency(total, whole, cost)
    if cost is not None and len(priced) == 1:
        priced = [_with_cost(priced[0], cost)]
    return SaleTotals(total, cost or _cost(priced, total.currency), priced, -1 if back else 1)


def _check_consistency(total: Money, given: Money | None, cost: Money | None) -> None:
    """Raise UsageError if amount, lines and cost contradict each other."""
    if given is not None and given != total:
        raise UsageError(
            f"the lines add up to {format_money(total)}, not to {format_money(given)}",
            "Leave out the amount, or correct a price or discount.",
        )
    if cost is not None and cost.currency != total.currency:
        raise UsageError(
            f"the sale is in {total.currency}, its cost in {cost.currency}",
            "Give both in one currency.",
        )
    if cost is not None and cost.minor < 0:
        raise UsageError("the cost is negative", "Leave out the sign, also for a refund.")


def _price_line(store: Store, draft: LineDraft, whole: Money | None) -> SaleLine:
    """Return a line with its price: as given, from the amount of the sale, or from the catalog."""
    if not normalize_line(draft.product):
        raise UsageError("a line needs a product", LINE_HINT)
    if draft.quantity <= 0:
        raise UsageError("the quantity must be positive", "A refund has a negative amount.")
    if any(each is not None and each.minor < 0 for each in (draft.price, draft.cost)):
        raise UsageError("the price or cost is negative", "A refund has a negative amount.")
    known = products.find(store, draft.product)
    name = known.name if known else normalize_line(draft.product)
    price = draft.price or (known.price if known else None)
    if draft.price is None and whole is not None:
        line = _split_amount(name, draft, whole)
    elif price is None:
        raise _no_price(known, name, store)
    else:
        gross = _divide(price.minor * draft.quantity, 1000)
        amount = _check_size(gross - compute_percent(gross, draft.discount), price.currency)
        line = SaleLine(name, draft.quantity, price, None, draft.discount, amount)
    cost = draft.cost or (known.cost if known else None)
    return replace(line, cost=cost if cost and cost.currency == line.amount.currency else None)


def _split_amount(name: str, draft: LineDraft, whole: Money) -> SaleLine:
    """Return a line for which ``whole`` was paid: the price of one follows from that."""
    if draft.discount:
        raise UsageError(
            f"is {format_money(whole)} before or after the discount?",
            "Give the price of one with --price, or leave out the discount.",
        )
    price = _check_size(_divide(whole.minor * 1000, draft.quantity), whole.currency)
    return SaleLine(name, draft.quantity, price, None, 0, whole)


def _no_price(known: products.Product | None, name: str, store: Store) -> CardcrmError:
    if known is not None:
        remedy = f'Give an amount, or: cardcrm product edit "{name}" --price 9.50'
        return UsageError(f"“{name}” has no price yet", remedy)
    remedy = f'Give an amount, or: cardcrm product add "{name}" --price 9.50'
    return NotFoundError(
        f"unknown product “{name}”", remedy, near=products.similar_names(store, name)
    )


def _check_size(minor: int, currency: str) -> Money:
    if abs(minor) > MAX_AMOUNT:
        raise UsageError(
            "the amount is too large",
            f"The maximum is {format_money(Money(MAX_AMOUNT, currency))}.",
        )
    return Money(minor, currency)


def _divide(number: int, by: int) -> int:
    """Divide a number that is not negative; halves are rounded up."""
    return (2 * number + by) // (2 * by)


def _total(lines: Sequence[SaleLine]) -> Money:
    currencies = sorted({line.amount.currency for line in lines})
    if len(currencies) > 1:
        raise UsageError(
            f"the lines are in different currencies: {' and '.join(currencies)}",
            "Record a sale for each currency.",
        )
    return _check_size(sum(line.amount.minor for line in lines), currencies[0])


def _with_cost(line: SaleLine, whole: Money) -> SaleLine:
    """Return the line with its unit cost, computed from the cost of all of it."""
    one = _check_size(_divide(whole.minor * 1000, line.quantity), whole.currency)
    return replace(line, cost=one)


def _cost(lines: Sequence[SaleLine], currency: str) -> Money | None:
    """Return the cost of all lines, if each one's cost is known."""
    costs = [_divide(each.cost.minor * each.quantity, 1000) for each in lines if each.cost]
    return _check_size(sum(costs), currency) if lines and len(costs) == len(lines) else None
