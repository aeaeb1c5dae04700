"""An interaction and its next step, recorded in one transaction.

`log` is a quick command, which loads reminders only if a next step is given.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details, Interaction
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.records.activity.reminders import Reminder


DEFAULT_DUE = "tomorrow"  # of a next step without a date


class NextStep(NamedTuple):
    """A reminder to add along with an interaction, for its first contact."""

    text: str
    due: "DayTime"
    promise: bool = False


class Logged(NamedTuple):
    """An interaction, its participants as (id, name), and the reminder of its next step.

    ``has_cadence`` tells that one of the participants has a cadence.
    """

    interaction: Interaction
    participants: tuple[tuple[int, str], ...]
    reminder: "Reminder | None" = None
    has_cadence: bool = False


@retry_transaction
def log_and_plan(
    store: Store,
    contacts: Sequence[Contact],
    text: str,
    details: Details,
    next_step: NextStep | None = None,
) -> Logged:
    """Log an interaction and add a reminder for its next step. Raises UsageError."""
    people = {each.id: each.name for each in contacts}
    interaction = interactions.prepare(store, text, details)
    created_at = dates.current_instant()
    planned = {} if next_step is None else _prepare_reminder(store, contacts[0], next_step)
    with store.transaction(concurrent=True):
        row_id = store.insert("interaction", **interaction, created_at=created_at)
        participants = [{"interaction_id": row_id, "contact_id": id_} for id_ in people]
        store.insert_rows("participant", participants)
        reminder_id = store.insert("reminder", **planned, created_at=created_at) if planned else 0
    return Logged(
        Interaction(row_id, **interaction),
        tuple(people.items()),
        _to_reminder(reminder_id, contacts[0], planned) if planned else None,
        any(each.touch_by for each in contacts),
    )


@retry_transaction
def log_each(
    store: Store,
    contacts: Sequence[Contact],
    others: Sequence[Contact],
    text: str,
    details: Details,
    next_step: NextStep | None = None,
) -> tuple[Logged, ...]:
    """Log an interaction with each contact and the ``others``, all in one step."""
    with store.transaction():
        return tuple(
            log_and_plan(store, [each, *others], text, details, next_step) for each in contacts
        )


def _prepare_reminder(store: Store, contact: Contact, step: NextStep) -> dict[str, Any]:
    from cardcrm.records.activity import reminders

    return reminders.prepare(store, contact.id, step.text, step.due, promise=step.promise)


def _to_reminder(row_id: int, contact: Contact, values: Mapping[str, Any]) -> "Reminder":
    from cardcrm.records.activity import reminders

    return reminders.from_values(row_id, contact.name, values)
