"""The declaration of exchange rates, by which sums of several currencies are added."""

import re
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.money import count_decimals
from cardcrm.records.fields import Context, Day, Key
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.text import quote


def parse_rate(text: str) -> str:
    """Return a positive number with a decimal point, as files have it. Raises UsageError."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", text) or not text.strip("0."):
        raise UsageError(f"invalid rate {quote(text)}", "Write it like 0.92.")
    return text


class Currency(Key):
    """The code of a currency."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        count_decimals(text.strip())  # raises UsageError for an unknown code
        return text.strip().upper()


class Rate(Key):
    """A positive decimal number, stored as text so that it stays exact."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return parse_rate(text.strip())


RATE = declare(
    RecordType(
        "rate",
        "rates",
        (
            Day("on_date", key="on", looks="back", required=True, listed=True, help="Day."),
            Currency("currency", required=True, listed=True, help="Currency."),
            Rate("rate", required=True, listed=True, help="Worth of one unit of the currency."),
            Currency("base", required=True, listed=True, help="Currency of the rate."),
        ),
        title="1 {currency} = {rate} {base} on {on_date}",
        sort="-on",
        same_by=("currency", "base", "on_date"),
        summary="Exchange rates.",
    )
)
