"""Changes to interactions and reminders that belong together, each in one transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.dates import DayTime
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.log_and_plan import NextStep
from cardcrm.records.activity.reminders import Reminder
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Report(NamedTuple):
    """The outcome of a reminder: the text and kind of an interaction to log, and when it was done.

    ``again`` is as for `reminders.done`.
    """

    text: str = ""
    kind: str = "note"
    when: DayTime | None = None
    again: bool = False


class Completion(NamedTuple):
    """Reminders that were done, and what was added: an interaction, and the next steps.

    ``unknown`` are unknown mentions in the interaction.
    """

    reminders: tuple[Reminder, ...]
    interaction: Interaction | None = None
    unknown: tuple[str, ...] = ()
    next_steps: tuple[Reminder, ...] = ()


@retry_transaction
def complete(
    store: Store, ids: Sequence[int], report: Report, next_step: NextStep | None = None
) -> Completion:
    """Mark reminders as done, all or none, and log once with everyone what happened.

    The participants are the contacts of the reminders and those that the text mentions. A next step
    is added for each contact of the reminders, and for each deal whose step was done. The next
    services of assets are among the next steps.
    """
    with store.transaction():
        done = tuple(
            reminders.done(store, each, again=report.again, when=report.when) for each in ids
        )
        people = dict.fromkeys(each.contact_id for each in done)
        logged, unknown = _log(store, [each for each in people if each is not None], report)
        own = dict.fromkeys((each.contact_id, each.deal_id) for each in done)
        steps = [reminders.get(store, each.next_id) for each in done if each.next_id]
        steps += [_add_next(store, *each, next_step) for each in own] if next_step else []
    return Completion(done, logged, unknown, tuple(steps))


def _log(
    store: Store, contacts: Sequence[int], report: Report
) -> tuple[Interaction | None, tuple[str, ...]]:
    """Log what happened; return the interaction, if there is a text, and unknown mentions."""
    if not report.text:
        return None, ()
    mentioned, unknown = interactions.mentioned(store, report.text)
    people = list(dict.fromkeys([*contacts, *(each.id for each in mentioned)]))
    logged = interactions.log(store, people, report.text, kind=report.kind, when=report.when)
    return logged, tuple(unknown)


def _add_next(
    store: Store, contact_id: int | None, deal_id: int | None, step: NextStep
) -> Reminder:
    return reminders.add(
        store, contact_id, step.text, step.due, promise=step.promise, deal_id=deal_id
    )


@retry_transaction
def snooze(store: Store, ids: Sequence[int], due: DayTime) -> tuple[Reminder, ...]:
    """Snooze reminders until a date, all or none."""
    with store.transaction():
        return tuple(reminders.snooze(store, each, due) for each in ids)
