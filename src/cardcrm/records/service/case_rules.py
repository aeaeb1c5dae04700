"""Complete cases by their status and owner, and keep the history of the status."""

from typing import Any

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.service.case_status import ASSIGNED, CLOSED, DONE, NEW
from cardcrm.store import Store

_SELECT = "SELECT status, owner, opened_at, solved_at, merged_id FROM service_case WHERE id = :id"


def complete_case(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited case with what follows from its status and owner.

    The product of a case about an asset is that of the asset. Raises UsageError for a case
    that would be the cause of itself.
    """
    before = store.row(_SELECT, id=row_id) if row_id else None
    if before is not None and columns.get("status", CLOSED) != CLOSED:
        refuse_merged(row_id, before["merged_id"])
    status = columns.get("status", before["status"] if before else NEW)
    owner = columns.get("owner", before["owner"] if before else "")
    if status == NEW and owner:
        status = ASSIGNED
    elif status == ASSIGNED and not owner:
        status = NEW
    if columns.get("asset_id") and not columns.get("product_id"):
        sql = "SELECT product_id FROM asset WHERE id = :id"
        columns = columns | {"product_id": store.value(sql, id=columns["asset_id"])}
    if columns.get("cause_id"):
        _check_cause(store, columns["cause_id"], row_id)
    if columns.get("opened_at"):
        _check_opened(columns["opened_at"], before["solved_at"] if before else None)
    if before is not None and before["status"] == status:
        return columns
    solved_at = before["solved_at"] if before else None
    solved_at = (solved_at or dates.current_instant()) if status in DONE else None
    return columns | {"status": status, "solved_at": solved_at}


def _check_cause(store: Store, cause_id: int, row_id: int) -> None:
    """Raise UsageError where following the causes leads back to the case."""
    if cause_id == row_id:
        raise UsageError("a case cannot be its own cause", "Name another case.")
    at: int | None = cause_id
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at == row_id:
            raise UsageError(
                f"case {cause_id} has case {row_id} as its cause", "Name another case."
            )
        seen.add(at)
        at = store.value("SELECT cause_id FROM service_case WHERE id = :id", id=at)


def _check_opened(opened_at: str, solved_at: str | None) -> None:
    if solved_at is not None and solved_at < opened_at:
        raise UsageError("a case must be opened before it is solved", "Give an earlier moment.")


def note_status(store: Store, case_id: int) -> None:
    """Add the status of a case to its history if it is new there."""
    row = store.row(_SELECT, id=case_id)
    if row is None:
        raise NotFoundError(f"unknown case {case_id}", "To see them: cardcrm case list")
    sql = "SELECT status FROM case_change WHERE case_id = :id ORDER BY id DESC LIMIT 1"
    last = store.value(sql, id=case_id)
    if last == row["status"]:
        return
    at = dates.current_instant() if last else row["opened_at"]
    store.insert(
        "case_change", case_id=case_id, status=row["status"], at=at, author=store.author.name
    )


def refuse_merged(case_id: int, merged_id: int | None) -> None:
    """Raise ConflictError for a case that was merged into another one."""
    if merged_id is not None:
        raise ConflictError(
            f"case {case_id} was merged into case {merged_id}", f"Use the number {merged_id}."
        )
