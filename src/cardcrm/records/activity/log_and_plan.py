"""An interaction and its next step, recorded in one transaction.

Kept apart from `follow_up` because `log` is a quick command, which loads reminders only if a next
step is given.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.records.activity import interactions
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.dates import When
    from cardcrm.records.activity.interactions import Interaction
    from cardcrm.records.activity.reminders import Reminder


class Details(NamedTuple):
    """Details of an interaction beside its text; see `interactions.log`."""

    kind: str = "note"
    when: "When | None" = None
    direction: str = ""
    minutes: int | None = None
    outcome: str = ""


class NextStep(NamedTuple):
    """A reminder to add along with an interaction, for its first contact."""

    text: str
    due: "When"
    promise: bool = False


@retry_transaction
def log_and_plan(
    store: Store,
    contacts: Sequence[int],
    text: str,
    details: Details,
    next_step: NextStep | None = None,
) -> "tuple[Interaction, Reminder | None]":
    """Log an interaction and add a reminder for its next step."""
    with store.transaction(concurrent=True):
        logged = interactions.log(store, contacts, text, **details._asdict())
        if next_step is None:
            return logged, None
        from cardcrm.records.activity import reminders

        due, promise = next_step.due, next_step.promise
        return logged, reminders.add(store, contacts[0], next_step.text, due, promise=promise)
