"""The lines of a quote as texts, as a form shows and reads them."""

from collections.abc import Iterator, Mapping

from cardcrm.errors import ConflictError
from cardcrm.money import format_quantity
from cardcrm.records import record_diff, records
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import OfferedLine, parse_quote_line
from cardcrm.records.quotes.quote_lines import QuoteLine, lines_of
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.sales.sale_lines import draft_of
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

LINES, OPTIONAL = "lines", "optional"  # keys of the texts, which have a line of text for each line


def line_texts(store: Store, quote_id: int) -> dict[str, str]:
    """Return the lines of a quote as you type them."""
    lines = lines_of(store, quote_id)
    return {key: _join(lines, optional=key == OPTIONAL) for key in (LINES, OPTIONAL)}


def _join(lines: list[QuoteLine], *, optional: bool) -> str:
    return "\n".join(line_text(each) for each in lines if each.optional is optional)


def line_text(line: QuoteLine) -> str:
    """Return a line as ``2 x roof @ 500 -10% tax 20%``, in the currency of the quote."""
    text = record_diff.line_text(line.line, line.line.amount.currency)
    rate = line.line.tax_rate
    return text if rate is None else f"{text} tax {format_quantity(rate)}%"


def parse_lines(texts: Mapping[str, str], currency: str) -> list[OfferedLine]:
    """Return typed lines, in a currency unless they name another. Raises UsageError."""
    return [
        parse_quote_line(text, currency, optional=key == OPTIONAL) for key, text in _split(texts)
    ]


def _split(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in (LINES, OPTIONAL):
        for text in filter(None, map(str.strip, texts.get(key, "").split("\n"))):
            yield key, text


@retry_transaction
def revise(
    store: Store, quote_id: int, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Write the fields and the lines of a draft that differ between two versions of a form.

    Raises UsageError, and ConflictError where another user changed the quote meanwhile.
    """
    with store.transaction():
        records.revise(store, QUOTE, quote_id, before, after)
        edit_lines(store, quote_id, before, after)


def edit_lines(
    store: Store, quote_id: int, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Write the lines that were changed in a form; an unchanged line keeps its reason.

    Raises UsageError, and ConflictError where another user changed the lines meanwhile.
    """
    if list(_split(before)) == list(_split(after)):
        return
    if line_texts(store, quote_id) != {key: before.get(key, "") for key in (LINES, OPTIONAL)}:
        raise ConflictError(
            "another user changed the lines of this quote meanwhile", "Open the form again."
        )
    lines = lines_of(store, quote_id)
    known = {line_text(each): each for each in lines}
    currency = lines[0].line.amount.currency if lines else store.locale.currency

    def read(key: str, text: str) -> OfferedLine:
        line = known.get(text)
        if line is None:
            return parse_quote_line(text, currency, optional=key == OPTIONAL)
        return OfferedLine(draft_of(line.line), key == OPTIONAL, line.reason)

    quotes.edit_lines(store, quote_id, [read(*each) for each in _split(after)])
