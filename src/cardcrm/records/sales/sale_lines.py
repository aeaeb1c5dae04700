"""The lines of a sale: parsed from text, priced from the catalog, and added up.

The amount of a line is quantity × unit price × (100% - discount), rounded once, to a minor unit,
halves up. A refund has the same figures with a minus sign: its halves are rounded away from zero.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.money import (
    UNIT_SCALE,
    Money,
    UnitPrice,
    divide_half_up,
    format_money,
    parse_percent,
    parse_quantity,
    parse_unit_price,
    to_unit_price,
)
from cardcrm.records.fields import read_price
from cardcrm.records.sales import products
from cardcrm.store import Store
from cardcrm.text import normalize_line

MAX_AMOUNT = 10**15  # minor units, as for every amount that is parsed
_ONE = 1000  # thousandths
_ALL = 100_000  # thousandths of a percent
UNKNOWN_RATE = -1  # of the tax of a line, whatever the catalog says

LINE_HINT = "Write it like “2 x Rose bouquet @ 24.50 -10%”; only the name is required."
_TAX = re.compile(r"(.*\S) (?:tax|vat) ([0-9][0-9.,]*) ?%", re.IGNORECASE)
_DISCOUNT = r"(?: [-−–] ?([0-9][0-9.,]*) ?%)?"
_LINE = re.compile(rf"(?:([0-9][0-9., ']*?) ?[x×*] )?(.*?){_DISCOUNT}(?: ?@ ?([^@]*?))?{_DISCOUNT}")
# The rest of a quantity, a price or a discount in the name of a product.
_LEFT_OVER = re.compile(
    r"@|[-−–] ?[0-9][0-9.,]* ?%|(?<![0-9])[0-9][0-9.,]* ?%(?: ?(?:off|discount|rabatt))?$"
    r"| [x×*] ?[0-9]+$"
)


@dataclass(frozen=True)
class LineDraft:
    """A line as typed. ``quantity`` is in thousandths, ``discount`` in thousandths of a percent.

    Price and cost are for one; None means the catalog has them. An ``amount`` is what was paid for
    all, if that is known; otherwise it is computed. ``tax_rate`` is in thousandths of a percent;
    None means the catalog has it, and `UNKNOWN_RATE` that it is unknown.
    """

    product: str
    quantity: int = _ONE
    price: Money | UnitPrice | None = None
    cost: Money | UnitPrice | None = None
    discount: int = 0
    amount: Money | None = None
    tax_rate: int | None = None


@dataclass(frozen=True)
class SaleLine:
    """A line as stored. Price and cost are for one, ``amount`` is the amount paid for all.

    In a refund, quantity and amount are negative. If the amount was given for the whole sale,
    ``price`` is that amount divided by the quantity, rounded. The amount contains the ``tax``;
    an unknown tax and its rate are None.
    """

    product: str
    quantity: int
    price: UnitPrice
    cost: UnitPrice | None
    discount: int
    amount: Money
    tax_rate: int | None = None
    tax: Money | None = None


def draft_of(line: SaleLine) -> LineDraft:
    """Return a stored line as a draft that leaves everything as it is."""
    amount = Money(abs(line.amount.minor), line.amount.currency)
    rate = UNKNOWN_RATE if line.tax_rate is None else line.tax_rate
    return LineDraft(
        line.product, abs(line.quantity), line.price, line.cost, line.discount, amount, rate
    )


def parse_line(text: str, currency: str) -> LineDraft:
    """Parse ``2 x Rose bouquet @ 24.50 -10% tax 20%``; only the name is required.

    The discount may also precede the price, which is in ``currency`` unless it names another.
    Raises UsageError.
    """
    words = " ".join(text.split())
    if taxed := _TAX.fullmatch(words):
        return replace(parse_line(taxed[1], currency), tax_rate=parse_percent(taxed[2]))
    match = _LINE.fullmatch(words)
    name = match[2] if match else ""
    if match is None or re.fullmatch(r"(@.*)?|[0-9.,]+ ?[x×*]", name):
        raise UsageError(f"the line “{text}” names no product", LINE_HINT)
    quantity, product, before, price, after = match.groups()
    if price == "":
        raise UsageError(f"the line “{text}” has no price after the @", LINE_HINT)
    if before and after:
        raise UsageError(f"the line “{text}” has two discounts", LINE_HINT)
    if not quantity and (counted := re.match(r"([0-9][0-9.,]*) (\S.*)", product)):
        raise UsageError(
            f"“{product}” may be {counted[1]} of “{counted[2]}”",
            f"Write {counted[1]} x {counted[2]}; for a product of this name, 1 x {product}.",
        )
    discount = before or after
    return LineDraft(
        product,
        parse_quantity(quantity) if quantity else _ONE,
        parse_unit_price(price, currency) if price else None,
        discount=parse_percent(discount) if discount else 0,
    )


def compute_line(price: UnitPrice, quantity: int, discount: int) -> Money:
    """Return quantity × unit price × (100% - discount), rounded once, halves up."""
    exact = price.parts * quantity * (_ALL - discount)
    return _check_size(divide_half_up(exact, UNIT_SCALE * _ONE * _ALL), price.currency)


def compute_tax(amount: Money, rate: int | None) -> Money | None:
    """Return the tax in an amount: amount × rate / (100% + rate), rounded once, halves up.

    An unknown rate makes the tax unknown.
    """
    if rate is None:
        return None
    return Money(divide_half_up(amount.minor * rate, _ALL + rate), amount.currency)


class SaleTotals(NamedTuple):
    """The amounts of a sale: ``total`` and ``spent`` (its cost) without a sign, and the lines.

    ``sign`` is -1 for a refund. ``tax_rate`` is the rate of all of the amount, None if it is
    unknown or differs between the lines; ``levied`` is the tax in the total.
    """

    total: Money
    spent: Money | None
    lines: Sequence[SaleLine]
    sign: int
    tax_rate: int | None = None
    levied: Money | None = None

    @property
    def amount(self) -> Money:
        """The amount paid, negative in a refund."""
        return Money(self.sign * self.total.minor, self.total.currency)

    @property
    def cost(self) -> Money | None:
        """The cost of the goods, negative in a refund that brought them back."""
        return Money(self.sign * self.spent.minor, self.spent.currency) if self.spent else None

    @property
    def tax(self) -> Money | None:
        """The tax in the amount, negative in a refund."""
        return Money(self.sign * self.levied.minor, self.levied.currency) if self.levied else None

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
    tax_rate: int | None = None,
    usual_rate: int | None = None,
) -> SaleTotals:
    """Compute the amounts of a sale by the rules of `sales.sell`.

    The ``tax_rate`` is that of all lines, and ``usual_rate`` that of lines whose product has none.
    Raises UsageError.
    """
    back = refund or (amount is not None and amount.minor < 0)
    whole = None if amount is None else Money(abs(amount.minor), amount.currency)
    priced = [_price_line(store, line, whole if len(lines) == 1 else None) for line in lines]
    total = _total(priced) if priced else whole
    if total is None:
        raise UsageError("no amount given", "Give an amount, or a --product with a price.")
    _check_consistency(total, whole, cost)
    if cost is not None and len(priced) == 1:
        priced = [_with_cost(priced[0], cost)]
    sign = -1 if back else 1
    totals = SaleTotals(total, cost or _cost(priced, total.currency), priced, sign)
    return levy_tax(totals, tax_rate, _list_usual(lines, usual_rate))


def _list_usual(drafts: Sequence[LineDraft], rate: int | None) -> list[int | None]:
    """Return the usual rate for each line, None for one whose rate is to stay unknown."""
    return [None if draft.tax_rate == UNKNOWN_RATE else rate for draft in drafts]


def levy_tax(
    totals: SaleTotals, rate: int | None = None, usual: Sequence[int | None] = ()
) -> SaleTotals:
    """Return a sale with the tax in its lines and in all of it.

    A ``rate`` is that of every line; without one, each line has its own, else the ``usual`` one.
    """
    others = usual or [None] * len(totals.lines)
    lines = [
        _with_tax(each, _first(rate, each.tax_rate, other))
        for each, other in zip(totals.lines, others, strict=True)
    ]
    if not lines:
        return totals._replace(tax_rate=rate, levied=compute_tax(totals.total, rate))
    rates = {each.tax_rate for each in lines}
    taxes = [each.tax.minor for each in lines if each.tax is not None]
    levied = Money(sum(taxes), totals.total.currency) if len(taxes) == len(lines) else None
    return totals._replace(
        lines=lines, tax_rate=rates.pop() if len(rates) == 1 else None, levied=levied
    )


def _first(*rates: int | None) -> int | None:
    return next((rate for rate in rates if rate is not None), None)


def _with_tax(line: SaleLine, rate: int | None) -> SaleLine:
    return replace(line, tax_rate=rate, tax=compute_tax(line.amount, rate))


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
    _check_draft(draft)
    known = products.find(store, draft.product)
    name = known.name if known else normalize_line(draft.product)
    if known is None:
        _refuse_left_over(name)
    given = to_unit_price(draft.price) if draft.price else None
    price = given or (known.price if known else None)
    if draft.amount is not None and given is not None:
        line = SaleLine(name, draft.quantity, given, None, draft.discount, draft.amount)
    elif given is None and whole is not None:
        line = _split_amount(name, draft, whole)
    elif price is None:
        raise _no_price(known, name, store)
    else:
        amount = compute_line(price, draft.quantity, draft.discount)
        line = SaleLine(name, draft.quantity, price, None, draft.discount, amount)
    cost = to_unit_price(draft.cost) if draft.cost else (known.cost if known else None)
    return replace(
        line,
        cost=cost if cost and cost.currency == line.amount.currency else None,
        tax_rate=_rate_of(draft, known),
    )


def _rate_of(draft: LineDraft, known: products.Product | None) -> int | None:
    """Return the tax rate of a line: as given, or from the catalog; None if it is unknown."""
    if draft.tax_rate is None:
        return known.tax_rate if known else None
    return None if draft.tax_rate == UNKNOWN_RATE else draft.tax_rate


def _check_draft(draft: LineDraft) -> None:
    """Raise UsageError for a line without a product, or with a figure that is not positive."""
    if not normalize_line(draft.product):
        raise UsageError("a line needs a product", LINE_HINT)
    if draft.quantity <= 0:
        raise UsageError("the quantity must be positive", "A refund has a negative amount.")
    for each in (draft.price, draft.cost):
        if each is not None and to_unit_price(each).parts < 0:
            raise UsageError("the price or cost is negative", "A refund has a negative amount.")


def _refuse_left_over(name: str) -> None:
    """Raise UsageError for a new product whose name holds a price, a quantity or a discount."""
    found = _LEFT_OVER.search(name)
    if not found:
        return
    line = _LINE.fullmatch(name)
    is_line = line is not None and line[2] != name and not _LEFT_OVER.search(line[2])
    hint = f'Write --line "{name}".' if is_line else LINE_HINT
    raise UsageError(
        f"“{found[0].strip()}” in the new product “{name}” may not be part of its name",
        f'{hint} If it is part: cardcrm product add "{name}"',
    )


def _split_amount(name: str, draft: LineDraft, whole: Money) -> SaleLine:
    """Return a line for which ``whole`` was paid: the price of one follows from that."""
    if draft.discount:
        raise UsageError(
            f"is {format_money(whole)} before or after the discount?",
            "Give the price of one with --price, or leave out the discount.",
        )
    return SaleLine(name, draft.quantity, _divide(whole, draft.quantity), None, 0, whole)


def _divide(whole: Money, quantity: int) -> UnitPrice:
    """Return the price of one if a quantity, in thousandths, costs ``whole``."""
    parts = divide_half_up(whole.minor * UNIT_SCALE * _ONE, quantity)
    _check_size(parts // UNIT_SCALE, whole.currency)
    return UnitPrice(parts, whole.currency)


def _no_price(known: products.Product | None, name: str, store: Store) -> CardcrmError:
    if known is not None:
        last = _find_last_price(store, known)
        price = format_money(last) if last else "9.50"
        remedy = f'Give an amount, or: cardcrm product edit "{name}" --price "{price}"'
        sold = f"; it was last sold for {price}" if last else ""
        return UsageError(f"“{name}” has no price in the catalog{sold}", remedy)
    remedy = f'Give an amount, or: cardcrm product add "{name}" --price 9.50'
    return NotFoundError(
        f"unknown product “{name}”", remedy, near=products.similar_names(store, name)
    )


def _find_last_price(store: Store, product: products.Product) -> UnitPrice | None:
    """Return the unit price at which a product was last sold."""
    row = store.row(
        "SELECT l.price, l.price_rest, s.currency FROM sale_line l JOIN sale s ON s.id = l.sale_id "
        "WHERE l.product_id = :product AND s.amount > 0 ORDER BY l.sale_id DESC LIMIT 1",
        product=product.id,
    )
    return None if row is None else read_price(row, "price")


def _check_size(minor: int, currency: str) -> Money:
    if abs(minor) > MAX_AMOUNT:
        raise UsageError(
            "the amount is too large",
            f"The maximum is {format_money(Money(MAX_AMOUNT, currency))}.",
        )
    return Money(minor, currency)


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
    return replace(line, cost=_divide(whole, line.quantity))


def _cost(lines: Sequence[SaleLine], currency: str) -> Money | None:
    """Return the cost of all lines, each rounded once, if each one's cost is known."""
    costs = [compute_line(each.cost, each.quantity, 0).minor for each in lines if each.cost]
    return _check_size(sum(costs), currency) if lines and len(costs) == len(lines) else None
