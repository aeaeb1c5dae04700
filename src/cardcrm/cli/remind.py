"""`remind`, `done` and `snooze`: add, complete and snooze reminders."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm import dates
from cardcrm.cli.arguments import (
    complete_contact,
    is_numbers,
    parse_when,
    refuse_options,
    session_of,
    split_numbers,
)
from cardcrm.cli.contact_output import describe_participants
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder

if TYPE_CHECKING:
    from cardcrm.sheet import Card, Sheet

app = typer.Typer()

_NOT_AN_ID = re.compile(r"#?(-\d+|\d{19,})", re.ASCII)  # numbers outside the range of ids
_MAX_MENTIONS = 10  # unknown mentions that are reported
_FREE_WORDS = {"ignore_unknown_options": True}


Due = Annotated[
    str, typer.Option(metavar="WHEN", help="Due date: fri, 2w, 'next tue 14:00', 2026-11-27.")
]
Every = Annotated[
    str, typer.Option(metavar="RULE", help="Recurrence: 2w, monthly, '3rd monday', an RRULE.")
]
After = Annotated[
    str,
    typer.Option(
        metavar="SPAN", help="Recurrence from the day on which it was done: 2w, 10d, 3 months."
    ),
]
Promise = Annotated[
    bool | None,
    typer.Option("--promise/--no-promise", help="You promised it to the contact; listed first."),
]
Priority = Annotated[
    int | None, typer.Option(metavar="N", help="Priority from 0 (none) to 9 (highest).")
]
Owner = Annotated[
    str, typer.Option("--for", metavar="USER", help="User who does it (default: you).")
]


@app.command("remind", context_settings=_FREE_WORDS)
def remind(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="Contact.", autocompletion=complete_contact)
    ] = "",
    what: Annotated[list[str], typer.Argument(metavar="WHAT…", help="Task; needs no quotes.")] = [],
    due: Due = "",
    every: Every = "",
    after: After = "",
    promise: Promise = None,
    priority: Priority = None,
    owner: Owner = "",
) -> Result:
    """Add a reminder to follow up with a contact.

    To correct a reminder, use `cardcrm reminder edit`.

    Examples:
        cardcrm remind jane send the quote --due fri --promise

        cardcrm remind acme check boiler --due "3 mar 9:00" --every yearly

        cardcrm remind bob ask how the bike runs --every "3rd monday"

        cardcrm remind jane service the boiler --due fri --after 6m

    """
    session = session_of(ctx)
    refuse_options(ctx, [who, *what])
    contact, words = session.split_contact([who, *what])
    rule = read_rule(every, after)
    first, rule = _first_due(session, due, rule)
    made = reminders.add(
        session.store(),
        contact.id,
        " ".join(words),
        first,
        every=rule,
        promise=bool(promise),
        priority=priority or 0,
        owner=owner,
    )
    return Result(
        lambda: _show_reminder(session, made),
        f"{'promise' if made.promise else 'reminder'} {made.id} for {made.contact}, "
        f"{describe_due(session, made)}: {made.text}",
        _explain_first(session, made, first) if due and rule else (),
    )


def read_rule(every: str, after: str) -> str:
    """Return the recurrence that --every or --after gives. Raises UsageError for both."""
    if not after:
        return every
    if every:
        raise UsageError("use either --every or --after, not both")
    from cardcrm.dates.recurrence_words import parse_interval_after_done

    return parse_interval_after_done(after)


def _first_due(session: Session, due: str, rule: str) -> tuple[DayTime, str]:
    """Return the date given, or else the first date of the recurrence; and the recurrence."""
    if due:
        return parse_when(session, due), rule
    if not rule:
        raise UsageError("no due date given", "Add --due WHEN, such as --due fri, or --every RULE.")
    zone = session.store().locale.zone
    day, rule = reminders.begin_series(rule, dates.today(zone), zone)
    return DayTime(day), rule


def _explain_first(session: Session, made: Reminder, asked: DayTime) -> tuple[str, ...]:
    """Say that a recurrence begins later than the date given, on which it never falls."""
    zone = session.store().locale.zone
    first = reminders.when_due(session.store(), made).day
    if first <= asked.day:
        return ()
    today = dates.today(zone)
    return (
        f"{dates.format_day(asked.day, today)} is not a day of this recurrence; "
        f"the first is {dates.format_day(first, today)}",
    )


def describe_due(session: Session, reminder: Reminder) -> str:
    """Return the due date in words: ``due Fri 27 Nov 14:00, every 2 weeks``."""
    due = reminders.when_due(session.store(), reminder)
    today = dates.today(session.store().locale.zone)
    day = (
        dates.format_relative(due.day, today)
        if due.day == today
        else dates.format_day(due.day, today)
    )
    words = f"due {day}" + (f" {due.time:%H:%M}" if due.time else "")
    if due.day < today:
        words += " (overdue)"
    if reminder.rule:
        from cardcrm.dates.recurrence_words import describe_recurrence

        words += f", {describe_recurrence(reminder.rule, session.store().locale.zone)}"
    return words


@app.command("done", context_settings=_FREE_WORDS)
def done(
    ctx: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…",
            help="Reminders by id, or a contact with only one open reminder.",
            autocompletion=complete_contact,
        ),
    ] = [],
    log: Annotated[
        str, typer.Option(metavar="TEXT", help="Also log what happened as an interaction.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND", help="Kind for --log: call, mail, meeting, visit, message, note."
        ),
    ] = "",
    again: Annotated[
        bool,
        typer.Option("--again", help="Also if a recurring one was done today: skip its next turn."),
    ] = False,
) -> Result:
    """Mark reminders as done; a recurring one moves on.

    A recurring reminder is due again on its next date. To remove a reminder, use `cardcrm reminder
    rm`.

    Examples:
        cardcrm done 12 13

        cardcrm done jane --log "sent it, she will think it over" --kind mail

    """
    session = session_of(ctx)
    refuse_options(ctx, which)
    if not which:
        raise UsageError("no reminders given", "To see their ids: cardcrm due")
    found = _find_reminders(session, which)
    if kind and not log:
        raise UsageError("--kind needs --log", "Add what happened: --log TEXT")
    return _complete(session, found, log, kind or "note", again=again)


def _complete(
    session: Session, found: Sequence[Reminder], log: str, kind: str, *, again: bool
) -> Result:
    """Mark reminders as done, log what happened, and report both."""
    from cardcrm.records.activity import interactions
    from cardcrm.records.activity.follow_up import complete

    store, ids = session.store(), [each.id for each in found]
    done, logged, unknown = complete(store, ids, log, kind, again=again)
    notes = [f"  {_explain_mention(name)}" for name in unknown[:_MAX_MENTIONS]]
    if logged:
        who = describe_participants(interactions.participants(store, logged.id))
        notes.insert(0, f"logged {logged.kind} {logged.id} with {who}")
    message = "\n".join(_describe_done(session, each) for each in done)
    return Result(lambda: _list_reminders(session, done), message, tuple(notes))


def _explain_mention(name: str) -> str:
    hint = "to add one: cardcrm interaction edit ID --with WHO"
    return f"@{name} matches no contact, or several; {hint}"


def _describe_done(session: Session, reminder: Reminder) -> str:
    text = f"done {reminder.id}: {reminder.text} ({reminder.contact})"
    if reminder.done_at is None:
        text += f"; recurs, {describe_due(session, reminder)}"
    return text


@app.command("snooze", context_settings=_FREE_WORDS)
def snooze(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID… WHEN",
            help="Reminders by id (or a contact with only one), then the new date.",
            autocompletion=complete_contact,
        ),
    ],
) -> Result:
    """Move reminders to another date.

    A reminder keeps its time of day if the new date has none. A recurring reminder returns to its
    series afterwards.

    Examples:
        cardcrm snooze 12 2w

        cardcrm snooze 12 13 next tue 14:00

    """
    from cardcrm.records.activity.follow_up import snooze as snooze_all

    session = session_of(ctx)
    refuse_options(ctx, words)
    which, due = _split_date(session, words)
    found = _find_reminders(session, which)
    after = snooze_all(session.store(), [each.id for each in found], due)
    lines = (
        f"reminder {each.id}, {describe_due(session, each)}: {each.text} ({each.contact})"
        for each in after
    )
    return Result(lambda: _list_reminders(session, after), "\n".join(lines))


def _split_date(session: Session, words: Sequence[str]) -> tuple[Sequence[str], DayTime]:
    """Return the reminders to snooze and the date: the longest end of the words that is one."""
    if len(words) < 2:
        raise UsageError("no date given", "For example: cardcrm snooze 12 2w")
    for at in range(1, len(words)):
        try:
            return words[:at], parse_when(session, " ".join(words[at:]))
        except UsageError:
            if at == len(words) - 1:
                raise
    raise AssertionError("the last word was tried")


def _find_reminders(session: Session, words: Sequence[str]) -> list[Reminder]:
    """Return the reminders that words name: ids, or contacts with one open reminder each.

    Words without an id are tried as one name first, so that names need no quotes.
    """
    if len(words) > 1 and not any(map(is_numbers, words)):
        try:
            contact = session.find_contact(" ".join(words))
        except NotFoundError:
            pass
        else:
            return [reminders.only_open(session.store(), contact.id, contact.name)]
    found = [_find_reminder(session, word) for word in split_numbers(words)]
    return list({each.id: each for each in found}.values())


def _is_number(word: str) -> bool:
    return word.isascii() and word.removeprefix("#").isdigit() and len(word) < 19


def _find_reminder(session: Session, word: str) -> Reminder:
    if _NOT_AN_ID.fullmatch(word):
        raise NotFoundError(f"unknown reminder {word}", "To see the open reminders: cardcrm due")
    if _is_number(word):
        return reminders.get(session.store(), int(word.removeprefix("#")))
    contact = session.find_contact(word)
    return reminders.only_open(session.store(), contact.id, contact.name)


def _show_reminder(session: Session, shown: Reminder) -> "Card":
    """Return a reminder as `reminder show` does."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.activity.reminder_type import REMINDER

    store = session.store()
    return show_record(store, records.get(store, REMINDER, shown.id))


def _list_reminders(session: Session, shown: Sequence[Reminder]) -> "Sheet":
    """Return reminders as the list of their noun shows them."""
    from cardcrm.cli.record_output import list_ids
    from cardcrm.records.activity.reminder_type import REMINDER

    return list_ids(session, REMINDER, [each.id for each in shown])
