"""Sales: money that contacts paid, line by line; refunds are negative."""

from collections.abc import Sequence
from dataclasses import dataclass

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, format_money, percent_of
from cardcrm.records import products
from cardcrm.store import Store
from cardcrm.text import tidy
from cardcrm.uid import new_uid


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
    """A line as kept; ``amount`` is what was paid for it."""

    product: str
    quantity: int
    price: Money
    cost: Money | None
    discount: int
    amount: Money


@dataclass(frozen=True)
class Sale:
    """Money paid on a local day; ``cost`` is what the goods cost the firm, where known."""

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
) -> tuple[Sale, bool]:
    """Note a sale, or a refund where the amount is negative; the sale, and whether it is new.

    Without an amount the lines make it. A sale whose outside reference is known already changes
    nothing; ConflictError is raised if it was of another contact or amount. A lead or prospect who
    buys becomes a customer.
    """
    priced = [_priced(store, line, amount if len(lines) == 1 else None) for line in lines]
    total = amount or _total(priced)
    known = _by_ref(store, tidy(ref))
    if known is not None:
        return _same(known, contact_id, total), False
    day = when.day if when else dates.today(store.customs.zone)
    if day > dates.today(store.customs.zone):
        raise UsageError(f"{day.isoformat()} is yet to come", "A sale is money that was paid.")
    spent = cost or _cost(priced, total)
    if spent and spent.currency != total.currency:
        raise UsageError("a sale's amount and cost are in one currency")
    with store.transaction():
        sale_id = store.insert(
            "sale",
            uid=new_uid(),
            contact_id=contact_id,
            on_date=day.isoformat(),
            currency=total.currency,
            amount=total.minor,
            cost=spent.minor if spent else None,
            text=tidy(text) or ", ".join(line.product for line in priced),
            ref=tidy(ref) or None,
            author=store.author.name,
            created_at=dates.stamp(),
        )
        for line in priced:
            _keep_line(store, sale_id, line)
        _promote(store, contact_id, total)
    return get(store, sale_id), True


def _promote(store: Store, contact_id: int, total: Money) -> None:
    stage = store.value("SELECT stage FROM contact WHERE id = :id", id=contact_id)
    if total.minor > 0 and stage in ("lead", "prospect", "lapsed"):
        store.update("contact", contact_id, stage="customer")


def _priced(store: Store, draft: LineDraft, total: Money | None) -> SaleLine:
    """A line with its price: as told, from the catalogue, or from the sale's whole amount."""
    if draft.quantity <= 0:
        raise UsageError("a quantity is more than nothing", "A refund has a negative amount.")
    known = products.find(store, draft.product)
    name = known.name if known else tidy(draft.product)
    cost = draft.cost or (known.cost if known else None)
    if draft.price is None and total is not None:
        # The amount is what was paid for the whole line, so the price of one follows from it.
        price = Money(_divided(total.minor * 1000, draft.quantity), total.currency)
        return SaleLine(name, draft.quantity, price, cost, draft.discount, total)
    price_given = draft.price or (known.price if known else None)
    if price_given is None:
        raise UsageError(
            f"“{name}” has no price yet",
            f'Give an amount, or: cardcrm product add "{name}" --price 9.50',
        )
    gross = _divided(price_given.minor * draft.quantity, 1000)
    amount = Money(gross - percent_of(gross, draft.discount), price_given.currency)
    return SaleLine(name, draft.quantity, price_given, cost, draft.discount, amount)


def _divided(number: int, by: int) -> int:
    """Division rounded half away from zero."""
    sign = -1 if (number < 0) != (by < 0) else 1
    return sign * ((2 * abs(number) + abs(by)) // (2 * abs(by)))


def _total(lines: Sequence[SaleLine]) -> Money:
    if not lines:
        raise UsageError("how much was it?", "Give an amount, or a --product with a price.")
    currencies = {line.amount.currency for line in lines}
    if len(currencies) > 1:
        raise UsageError("the lines of a sale are in one currency", "Note two sales instead.")
    return Money(sum(line.amount.minor for line in lines), currencies.pop())


def _cost(lines: Sequence[SaleLine], total: Money) -> Money | None:
    """What the lines cost together, if each one's cost is known in the sale's currency."""
    if not lines or any(
        line.cost is None or line.cost.currency != total.currency for line in lines
    ):
        return None
    spent = sum(_divided(line.cost.minor * line.quantity, 1000) for line in lines if line.cost)
    return Money(-spent if total.minor < 0 else spent, total.currency)


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


def _keep_line(store: Store, sale_id: int, line: SaleLine) -> None:
    product = products.find(store, line.product) or products.add(store, line.product)
    store.insert(
        "sale_line",
        sale_id=sale_id,
        product_id=product.id,
        quantity=line.quantity,
        price=line.price.minor,
        cost=line.cost.minor if line.cost else None,
        discount=line.discount,
        amount=line.amount.minor,
    )


def get(store: Store, sale_id: int) -> Sale:
    """One sale. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE s.id = :id", id=sale_id)
    if row is None:
        raise NotFoundError(f"there is no sale {sale_id}")
    return _sale(row)


def _sale(row: tuple[object, ...]) -> Sale:
    id_, uid, contact_id, on_date, amount, cost, currency, text, ref = row
    return Sale(
        id_,  # type: ignore[arg-type]
        str(uid),
        contact_id,  # type: ignore[arg-type]
        str(on_date),
        Money(amount, str(currency)),  # type: ignore[arg-type]
        None if cost is None else Money(cost, str(currency)),  # type: ignore[arg-type]
        str(text),
        str(ref or ""),
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


def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove sales that were noted wrongly. Raises NotFoundError before anything is removed."""
    with store.transaction():
        for sale_id in ids:
            get(store, sale_id)
            store.delete_where("sale_line", "sale_id", sale_id)
            store.delete("sale", sale_id)
