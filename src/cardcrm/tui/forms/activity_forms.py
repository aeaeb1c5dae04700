"""The day's forms: what happened, what comes next, done, and put off."""

import datetime as dt
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.record_diff import parse_minutes, parse_priority
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store
from cardcrm.text import shorten, tidy
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import with_field, with_said
from cardcrm.tui.forms.fields import Piece
from cardcrm.tui.forms.form import Field, Form, Section, Values
from cardcrm.tui.forms.gone_dialog import on_card, or_anew, still
from cardcrm.tui.jobs import MARK

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

_DIRECTIONS = ("", "in", "out")


def _next_fields(app: "CardApp") -> tuple[Piece, ...]:
    locale = app.desk.locale
    return (
        Section("What comes next"),
        Field("next", "next", hint="what to do next, if anything"),
        Field("due", "by", hint="tomorrow, fri, 2w, 3 mar 14:00", check=validators.a_date(locale)),
    )


def command_words(verb: str, *words: object) -> str:
    """What the journal says was done: the shell's command for it."""
    told = [str(word) for word in words if word not in ("", None)]
    return shorten(tidy(" ".join([MARK, verb, *told])), 500)


class _Logged(NamedTuple):
    """What was noted: its kind, who took part, the @mentions that name nobody, what is planned."""

    kind: str
    names: list[str]
    unknown: list[str]
    plan: Reminder | None


def _log(store: Store, contact_id: int, values: Values) -> _Logged:
    """Note what happened with a contact and those whom the text mentions, and what comes next."""
    others, unknown = interactions.mentioned(store, values["text"])
    done = logged(store, [contact_id], values, others)
    names = [name for _, name in interactions.participants(store, done.id)]
    return _Logged(done.kind, names, unknown, _planned(store, contact_id, values))


def _listed(words: Sequence[str]) -> str:
    """``Ann, Ben and Cleo``, or ``Ann, Ben and 4 more``."""
    few = [*words[:2], f"{len(words) - 2} more"] if len(words) > 3 else words
    return " and ".join(filter(None, (", ".join(few[:-1]), few[-1])))


def _not_found(app: "CardApp", mentions: Sequence[str]) -> str:
    """That what a text mentions is no card, and where to name who took part."""
    if not mentions:
        return ""
    what = "is no card" if len(mentions) == 1 else "are no cards"
    names = _listed([f"@{name}" for name in mentions])
    return f"; {names} {what}, or fits several: {app.key_of('edit')} on it names who took part"


async def log(app: "CardApp", contact: Contact) -> None:
    """Note what happened with a contact."""

    def act(values: Values, store: Store, contact_id: int) -> _Logged:
        return _log(store, contact_id, values)

    def told(made: _Logged) -> str:
        names = _listed([shorten(name, 40) for name in made.names])
        planned, unknown = _plan_words(app, made.plan), _not_found(app, made.unknown)
        return f"logged {made.kind} with {names}{planned}{unknown}"

    async def save(values: Values) -> str:
        command = command_words("log", contact.id, values["text"])
        return await on_card(app, contact, command, functools.partial(act, values), told)

    fields = (*log_fields(app), *_next_fields(app))
    await app.push_screen(Form(f"What happened with {contact.name}", fields, save))


def log_fields(app: "CardApp") -> tuple[Piece, ...]:
    """What is noted of an interaction."""
    locale = app.desk.locale
    return (
        Field("text", "what", "text", must="Say what happened."),
        Field("kind", "kind", "choice", choices=KINDS),
        Field("direction", "direction", "choice", choices=_DIRECTIONS),
        Field(
            "on",
            "when",
            hint="now; or yesterday, tue 15:00",
            check=validators.a_date(locale, past=True, hint="What is to come is a reminder."),
        ),
        Field("minutes", "minutes", check=validators.a_number),
        Field("outcome", "outcome", hint="what came of it, in short"),
        with_field(app),
    )


def logged(
    store: Store, whom: list[int], values: Values, others: Sequence[int] = ()
) -> Interaction:
    """Note what the form says happened, also with ``others``. Raises UsageError, NotFoundError."""
    on = values.get("on", "").strip()
    texts = with_said(values)["with"]
    named = [resolve(store, text).id for text in texts.split("\n") if text]
    return interactions.log(
        store,
        [*whom, *named, *others],
        values["text"],
        kind=values["kind"],
        when=validators.when(store.locale, on, past=True) if on else None,
        direction=values.get("direction", ""),
        minutes=parse_minutes(values.get("minutes", "")),
        outcome=values.get("outcome", ""),
    )


def _planned(store: Store, contact_id: int, values: Values) -> Reminder | None:
    """The next reminder, for tomorrow where no day is named."""
    if not values["next"].strip():
        if values["due"].strip():
            raise UsageError("what is to be done?", "Say it under next.")
        return None
    due = validators.when(store.locale, values["due"].strip() or "tomorrow")
    return reminders.add(store, contact_id, values["next"], due)


def _plan_words(app: "CardApp", plan: Reminder | None) -> str:
    return f"; {plan.text}: {_day(app, plan)}" if plan else ""


def _day(app: "CardApp", reminder: Reminder) -> str:
    """When a reminder is due, as one says it."""
    locale = app.desk.locale
    today = dates.today(locale.zone)
    time = f" {dates.from_instant(reminder.due_at, locale.zone):%H:%M}" if reminder.due_at else ""
    return dates.show_day(dt.date.fromisoformat(reminder.due_on), today) + time


def remind_fields(app: "CardApp") -> tuple[Field, ...]:
    """What is noted of a reminder."""
    locale = app.desk.locale
    return (
        Field("text", "what", hint="send the quote", must="A reminder needs a text."),
        Field(
            "due", "when", hint="fri, 2w, eom, 3 mar 14:00", check=validators.a_date(locale),
            must="By when? For example: fri, 2w, 3 mar 14:00",
        ),
        Field("promise", "promised", "choice", choices=("no", "yes")),
        Field("every", "every", hint="once; or 2w, monthly, 3rd monday", check=validators.a_rule),
        Field("priority", "priority", hint="0 to 9", check=validators.a_priority),
        Field("owner", "for", hint="who does it"),
    )  # fmt: skip


def add_reminder(store: Store, contact_id: int, values: Values) -> Reminder:
    """Plan what the form says is to be done."""
    return reminders.add(
        store,
        contact_id,
        values["text"],
        validators.when(store.locale, values["due"]),
        every=values["every"].strip(),
        promise=values["promise"] == "yes",
        priority=parse_priority(values["priority"]),
        owner=values["owner"],
    )


async def remind(app: "CardApp", contact: Contact) -> None:
    """Plan what comes next for a contact."""

    def told(made: Reminder) -> str:
        word = "promised" if made.promise else "reminder"
        return f"{word} for {contact.name}, {_day(app, made)}: {made.text}"

    async def save(values: Values) -> str:
        def act(store: Store, contact_id: int) -> Reminder:
            return add_reminder(store, contact_id, values)

        command = command_words("remind", contact.id, values["text"], "--due", values["due"])
        return await on_card(app, contact, command, act, told)

    await app.push_screen(Form(f"What comes next for {contact.name}", remind_fields(app), save))


async def _read(app: "CardApp", reminder_id: int) -> tuple[Reminder, Contact]:
    """A reminder, and whose it is. Raises NotFoundError."""

    def read(store: Store) -> tuple[Reminder, Contact]:
        reminder = reminders.get(store, reminder_id)
        return reminder, contacts.get(store, reminder.contact_id)

    found: tuple[Reminder, Contact] = await app.desk.ask(read)
    return found


async def done(app: "CardApp", reminder_id: int) -> None:
    """Tick a reminder off, and say how it went."""
    reminder, contact = await _read(app, reminder_id)

    def how_it_went(store: Store, contact_id: int, values: Values) -> _Logged:
        if values["text"].strip():
            return _log(store, contact_id, values)
        return _Logged("", [], [], _planned(store, contact_id, values))

    def then(made: _Logged) -> str:
        """Who took part besides, what comes next, and whom the text mentions in vain."""
        others = f"; with {_listed(made.names)}" if len(made.names) > 1 else ""
        return others + _plan_words(app, made.plan) + _not_found(app, made.unknown)

    async def save(values: Values) -> str:
        log = f"--log {values['text']}" if values["text"].strip() else ""
        command = command_words("done", reminder_id, log)

        def act(store: Store) -> tuple[Reminder, _Logged]:
            still(lambda: reminders.get(store, reminder_id), "this reminder")
            after = reminders.done(store, reminder_id)
            return after, how_it_went(store, contact.id, values)

        async def tick() -> str:
            after, made = await app.change(command, act)
            again = f"; comes again {_day(app, after)}" if after.done_at is None else ""
            return f"done: {after.text}{again}{then(made)}"

        async def anew() -> str:
            return await on_card(
                app,
                contact,
                command,
                lambda store, contact_id: how_it_went(store, contact_id, values),
                lambda made: f"logged with {contact.name}{then(made)}",
            )

        return await or_anew(app, tick, "log it without the reminder", anew)

    fields = (
        Field("text", "how it went", hint="logged if you say it; enter alone ticks it off"),
        Field("kind", "kind", "choice", choices=KINDS),
        *_next_fields(app),
    )
    await app.push_screen(Form(f"Done: {reminder.text} ({reminder.contact})", fields, save))


async def snooze(app: "CardApp", reminder_id: int) -> None:
    """Put a reminder off."""
    reminder, contact = await _read(app, reminder_id)

    async def save(values: Values) -> str:
        command = command_words("snooze", reminder_id, values["due"])

        def told(after: Reminder) -> str:
            return f"put off to {_day(app, after)}: {after.text}"

        def act(store: Store) -> Reminder:
            still(lambda: reminders.get(store, reminder_id), "this reminder")
            return reminders.snooze(
                store, reminder_id, validators.when(store.locale, values["due"])
            )

        def again(store: Store, contact_id: int) -> Reminder:
            return reminders.add(
                store,
                contact_id,
                reminder.text,
                validators.when(store.locale, values["due"]),
                every=reminder.rule,
                promise=reminder.promise,
                priority=reminder.priority,
                owner=reminder.owner,
            )

        async def put_off() -> str:
            return told(await app.change(command, act))

        async def anew() -> str:
            return await on_card(app, contact, command, again, told)

        return await or_anew(app, put_off, "plan it anew", anew)

    field = Field(
        "due", "until", hint="fri, 2w, next tue 14:00", check=validators.a_date(app.desk.locale),
        must="Until when? For example: 2w",
    )  # fmt: skip
    title = f"Put off: {reminder.text} ({reminder.contact})"
    await app.push_screen(Form(title, [field], save))
