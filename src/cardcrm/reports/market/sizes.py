"""Market sizes that the user states, as ``leeds=250000`` or ``leeds=12000 customers``."""

import re
from collections.abc import Iterable

from cardcrm.errors import UsageError
from cardcrm.money import parse_money, parse_number
from cardcrm.reports.market.segments import MarketSize
from cardcrm.text import fold, quote

_PEOPLE = r"(.+?) ?(?:customers?|people|contacts?|households?|firms?|companies)"


def parse_sizes(texts: Iterable[str], currency: str) -> dict[str, MarketSize]:
    """Return market sizes by the folded name of their group. Raises UsageError."""
    sizes: dict[str, MarketSize] = {}
    for text in texts:
        name, equals, size = text.rpartition("=")
        if not (equals and size.strip()):
            raise UsageError(
                f"invalid market size {quote(text)}", "For example: --size leeds=250000"
            )
        key = fold(name)
        if key in sizes:
            raise UsageError(f"two market sizes for {quote(name.strip())}", "Give one of them.")
        sizes[key] = _parse_size(size.strip(), currency)
    return sizes


def _parse_size(text: str, currency: str) -> MarketSize:
    people = re.fullmatch(_PEOPLE, text.lower())
    if people:
        count = float(parse_number(people[1].strip(), "market size"))
        if count < 1:
            raise _too_small(text)
        return MarketSize(customers=int(count))
    amount = parse_money(text, currency)
    if amount.currency != currency:
        raise UsageError(
            f"the market size {quote(text)} is in {amount.currency}, the report in {currency}",
            f"Give it in {currency}, or add --currency {amount.currency}.",
        )
    if not amount.minor:
        raise _too_small(text)
    return MarketSize(amount)


def _too_small(text: str) -> UsageError:
    return UsageError(f"the market size {quote(text)} is too small", "It must be above 0.")
