"""`remind`: add reminders."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cardcrm import dates
from cardcrm.cli.arguments import (
    complete_contact,
    parse_when,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import find_segment, preview, resolve_targets
from cardcrm.cli.session import Session
from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder, ReminderDraft

if TYPE_CHECKING:
    from cardcrm.sheet import Card, Sheet

app = typer.Typer()

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
        str,
        typer.Argument(
            metavar="[WHO]", help="Contact, or @SEGMENT.", autocompletion=complete_contact
        ),
    ] = "",
    what: Annotated[list[str], typer.Argument(metavar="WHAT…", help="Task; needs no quotes.")] = [],
    due: Due = "",
    every: Every = "",
    after: After = "",
    promise: Promise = None,
    priority: Priority = None,
    owner: Owner = "",
    no_contact: Annotated[
        bool, typer.Option("--no-contact", help="All words are the task; there is no contact.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Add a reminder to follow up with a contact, or without one.

    @SEGMENT adds one for each contact in a segment. To correct a reminder, use `cardcrm reminder
    edit`.

    Examples:
        cardcrm remind jane send the quote --due fri --promise

        cardcrm remind acme check boiler --due "3 mar 9:00" --every yearly

        cardcrm remind bob ask how the bike runs --every "3rd monday"

        cardcrm remind jane service the boiler --due fri --after 6m

        cardcrm remind --no-contact pay the rent --due 1st

        cardcrm remind @quiet-vips send the catalog --due fri

    """
    session = session_of(ctx)
    words = [who, *what]
    refuse_options(ctx, words)
    segment = "" if no_contact else find_segment(session, who)
    target = _read_target(session, words, no_contact=no_contact) if not segment else None
    text = " ".join(words[1:] if target is None else target.words)
    first, rule = _first_due(session, due, read_rule(every, after))
    draft = ReminderDraft(
        text,
        first,
        every=rule,
        promise=bool(promise),
        priority=priority or 0,
        owner=owner,
    )
    if target is None:
        return _remind_segment(session, segment, draft, yes=yes, dry_run=dry_run)
    if dry_run:
        return _try_reminder(session, target.contact_id, draft, f"{target.name}: {draft.text}")
    (made,) = reminders.add_each(session.store(), [target.contact_id], draft)
    return Result(
        lambda: _show_reminder(session, made),
        f"{describe_new(session, made)}: {made.text}",
        tuple(_explain_first(session, made, first) if due and rule else ()),
        warnings=target.warnings,
    )


def _try_reminder(
    session: Session, contact_id: int | None, draft: ReminderDraft, what: str
) -> Result:
    """Return the reminder that would be added, without its id."""
    from cardcrm.store.retry import try_in_transaction

    store = session.store()

    def add() -> "Card":
        (made,) = reminders.add_each(store, [contact_id], draft)
        card = _show_reminder(session, made)
        data = {key: value for key, value in card.data.items() if key not in ("id", "uid")}
        return card._replace(data=data)

    if session.format == "table":
        return Result(message=f"would add a reminder {what}")
    return Result(try_in_transaction(store, add))


def _remind_segment(
    session: Session, segment: str, draft: ReminderDraft, *, yes: bool, dry_run: bool
) -> Result:
    """Add a reminder for each contact in a segment, as one step."""
    from cardcrm.cli.record_output import MAX_ROWS, list_lines
    from cardcrm.cli.teamwork_warnings import confirm_contacts, warn_of_contacted
    from cardcrm.records.activity.reminder_type import REMINDER

    ids = resolve_targets(session, (), segment)
    if dry_run or not ids:
        warnings = warn_of_contacted(session, ids)
        return preview(session, ids, "would add a reminder for")._replace(warnings=warnings)
    colleagues = confirm_contacts(session, ids, yes=yes, verb="add a reminder for")
    made = reminders.add_each(session.store(), ids, draft)
    heading = f"added {REMINDER.counted(len(made))}: {draft.text}"
    lines = [describe_new(session, each) for each in made[:MAX_ROWS]]
    message = list_lines(heading, lines, len(made))
    return Result(lambda: list_reminders(session, made), message, warnings=colleagues)


class _Target(NamedTuple):
    """The contact of a new reminder, if it has one, and the words of its text."""

    contact_id: int | None
    words: Sequence[str]
    name: str = "without a contact"
    warnings: tuple[str, ...] = ()


def _read_target(session: Session, words: Sequence[str], *, no_contact: bool) -> _Target:
    """Return the contact that the first words name; none where they are not like any name.

    Raises NotFoundError for a word that is similar to a name, or a number or an address.
    """
    given = [word for word in words if word]
    if no_contact:
        return _Target(None, given)
    try:
        contact, rest = session.split_contact(words)
    except NotFoundError as error:
        from cardcrm.records.contacts.name_words import count_titles

        first = words[0]
        if (
            count_titles(words)
            or error.near
            or first.startswith("@")
            or "@" in first
            or any(map(str.isdigit, first))
        ):
            hint = "For a reminder without a contact, add --no-contact."
            raise NotFoundError(error.message, hint, near=error.near) from error
        return _Target(None, given, warnings=(f"no contact matches “{first}”",))
    colleagues = session.warn_of_colleagues(contact)
    return _Target(contact.id, rest, f"for {contact.name}", colleagues)


def describe_new(session: Session, made: Reminder) -> str:
    """Return a new reminder in words: its number, its contact and when it is due."""
    noun = "promise" if made.promise else "reminder"
    whom = f"for {made.contact}" if made.contact else "without a contact"
    return f"{noun} {made.id} {whom}, {describe_due(session, made)}"


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


def _show_reminder(session: Session, shown: Reminder) -> "Card":
    """Return a reminder as `reminder show` does."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.activity.reminder_type import REMINDER

    store = session.store()
    return show_record(store, records.get(store, REMINDER, shown.id))


def list_reminders(session: Session, shown: Sequence[Reminder]) -> "Sheet":
    """Return reminders as the list of their noun shows them."""
    from cardcrm.cli.record_output import list_ids
    from cardcrm.records.activity.reminder_type import REMINDER

    return list_ids(session, REMINDER, [each.id for each in shown])
