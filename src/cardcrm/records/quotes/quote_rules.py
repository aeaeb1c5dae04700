"""The rules of a quote that is written by its fields, in a form, a file or an edit."""

from collections.abc import Mapping
from typing import Any

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records import records
from cardcrm.records.deals import stored_deals
from cardcrm.records.deals.stage_kinds import OPEN
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.quotes import number_series
from cardcrm.records.quotes.quote_status import ACCEPTED, CANCELED, DRAFT, REFUSED, REPLACED
from cardcrm.store import Store

_CONTENT = (
    "title", "deal_id", "contact_id", "amount", "currency", "quoted_on", "valid_on", "note",
)  # fmt: skip


def complete_texts(store: Store, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    """Return the texts of a new quote with the contact, title and owner of its deal."""
    name = texts.get("deal", "").strip()
    if before is not None or not name:
        return texts
    deal = find_deal(store, name)
    found = {"contact": f"#{deal.contact_id}", "title": deal.title}
    if deal.owner:
        found["owner"] = deal.owner
    given = {key: text for key, text in texts.items() if text.strip() or key not in found}
    return found | given | {"deal": f"#{deal.id}"}


def find_deal(store: Store, text: str) -> Deal:
    """Return the deal that a number or a title names. Raises NotFoundError."""
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return stored_deals.get(store, int(number))
    try:
        return stored_deals.get(store, records.find(store, "deal", text).id)
    except NotFoundError as error:
        error.hint = "To see all: cardcrm deal list --all"
        raise


def complete_quote(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited quote with what follows from its deal.

    Raises UsageError for another currency than that of the deal, a validity that ends before the
    quote begins, and for a change of a quote that was sent.
    """
    if not row_id:
        return _complete_new(store, columns)
    row = store.row("SELECT * FROM quote WHERE id = :id", id=row_id)
    assert row is not None
    if any(columns.get(name, row[name]) != row[name] for name in _CONTENT):
        refuse_sent(row)
        _refuse_amount(store, columns, row_id, row)
    _refuse_days({name: columns.get(name, row[name]) for name in ("quoted_on", "valid_on")})
    return columns


def _complete_new(store: Store, columns: dict[str, Any]) -> dict[str, Any]:
    deal = stored_deals.get(store, columns["deal_id"])
    if columns.get("amount") is not None:
        refuse_currency(deal, columns["currency"])
    if columns.get("status", DRAFT) == DRAFT:
        refuse_closed_deal(deal)
    _refuse_days(columns)
    columns["number"] = columns.get("number") or number_series.take_number(
        store, number_series.QUOTES
    )
    return columns


def refuse_closed_deal(deal: Deal) -> None:
    """Raise UsageError for a quote in a deal that is won or lost."""
    if deal.status != OPEN:
        raise UsageError(
            f"deal {deal.id} is {deal.status}, so nothing is offered in it",
            f"To open it again: cardcrm deal reopen {deal.id}",
        )


def refuse_currency(deal: Deal, currency: str) -> None:
    """Raise UsageError for a quote in another currency than its deal."""
    known = deal.amount.currency if deal.amount is not None else ""
    if known and currency != known:
        raise UsageError(
            f"deal {deal.id} is in {known}, the quote in {currency}",
            f"Give the prices in {known}, such as “2 x roof @ 500 {known}”, or change the deal: "
            f'cardcrm deal edit {deal.id} --amount "5000 {currency}"',
        )


def build_replaced_error(store: Store, row: Any) -> ConflictError:
    """Return the error for a version of a quote that has a later one."""
    sql = "SELECT id, version FROM quote WHERE number = :number ORDER BY version DESC LIMIT 1"
    last = store.row(sql, number=row["number"])
    assert last is not None
    return ConflictError(
        f"version {row['version']} of quote {row['number']} was replaced by version "
        f"{last['version']}",
        f"Use that: quote {last['id']}",
    )


def refuse_void(store: Store, row: Any) -> None:
    """Raise ConflictError for an invoice of a quote that was replaced, refused or canceled."""
    name = f"quote {row['number']} is {row['status']}"
    if row["status"] == REPLACED:
        raise build_replaced_error(store, row)
    if row["status"] == REFUSED:
        raise ConflictError(
            name, f"Make a new version of it first: cardcrm quote revise {row['id']}"
        )
    if row["status"] == CANCELED:
        sql = "SELECT id FROM quote WHERE deal_id = :id AND status = :status ORDER BY id LIMIT 1"
        accepted = store.value(sql, id=row["deal_id"], status=ACCEPTED)
        hint = f"Open its deal again first: cardcrm deal reopen {row['deal_id']}"
        raise ConflictError(name, f"Use the accepted one: quote {accepted}" if accepted else hint)


def refuse_sent(row: Any) -> None:
    """Raise UsageError for a change of a quote that the customer may know."""
    if row["status"] == DRAFT:
        return
    hint = f"For a new version of it: cardcrm quote revise {row['id']}"
    if row["status"] == ACCEPTED:
        hint = f"Open its deal again first: cardcrm deal reopen {row['deal_id']}"
    raise UsageError(f"quote {row['number']} is {row['status']}, so it stays as it is", hint)


def _refuse_days(columns: Mapping[str, Any]) -> None:
    start, end = columns.get("quoted_on"), columns.get("valid_on")
    if start and end and end < start:
        raise UsageError(
            f"the validity ends on {end}, before the date of the quote, {start}",
            "Give a later day: --valid 30d",
        )


def _refuse_amount(store: Store, columns: dict[str, Any], row_id: int, row: Any) -> None:
    """Raise UsageError for another amount than that to which the lines add up."""
    now = (columns.get("amount", row["amount"]), columns.get("currency", row["currency"]))
    if now == (row["amount"], row["currency"]):
        return
    if store.rows("SELECT 1 FROM quote_line WHERE quote_id = :id LIMIT 1", id=row_id):
        raise UsageError(
            f"the lines of quote {row['number']} add up to its amount",
            f'Change them: cardcrm quote edit {row_id} --line "2 x roof @ 500"',
        )
    refuse_currency(stored_deals.get(store, row["deal_id"]), now[1])
