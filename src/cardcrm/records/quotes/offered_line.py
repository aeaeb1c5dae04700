"""A line of a quote as it is typed, before it is priced."""

import re
from typing import Final, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.sales.sale_lines import LineDraft, parse_line

_NEGATIVE: Final = re.compile(r"\s*[-−–]\s*[0-9].*|.*@\s*(?:[A-Z]{3}\s*)?[-−–]\s*[0-9].*")


class OfferedLine(NamedTuple):
    """A line of a quote as typed: ``optional`` ones are outside of the total.

    ``reason`` says why the price or the discount differs from the catalog.
    """

    draft: LineDraft
    optional: bool = False
    reason: str = ""


def parse_quote_line(text: str, currency: str, *, optional: bool = False) -> OfferedLine:
    """Parse ``2 x roof @ 500 -10% tax 20%``; only the name is required. Raises UsageError."""
    if _NEGATIVE.fullmatch(text):
        raise UsageError(
            f"the line “{text}” has a negative quantity or price",
            "For a reduction give a discount: “2 x roof @ 500 -10%”.",
        )
    return OfferedLine(parse_line(text, currency), optional)
