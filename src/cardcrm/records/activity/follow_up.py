"""Changes to interactions and reminders that belong together, each in one transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.dates import DayTime
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Completion(NamedTuple):
    """Reminders that were done, the interaction that was logged, and unknown mentions in it."""

    reminders: tuple[Reminder, ...]
    interaction: Interaction | None = None
    unknown: tuple[str, ...] = ()


@retry_transaction
def complete(
    store: Store,
    ids: Sequence[int],
    text: str = "",
    kind: str = "note",
    *,
    again: bool = False,
) -> Completion:
    """Mark reminders as done, all or none, and log ``text`` once as an interaction with everyone.

    ``again`` is as for `reminders.done`.
    The participants are the contacts of the reminders and those that the text mentions.
    """
    with store.transaction():
        done = tuple(reminders.done(store, each, again=again) for each in ids)
        if not text:
            return Completion(done)
        mentioned, unknown = interactions.mentioned(store, text)
        participants = dict.fromkeys(
            [*(each.contact_id for each in done), *(each.id for each in mentioned)]
        )
        logged = interactions.log(store, list(participants), text, kind=kind)
    return Completion(done, logged, tuple(unknown))


@retry_transaction
def snooze(store: Store, ids: Sequence[int], due: DayTime) -> tuple[Reminder, ...]:
    """Snooze reminders until a date, all or none."""
    with store.transaction():
        return tuple(reminders.snooze(store, each, due) for each in ids)
