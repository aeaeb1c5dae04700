"""The forms of interactions and reminders, as far as they are not declared."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records import record_diff
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import MINUTES, explain_no_touch
from cardcrm.records.activity.reminder_type import PRIORITY
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.declared_form import NounForm
from cardcrm.tui.forms.fields import Field, Item, Section, Values

DATE_HINT = "fri, 2w, 3 mar 14:00"


class Logged(NamedTuple):
    """A logged interaction: its kind, its participants, unknown @mentions, and the next step.

    ``no_touch`` says why it does not restart the cadence of the contact, if it has one.
    """

    kind: str = ""
    names: Sequence[str] = ()
    unknown: Sequence[str] = ()
    next_step: Reminder | None = None
    no_touch: str = ""


class InteractionForm(NounForm):
    """The form of an interaction; a new one may have a next step."""

    order = ("text", "kind", "direction", "on", "minutes", "outcome", "no_answer", "with")
    hints: ClassVar = {
        "on": "now; or yesterday, tue 15:00",
        "minutes": "",
        "outcome": "the result, in a few words",
        "with": "other participant: name or #id",
    }
    required: ClassVar = {"text": "Say what happened."}
    future_hint = "Use a reminder for the future."
    is_of_contact = True
    new_title = "Log an interaction with {}"
    verb = "log"

    def new_items(self, context: AppContext) -> tuple[Item, ...]:
        """Return the fields of the interaction and of the next step."""
        return (*self.items(context), *next_step_fields(context))

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return an interaction as texts. Raises NotFoundError."""
        return record_diff.interaction_texts(store, interactions.get(store, row_id))

    def names(self, store: Store, row_id: int) -> dict[str, str]:
        """Return the participants' names by ``#12``."""
        return {f"#{id_}": name for id_, name in interactions.participants(store, row_id)}

    def add(self, store: Store, contact_id: int, texts: Values) -> Logged:
        """Log an interaction with a contact and those mentioned, and add the next step."""
        mentioned, unknown = interactions.mentioned(store, texts["text"])
        on = texts.get("on", "").strip()
        others = [resolve(store, line) for line in texts.get("with", "").split("\n") if line]
        logged = interactions.log(
            store,
            [contact_id, *(each.id for each in (*others, *mentioned))],
            texts["text"],
            kind=texts["kind"],
            when=validators.parse_date(store.locale, on, past=True) if on else None,
            direction=texts.get("direction", ""),
            minutes=MINUTES.parse_value(texts.get("minutes", ""), store),
            outcome=texts.get("outcome", ""),
            no_answer=texts.get("no_answer") == "yes",
        )
        names = [name for _, name in interactions.participants(store, logged.id)]
        next_step = add_next_step(store, contact_id, texts)
        no_touch = explain_no_touch(logged.kind, logged.no_answer)
        if no_touch:
            people = (contacts.get(store, contact_id), *others, *mentioned)
            no_touch = no_touch if any(each.touch_by for each in people) else ""
        return Logged(logged.kind, names, unknown, next_step, no_touch)

    def add_again(self, store: Store, contact_id: int, texts: Values) -> Logged:
        """Log an interaction again, without participants that were deleted."""
        lines = texts["with"].split("\n")
        existing = "\n".join(line for line in lines if not _is_deleted(store, line))
        return self.add(store, contact_id, {**texts, "with": existing})

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        record_diff.revise_interaction(store, row_id, before, after)

    def describe_added(self, context: AppContext, contact: Contact | None, added: Logged) -> str:
        """Return the message about a new interaction."""
        del contact
        names = join_names([shorten(name, 40) for name in added.names])
        details = describe_details(context, added._replace(names=()))
        return f"Logged {added.kind} with {names}{details}"

    def remark(self, added: Logged) -> str:
        """Return why the interaction does not restart the cadence."""
        return added.no_touch


def _is_deleted(store: Store, who: str) -> bool:
    """Return whether an id such as ``#12`` is that of a contact that was deleted."""
    number = who.removeprefix("#")
    if not (who.startswith("#") and number.isdecimal()):
        return False
    try:
        contacts.get(store, int(number))
    except NotFoundError:
        return True
    return False


class ReminderForm(NounForm):
    """The form of a reminder."""

    order = ("text", "due", "promise", "every", "priority", "owner")
    hints: ClassVar = {
        "text": "send the quote",
        "due": f"eom, {DATE_HINT}",
        "every": "once; or 2w, monthly, 3rd monday",
        "priority": "0 to 9",
        "owner": "who does it",
    }
    required: ClassVar = {
        "text": "A reminder needs a text.",
        "due": f"A reminder needs a date, such as {DATE_HINT}.",
    }
    is_of_contact = True
    new_title = "Reminder for {}"
    verb = "remind"

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return a reminder as texts. Raises NotFoundError."""
        return record_diff.reminder_texts(store, reminders.get(store, row_id))

    def add(self, store: Store, contact_id: int, texts: Values) -> Reminder:
        """Add a reminder."""
        return reminders.add(
            store,
            contact_id,
            texts["text"],
            validators.parse_date(store.locale, texts["due"]),
            every=texts["every"].strip(),
            promise=texts["promise"] == "yes",
            priority=PRIORITY.parse_value(texts["priority"], store),
            owner=texts["owner"],
        )

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        record_diff.revise_reminder(store, row_id, before, after)

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the text and the date."""
        return texts["text"], "--due", texts["due"]

    def describe_added(self, context: AppContext, contact: Contact | None, added: Reminder) -> str:
        """Return the message about a new reminder."""
        del contact
        noun = "Promise" if added.promise else "Reminder"
        return f"{noun} for {added.contact}, {format_due(context, added)}: {added.text}"


# the next step


def next_step_fields(context: AppContext) -> tuple[Item, ...]:
    """Return the fields of the next step, below a heading."""
    due_check = validators.date_check(context.locale)
    return (
        Section("Next step"),
        Field("next", "next", hint="what to do next, if anything"),
        Field("due", "due", hint="tomorrow, fri 14:00, 2w", check=due_check),
        Field("promise", "promised", kind="choice", choices=("no", "yes")),
    )


def add_next_step(store: Store, contact_id: int, texts: Values) -> Reminder | None:
    """Add the reminder for the next step, by default for tomorrow; of a deal if one is given."""
    deal_id = int(texts["deal"]) if texts.get("deal") else None
    next_step, due = texts.get("next", "").strip(), texts.get("due", "").strip()
    promise = texts.get("promise") == "yes"
    if next_step:
        when = validators.parse_date(store.locale, due or "tomorrow")
        return reminders.add(store, contact_id, next_step, when, promise=promise, deal_id=deal_id)
    if due or promise:
        what = "due date" if due else "promise"
        raise UsageError(f"a {what} needs a next step", "Fill in “next”.")
    return None


# messages


def describe_details(context: AppContext, logged: Logged) -> str:
    """Return further participants, the next step, and what was not understood or restarted."""
    others = f"; with {join_names(logged.names)}" if len(logged.names) > 1 else ""
    next_step = logged.next_step
    due = f"; next: {next_step.text}, {format_due(context, next_step)}" if next_step else ""
    no_touch = f"; {logged.no_touch}" if logged.no_touch else ""
    return f"{others}{due}{no_touch}{_describe_unknown(context, logged.unknown)}"


def _describe_unknown(context: AppContext, mentions: Sequence[str]) -> str:
    if not mentions:
        return ""
    names = join_names([f"@{name}" for name in mentions])
    verb = "matches" if len(mentions) == 1 else "match"
    edit = context.key_of("edit")
    return f"; {names} {verb} no contact, or several: add participants with {edit}"


def join_names(words: Sequence[str]) -> str:
    """Return ``Ann, Ben and Cleo``, or ``Ann, Ben and 4 more``."""
    shown = [*words[:2], f"{len(words) - 2} more"] if len(words) > 3 else words
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def format_due(context: AppContext, reminder: Reminder) -> str:
    """Return the day of a reminder, with its time if it has one."""
    due = dates.parse_stored(reminder.due_on, reminder.due_at, context.locale.zone)
    return format_day_time(context, due)


def format_day_time(context: AppContext, when: DayTime) -> str:
    """Return a day, with its time if it has one."""
    time = f" {when.time:%H:%M}" if when.time else ""
    return dates.format_day(when.day, dates.today(context.locale.zone)) + time
