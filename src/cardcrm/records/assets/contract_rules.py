"""Complete contracts whenever one is written: the end of the term, and the day for notice."""

import datetime as dt
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.assets.contract_status import ACTIVE
from cardcrm.records.assets.contract_terms import find_notice_day
from cardcrm.records.assets.spans import move_by_terms, parse_span
from cardcrm.store import Store


def complete_contract(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited contract with what follows from its terms.

    Raises UsageError for days in the wrong order.
    """
    before = store.row("SELECT * FROM contract WHERE id = :id", id=row_id) if row_id else None
    whole = {**(dict(before) if before else {}), **columns}
    start = dt.date.fromisoformat(whole["start_on"])
    changes: dict[str, Any] = {} if row_id else {"status": ACTIVE}
    if whole.get("renewal") and not whole.get("end_on"):
        changes["end_on"] = _find_first_end(start, whole["renewal"]).isoformat()
    end_on = changes.get("end_on", whole.get("end_on"))
    if whole.get("notice") and _is_changed(before, columns | changes, "notice", "end_on"):
        changes["notice_on"] = _find_notice(whole["notice"], end_on)
    _check_order(whole | changes)
    return columns | changes


def _is_changed(before: Any, columns: dict[str, Any], *names: str) -> bool:
    return before is None or any(
        name in columns and columns[name] != before[name] for name in names
    )


def _find_first_end(start: dt.date, renewal: str) -> dt.date:
    return move_by_terms(start, parse_span(renewal), 1) - dt.timedelta(days=1)


def _find_notice(notice: str, end_on: str | None) -> str:
    if not end_on:
        raise UsageError("a period of notice needs the end of the term", "Add --end or --renewal.")
    return find_notice_day(dt.date.fromisoformat(end_on), parse_span(notice)).isoformat()


def _check_order(whole: dict[str, Any]) -> None:
    start, end, notice = whole["start_on"], whole.get("end_on"), whole.get("notice_on")
    if end and end < start:
        raise UsageError(f"the end {end} is before the start {start}", "Give a later --end.")
    if notice and not end:
        raise UsageError("a day for notice needs the end of the term", "Add --end or --renewal.")
    if notice and end and notice > end:
        raise UsageError(
            f"the day for notice {notice} is after the end {end}", "Give an earlier day."
        )
