"""The forms of the day: log an interaction, add a reminder, mark one done, or snooze it."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import KINDS, MINUTES
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminder_type import PRIORITY
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store
from cardcrm.text import normalize_line, shorten
from cardcrm.tui.bulk_jobs import JOURNAL_PREFIX
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import join_participants, participants_field
from cardcrm.tui.forms.fields import Field, Item, Section, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import get_or_deleted, save_on_contact, save_or_recreate
from cardcrm.tui.forms.record_form import field_check

_DIRECTIONS = ("", "in", "out")
_DATE_HINT = "fri, 2w, 3 mar 14:00"


def journal_command(verb: str, *words: object) -> str:
    """Return what the journal calls a change: the shell's command for it."""
    text = [str(word) for word in words if word not in ("", None)]
    return shorten(normalize_line(" ".join([JOURNAL_PREFIX, verb, *text])), 500)


# interactions


class Logged(NamedTuple):
    """A logged interaction: its kind, its participants, unknown @mentions, and the next step."""

    kind: str
    names: list[str]
    unknown: list[str]
    next_step: Reminder | None


def interaction_fields(context: AppContext) -> tuple[Item, ...]:
    """Return the fields of an interaction."""
    on_check = validators.date_check(
        context.locale, past=True, future_hint="Use a reminder for the future."
    )
    return (
        Field("text", "what", "text", required="Say what happened."),
        Field("kind", "kind", "choice", choices=KINDS),
        Field("direction", "direction", "choice", choices=_DIRECTIONS),
        Field("on", "when", hint="now; or yesterday, tue 15:00", check=on_check),
        Field("minutes", "minutes", check=field_check(context, MINUTES)),
        Field("outcome", "outcome", hint="the result, in a few words"),
        participants_field(context),
    )


def _next_step_fields(context: AppContext) -> tuple[Item, ...]:
    due_check = validators.date_check(context.locale)
    return (
        Section("Next step"),
        Field("next", "next", hint="what to do next, if anything"),
        Field("due", "by", hint=f"tomorrow, {_DATE_HINT}", check=due_check),
    )


async def log(context: AppContext, contact: Contact) -> None:
    """Open the form to log an interaction with a contact."""

    async def save(values: Values) -> str:
        return await save_on_contact(
            context,
            contact,
            journal_command("log", contact.id, values["text"]),
            lambda store, contact_id: _log_with_next_step(store, contact_id, values),
            describe,
        )

    def describe(logged: Logged) -> str:
        names = _join_names([shorten(name, 40) for name in logged.names])
        return (
            f"Logged {logged.kind} with {names}"
            f"{_describe_next_step(context, logged.next_step)}"
            f"{_describe_unknown(context, logged.unknown)}"
        )

    fields = (*interaction_fields(context), *_next_step_fields(context))
    await context.push_screen(Form(f"Log an interaction with {contact.name}", fields, save))


def _log_with_next_step(store: Store, contact_id: int, values: Values) -> Logged:
    """Log an interaction with a contact and those mentioned, and add the next step."""
    mentioned, unknown = interactions.mentioned(store, values["text"])
    logged = log_interaction(store, [contact_id], values, [each.id for each in mentioned])
    names = [name for _, name in interactions.participants(store, logged.id)]
    return Logged(logged.kind, names, unknown, _add_next_step(store, contact_id, values))


def log_interaction(
    store: Store, contact_ids: list[int], values: Values, mentioned: Sequence[int] = ()
) -> Interaction:
    """Log an interaction from form values. Raises UsageError, NotFoundError."""
    on = values.get("on", "").strip()
    texts = join_participants(values)["with"]
    others = [resolve(store, text).id for text in texts.split("\n") if text]
    return interactions.log(
        store,
        [*contact_ids, *others, *mentioned],
        values["text"],
        kind=values["kind"],
        when=validators.parse_date(store.locale, on, past=True) if on else None,
        direction=values.get("direction", ""),
        minutes=MINUTES.parse_value(values.get("minutes", ""), store),
        outcome=values.get("outcome", ""),
    )


def _add_next_step(store: Store, contact_id: int, values: Values) -> Reminder | None:
    """Add the reminder for the next step, by default for tomorrow."""
    if not values["next"].strip():
        if values["due"].strip():
            raise UsageError("a due date needs a next step", "Fill in “next”.")
        return None
    due = validators.parse_date(store.locale, values["due"].strip() or "tomorrow")
    return reminders.add(store, contact_id, values["next"], due)


def _describe_next_step(context: AppContext, reminder: Reminder | None) -> str:
    return f"; next: {reminder.text}, {_format_due(context, reminder)}" if reminder else ""


def _describe_unknown(context: AppContext, mentions: Sequence[str]) -> str:
    """Return a note about mentions that match no contact."""
    if not mentions:
        return ""
    names = _join_names([f"@{name}" for name in mentions])
    verb = "matches" if len(mentions) == 1 else "match"
    edit = context.key_of("edit")
    return f"; {names} {verb} no contact, or several: add participants with {edit}"


def _join_names(words: Sequence[str]) -> str:
    """Return ``Ann, Ben and Cleo``, or ``Ann, Ben and 4 more``."""
    shown = [*words[:2], f"{len(words) - 2} more"] if len(words) > 3 else words
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _format_due(context: AppContext, reminder: Reminder) -> str:
    zone = context.locale.zone
    time = f" {dates.from_instant(reminder.due_at, zone):%H:%M}" if reminder.due_at else ""
    return dates.format_day(dt.date.fromisoformat(reminder.due_on), dates.today(zone)) + time


# reminders


def reminder_fields(context: AppContext) -> tuple[Field, ...]:
    """Return the fields of a reminder."""
    return (
        Field("text", "what", hint="send the quote", required="A reminder needs a text."),
        Field(
            "due", "when", hint=f"eom, {_DATE_HINT}", check=validators.date_check(context.locale),
            required=f"A reminder needs a date, such as {_DATE_HINT}.",
        ),
        Field("promise", "promised", "choice", choices=("no", "yes")),
        Field(
            "every", "every", hint="once; or 2w, monthly, 3rd monday",
            check=validators.check_recurrence,
        ),
        Field("priority", "priority", hint="0 to 9", check=field_check(context, PRIORITY)),
        Field("owner", "owner", hint="who does it"),
    )  # fmt: skip


def add_reminder(store: Store, contact_id: int, values: Values) -> Reminder:
    """Add a reminder from form values."""
    return reminders.add(
        store,
        contact_id,
        values["text"],
        validators.parse_date(store.locale, values["due"]),
        every=values["every"].strip(),
        promise=values["promise"] == "yes",
        priority=PRIORITY.parse_value(values["priority"], store),
        owner=values["owner"],
    )


async def remind(context: AppContext, contact: Contact) -> None:
    """Open the form to add a reminder for a contact."""

    def describe(added: Reminder) -> str:
        noun = "Promise" if added.promise else "Reminder"
        return f"{noun} for {contact.name}, {_format_due(context, added)}: {added.text}"

    async def save(values: Values) -> str:
        return await save_on_contact(
            context,
            contact,
            journal_command("remind", contact.id, values["text"], "--due", values["due"]),
            lambda store, contact_id: add_reminder(store, contact_id, values),
            describe,
        )

    form = Form(f"Reminder for {contact.name}", reminder_fields(context), save)
    await context.push_screen(form)


async def _read(context: AppContext, reminder_id: int) -> tuple[Reminder, Contact]:
    """Return a reminder and its contact. Raises NotFoundError."""

    def read(store: Store) -> tuple[Reminder, Contact]:
        reminder = reminders.get(store, reminder_id)
        return reminder, contacts.get(store, reminder.contact_id)

    return await context.database.read(read)


def _check_reminder_exists(store: Store, reminder_id: int) -> None:
    get_or_deleted(lambda: reminders.get(store, reminder_id), "this reminder")


async def done(context: AppContext, reminder_id: int) -> None:
    """Open the form to mark a reminder done, and to log how it went."""
    reminder, contact = await _read(context, reminder_id)

    async def save(values: Values) -> str:
        log_option = f"--log {values['text']}" if values["text"].strip() else ""
        command = journal_command("done", reminder_id, log_option)

        def act(store: Store) -> tuple[Reminder, Logged]:
            _check_reminder_exists(store, reminder_id)
            after = reminders.done(store, reminder_id)
            return after, _log_outcome(store, contact.id, values)

        async def mark_done() -> str:
            after, logged = await context.change(command, act)
            is_recurring = after.done_at is None
            again = f"; due again {_format_due(context, after)}" if is_recurring else ""
            return f"Done: {after.text}{again}{_describe_outcome(context, logged)}"

        async def log_only() -> str:
            return await save_on_contact(
                context,
                contact,
                command,
                lambda store, contact_id: _log_outcome(store, contact_id, values),
                lambda logged: f"Logged with {contact.name}{_describe_outcome(context, logged)}",
            )

        return await save_or_recreate(context, mark_done, "log it without the reminder", log_only)

    fields = (
        Field("text", "outcome", hint="optional: how it went, to be logged"),
        Field("kind", "kind", "choice", choices=KINDS),
        *_next_step_fields(context),
    )
    await context.push_screen(Form(f"Done: {reminder.text} ({reminder.contact})", fields, save))


def _log_outcome(store: Store, contact_id: int, values: Values) -> Logged:
    """Log how a reminder went, if it says so, and add the next step."""
    if values["text"].strip():
        return _log_with_next_step(store, contact_id, values)
    return Logged("", [], [], _add_next_step(store, contact_id, values))


def _describe_outcome(context: AppContext, logged: Logged) -> str:
    others = f"; with {_join_names(logged.names)}" if len(logged.names) > 1 else ""
    next_step = _describe_next_step(context, logged.next_step)
    return others + next_step + _describe_unknown(context, logged.unknown)


async def snooze(context: AppContext, reminder_id: int) -> None:
    """Open the form to move a reminder to another day."""
    reminder, contact = await _read(context, reminder_id)

    def describe(after: Reminder) -> str:
        return f"Snoozed until {_format_due(context, after)}: {after.text}"

    async def save(values: Values) -> str:
        command = journal_command("snooze", reminder_id, values["due"])
        move, add_again = _snooze_actions(reminder, values)

        async def move_reminder() -> str:
            return describe(await context.change(command, move))

        async def recreate() -> str:
            return await save_on_contact(context, contact, command, add_again, describe)

        return await save_or_recreate(context, move_reminder, "save it as a new reminder", recreate)

    field = Field(
        "due", "until", hint="fri, 2w, next tue 14:00", check=validators.date_check(context.locale),
        required="Fill in a date, such as 2w.",
    )  # fmt: skip
    await context.push_screen(Form(f"Snooze: {reminder.text} ({reminder.contact})", [field], save))


def _snooze_actions(
    reminder: Reminder, values: Values
) -> tuple[Callable[[Store], Reminder], Callable[[Store, int], Reminder]]:
    """Return the functions that move a reminder, and that add it again after it was deleted."""

    def move(store: Store) -> Reminder:
        _check_reminder_exists(store, reminder.id)
        due = validators.parse_date(store.locale, values["due"])
        return reminders.snooze(store, reminder.id, due)

    def add_again(store: Store, contact_id: int) -> Reminder:
        return reminders.add(
            store,
            contact_id,
            reminder.text,
            validators.parse_date(store.locale, values["due"]),
            every=reminder.rule,
            promise=reminder.promise,
            priority=reminder.priority,
            owner=reminder.owner,
        )

    return move, add_again
