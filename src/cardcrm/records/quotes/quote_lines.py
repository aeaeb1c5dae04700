"""The lines of a quote: parsed, priced, added up, and stored; optional ones are not in the sum."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.quotes.offered_line import OfferedLine
from cardcrm.records.quotes.quote_rules import refuse_currency
from cardcrm.records.sales import line_rows
from cardcrm.records.sales.line_rows import QUOTE_LINES
from cardcrm.records.sales.sale_lines import (
    SaleLine,
    SaleTotals,
    compute_totals,
    draft_of,
)
from cardcrm.store import Store
from cardcrm.text import fold


class QuoteLine(NamedTuple):
    """A line of a quote as stored."""

    id: int
    line: SaleLine
    optional: bool
    reason: str
    taken: bool = False


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


def add_up_offer(
    store: Store, deal: Deal, offered: Iterable[OfferedLine]
) -> tuple[Money, Money | None]:
    """Return the total of the required lines, and the tax in it if it is known.

    Raises UsageError and NotFoundError.
    """
    from cardcrm.records.quotes.price_rules import apply_rules

    priced = [apply_rules(store, deal, each) for each in offered if not each.optional]
    totals = _add_up(store, [_price_line(store, deal, each) for each in priced])
    return totals.amount, totals.levied


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
    """Take optional lines into the total of a quote.

    Each is named by its number among the lines, the name of its product, or a unique part of that.
    Raises NotFoundError and AmbiguousError.
    """
    lines = dict(enumerate(lines_of(store, quote_id), 1))
    optional = {number: each for number, each in lines.items() if each.optional}
    for line_id in dict.fromkeys(_find_optional(optional, each).id for each in names):
        store.update(QUOTE_LINES.name, line_id, optional=0, taken=1)
    if names:
        _write_required(store, quote_id)


def release_optional(store: Store, quote_id: int) -> None:
    """Make the lines optional again that the customer took."""
    taken = [each.id for each in lines_of(store, quote_id) if each.taken]
    for line_id in taken:
        store.update(QUOTE_LINES.name, line_id, optional=1, taken=0)
    if taken:
        _write_required(store, quote_id)


def _write_required(store: Store, quote_id: int) -> None:
    """Write the sum of the required lines."""
    lines = lines_of(store, quote_id)
    _write_sum(store, quote_id, [each.line for each in lines if not each.optional])


def _find_optional(optional: Mapping[int, QuoteLine], name: str) -> QuoteLine:
    """Return the optional line that a number or a name means, an exact name before a part."""
    word = fold(name.strip().removeprefix("#"))
    numbered = int(word) if word.isascii() and word.isdigit() and len(word) < 9 else 0
    if numbered in optional:
        return optional[numbered]
    names = {number: fold(each.line.product) for number, each in optional.items()}
    found = [number for number, each in names.items() if each == word]
    found = found or [number for number, each in names.items() if word and word in each]
    if len(found) == 1:
        return optional[found[0]]
    options = _name_lines(optional, found or list(optional))
    if found:
        raise AmbiguousError(
            f"“{name}” matches {len(found)} optional lines", f"Give the number of one: {options}."
        )
    raise NotFoundError(
        f"the quote has no optional line “{name}”", f"Optional lines: {options or 'none'}."
    )


def _name_lines(optional: Mapping[int, QuoteLine], numbers: Iterable[int]) -> str:
    return ", ".join(f"{each} {optional[each].line.product}" for each in numbers)


def lines_of(store: Store, quote_id: int) -> list[QuoteLine]:
    """Return the lines of a quote in their order."""
    sql = QUOTE_LINES.select.replace("SELECT ", "SELECT l.id, l.optional, l.reason, l.taken, ", 1)
    rows = store.rows(f"{sql} WHERE l.quote_id = :id ORDER BY l.id", id=quote_id)
    return [
        QuoteLine(
            row["id"],
            line_rows.to_line(row),
            bool(row["optional"]),
            row["reason"],
            bool(row["taken"]),
        )
        for row in rows
    ]
