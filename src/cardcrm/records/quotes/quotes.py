"""Quotes are added, revised, sent, and accepted or refused."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records import records
from cardcrm.records.deals import deal_lines, moves, stored_deals
from cardcrm.records.deals.moves import Moved
from cardcrm.records.quotes import quote_lines
from cardcrm.records.quotes.offered_line import OfferedLine
from cardcrm.records.quotes.price_rules import apply_rules
from cardcrm.records.quotes.quote_rules import (
    build_replaced_error,
    refuse_closed_deal,
    refuse_sent,
)
from cardcrm.records.quotes.quote_status import (
    ACCEPTED,
    DRAFT,
    REFUSED,
    REPLACED,
    SENT,
    VIEWED,
)
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.records import Record
from cardcrm.records.sales.sale_lines import draft_of
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.money import Money

_CREATED: Final = next(each for each in QUOTE.fields if each.column == "created_at")
_LINE_NEEDED: Final = 'Add one: --line "2 x roof @ 500"'
_COPIED: Final = (
    "number", "title", "title_key", "deal_id", "contact_id", "amount", "currency", "tax",
    "valid_on", "note", "owner",
)  # fmt: skip


class Added(NamedTuple):
    """A new quote, and the amount that its deal took from it, if it had none."""

    record: Record
    deal_amount: "Money | None" = None


class Accepted(NamedTuple):
    """A quote that was accepted, and the deal that it won, with its amount before."""

    record: Record
    moved: Moved
    is_late: bool
    earlier_amount: "Money | None" = None


@retry_transaction
def add(store: Store, texts: Mapping[str, str], offered: Sequence[OfferedLine] = ()) -> Added:
    """Add a quote from typed texts by the keys of its fields, with its lines.

    Without lines it has those of its deal. A deal without an amount takes that of the quote.
    Raises UsageError and NotFoundError.
    """
    with store.transaction():
        record = records.add(store, QUOTE, texts)
        deal = stored_deals.get(store, record.columns["deal_id"])
        known = [OfferedLine(draft_of(each)) for each in deal_lines.lines_of(store, deal.id)]
        offered = [apply_rules(store, deal, each) for each in offered]
        lines = [*offered] if any(not each.optional for each in offered) else [*known, *offered]
        if not lines:
            raise UsageError("a quote needs a line", _LINE_NEEDED)
        quote_lines.write_lines(store, record.id, deal, lines)
        found = records.get(store, QUOTE, record.id)
        amount = None
        if deal.amount is None:
            amount = found.values["amount"]
            store.update("deal", deal.id, amount=amount.minor, currency=amount.currency)
    return Added(found, amount)


@retry_transaction
def edit_lines(store: Store, quote_id: int, offered: Sequence[OfferedLine]) -> None:
    """Write the lines of a draft in place of those that it has. Raises UsageError."""
    with store.transaction():
        row = _row(store, quote_id)
        refuse_sent(row)
        deal = stored_deals.get(store, row["deal_id"])
        lines = [apply_rules(store, deal, each) for each in offered]
        quote_lines.write_lines(store, quote_id, deal, lines)


@retry_transaction
def revise(
    store: Store, quote_id: int, texts: Mapping[str, str], offered: Sequence[OfferedLine] = ()
) -> Record:
    """Add the next version of a quote, and mark the former one as replaced.

    Raises ConflictError for one that was accepted or replaced, and UsageError for a draft, which
    is edited.
    """
    with store.transaction():
        row = _row(store, quote_id)
        _refuse_revision(store, row)
        deal = stored_deals.get(store, row["deal_id"])
        refuse_closed_deal(deal)
        today = dates.today(store.locale.zone).isoformat()
        new_id = _copy(store, row, today)
        store.update("quote", quote_id, status=REPLACED, closed_on=row["closed_on"] or today)
        lines = [
            OfferedLine(draft_of(each.line), each.optional or each.taken, each.reason)
            for each in quote_lines.lines_of(store, quote_id)
        ]
        lines = [apply_rules(store, deal, each) for each in offered] or lines
        if lines:
            quote_lines.write_lines(store, new_id, deal, lines)
        if texts:
            records.edit(store, QUOTE, [new_id], texts)
    return records.get(store, QUOTE, new_id)


def _refuse_revision(store: Store, row: Any) -> None:
    name = f"quote {row['number']}"
    if row["status"] == DRAFT:
        raise UsageError(
            f"{name} was not sent yet", f"Change it as it is: cardcrm quote edit {row['id']}"
        )
    if row["status"] == ACCEPTED:
        raise ConflictError(
            f"{name} is accepted", f"Add another one: cardcrm quote add {row['deal_id']}"
        )
    if row["status"] == REPLACED:
        raise build_replaced_error(store, row)


def _copy(store: Store, row: Any, today: str) -> int:
    """Insert the next version of a quote and return its id; its validity is as long as before."""
    from cardcrm.records.contacts.uids import new_uid

    sql = "SELECT max(version) FROM quote WHERE number = :number"
    values = {name: row[name] for name in _COPIED}
    if row["valid_on"]:
        start, end = (dt.date.fromisoformat(row[name]) for name in ("quoted_on", "valid_on"))
        values["valid_on"] = (dt.date.fromisoformat(today) + (end - start)).isoformat()
    return store.insert(
        "quote",
        **values,
        uid=new_uid(),
        version=store.value(sql, number=row["number"]) + 1,
        status=DRAFT,
        quoted_on=today,
        created_at=_CREATED.initial(store),
    )


@retry_transaction
def send(store: Store, quote_id: int, when: "DayTime | None" = None) -> Record:
    """Mark a quote as sent; from then on it stays as it is. Raises ConflictError."""
    return _mark(store, quote_id, SENT, (DRAFT,), when, "sent_on")


@retry_transaction
def mark_viewed(store: Store, quote_id: int, when: "DayTime | None" = None) -> Record:
    """Mark a quote as seen by the customer. Raises ConflictError, and UsageError for a draft."""
    return _mark(store, quote_id, VIEWED, (SENT,), when, "viewed_on")


@retry_transaction
def refuse(store: Store, quote_id: int, reason: str = "", when: "DayTime | None" = None) -> Record:
    """Mark a quote as refused by the customer; its deal stays open. Raises ConflictError."""
    refusal = QUOTE.normalize(refusal=reason)
    return _mark(store, quote_id, REFUSED, (DRAFT, SENT, VIEWED), when, "closed_on", **refusal)


def _mark(
    store: Store,
    quote_id: int,
    status: str,
    before: Sequence[str],
    when: "DayTime | None",
    column: str,
    **values: Any,
) -> Record:
    with store.transaction():
        row = _row(store, quote_id)
        if row["status"] == REPLACED:
            raise build_replaced_error(store, row)
        if row["status"] == DRAFT and DRAFT not in before:
            raise UsageError(
                f"quote {row['number']} was not sent yet",
                f"Mark it as sent first: cardcrm quote send {quote_id} --on DAY",
            )
        if row["status"] not in before:
            raise ConflictError(
                f"quote {row['number']} is {row['status']} already", "Nothing was changed."
            )
        day = _day(store, when)
        _refuse_earlier(row, day)
        store.update("quote", quote_id, status=status, **{column: day}, **values)
    return records.get(store, QUOTE, quote_id)


def _refuse_earlier(row: Any, day: str) -> None:
    """Raise UsageError for a day before that on which a quote was sent."""
    if row["sent_on"] and day < row["sent_on"]:
        raise UsageError(
            f"quote {row['number']} was sent on {row['sent_on']}, after {day}",
            "Give a later day: --on today",
        )


@retry_transaction
def accept(
    store: Store,
    quote_id: int,
    *,
    optional: Sequence[str] = (),
    when: "DayTime | None" = None,
    has_sale: bool = True,
) -> Accepted:
    """Accept a quote: its lines become those of its deal, which is won and becomes a sale.

    ``optional`` names the optional lines that the customer takes. Other open quotes of the deal
    are canceled. Raises ConflictError for a version that was replaced or refused, and for a deal
    that is closed.
    """
    with store.transaction():
        row = _row(store, quote_id)
        if row["status"] == REPLACED:
            raise build_replaced_error(store, row)
        if row["status"] == REFUSED:
            raise ConflictError(
                f"quote {row['number']} is refused",
                f"Make a new version of it first: cardcrm quote revise {quote_id}",
            )
        deal = stored_deals.get(store, row["deal_id"])
        moves.refuse_closed(deal)
        day = _day(store, when)
        _refuse_earlier(row, day)
        # First, as the journal describes a step by its first change.
        store.update("quote", quote_id, status=ACCEPTED, closed_on=day)
        quote_lines.choose_optional(store, quote_id, optional)
        _write_deal(store, quote_id, deal.id)
        moved = moves.win(store, deal.id, when=when, has_sale=has_sale)
    is_late = bool(row["valid_on"]) and day > row["valid_on"]
    return Accepted(records.get(store, QUOTE, quote_id), moved, is_late, deal.amount)


def _write_deal(store: Store, quote_id: int, deal_id: int) -> None:
    """Write the lines of a quote as those of its deal, or its amount if it has no lines."""
    lines = [each.line for each in quote_lines.lines_of(store, quote_id) if not each.optional]
    if lines:
        deal_lines.write_lines(store, deal_id, [draft_of(each) for each in lines])
        return
    row = _row(store, quote_id)
    if row["amount"] is not None:
        store.delete_where("deal_line", "deal_id", deal_id)
        store.update("deal", deal_id, amount=row["amount"], currency=row["currency"])


def _day(store: Store, when: "DayTime | None") -> str:
    return (dates.today(store.locale.zone) if when is None else when.day).isoformat()


def _row(store: Store, quote_id: int) -> Any:
    """Return the row of a quote. Raises NotFoundError."""
    return records.get(store, QUOTE, quote_id).columns
