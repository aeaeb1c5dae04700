"""`done` and `snooze`: complete and snooze reminders."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

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
from cardcrm.cli.remind import describe_due, describe_new, list_reminders
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity import reminders
from cardcrm.records.activity.follow_up import Completion, Report, complete
from cardcrm.records.activity.log_and_plan import DEFAULT_DUE, NextStep
from cardcrm.records.activity.reminders import Reminder
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Contact
    from cardcrm.sheet import Sheet

app = typer.Typer()

_NOT_AN_ID = re.compile(r"#?(-\d+|\d{19,})", re.ASCII)  # numbers outside the range of ids
_MAX_TEXT = 200  # cells of a text in the answer
_MAX_MENTIONS = 10  # unknown mentions that are reported
_FREE_WORDS = {"ignore_unknown_options": True}


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
    on: Annotated[
        str, typer.Option(metavar="WHEN", help="Date in the past on which it was done.")
    ] = "",
    next_: Annotated[
        str,
        typer.Option("--next", metavar="TEXT", help="Next step, which becomes a reminder."),
    ] = "",
    due: Annotated[
        str, typer.Option(metavar="WHEN", help="Due date of the next step (default: tomorrow).")
    ] = "",
    promise: Annotated[
        bool, typer.Option("--promise", help="You promised the next step to the contact.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Also if a recurring one was done today: skip its next turn."),
    ] = False,
) -> Result:
    """Mark reminders as done; a recurring one moves on.

    A recurring reminder is due again on its next date. An alert (A12) is hidden. To remove a
    reminder, use `cardcrm reminder rm`.

    Examples:
        cardcrm done 12 13

        cardcrm done jane --log "sent it, she will think it over" --kind mail

        cardcrm done 12 --on yesterday --next "call again" --due fri

    """
    session = session_of(ctx)
    refuse_options(ctx, which)
    if not which:
        raise UsageError("no reminders given", "To see their ids: cardcrm due")
    if all(map(_is_alert, which)):
        if log or kind or on or next_ or due or promise or again:
            raise UsageError(
                "an alert is hidden, and takes no options",
                "To log what happened: cardcrm log WHO TEXT",
            )
        return _dismiss(session, which, None)
    found = _find_reminders(session, which)
    if kind and not log:
        raise UsageError("--kind needs --log", "Add what happened: --log TEXT")
    when = parse_when(session, on, past=True) if on else None
    step = _parse_next(session, next_, due, promise=promise)
    return _complete(session, found, Report(log, kind or "note", when, again), step)


def _is_alert(word: str) -> bool:
    """Return whether a word is the number of an alert, as `due` shows it: A12."""
    return word[:1] in ("A", "a") and word[1:].isascii() and word[1:].isdigit()


def _dismiss(session: Session, which: Sequence[str], until: dt.date | None) -> Result:
    from cardcrm.cli.alert import dismiss_alerts

    return dismiss_alerts(session, which, until)


def _parse_next(session: Session, text: str, due: str, *, promise: bool) -> NextStep | None:
    """Return the next step that options name. Raises UsageError for a date without a text."""
    if text:
        return NextStep(text, parse_when(session, due or DEFAULT_DUE), promise)
    if due or promise:
        hint = 'Add it: --next "call again". To move a reminder: cardcrm snooze ID WHEN'
        raise UsageError("no next step given", hint)
    return None


def _complete(
    session: Session, found: Sequence[Reminder], report: Report, step: NextStep | None
) -> Result:
    """Mark reminders as done, log what happened, plan the next step, and report it all."""
    from cardcrm.records.activity import interactions

    store = session.store()
    made = complete(store, [each.id for each in found], report, step)
    notes = [f"{describe_new(session, each)}: {each.text}" for each in made.next_steps]
    if logged := made.interaction:
        who = describe_participants(interactions.participants(store, logged.id))
        text = shorten(" ".join(logged.text.split()), _MAX_TEXT)
        notes.insert(0, f"logged {logged.kind} {logged.id} with {who}: {text}")
    warnings = tuple(_explain_mention(name) for name in made.unknown[:_MAX_MENTIONS])
    message = "\n".join(_describe_done(session, each, report) for each in made.reminders)
    if deals := {each.deal_id for each in made.reminders if each.deal_id and each.done_at}:
        from cardcrm.cli.deal_steps import ask_for_steps

        notes += ask_for_steps(session, deals)
    return Result(lambda: _list_completed(session, made), message, tuple(notes), warnings=warnings)


def _list_completed(session: Session, made: Completion) -> "Sheet":
    """Return the reminders that were done; in JSON each with the next step of its contact."""
    if session.format != "json":
        return list_reminders(session, made.reminders)
    from cardcrm.cli.record_output import list_objects
    from cardcrm.records import records
    from cardcrm.records.activity.reminder_type import REMINDER

    def data(reminder: Reminder) -> dict[str, Any]:
        return records.json_of(records.get(session.store(), REMINDER, reminder.id))

    steps = {(each.contact_id, each.deal_id): data(each) for each in made.next_steps}
    return list_objects(
        {**data(each), "next_reminder": steps.get((each.contact_id, each.deal_id))}
        for each in made.reminders
    )


def _describe_text(reminder: Reminder) -> str:
    return f"{reminder.text} ({reminder.contact})" if reminder.contact else reminder.text


def _explain_mention(name: str) -> str:
    hint = "to add one: cardcrm interaction edit ID --with WHO"
    return f"@{name} matches no contact, or several; {hint}"


def _describe_done(session: Session, reminder: Reminder, report: Report) -> str:
    on = ""
    if report.when is not None:
        on = f" on {dates.format_day(report.when.day, dates.today(session.store().locale.zone))}"
    text = f"done {reminder.id}{on}: {_describe_text(reminder)}"
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
    touch: Annotated[
        bool,
        typer.Option("--touch", help="Snooze the cadence of a contact that has reminders as well."),
    ] = False,
) -> Result:
    """Move reminders, or the touch of a contact, to another date.

    A reminder keeps its time of day if the new date has none. A recurring reminder returns to its
    series afterwards. A contact that is losing touch is left out of `due` until the date; a call
    or another touch before that restarts its cadence. An alert (A12) is hidden until the date.

    Examples:
        cardcrm snooze 12 2w

        cardcrm snooze 12 13 next tue 14:00

        cardcrm snooze jane 2w

    """
    from cardcrm.records.activity.follow_up import snooze as snooze_all

    session = session_of(ctx)
    refuse_options(ctx, words)
    which, due = _split_date(session, words)
    if all(map(_is_alert, which)):
        return _dismiss(session, which, due.day)
    contact = _find_contact(session, which, is_touch=touch)
    if contact is None:
        found = _find_reminders(session, which)
    elif touch or not reminders.open_of(session.store(), contact.id):
        return _snooze_touch(session, contact, due)
    else:
        found = [reminders.only_open(session.store(), contact.id, contact.name)]
    after = snooze_all(session.store(), [each.id for each in found], due)
    lines = (
        f"reminder {each.id}, {describe_due(session, each)}: {_describe_text(each)}"
        for each in after
    )
    return Result(lambda: list_reminders(session, after), "\n".join(lines))


def _find_contact(session: Session, words: Sequence[str], *, is_touch: bool) -> "Contact | None":
    """Return the contact that words without an id name, if there is one."""
    if not is_touch and any(map(is_numbers, words)):
        return None
    try:
        return session.find_contact(" ".join(words))
    except NotFoundError:
        if is_touch:
            raise
        return None


def _snooze_touch(session: Session, contact: "Contact", due: DayTime) -> Result:
    """Snooze the cadence of a contact and report when its next touch is wanted."""
    from cardcrm.cli.record_output import list_objects
    from cardcrm.records.query_sql.snooze_touch import snooze_touch

    wanted = snooze_touch(session.store(), contact.id, due.day)
    by = dt.date.fromisoformat(wanted.touch_by)
    today = dates.today(session.store().locale.zone)
    data = {
        "contact_id": contact.id,
        "contact": contact.name,
        "snoozed": due.day.isoformat(),
        "touch_by": wanted.touch_by,
    }
    message = f"{contact.name}: next touch by {dates.format_day(by, today)}"
    if by > due.day:
        message += f" anyway; a snooze until {dates.format_day(due.day, today)} changes nothing"
    return Result(lambda: list_objects([data]), message)


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
