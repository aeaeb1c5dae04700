"""Follow up with customers who are likely lost: a reminder for each, or a segment of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.dates import DayTime
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder, ReminderDraft
from cardcrm.records.query_sql.save_segment import SavedSegment, save_segment
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

PREFIX = "win back: "  # how an open reminder of this kind is known


class FollowUp(NamedTuple):
    """The reminders that were added, and the segment if one was asked for."""

    reminders: tuple[Reminder, ...]
    segment: SavedSegment | None = None


def without_reminder(store: Store, ids: Sequence[int]) -> list[int]:
    """Return the contacts that have no open reminder of this kind."""
    known: set[int] = set()
    for marks, params in chunks(ids):
        rows = store.rows(
            "SELECT contact_id FROM reminder WHERE done_at IS NULL "
            f"AND text LIKE :prefix AND contact_id IN ({marks})",
            prefix=f"{PREFIX}%",
            **params,
        )
        known.update(row["contact_id"] for row in rows)
    return [each for each in ids if each not in known]


@retry_transaction
def follow_up(
    store: Store, reasons: Mapping[int, str], due: DayTime | None, segment: str = ""
) -> FollowUp:
    """Add a reminder with its reason for each contact, and save a segment, in one step.

    Without ``due`` there are no reminders. A contact with an open reminder of this kind gets no
    second one. The segment has exactly these contacts, also later.
    """
    with store.transaction():
        saved = None
        if segment:
            saved = save_segment(store, segment, f"id:{','.join(map(str, reasons))}")
        drafts: list[tuple[int | None, ReminderDraft]] = []
        if due is not None:
            drafts = [
                (each, ReminderDraft(f"{PREFIX}{reasons[each]}", due))
                for each in without_reminder(store, list(reasons))
            ]
        made = reminders.add_all(store, drafts) if drafts else ()
    return FollowUp(made, saved)
