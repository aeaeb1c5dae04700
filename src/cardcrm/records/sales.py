"""Sales: money that contacts paid, line by line; refunds are negative."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import (
    Money,
    format_money,
    parse_money,
    parse_percent,
    parse_quantity,
    percent_of,
)
from cardcrm.records import products
from cardcrm.records.uids import new_uid
from cardcrm.store import Store
from cardcrm.store.again import repeated
from cardcrm.store.engine import Row
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


@dataclass(frozen=True)
class Sale:
    """Money paid on a local day; ``cost`` is what the goods cost the firm, where known.

    In a refund both are negative: the money went back, and so did goods of that cost.
    """

    id: int
    uid: str
    contact_id: int
    on_date: str
    amount: Money
    cost: Money | None
    text: str
    ref: str


SELECT = (
    "SELECT s.id, s.uid, s.contact_id, s.on_date, s.amount, s.cost, s.currency, s.text, s.ref "
    "FROM sale s"
)


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


@repeated
def sell(
    store: Store,
    contact_id: int,
    amount: Money | None,
    *,
    text: str = "",
    when: When | None = None,
    cost: Money | None = None,
    lines: Sequence[LineDraft] = (),
    ref: str = "",
    refund: bool = False,
) -> tuple[Sale, bool]:
    """Note a sale, or a refund where the amount is negative; the sale, and whether it is new.

    Without an amount the lines make it, at their own prices or the catalogue's; ``refund`` turns
    it round. An amount with one line that names no price is what was paid for all of it; otherwise
    the lines must come to the amount. Costs are told without a sign; those of a refund are of goods
    that came back. A sale whose outside reference is known already changes nothing; ConflictError
    is raised if that was of another contact or amount. A lead or prospect who buys becomes a
    customer.
    """
    back = refund or (amount is not None and amount.minor < 0)
    whole = None if amount is None else Money(abs(amount.minor), amount.currency)
    priced = [_priced(store, line, whole if len(lines) == 1 else None) for line in lines]
    total = _total(priced) if priced else whole
    if total is None:
        raise UsageError("how much was it?", "Give an amount, or a --product with a price.")
    _refuse_unlike(total, whole, cost)
    if cost is not None and len(priced) == 1:
        priced = [_costing(priced[0], cost)]
    spent = cost or _cost(priced, total.currency)
    day = _day(store, when)
    sign = -1 if back else 1
    # Known references and new products are looked for first, so these sales go one by one.
    with store.transaction(together=not (tidy(ref) or priced)):
        known = _by_ref(store, tidy(ref))
        if known is not None:
            return _same(known, contact_id, Money(sign * total.minor, total.currency)), False
        sale_id = store.insert(
            "sale",
            uid=new_uid(),
            contact_id=contact_id,
            on_date=day,
            currency=total.currency,
            amount=sign * total.minor,
            cost=sign * spent.minor if spent else None,
            text=tidy(text) or ", ".join(line.product for line in priced),
            ref=tidy(ref) or None,
            author=store.author.name,
            created_at=dates.stamp(),
        )
        for line in priced:
            _keep_line(store, sale_id, line, sign)
        _promote(store, contact_id, sign * total.minor)
    return get(store, sale_id), True


def _day(store: Store, when: When | None) -> str:
    today = dates.today(store.customs.zone)
    day = when.day if when else today
    if day > today:
        raise UsageError(f"{day.isoformat()} is yet to come", "A sale is money that was paid.")
    return day.isoformat()


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


def _promote(store: Store, contact_id: int, minor: int) -> None:
    stage = store.value("SELECT stage FROM contact WHERE id = :id", id=contact_id)
    if minor > 0 and stage in ("lead", "prospect", "lapsed"):
        store.update("contact", contact_id, stage="customer")


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


def _by_ref(store: Store, ref: str) -> Sale | None:
    row = store.row(f"{SELECT} WHERE s.ref = :ref", ref=ref) if ref else None
    return _sale(row) if row else None


def _same(known: Sale, contact_id: int, total: Money) -> Sale:
    if (known.contact_id, known.amount) != (contact_id, total):
        raise ConflictError(
            f"sale {known.id} has the reference “{known.ref}” already, "
            f"over {format_money(known.amount)}",
            "Nothing was changed. Give another reference, or remove that sale first.",
        )
    return known


def _keep_line(store: Store, sale_id: int, line: SaleLine, sign: int) -> None:
    product = products.find(store, line.product) or products.add(store, line.product)
    store.insert(
        "sale_line",
        sale_id=sale_id,
        product_id=product.id,
        quantity=sign * line.quantity,
        price=line.price.minor,
        cost=line.cost.minor if line.cost else None,
        discount=line.discount,
        amount=sign * line.amount.minor,
    )


def get(store: Store, sale_id: int) -> Sale:
    """One sale. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE s.id = :id", id=sale_id)
    if row is None:
        raise NotFoundError(f"there is no sale {sale_id}")
    return _sale(row)


def _sale(row: Row) -> Sale:
    cost, currency = row["cost"], row["currency"]
    return Sale(
        row["id"],
        row["uid"],
        row["contact_id"],
        row["on_date"],
        Money(row["amount"], currency),
        None if cost is None else Money(cost, currency),
        row["text"],
        row["ref"] or "",
    )


def of_contact(store: Store, contact_id: int, limit: int = 10) -> list[Sale]:
    """A contact's sales, newest first."""
    return [
        _sale(row)
        for row in store.rows(
            f"{SELECT} WHERE s.contact_id = :id ORDER BY s.on_date DESC, s.id DESC LIMIT :limit",
            id=contact_id,
            limit=limit,
        )
    ]


def lines_of(store: Store, sale_id: int) -> list[SaleLine]:
    """The lines of a sale in their order."""
    return [
        SaleLine(
            row["name"],
            row["quantity"],
            Money(row["price"], row["currency"]),
            None if row["cost"] is None else Money(row["cost"], row["currency"]),
            row["discount"],
            Money(row["amount"], row["currency"]),
        )
        for row in store.rows(
            "SELECT p.name, l.quantity, l.price, l.cost, l.discount, l.amount, s.currency "
            "FROM sale_line l JOIN sale s ON s.id = l.sale_id "
            "JOIN product p ON p.id = l.product_id WHERE l.sale_id = :id ORDER BY l.id",
            id=sale_id,
        )
    ]


@repeated
def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove sales that were noted wrongly. Raises NotFoundError before anything is removed."""
    with store.transaction():
        for sale_id in dict.fromkeys(ids):
            get(store, sale_id)
            store.delete_where("sale_line", "sale_id", sale_id)
            store.delete("sale", sale_id)
