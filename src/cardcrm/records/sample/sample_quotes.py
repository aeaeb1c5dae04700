"""Write the price list, the quotes, the invoices and the targets of the sample shop."""

from collections.abc import Iterator, Mapping
from typing import Any

from cardcrm import dates
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.quotes import number_series
from cardcrm.records.quotes.quote_status import ACCEPTED, DRAFT
from cardcrm.records.sales.sale_lines import SaleTotals
from cardcrm.records.sample.deals_data import DEALS, SampleDeal
from cardcrm.records.sample.quotes_data import (
    INVOICES,
    PRICES,
    QUOTES,
    TARGET_MONTHS,
    TARGETS,
    SampleInvoice,
    SamplePrice,
    SampleQuote,
)
from cardcrm.records.sample.sale_rows import CURRENCY, line_values
from cardcrm.records.sample.sample_deals import Shop, price_lines
from cardcrm.text import fold

_DEALS: Mapping[str, SampleDeal] = {each.title: each for each in DEALS}


def add_quotes(shop: Shop) -> None:
    """Add the price list, the quotes with their versions, the invoices, and the targets."""
    shop.store.insert_rows("price", [_price(shop, each) for each in PRICES])
    numbers: dict[str, str] = {}
    for version, sample in _list_versions():
        if version == 1:
            numbers[sample.deal] = number_series.take_number(shop.store, number_series.QUOTES)
        _add_quote(shop, sample, numbers[sample.deal], version)
    for invoice in INVOICES:
        _add_invoice(shop, invoice)
    shop.store.insert_rows("target", list(_list_targets(shop)))


def _price(shop: Shop, sample: SamplePrice) -> dict[str, Any]:
    sql = "SELECT id FROM segment WHERE name = :name"
    return {
        "uid": new_uid(),
        "contact_id": shop.contacts[sample.who] if sample.who else None,
        "segment_id": shop.store.value(sql, name=sample.segment) if sample.segment else None,
        "product_id": shop.products[sample.product] if sample.product else None,
        "category": sample.category,
        "price": sample.price,
        "currency": "" if sample.price is None else CURRENCY,
        "discount": None if sample.percent is None else sample.percent * 1000,
        "quantity": None if sample.quantity is None else sample.quantity * 1000,
        "reason": sample.reason,
        "created_at": dates.current_instant(),
    }


def _list_versions() -> Iterator[tuple[int, SampleQuote]]:
    """Yield the quotes, each with the number of its version."""
    seen: dict[str, int] = {}
    for each in QUOTES:
        seen[each.deal] = seen.get(each.deal, 0) + 1
        yield seen[each.deal], each


def _add_quote(shop: Shop, sample: SampleQuote, number: str, version: int) -> None:
    totals = price_lines(_DEALS[sample.deal], sample.lines or None, sample.discount)
    sql = "SELECT id, contact_id, owner FROM deal WHERE title = :title"
    deal = shop.store.row(sql, title=sample.deal)
    assert deal is not None
    quote_id = shop.store.insert(
        "quote",
        uid=new_uid(),
        number=number,
        version=version,
        title=sample.deal,
        title_key=fold(sample.deal),
        deal_id=deal["id"],
        contact_id=deal["contact_id"],
        status=sample.status,
        amount=totals.amount.minor,
        currency=CURRENCY,
        tax=totals.tax and totals.tax.minor,
        quoted_on=shop.day(sample.back),
        valid_on=shop.day(sample.back - sample.valid),
        sent_on=None if sample.status == DRAFT else shop.day(sample.back),
        closed_on=None if sample.closed is None else shop.day(sample.closed),
        refusal=sample.refusal,
        owner=deal["owner"],
        created_at=dates.current_instant(),
    )
    shop.store.insert_rows("quote_line", _quote_lines(shop, sample, quote_id, totals))


def _quote_lines(
    shop: Shop, sample: SampleQuote, quote_id: int, totals: SaleTotals
) -> list[dict[str, Any]]:
    options = price_lines(_DEALS[sample.deal], sample.optional, sample.discount)
    return [
        {"quote_id": quote_id, **row, "optional": is_optional, "reason": sample.reason}
        for is_optional, lines in ((0, totals), (1, options))
        for row in line_values(lines, shop.products)
    ]


def _add_invoice(shop: Shop, sample: SampleInvoice) -> None:
    """Add an invoice with what was paid of it."""
    row = _invoice(shop, sample)
    invoice_id = shop.store.insert("invoice", **row)
    if row["paid"]:
        day = row["paid_on"] or shop.day(sample.back - sample.term // 2)
        shop.store.insert("payment", invoice_id=invoice_id, amount=row["paid"], on_date=day)


def _invoice(shop: Shop, sample: SampleInvoice) -> dict[str, Any]:
    """Return the row of an invoice, which takes its amount and tax from its quote."""
    sql = "SELECT id, amount, tax FROM quote WHERE title = :title AND status = :status"
    quote = shop.store.row(sql, title=sample.text, status=ACCEPTED) if sample.quote else None
    amount = sample.pounds * 100 if quote is None else quote["amount"]
    is_paid = sample.settled is not None
    return {
        "uid": new_uid(),
        "number": number_series.take_number(shop.store, number_series.INVOICES),
        "contact_id": shop.contacts[sample.who],
        "quote_id": quote and quote["id"],
        "text": sample.text,
        "text_key": fold(sample.text),
        "on_date": shop.day(sample.back),
        "due_on": shop.day(sample.back - sample.term),
        "amount": amount,
        "currency": CURRENCY,
        "tax": quote and quote["tax"],
        "paid": amount if is_paid else sample.paid * 100 or None,
        "paid_on": None if sample.settled is None else shop.day(sample.settled),
        "owner": shop.store.author.name,
        "created_at": dates.current_instant(),
    }


def _list_targets(shop: Shop) -> Iterator[dict[str, Any]]:
    for owner, pounds, growth in TARGETS:
        for place, ahead in enumerate(TARGET_MONTHS):
            yield {
                "uid": new_uid(),
                "owner": owner,
                "month": _month(shop, ahead),
                "amount": (pounds + place * growth) * 100,
                "currency": CURRENCY,
            }


def _month(shop: Shop, ahead: int) -> str:
    year, month = divmod(shop.today.year * 12 + shop.today.month - 1 + ahead, 12)
    return f"{year}-{month + 1:02}"
