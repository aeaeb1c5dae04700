"""Market sizes that the user states, as ``leeds=250000`` or ``leeds=12000 customers``."""

import re
from collections.abc import Iterable

from cardcrm.errors import UsageError
from cardcrm.money import format_decimal, parse_money
from cardcrm.records.sales.market_sizes import list_sizes
from cardcrm.reports.market.market_group import MarketSize
from cardcrm.store import Store
from cardcrm.text import fold, quote

_WHOLE = r"([0-9]{1,12}|[0-9]{1,3}(?:[,.' ][0-9]{3}){1,3})"
_PEOPLE = rf"{_WHOLE} ?(?:customers?|people|contacts?|households?|firms?|companies)"


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


def format_size(size: MarketSize) -> str:
    """Return a market size as text, as `parse_sizes` reads it."""
    if size.amount is None:
        return f"{size.customers} customers"
    return f"{format_decimal(size.amount)} {size.amount.currency}"


def read_sizes(store: Store, field: str, currency: str) -> dict[str, MarketSize]:
    """Return the sizes that the database has of a field; amounts only in one currency."""
    return {
        name: _parse_size(size, currency)
        for name, size in list_sizes(store, field).items()
        if size.endswith((" customers", f" {currency}"))
    }


def _parse_size(text: str, currency: str) -> MarketSize:
    people = re.fullmatch(_PEOPLE, text.lower())
    if people:
        count = int("".join(filter(str.isdigit, people[1])))
        if count < 1:
            raise _too_small(text)
        return MarketSize(customers=count)
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
