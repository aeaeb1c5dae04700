"""Merge feedback: one wish takes over the customers of another."""

from typing import Any

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records import records
from cardcrm.records.feedback.feedback_type import FEEDBACK
from cardcrm.records.records import Record
from cardcrm.records.references import remove_row
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


@retry_transaction
def merge(store: Store, keep_id: int, other_id: int) -> Record:
    """Merge feedback into another of the same product, and return that with all customers.

    Raises UsageError for feedback and itself, and ConflictError for different products.
    """
    if keep_id == other_id:
        raise UsageError("feedback cannot be merged into itself", "Name two numbers.")
    with store.transaction():
        keep, other = (records.get(store, FEEDBACK, each) for each in (keep_id, other_id))
        _refuse_other_product(keep, other)
        _move_supporters(store, keep_id, other_id)
        columns = _merge_columns(keep.columns, other.columns)
        remove_row(store, "feedback", other_id)
        store.update("feedback", keep_id, **columns)
    return records.get(store, FEEDBACK, keep_id)


def _refuse_other_product(keep: Record, other: Record) -> None:
    if keep.columns["product_id"] != other.columns["product_id"]:
        names = [each.values["product"] or "no product" for each in (keep, other)]
        raise ConflictError(
            f"feedback {keep.id} is about {names[0]}, feedback {other.id} about {names[1]}",
            f"Change one first: cardcrm feedback edit {other.id} --product NAME",
        )


def _move_supporters(store: Store, keep_id: int, other_id: int) -> None:
    known = {row[0] for row in _list_supporters(store, keep_id)}
    for contact_id, row_id in _list_supporters(store, other_id):
        if contact_id not in known:
            store.update("supporter", row_id, feedback_id=keep_id)


def _list_supporters(store: Store, feedback_id: int) -> list[tuple[int, int]]:
    sql = "SELECT contact_id, id FROM supporter WHERE feedback_id = :id ORDER BY id"
    return [(row[0], row[1]) for row in store.rows(sql, id=feedback_id)]


def _merge_columns(keep: Any, other: Any) -> dict[str, Any]:
    """Return the columns of what stays: both texts, the earlier day, and the case of either."""
    columns: dict[str, Any] = {"on_date": min(keep["on_date"], other["on_date"])}
    if keep["case_id"] is None:
        columns["case_id"] = other["case_id"]
    if other["text"] not in keep["text"]:
        columns["text"] = FEEDBACK.normalize(text=f"{keep['text']}\n{other['text']}")["text"]
    return columns
