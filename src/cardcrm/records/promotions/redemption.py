"""Redeem promotions on sales: find the code, check that it is valid, and take its discount off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from cardcrm.errors import ConflictError, UsageError
from cardcrm.money import UNIT_SCALE, Money, UnitPrice, divide_half_up
from cardcrm.records import records
from cardcrm.records.sales.sale_lines import MAX_AMOUNT, LineDraft
from cardcrm.store import Store
from cardcrm.text import pluralize

_ALL: Final = 100_000  # thousandths of a percent
_CHECKED: Final = ("promotion_id", "contact_id", "on_date", "amount")  # columns of a sale


class Promotion(NamedTuple):
    """A promotion; the discount is in thousandths of a percent, a limit of None limits nothing."""

    id: int
    code: str
    discount: int
    from_on: str | None
    until_on: str | None
    max_uses: int | None
    max_per_customer: int | None


def find_promotion(store: Store, code: str) -> Promotion:
    """Return the promotion of a code. Raises NotFoundError with the nearest codes."""
    return _get(store, records.find(store, "promotion", code).id)


def _get(store: Store, promotion_id: int) -> Promotion:
    sql = f"SELECT {', '.join(Promotion._fields)} FROM promotion WHERE id = :id"
    (row,) = store.rows(sql, id=promotion_id)
    return Promotion(*row)


def check_redemption(store: Store, columns: Mapping[str, Any], sale_id: int = 0) -> None:
    """Raise UsageError or ConflictError where a sale may not redeem its promotion.

    ``columns`` are those that are written. A day or a customer that stays is not checked again: the
    days and limits of a promotion may have changed since.
    """
    sql = f"SELECT {', '.join(_CHECKED)} FROM sale WHERE id = :id"
    row = store.row(sql, id=sale_id) if sale_id else None
    before = dict(row) if row else {}
    sale = {name: columns.get(name, before.get(name)) for name in _CHECKED}
    changed = {name for name in _CHECKED if sale[name] != before.get(name)}
    if sale["promotion_id"] is None or not changed:
        return
    promotion = _get(store, sale["promotion_id"])
    if sale["amount"] < 0:
        raise UsageError(
            "a refund cannot redeem a code", 'Leave out the code, or clear it: --code ""'
        )
    if changed & {"promotion_id", "on_date"}:
        _check_day(promotion, sale["on_date"])
    if changed & {"promotion_id", "contact_id"}:
        _check_limits(store, promotion, sale["contact_id"], sale_id)


def _check_day(promotion: Promotion, day: str) -> None:
    code = promotion.code
    if promotion.from_on and day < promotion.from_on:
        raise UsageError(
            f"{code} is valid from {promotion.from_on}, and the sale is of {day}",
            f"Leave out the code, or change it: cardcrm promotion edit {code} --from DAY",
        )
    if promotion.until_on and day > promotion.until_on:
        raise UsageError(
            f"{code} was valid until {promotion.until_on}, and the sale is of {day}",
            f"Leave out the code, or change it: cardcrm promotion edit {code} --until DAY",
        )


def _check_limits(store: Store, promotion: Promotion, contact_id: int, sale_id: int) -> None:
    """Raise ConflictError where other sales have used a promotion up."""
    code = promotion.code
    if promotion.max_uses is None and promotion.max_per_customer is None:
        return
    sql = (
        "SELECT count(*), coalesce(sum(CASE WHEN contact_id = :contact THEN 1 ELSE 0 END), 0) "
        "FROM sale WHERE promotion_id = :promotion AND id <> :sale"
    )
    ((used, by_contact),) = store.rows(
        sql, promotion=promotion.id, contact=contact_id, sale=sale_id
    )
    if promotion.max_uses is not None and used >= promotion.max_uses:
        raise ConflictError(
            f"{code} is used up: it was redeemed {pluralize(used, 'time')}",
            f"Raise the limit: cardcrm promotion edit {code} --max-uses {used + 1}",
        )
    if promotion.max_per_customer is not None and by_contact >= promotion.max_per_customer:
        raise ConflictError(
            f"the customer has redeemed {code} already, {pluralize(by_contact, 'time')}",
            f"Raise the limit: cardcrm promotion edit {code} --per-customer {by_contact + 1}",
        )


def apply_discount(
    promotion: Promotion, lines: Sequence[LineDraft], amount: Money | None
) -> list[LineDraft]:
    """Return the lines of a sale with the discount of a promotion.

    A line with a discount of its own keeps that. A single line without a price, for which an
    amount was paid, has the price before the discount that leads to this amount.
    """
    if len(lines) == 1 and amount is not None and lines[0].price is None:
        return [_divide(promotion, lines[0], amount)]
    return [
        replace(each, discount=promotion.discount)
        if not each.discount and each.amount is None
        else each
        for each in lines
    ]


def apply_code(
    store: Store, code: str, lines: Sequence[LineDraft], amount: Money | None
) -> tuple[int, list[LineDraft]]:
    """Return the id of the promotion of a code, and the lines of a sale with its discount.

    Raises NotFoundError for an unknown code.
    """
    promotion = find_promotion(store, code)
    return promotion.id, apply_discount(promotion, lines, amount)


def change_code(
    store: Store, code: str, lines: Sequence[LineDraft] | None, amount: Money | None
) -> tuple[dict[str, int | str | None], Sequence[LineDraft] | None]:
    """Return the column of a sale with a code, which may be empty, and its new lines."""
    if not code.strip():
        return {"promotion_id": None}, lines
    promotion_id, drafts = apply_code(store, code, lines or (), amount)
    return {"promotion_id": promotion_id}, drafts or None


def keep_discount(
    store: Store, sale_id: int, lines: Sequence[LineDraft], amount: Money
) -> Sequence[LineDraft]:
    """Return the lines of a sale with a new amount; a single one has its promotion's discount."""
    promotion_id = store.value("SELECT promotion_id FROM sale WHERE id = :id", id=sale_id)
    if promotion_id is None:
        return lines
    return apply_discount(_get(store, promotion_id), lines, amount)


def _divide(promotion: Promotion, line: LineDraft, amount: Money) -> LineDraft:
    """Return a line with the price before the discount, by the amount after it."""
    rest = _ALL - promotion.discount
    if line.discount or line.quantity <= 0 or not promotion.discount or not rest:
        return line
    paid = abs(amount.minor)
    parts = divide_half_up(paid * UNIT_SCALE * 1000 * _ALL, line.quantity * rest)
    if parts > MAX_AMOUNT * UNIT_SCALE:
        return line
    return replace(
        line,
        price=UnitPrice(parts, amount.currency),
        discount=promotion.discount,
        amount=Money(paid, amount.currency),
    )
