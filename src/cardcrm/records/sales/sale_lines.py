"""The lines of a sale: read from text, priced from the catalogue, and reckoned together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import (
    Money,
    format_money,
    parse_money,
    parse_percent,
    parse_quantity,
    percent_of,
)
from cardcrm.records.sales import products
from cardcrm.store import Store
from cardcrm.text import tidy

MOST = 10**15  # minor units, as for every amount that is read

LINE_HINT = "Write it like “2 x Rose bouquet @ 24.50 -10%”; only the name must be there."


@dataclass(frozen=True)
class LineDraft:
    """A line as told: ``quantity`` in thousandths; price and cost for one, from the catalogue where
    None; ``discount`` in thousandths of a percent.
    """

    product: str
    quantity: int = 1000
    price: Money | None = None
    cost: Money | None = None
    discount: int = 0


@dataclass(frozen=True)
class SaleLine:
    """A line as kept: price and cost are for one, ``amount`` is what was paid for all.

    In a refund quantity and amount are negative. Where the amount of a sale was told for the whole,
    ``price`` is that divided by the quantity and rounded.
    """

    product: str
    quantity: int
    price: Money
    cost: Money | None
    discount: int
    amount: Money


def parse_line(text: str, currency: str) -> LineDraft:
    """``2 x Rose bouquet @ 24.50 -10%`` as a draft; quantity, price and discount may be left out.

    The price is in ``currency`` unless it names another. Raises UsageError.
    """
    said = " ".join(text.split())
    match = re.fullmatch(
        r"(?:([0-9][0-9.,]*) ?[x×*] )?(.*?)(?: ?@ ?([^@]*?))?(?: [-−] ?([0-9][0-9.,]*) ?%)?", said
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


class Bought(NamedTuple):
    """What a sale comes to: ``total`` and ``spent``, what it cost, without a sign, the lines, and
    the ``sign`` that is -1 for a refund.
    """

    total: Money
    spent: Money | None
    lines: Sequence[SaleLine]
    sign: int

    @property
    def amount(self) -> Money:
        """What was paid, less than nothing in a refund."""
        return Money(self.sign * self.total.minor, self.total.currency)

    @property
    def cost(self) -> Money | None:
        """What it cost, less than nothing where the goods came back."""
        return Money(self.sign * self.spent.minor, self.spent.currency) if self.spent else None

    @property
    def products(self) -> str:
        """What a sale is called where nobody names it."""
        return ", ".join(line.product for line in self.lines)


def reckon(
    store: Store,
    amount: Money | None,
    lines: Sequence[LineDraft],
    cost: Money | None,
    *,
    refund: bool,
) -> Bought:
    """What a sale comes to, by the rules of `sales.sell`. Raises UsageError."""
    back = refund or (amount is not None and amount.minor < 0)
    whole = None if amount is None else Money(abs(amount.minor), amount.currency)
    priced = [_priced(store, line, whole if len(lines) == 1 else None) for line in lines]
    total = _total(priced) if priced else whole
    if total is None:
        raise UsageError("how much was it?", "Give an amount, or a --product with a price.")
    _refuse_unlike(total, whole, cost)
    if cost is not None and len(priced) == 1:
        priced = [_costing(priced[0], cost)]
    return Bought(total, cost or _cost(priced, total.currency), priced, -1 if back else 1)


def _refuse_unlike(total: Money, told: Money | None, cost: Money | None) -> None:
    """Raise UsageError where amount, lines and cost contradict each other."""
    if told is not None and told != total:
        raise UsageError(
            f"the lines come to {format_money(total)}, not to {format_money(told)}",
            "Leave the amount out, or mend a price or discount.",
        )
    if cost is not None and cost.currency != total.currency:
        raise UsageError(
            f"a sale in {total.currency} cannot have a cost in {cost.currency}",
            "Give both in one currency.",
        )
    if cost is not None and cost.minor < 0:
        raise UsageError("a cost is told without a sign", "That of a refund came back with it.")


def _priced(store: Store, draft: LineDraft, whole: Money | None) -> SaleLine:
    """A line with its price: as told, from ``whole``, the sale's amount, or from the catalogue."""
    if not tidy(draft.product):
        raise UsageError("a line needs a product", LINE_HINT)
    if draft.quantity <= 0:
        raise UsageError("a quantity is more than nothing", "A refund has a negative amount.")
    if any(each is not None and each.minor < 0 for each in (draft.price, draft.cost)):
        raise UsageError(
            "a price or cost is told without a sign", "A refund has a negative amount."
        )
    known = products.find(store, draft.product)
    name = known.name if known else tidy(draft.product)
    price = draft.price or (known.price if known else None)
    if draft.price is None and whole is not None:
        line = _shared_out(name, draft, whole)
    elif price is None:
        raise _no_price(store, name)
    else:
        gross = _divided(price.minor * draft.quantity, 1000)
        amount = _checked(gross - percent_of(gross, draft.discount), price.currency)
        line = SaleLine(name, draft.quantity, price, None, draft.discount, amount)
    cost = draft.cost or (known.cost if known else None)
    return replace(line, cost=cost if cost and cost.currency == line.amount.currency else None)


def _shared_out(name: str, draft: LineDraft, whole: Money) -> SaleLine:
    """A line for which ``whole`` was paid: the price of one follows from that."""
    if draft.discount:
        raise UsageError(
            f"is {format_money(whole)} before or after the discount?",
            "Give the price of one with --price, or leave the discount out.",
        )
    price = _checked(_divided(whole.minor * 1000, draft.quantity), whole.currency)
    return SaleLine(name, draft.quantity, price, None, 0, whole)


def _no_price(store: Store, name: str) -> UsageError:
    like = [] if products.find(store, name) else products.alike(store, name)
    meant = f"Did you mean {like[0]}? Otherwise give an amount" if like else "Give an amount"
    return UsageError(
        f"“{name}” has no price yet", f'{meant}, or: cardcrm product add "{name}" --price 9.50'
    )


def _checked(minor: int, currency: str) -> Money:
    if abs(minor) > MOST:
        raise UsageError(
            "that comes to too much", f"The most is {format_money(Money(MOST, currency))}."
        )
    return Money(minor, currency)


def _divided(number: int, by: int) -> int:
    """Division of what is not negative, halves rounded up."""
    return (2 * number + by) // (2 * by)


def _total(lines: Sequence[SaleLine]) -> Money:
    currencies = sorted({line.amount.currency for line in lines})
    if len(currencies) > 1:
        raise UsageError(
            f"the lines of a sale are in one currency, not in {' and '.join(currencies)}",
            "Note two sales instead.",
        )
    return _checked(sum(line.amount.minor for line in lines), currencies[0])


def _costing(line: SaleLine, whole: Money) -> SaleLine:
    """The line with the cost of one of it, where ``whole`` is that of all."""
    one = _checked(_divided(whole.minor * 1000, line.quantity), whole.currency)
    return replace(line, cost=one)


def _cost(lines: Sequence[SaleLine], currency: str) -> Money | None:
    """What the lines cost together, if each one's cost is known."""
    costs = [_divided(each.cost.minor * each.quantity, 1000) for each in lines if each.cost]
    return _checked(sum(costs), currency) if lines and len(costs) == len(lines) else None
