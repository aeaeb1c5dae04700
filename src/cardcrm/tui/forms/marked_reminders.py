"""The forms to mark several reminders done, to snooze them and to delete them, in one step.

Touches that cadences ask for are snoozed together with the reminders.
"""

from collections.abc import Sequence

from cardcrm.errors import UsageError
from cardcrm.records import records, registry
from cardcrm.records.activity import reminders
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.query_sql.snooze_touch import snooze_touch
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import touch_actions, validators
from cardcrm.tui.forms.activity_forms import format_day_time, next_step_fields
from cardcrm.tui.forms.confirm_dialog import MANY, confirm
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.reminder_actions import (
    check_exists,
    done,
    log_outcome,
    snooze,
    until_field,
)

_LISTED_IDS = 10  # reminders up to which the journal lists the ids


def _name(ids: Sequence[int], touches: Sequence[int] = ()) -> str:
    """Return how many reminders there are, and how many touches."""
    counts = ((len(ids), "reminder", "reminders"), (len(touches), "touch", "touches"))
    named = (f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count)
    return " and ".join(named)


def _command(verb: str, ids: Sequence[int], *words: object) -> str:
    named = ids if len(ids) <= _LISTED_IDS else [_name(ids)]
    return journal_command(verb, *named, *words)


async def _confirm(
    context: AppContext, verb: str, ids: Sequence[int], touches: Sequence[int] = ()
) -> None:
    """Ask before many reminders and touches are changed. Raises UsageError."""
    is_many = len(ids) + len(touches) >= MANY
    if is_many and not await confirm(context, f"{verb} {_name(ids, touches)}?"):
        raise UsageError("nothing was changed")


async def done_all(context: AppContext, ids: Sequence[int]) -> None:
    """Open the form to mark reminders done, and to log how they went with each contact."""
    if len(ids) == 1:
        await done(context, ids[0])
        return

    async def save(values: Values) -> str:
        await _confirm(context, "Mark done", ids)

        def act(store: Store) -> list[Reminder]:
            return [_finish(store, each, values) for each in ids]

        after: list[Reminder] = await context.change(_command("done", ids), act)
        return f"Done: {_titles([each.text for each in after])}"

    fields = (
        Field("text", "outcome", hint="optional: how they went, to be logged"),
        Field("kind", "kind", "choice", choices=KINDS),
        *next_step_fields(context),
    )
    await context.push_screen(Form(f"Done: {_name(ids)}", fields, save))


def _finish(store: Store, reminder_id: int, values: Values) -> Reminder:
    """Mark a reminder done; log the outcome and add the next step if it has a contact."""
    check_exists(store, reminder_id)
    after = reminders.done(store, reminder_id)
    if after.contact_id is not None:
        log_outcome(store, after.contact_id, values)
    return after


async def snooze_all(context: AppContext, ids: Sequence[int], touches: Sequence[int] = ()) -> None:
    """Open the form to move reminders, and the touches of contacts, to another day."""
    if len(ids) == 1 and not touches:
        await snooze(context, ids[0])
        return
    if len(touches) == 1 and not ids:
        contact = await context.database.read(lambda store: contacts.get(store, touches[0]))
        await touch_actions.snooze(context, contact)
        return
    title = _name(ids, touches)

    async def save(values: Values) -> str:
        due = validators.parse_date(context.locale, values["due"])
        await _confirm(context, "Snooze", ids, touches)

        def act(store: Store) -> list[str]:
            for each in ids:
                check_exists(store, each)
            moved = [reminders.snooze(store, each, due).text for each in ids]
            names = [contacts.get(store, each).name for each in touches]
            for each in touches:
                snooze_touch(store, each, due.day)
            return [*moved, *names]

        command = journal_command("snooze", title, values["due"])
        if not touches:
            command = _command("snooze", ids, values["due"])
        moved: list[str] = await context.change(command, act)
        return f"Snoozed until {format_day_time(context, due)}: {_titles(moved)}"

    await context.push_screen(Form(f"Snooze: {title}", [until_field(context)], save))


async def delete_all(context: AppContext, ids: Sequence[int]) -> None:
    """Delete reminders, after asking."""
    if not await confirm(context, f"Delete {_name(ids)}?"):
        return
    type_ = registry.record_type("reminder")
    command = _command("reminder", ids, "rm")
    await context.change(command, lambda store: records.remove(store, type_, ids))
    undo = context.key_of("undo")
    context.show_message(f"Deleted {_name(ids)}; {undo} brings them back")


def _titles(found: Sequence[str]) -> str:
    """Return the first texts, and how many more there are."""
    texts = [shorten(each, 30) for each in found[:2]]
    more = [f"{len(found) - 2} more"] if len(found) > 2 else []
    return "; ".join([*texts, *more])
