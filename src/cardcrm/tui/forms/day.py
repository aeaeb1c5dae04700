"""The day's forms: what happened, what comes next, done, and put off."""

from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.errors import UsageError
from cardcrm.records import interactions, reminders
from cardcrm.records.contacts import Contact
from cardcrm.records.interactions import Interaction
from cardcrm.records.reminders import Reminder
from cardcrm.store import Store
from cardcrm.text import shorten, tidy
from cardcrm.tui.forms import checks
from cardcrm.tui.forms.form import Field, Form, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

KINDS = ("call", "mail", "meeting", "visit", "message", "note")
_DIRECTIONS = ("", "in", "out")


def _next_fields(app: "CardApp") -> tuple[Field, ...]:
    customs = app.desk.customs
    return (
        Field("next", "next", hint="what to do next, if anything"),
        Field("due", "by", hint="tomorrow, fri, 2w, 3 mar 14:00", check=checks.a_date(customs)),
    )


def command_words(verb: str, *words: object) -> str:
    """What the journal says was done: the shell's command for it."""
    told = [str(word) for word in words if word not in ("", None)]
    return shorten(tidy(" ".join(["tui:", verb, *told])), 500)


async def log(app: "CardApp", contact: Contact) -> None:
    """Note what happened with a contact."""

    async def save(values: Values) -> str:
        def act(store: Store) -> tuple[Interaction, Reminder | None]:
            others, _ = interactions.mentioned(store, values["text"])
            done = _logged(store, [contact.id, *others], values)
            return done, _planned(store, contact.id, values)

        done, plan = await app.change(command_words("log", contact.id, values["text"]), act)
        return f"logged {done.kind} with {contact.name}" + _plan_words(app, plan)

    customs = app.desk.customs
    fields = (
        Field("text", "what", "text", must="Say what happened."),
        Field("kind", "kind", "choice", choices=KINDS),
        Field("direction", "direction", "choice", choices=_DIRECTIONS),
        Field(
            "on",
            "when",
            hint="now; or yesterday, tue 15:00",
            check=checks.a_date(customs, past=True),
        ),
        Field("minutes", "minutes", check=checks.a_number),
        Field("outcome", "outcome", hint="what came of it, in short"),
        *_next_fields(app),
    )
    await app.push_screen(Form(f"What happened with {contact.name}", fields, save))


def _logged(store: Store, whom: list[int], values: Values) -> Interaction:
    on = values.get("on", "").strip()
    return interactions.log(
        store,
        whom,
        values["text"],
        kind=values["kind"],
        when=checks.when(store.customs, on, past=True) if on else None,
        direction=values.get("direction", ""),
        minutes=int(values["minutes"]) if values.get("minutes", "").strip() else None,
        outcome=values.get("outcome", ""),
    )


def _planned(store: Store, contact_id: int, values: Values) -> Reminder | None:
    """The next reminder, for tomorrow where no day is named."""
    if not values["next"].strip():
        if values["due"].strip():
            raise UsageError("what is to be done?", "Say it under next.")
        return None
    due = checks.when(store.customs, values["due"].strip() or "tomorrow")
    return reminders.add(store, contact_id, values["next"], due)


def _plan_words(app: "CardApp", plan: Reminder | None) -> str:
    return f"; {plan.text}: {_day(app, plan)}" if plan else ""


def _day(app: "CardApp", reminder: Reminder) -> str:
    """When a reminder is due, as one says it."""
    customs = app.desk.customs
    today = dates.today(customs.zone)
    day = When(_iso(reminder.due_on))
    time = f" {dates.from_instant(reminder.due_at, customs.zone):%H:%M}" if reminder.due_at else ""
    return dates.show_day(day.day, today) + time


def _iso(text: str):  # type: ignore[no-untyped-def]
    import datetime as dt

    return dt.date.fromisoformat(text)


async def mend(app: "CardApp", interaction_id: int) -> None:
    """Mend what was noted."""
    told = await app.desk.ask(lambda store: interactions.get(store, interaction_id))

    async def save(values: Values) -> str:
        def act(store: Store) -> Interaction:
            return interactions.edit(
                store,
                interaction_id,
                text=values["text"],
                kind=values["kind"],
                direction=values["direction"],
                outcome=values["outcome"],
            )

        done = await app.change(command_words("log --edit", interaction_id), act)
        return f"changed {done.kind} {done.id}"

    fields = (
        Field("text", "what", "text", must="Say what happened."),
        Field("kind", "kind", "choice", choices=KINDS),
        Field("direction", "direction", "choice", choices=_DIRECTIONS),
        Field("outcome", "outcome"),
    )
    values = {name: getattr(told, name) for name in ("text", "kind", "direction", "outcome")}
    await app.push_screen(Form(f"{told.kind} of {told.on_date}", fields, save, values=values))


def remind_fields(app: "CardApp") -> tuple[Field, ...]:
    """The fields of a reminder."""
    customs = app.desk.customs
    return (
        Field("text", "what", hint="send the quote", must="A reminder needs a text."),
        Field(
            "due", "when", hint="fri, 2w, eom, 3 mar 14:00", check=checks.a_date(customs),
            must="By when? For example: fri, 2w, 3 mar 14:00",
        ),
        Field("promise", "promised", "choice", choices=("no", "yes")),
        Field("every", "every", hint="once; or 2w, monthly, 3rd monday", check=checks.a_rule),
        Field("priority", "priority", hint="0 to 9", check=checks.a_priority),
        Field("owner", "for", hint="who does it"),
    )  # fmt: skip


def add_reminder(store: Store, contact_id: int, values: Values) -> Reminder:
    """Plan what a reminder's fields say."""
    return reminders.add(
        store,
        contact_id,
        values["text"],
        checks.when(store.customs, values["due"]),
        every=values["every"].strip(),
        promise=values["promise"] == "yes",
        priority=int(values["priority"].strip() or 0),
        owner=values["owner"],
    )


async def remind(app: "CardApp", contact: Contact) -> None:
    """Plan what comes next for a contact."""

    async def save(values: Values) -> str:
        made = await app.change(
            command_words("remind", contact.id, values["text"], "--due", values["due"]),
            lambda store: add_reminder(store, contact.id, values),
        )
        word = "promised" if made.promise else "reminder"
        return f"{word} for {contact.name}, {_day(app, made)}: {made.text}"

    await app.push_screen(Form(f"What comes next for {contact.name}", remind_fields(app), save))


async def done(app: "CardApp", reminder_id: int) -> None:
    """Tick a reminder off, and say how it went."""
    reminder = await app.desk.ask(lambda store: reminders.get(store, reminder_id))

    async def save(values: Values) -> str:
        def act(store: Store) -> tuple[Reminder, Reminder | None]:
            after = reminders.done(store, reminder_id)
            if values["text"].strip():
                _logged(store, [reminder.contact_id], values)
            return after, _planned(store, reminder.contact_id, values)

        log = f"--log {values['text']}" if values["text"].strip() else ""
        after, plan = await app.change(command_words("done", reminder_id, log), act)
        again = f"; comes again {_day(app, after)}" if after.done_at is None else ""
        return f"done: {after.text}{again}" + _plan_words(app, plan)

    fields = (
        Field("text", "how it went", hint="logged if you say it; enter alone ticks it off"),
        Field("kind", "kind", "choice", choices=KINDS),
        *_next_fields(app),
    )
    await app.push_screen(Form(f"Done: {reminder.text} ({reminder.contact})", fields, save))


async def snooze(app: "CardApp", reminder_id: int) -> None:
    """Put a reminder off."""
    reminder = await app.desk.ask(lambda store: reminders.get(store, reminder_id))

    async def save(values: Values) -> str:
        after = await app.change(
            command_words("snooze", reminder_id, values["due"]),
            lambda store: reminders.snooze(
                store, reminder_id, checks.when(store.customs, values["due"])
            ),
        )
        return f"put off to {_day(app, after)}: {after.text}"

    field = Field(
        "due", "until", hint="fri, 2w, next tue 14:00", check=checks.a_date(app.desk.customs),
        must="Until when? For example: 2w",
    )  # fmt: skip
    title = f"Put off: {reminder.text} ({reminder.contact})"
    await app.push_screen(Form(title, [field], save))
