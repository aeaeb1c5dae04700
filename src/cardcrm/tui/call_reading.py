"""Read the card of a contact for call mode, and make its changes: one step each."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.activity import call_outcome, reminders
from cardcrm.records.activity.call_outcome import NO_ANSWER, CallDraft, RecordedCall
from cardcrm.records.contacts import contacts
from cardcrm.records.query_sql.snooze_touch import find_touch, snooze_touch
from cardcrm.reports.behavior.best_times import read_best_hour
from cardcrm.reports.calls.call_facts import CallFacts, find_replacement, read_facts
from cardcrm.store import Store, journal
from cardcrm.store.retry import run_in_transaction
from cardcrm.tui.call_session import CallTask
from cardcrm.tui.queries import ScreenCard, read_card

T = TypeVar("T")

HISTORY = 20  # interactions of a card


class CallView(NamedTuple):
    """The card of a task as it is now; ``screen_card`` is None if the contact is gone."""

    screen_card: ScreenCard | None
    facts: CallFacts | None
    news: str = ""


def read_call(store: Store, task: CallTask, days: int) -> CallView:
    """Return the card of a task; that of the contact which it was merged into, if it was.

    It says what colleagues did with the contact in the last ``days``.
    """
    try:
        return _read(store, task.contact_id, task.reminder_id, days, "")
    except NotFoundError:
        kept, news = find_replacement(store, task.contact_id)
    if kept is None:
        return CallView(None, None, news)
    return _read(store, kept, task.reminder_id, days, news)


def _read(store: Store, contact_id: int, about: int | None, days: int, news: str) -> CallView:
    card = read_card(store, contact_id, history=HISTORY)
    facts = read_facts(store, card.card.details.contact, about, days)
    return CallView(card, facts, "; ".join(filter(None, (news, facts.news))))


def record(store: Store, contact_id: int, draft: CallDraft) -> RecordedCall:
    """Record the outcome of a call. Raises NotFoundError if the contact is gone."""
    contact = contacts.get(store, contact_id)
    if draft.outcome == NO_ANSWER and draft.step is None:
        draft = draft._replace(hour=read_best_hour(store, contact_id))
    return call_outcome.record_call(store, contact, draft)


def snooze(store: Store, contact_id: int, about: int | None, due: DayTime) -> str:
    """Move the reminder of a card, or else the touch of its contact; return its text."""
    if about is not None:
        return reminders.snooze(store, about, due).text
    if find_touch(store, contact_id) is None:
        raise UsageError("no reminder or cadence to snooze", "Skip this card instead.")
    snooze_touch(store, contact_id, due.day)
    return "next touch"


def change(store: Store, command: str, act: Callable[[Store], T]) -> tuple[T, int]:
    """Make a change in one step; return its result and the step, 0 if nothing was changed."""
    before = journal.undoable(store, 1)
    result = run_in_transaction(store, lambda: act(store), command)
    after = journal.undoable(store, 1)
    return result, after[0].id if after != before else 0


def undo_step(store: Store, step_id: int) -> None:
    """Undo a step, if it is still the user's latest one. Raises ConflictError."""
    if not step_id:
        return
    latest = journal.undoable(store, 1)
    if not latest or latest[0].id != step_id:
        raise ConflictError(
            "you changed something else after this call", "Undo that first, on the journal page."
        )
    journal.undo(store)
