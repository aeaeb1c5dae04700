"""The forms to mark a reminder done and to snooze it."""

from cardcrm.records.activity import reminders
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.deals import deals
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import (
    Logged,
    add_next_step,
    describe_details,
    format_due,
    next_step_fields,
)
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import get_or_deleted, save_on_contact, save_or_recreate
from cardcrm.tui.forms.record_form import form_of


async def _read(context: AppContext, reminder_id: int) -> tuple[Reminder, Contact | None]:
    """Return a reminder and its contact, if it has one. Raises NotFoundError."""

    def read(store: Store) -> tuple[Reminder, Contact | None]:
        reminder = reminders.get(store, reminder_id)
        owner = reminder.contact_id
        return reminder, contacts.get(store, owner) if owner is not None else None

    return await context.database.read(read)


def check_exists(store: Store, reminder_id: int) -> None:
    """Raise DeletedError if a reminder has been deleted meanwhile."""
    get_or_deleted(lambda: reminders.get(store, reminder_id), "this reminder")


async def done(context: AppContext, reminder_id: int) -> None:
    """Open the form to mark a reminder done, and to log how it went.

    Without a contact there is nothing to log, and it is marked at once.
    """
    reminder, contact = await _read(context, reminder_id)
    if contact is None:
        command = journal_command("done", reminder_id)
        after = await context.change(command, lambda store: reminders.done(store, reminder_id))
        context.show_message(_describe_done(context, after))
        return

    async def save(values: Values) -> str:
        log_option = f"--log {values['text']}" if values["text"].strip() else ""
        command = journal_command("done", reminder_id, log_option)

        def act(store: Store) -> tuple[Reminder, Logged]:
            check_exists(store, reminder_id)
            after = reminders.done(store, reminder_id)
            return after, log_outcome(store, contact.id, _with_deal(values, after))

        async def mark_done() -> str:
            after, logged = await context.change(command, act)
            ending = await _describe_stepless(context, after)
            return f"{_describe_done(context, after)}{describe_details(context, logged)}{ending}"

        async def log_only() -> str:
            return await save_on_contact(
                context,
                contact,
                command,
                lambda store, contact_id: log_outcome(store, contact_id, values),
                lambda logged: f"Logged with {contact.name}{describe_details(context, logged)}",
            )

        return await save_or_recreate(context, mark_done, "log it without the reminder", log_only)

    fields = (
        Field("text", "outcome", hint="optional: how it went, to be logged"),
        Field("kind", "kind", "choice", choices=KINDS),
        *next_step_fields(context),
    )
    await context.push_screen(Form(f"Done: {reminder.text} ({reminder.contact})", fields, save))


def _describe_done(context: AppContext, after: Reminder) -> str:
    is_recurring = after.done_at is None
    again = f"; due again {format_due(context, after)}" if is_recurring else ""
    return f"Done: {after.text}{again}"


def _with_deal(values: Values, reminder: Reminder) -> Values:
    """Return values with the deal of a reminder, whose next step the new one is."""
    return {**values, "deal": f"{reminder.deal_id or ''}"}


async def _describe_stepless(context: AppContext, after: Reminder) -> str:
    """Return a warning for an open deal whose last reminder was ticked off."""
    deal_id = after.deal_id
    if deal_id is None:
        return ""
    found = await context.database.read(lambda store: deals.without_step(store, [deal_id]))
    return f"; {found[0].title} has no next step now" if found else ""


def log_outcome(store: Store, contact_id: int, values: Values) -> Logged:
    """Log how a reminder went, if it says so, and add the next step."""
    if values["text"].strip():
        logged: Logged = form_of("interaction").add(store, contact_id, values)
        return logged
    return Logged(next_step=add_next_step(store, contact_id, values))


async def snooze(context: AppContext, reminder_id: int) -> None:
    """Open the form to move a reminder to another day."""
    reminder, contact = await _read(context, reminder_id)

    def describe(after: Reminder) -> str:
        return f"Snoozed until {format_due(context, after)}: {after.text}"

    async def save(values: Values) -> str:
        command = journal_command("snooze", reminder_id, values["due"])
        due = validators.parse_date(context.locale, values["due"])

        def move(store: Store) -> Reminder:
            check_exists(store, reminder_id)
            return reminders.snooze(store, reminder_id, due)

        def add_again(store: Store, contact_id: int) -> Reminder:
            return reminders.add(
                store,
                contact_id or None,
                reminder.text,
                due,
                every=reminder.rule,
                promise=reminder.promise,
                priority=reminder.priority,
                owner=reminder.owner,
            )

        async def move_reminder() -> str:
            return describe(await context.change(command, move))

        async def recreate() -> str:
            return await save_on_contact(context, contact, command, add_again, describe)

        return await save_or_recreate(context, move_reminder, "save it as a new reminder", recreate)

    name = f" ({reminder.contact})" if reminder.contact else ""
    await context.push_screen(Form(f"Snooze: {reminder.text}{name}", [until_field(context)], save))


def until_field(context: AppContext) -> Field:
    """Return the field for the day that reminders are snoozed until."""
    return Field(
        "due", "until", hint="fri, 2w, next tue 14:00", check=validators.date_check(context.locale),
        required="Fill in a date, such as 2w.",
    )  # fmt: skip
