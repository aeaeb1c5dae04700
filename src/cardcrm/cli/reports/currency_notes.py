"""The note that names the currencies which a report leaves out."""

from cardcrm.reports.scope import list_currencies
from cardcrm.store import Store


def note_currencies(store: Store, currency: str) -> tuple[str, ...]:
    """Return a note that a report is of one currency, if there are sales in others."""
    others = [each for each in list_currencies(store) if each != currency]
    if not others:
        return ()
    return (f"only sales in {currency}; for others: --currency {others[0]}",)
