"""Close the open quotes of a deal that is won or lost, and open them again with it."""

from typing import Any

from cardcrm.records.deals.stage_kinds import OPEN
from cardcrm.records.quotes.quote_lines import release_optional
from cardcrm.records.quotes.quote_status import (
    ACCEPTED,
    CANCELED,
    DRAFT,
    OPEN_STATUSES,
    SENT,
    VIEWED,
)
from cardcrm.store import Store


def follow_deal(store: Store, deal_id: int, before: str, after: str, day: str) -> None:
    """Open or cancel the quotes of a deal whose status has changed.

    A deal that is lost after it was won has no accepted quote any more.
    """
    if before != OPEN:
        reopen_closed(store, deal_id)
    if after != OPEN:
        cancel_open(store, deal_id, day)


def cancel_open(store: Store, deal_id: int, day: str) -> tuple[str, ...]:
    """Cancel the quotes of a deal without an answer, and return their numbers."""
    found = _list(store, deal_id, OPEN_STATUSES)
    for row in found:
        store.update("quote", row["id"], status=CANCELED, closed_on=day)
    return tuple(row["number"] for row in found)


def find_accepted(store: Store, deal_id: int) -> str:
    """Return the number of the quote that won a deal, or an empty text."""
    return "".join(row["number"] for row in _list(store, deal_id, (ACCEPTED,))[-1:])


def reopen_closed(store: Store, deal_id: int) -> tuple[str, ...]:
    """Open the quotes again that closed a deal or were closed with it; return their numbers.

    Each has the status and the total that it had before.
    """
    found = _list(store, deal_id, (ACCEPTED, CANCELED))
    for row in found:
        store.update("quote", row["id"], status=_earlier_status(row), closed_on=None)
        release_optional(store, row["id"])
    return tuple(row["number"] for row in found)


def _list(store: Store, deal_id: int, statuses: tuple[str, ...]) -> list[Any]:
    sql = (
        "SELECT id, number, sent_on, viewed_on, status FROM quote WHERE deal_id = :deal ORDER BY id"
    )
    return [row for row in store.rows(sql, deal=deal_id) if row["status"] in statuses]


def _earlier_status(row: Any) -> str:
    if row["viewed_on"]:
        return VIEWED
    return SENT if row["sent_on"] else DRAFT
