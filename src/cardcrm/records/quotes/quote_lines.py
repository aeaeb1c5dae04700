"""The lines of a quote: parsed, priced, added up, and stored; optional ones are not in the sum."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.money import parse_percent
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.quotes.quote_rules import refuse_currency
from cardcrm.records.sales import line_rows
from cardcrm.records.sales.line_rows import QUOTE_LINES
from cardcrm.records.sales.sale_lines import (
    LineDraft,
    SaleLine,
    SaleTotals,
    compute_totals,
    draft_of,
    parse_line,
)
from cardcrm.store import Store
from cardcrm.text import fold

_TAX: Final = re.compile(r"(.*\S)\s+(?:tax|vat)\s+([0-9][0-9.,]*)\s*%", re.IGNORECASE)
_NEGATIVE: Final = re.compile(r"\s*[-−–]\s*[0-9].*|.*@\s*(?:[A-Z]{3}\s*)?[-−–]\s*[0-9].*")


class OfferedLine(NamedTuple):
    """A line of a quote as typed: ``optional`` ones are outside of the total.

    ``reason`` says why the price or the discount differs from the catalog.
    """

    draft: LineDraft
    optional: bool = False
    reason: str = ""


class QuoteLine(NamedTuple):
    """A line of a quote as stored."""

    id: int
    line: SaleLine
    optional: bool
    reason: str


def parse_quote_line(text: str, currency: str, *, optional: bool = False) -> OfferedLine:
    """Parse ``2 x roof @ 500 -10% tax 20%``; only the name is required. Raises UsageError."""
    if _NEGATIVE.fullmatch(text):
        raise UsageError(
            f"the line “{text}” has a negative quantity or price",
            "For a reduction give a discount: “2 x roof @ 500 -10%”.",
        )
    taxed = _TAX.fullmatch(text.strip())
    draft = parse_line(taxed[1] if taxed else text, currency)
    if taxed:
        draft = replace(draft, tax_rate=parse_percent(taxed[2]))
    return OfferedLine(draft, optional)


def write_lines(store: Store, quote_id: int, deal: Deal, offered: Sequence[OfferedLine]) -> None:
    """Write the lines of a quote in place of those that it has, and their sum as its amount.

    Raises UsageError for a quote of which every line is optional, and for another currency than
    that of the deal.
    """
    lines = [_price_line(store, deal, each) for each in offered]
    _add_up(store, lines)  # optional lines must be in the same currency
    required = [line for line, each in zip(lines, offered, strict=True) if not each.optional]
    if not required:
        raise UsageError(
            "a quote needs a line that is not optional", 'Add one: --line "2 x roof @ 500"'
        )
    with store.transaction():
        store.delete_where(QUOTE_LINES.name, QUOTE_LINES.parent, quote_id)
        for line, each in zip(lines, offered, strict=True):
            columns = line_rows.line_columns(store, line, 1)
            own = {"optional": int(each.optional), "reason": each.reason}
            store.insert(QUOTE_LINES.name, quote_id=quote_id, **columns, **own)
        _write_sum(store, quote_id, required)


def _price_line(store: Store, deal: Deal, offered: OfferedLine) -> SaleLine:
    totals = compute_totals(store, None, [offered.draft], None, refund=False)
    refuse_currency(deal, totals.total.currency)
    return totals.lines[0]


def _add_up(store: Store, lines: Sequence[SaleLine]) -> SaleTotals:
    return compute_totals(store, None, [draft_of(each) for each in lines], None, refund=False)


def _write_sum(store: Store, quote_id: int, required: Sequence[SaleLine]) -> None:
    totals = _add_up(store, required)
    store.update(
        "quote",
        quote_id,
        amount=totals.total.minor,
        currency=totals.total.currency,
        tax=None if totals.levied is None else totals.levied.minor,
    )


def choose_optional(store: Store, quote_id: int, names: Sequence[str]) -> None:
    """Take optional lines, by the names of their products, into the total of a quote.

    Raises NotFoundError for a name of no optional line.
    """
    lines = lines_of(store, quote_id)
    for name in names:
        chosen = [each for each in lines if each.optional and fold(name) in fold(each.line.product)]
        if not chosen:
            options = ", ".join(each.line.product for each in lines if each.optional) or "none"
            raise NotFoundError(
                f"the quote has no optional line “{name}”", f"Optional lines: {options}."
            )
        for each in chosen:
            store.update(QUOTE_LINES.name, each.id, optional=0)
        lines = lines_of(store, quote_id)
    if names:
        _write_sum(store, quote_id, [each.line for each in lines if not each.optional])


def lines_of(store: Store, quote_id: int) -> list[QuoteLine]:
    """Return the lines of a quote in their order."""
    sql = QUOTE_LINES.select.replace("SELECT ", "SELECT l.id, l.optional, l.reason, ", 1)
    rows = store.rows(f"{sql} WHERE l.quote_id = :id ORDER BY l.id", id=quote_id)
    return [
        QuoteLine(row["id"], line_rows.to_line(row), bool(row["optional"]), row["reason"])
        for row in rows
    ]
