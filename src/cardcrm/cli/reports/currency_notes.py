"""The note that names the currency of a report and the currencies that it leaves out."""

from collections.abc import Sequence

from cardcrm.reports.scope import list_other_currencies
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
