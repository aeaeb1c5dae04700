"""The notes on the currency of a report, on those that it leaves out, and on no sales at all."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.reports.scope import list_currencies, list_other_currencies
from cardcrm.store import Store


def note_currencies(store: Store, currency: str) -> tuple[str, ...]:
    """Return a note that a report is of one currency, if there are sales in others.

    Every report over amounts of one currency shows it, also where it has no rows: the sales may be
    in another currency.
    """
    return describe_currencies(currency, list_other_currencies(store, currency))


def describe_currencies(currency: str, others: Sequence[str]) -> tuple[str, ...]:
    """Return the note for other currencies that are known; empty for none."""
    if not others:
        return ()
    return (f"only sales in {currency}; left out: {', '.join(others)} (--currency {others[0]})",)


def explain_no_sales(
    store: Store, currency: str, first: dt.date, last: dt.date, noun: str = "sales"
) -> str:
    """Return why a report on some days has no rows; without any sales, how to add one."""
    if not list_currencies(store):
        return f"no {noun} yet: cardcrm sell WHO AMOUNT"
    if first > last:
        return f"the days from {first} are still to come"
    return f"no {noun} in {currency} from {first} to {last}"
