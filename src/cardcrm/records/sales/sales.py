"""Sales: money that contacts paid, line by line; refunds are negative."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, format_money
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.sales import line_rows
from cardcrm.records.sales.line_rows import SALE_LINES, to_line
from cardcrm.records.sales.sale_lines import (
    LineDraft,
    SaleLine,
    SaleTotals,
    compute_totals,
    draft_of,
    parse_line,
)
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import normalize_line

__all__ = ["LineDraft", "Sale", "SaleLine", "draft_of", "parse_line", "to_line"]


@dataclass(frozen=True)
class Sale:
    """Money paid on a local day; ``cost`` is what the goods cost the firm, where known.

    In a refund both are negative: the money went back, and so did goods of that cost. The amount
    contains the ``tax``, where that is known.
    """

    id: int
    uid: str
    contact_id: int
    on_date: str
    amount: Money
    cost: Money | None
    text: str
    ref: str
    channel: str = ""
    tax: Money | None = None
    tax_rate: int | None = None


SELECT = (
    "SELECT s.id, s.uid, s.contact_id, s.on_date, s.amount, s.cost, s.currency, s.text, s.ref, "
    "s.channel, s.tax, s.tax_rate FROM sale s"
)


@retry_transaction
def sell(
    store: Store,
    contact_id: int,
    amount: Money | None,
    *,
    text: str = "",
    when: DayTime | None = None,
    cost: Money | None = None,
    lines: Sequence[LineDraft] = (),
    ref: str = "",
    refund: bool = False,
    channel: str = "",
    tax_rate: int | None = None,
    code: str = "",
) -> tuple[Sale, bool]:
    """Record a sale, or a refund if the amount is negative; return it, and whether it is new.

    Without an amount the lines add up to it, at their own prices or those of the catalog;
    ``refund`` makes it negative. An amount with a single line without a price is the amount paid
    for all of that line; otherwise the lines must add up to the amount. Costs have no sign; the
    cost of a refund is that of the returned goods. A sale with a known external reference changes
    nothing, or raises ConflictError if that sale was of another contact or amount. A lead or
    prospect who buys becomes a customer. The amount contains a tax of ``tax_rate`` thousandths of a
    percent; without it, of the rates of the products. A ``code`` redeems a promotion, see
    `redemption`; an amount is what was paid.
    """
    promotion_id: int | None = None
    if code:
        from cardcrm.records.promotions import redemption

        promotion_id, lines = redemption.apply_code(store, code, lines, amount)
    totals = compute_totals(store, amount, lines, cost, refund=refund, tax_rate=tax_rate)
    what, ref = normalize_line(text) or totals.products, normalize_line(ref)
    day, now, uid = _day(store, when), dates.current_instant(), new_uid()
    channel = normalize_line(channel)
    # Known references and new products are looked for first, so these sales go one by one.
    with store.transaction(concurrent=not (ref or totals.lines or code)):
        known = _by_ref(store, ref)
        if known is not None:
            return _same(known, contact_id, totals.amount), False
        if promotion_id is not None:
            redemption.check_redemption(store, {
                "promotion_id": promotion_id, "contact_id": contact_id, "on_date": day,
                "amount": totals.amount.minor,
            })  # fmt: skip
        sale_id = store.insert(
            "sale",
            uid=uid,
            contact_id=contact_id,
            on_date=day,
            **_columns(totals),
            text=what,
            channel=channel,
            promotion_id=promotion_id,
            ref=ref or None,
            author=store.author.name,
            created_at=now,
        )
        line_rows.insert_lines(store, SALE_LINES, sale_id, totals)
        promote(store, contact_id, totals.amount.minor)
    sale = Sale(
        sale_id, uid, contact_id, day, totals.amount, totals.cost, what, ref, channel, totals.tax,
        totals.tax_rate,
    )  # fmt: skip
    return sale, True


def _columns(totals: SaleTotals) -> dict[str, int | str | None]:
    return {
        "currency": totals.amount.currency,
        "amount": totals.amount.minor,
        "cost": totals.cost.minor if totals.cost else None,
        "tax": totals.tax.minor if totals.tax else None,
        "tax_rate": totals.tax_rate,
    }


@retry_transaction
def edit(
    store: Store,
    sale_id: int,
    *,
    amount: Money | None = None,
    text: str | None = None,
    when: DayTime | None = None,
    cost: Money | None = None,
    lines: Sequence[LineDraft] | None = None,
    ref: str | None = None,
    refund: bool = False,
    channel: str | None = None,
    tax_rate: int | None = None,
    code: str | None = None,
) -> Sale:
    """Edit a sale; None leaves a field unchanged.

    A new amount for a sale with one line is the amount paid for all of it; a sale with several
    lines needs lines that add up to it. The tax follows a new amount where its rate is known, and
    is unknown otherwise. The discount of a new ``code`` is taken off new lines alone. Raises
    NotFoundError, UsageError as `sell` and for a sale that would differ from its deal, and
    ConflictError for a reference that another sale has.
    """
    from cardcrm.records.promotions import redemption
    from cardcrm.records.sales.sold_deals import refuse_other_lines, refuse_other_values

    with store.transaction():
        sale = get(store, sale_id)
        known = lines_of(store, sale_id)
        values: dict[str, int | str | None] = {}
        promotion: dict[str, int | str | None] = {}
        if code is not None:
            promotion, lines = redemption.change_code(store, code, lines, amount)
        if refund or any(each is not None for each in (amount, cost, lines, tax_rate)):
            values = _recompute(
                store, sale, known, amount, cost, lines, refund=refund, tax_rate=tax_rate
            )
        values |= promotion
        if channel is not None:
            values["channel"] = normalize_line(channel)
        if text is not None:
            values["text"] = normalize_line(text)
        if when is not None:
            values["on_date"] = _day(store, when)
        if ref is not None:
            values["ref"] = _free_ref(store, sale, normalize_line(ref))
        redemption.check_redemption(store, values, sale_id)
        refuse_other_values(store, sale_id, values)
        refuse_other_lines(store, sale_id, known)
        store.update("sale", sale_id, **values)
    return get(store, sale_id)


def _free_ref(store: Store, sale: Sale, ref: str) -> str | None:
    known = _by_ref(store, ref)
    if known is not None and known.id != sale.id:
        raise ConflictError(
            f"sale {known.id} already has the reference “{ref}”", "Give another reference."
        )
    return ref or None


def _recompute(
    store: Store,
    sale: Sale,
    known: Sequence[SaleLine],
    amount: Money | None,
    cost: Money | None,
    lines: Sequence[LineDraft] | None,
    *,
    refund: bool,
    tax_rate: int | None,
) -> dict[str, int | str | None]:
    """Return the columns of a sale with another amount, and write the lines that differ.

    Lines that are not given keep their amounts, and those of several products their costs.
    """
    back = refund or (amount is None and sale.amount.minor < 0)
    drafts = lines if lines is not None else _drafts(known, amount)
    if amount is None and not drafts:
        amount = sale.amount
    elif amount is not None and lines is None:
        from cardcrm.records.promotions.redemption import keep_discount

        drafts = keep_discount(store, sale.id, drafts, amount)
    rate = sale.tax_rate if tax_rate is None and not drafts else tax_rate
    totals = compute_totals(
        store, amount, drafts, cost, refund=back, tax_rate=rate, usual_rate=sale.tax_rate
    )
    if totals.tax is None and totals.amount == sale.amount and sale.tax is not None:
        totals = totals._replace(levied=_without_sign(sale.tax))
    if lines is None:
        totals = _with_former_costs(sale, known, totals, cost)
    line_rows.write_lines(store, SALE_LINES, sale.id, totals)
    was_named = sale.text != ", ".join(line.product for line in known)
    return _columns(totals) | ({} if was_named else {"text": totals.products})


def _with_former_costs(
    sale: Sale, known: Sequence[SaleLine], totals: SaleTotals, cost: Money | None
) -> SaleTotals:
    """Keep the cost of unchanged goods. Raises UsageError in another currency."""
    if cost is not None and len(known) == 1:
        return totals
    pairs = zip(totals.lines, known, strict=True)
    lines = [replace(line, cost=old.cost) for line, old in pairs]
    if cost is not None:
        return totals._replace(lines=lines)
    if sale.cost is None:
        return totals._replace(spent=None, lines=lines)
    if sale.cost.currency != totals.total.currency:
        raise UsageError(
            f"sale {sale.id} had a cost of {format_money(sale.cost)}, "
            f"but the new amount is in {totals.total.currency}",
            "Give --cost as well.",
        )
    spent = Money(abs(sale.cost.minor), sale.cost.currency)
    return totals._replace(spent=spent, lines=lines)


def _drafts(lines: Sequence[SaleLine], amount: Money | None) -> list[LineDraft]:
    """Return stored lines as drafts; a single line takes its price from a new amount."""
    drafts = [draft_of(line) for line in lines]
    if amount is None or len(lines) != 1 or draft_of(lines[0]).amount == _without_sign(amount):
        return drafts
    return [replace(drafts[0], price=None, discount=0, amount=None)]


def _without_sign(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


def draft_line(store: Store, sale_id: int, **changes: Any) -> LineDraft:
    """Return the only line of a sale with other values of `LineDraft`.

    The amount follows from a new price, discount or quantity, and stays as it is otherwise. Raises
    NotFoundError, and UsageError for a sale with no line or with several.
    """
    known = lines_of(store, get(store, sale_id).id)
    if len(known) != 1:
        raise UsageError(
            f"sale {sale_id} has {len(known) or 'no'} lines",
            'Give each product a line: --line "2 x Rose bouquet -10%" --line Vase',
        )
    draft = draft_of(known[0])
    if changes.keys() - {"product"}:
        changes["amount"] = None
    return replace(draft, **changes)


def _day(store: Store, when: DayTime | None) -> str:
    today = dates.today(store.locale.zone)
    day = when.day if when else today
    if day > today:
        raise UsageError(f"{day.isoformat()} is in the future", "A sale is money that was paid.")
    return day.isoformat()


def promote(store: Store, contact_id: int, minor: int) -> None:
    """Let a lead, a prospect or a lapsed customer who pays become a customer."""
    stage = store.value("SELECT stage FROM contact WHERE id = :id", id=contact_id)
    if minor > 0 and stage in ("lead", "prospect", "lapsed"):
        store.update("contact", contact_id, stage="customer")


def _by_ref(store: Store, ref: str) -> Sale | None:
    row = store.row(f"{SELECT} WHERE s.ref = :ref", ref=ref) if ref else None
    return _sale(row) if row else None


def _same(known: Sale, contact_id: int, total: Money) -> Sale:
    if (known.contact_id, known.amount) != (contact_id, total):
        raise ConflictError(
            f"sale {known.id} already has the reference “{known.ref}”, "
            f"over {format_money(known.amount)}",
            "Nothing was changed. Give another reference, or remove that sale first.",
        )
    return known


def get(store: Store, sale_id: int) -> Sale:
    """Return one sale. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE s.id = :id", id=sale_id)
    if row is None:
        raise NotFoundError(f"unknown sale {sale_id}")
    return _sale(row)


def _sale(row: Row) -> Sale:
    cost, tax, currency = row["cost"], row["tax"], row["currency"]
    return Sale(
        row["id"],
        row["uid"],
        row["contact_id"],
        row["on_date"],
        Money(row["amount"], currency),
        None if cost is None else Money(cost, currency),
        row["text"],
        row["ref"] or "",
        row["channel"],
        None if tax is None else Money(tax, currency),
        row["tax_rate"],
    )


def of_contact(store: Store, contact_id: int, limit: int = 10) -> list[Sale]:
    """Return the sales of a contact, newest first."""
    return store.fetch(contact_query(contact_id, limit))


def contact_query(contact_id: int, limit: int) -> Query[list[Sale]]:
    """Build the query of `of_contact`."""
    return Query(
        f"{SELECT} WHERE s.contact_id = :id ORDER BY s.on_date DESC, s.id DESC LIMIT :limit",
        {"id": contact_id, "limit": limit},
        lambda rows: [_sale(row) for row in rows],
    )


LINES = SALE_LINES.select


def lines_of(store: Store, sale_id: int) -> list[SaleLine]:
    """Return the lines of a sale in their order."""
    return line_rows.lines_of(store, SALE_LINES, sale_id)


def is_customer_without_sale(store: Store, contact_id: int) -> bool:
    """Return whether a contact is in the stage of customers and has no sale."""
    sql = (
        "SELECT 1 FROM contact WHERE id = :id AND stage = 'customer' "
        "AND NOT EXISTS (SELECT 1 FROM sale WHERE contact_id = :id)"
    )
    return bool(store.rows(sql, id=contact_id))
