"""`remind`, `done` and `snooze`: follow-ups, planned, ticked off and put off."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm import dates
from cardcrm.cli.common import (
    Session,
    WhoArgument,
    participants,
    refuse_options,
    session_of,
    when,
)
from cardcrm.dates import When
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder
from cardcrm.store.retry import run_in_transaction

if TYPE_CHECKING:
    from cardcrm.records.activity.interactions import Interaction
    from cardcrm.sheet import Sheet

app = typer.Typer()

_NEVER = re.compile(r"#?(-\d+|\d{19,})", re.ASCII)  # numbers that no reminder can have
_EVERY_NONE = {"once": "", "none": "", "never": ""}  # said to one that came again
_TOLD = 10  # so many unknown mentions are told
_FREE = {"ignore_unknown_options": True}


@app.command("remind", context_settings=_FREE)
def remind(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="The card.", autocompletion=WhoArgument)
    ] = "",
    what: Annotated[
        list[str], typer.Argument(metavar="WHAT…", help="What to do; quotes are not needed.")
    ] = [],
    due: Annotated[
        str, typer.Option(metavar="WHEN", help="Such as fri, 2w, 'next tue 14:00' or 2026-11-27.")
    ] = "",
    every: Annotated[
        str, typer.Option(metavar="RULE", help="Comes again: 2w, monthly, '3rd monday', an RRULE.")
    ] = "",
    promise: Annotated[
        bool | None,
        typer.Option("--promise/--no-promise", help="They were told of it, so it comes first."),
    ] = None,
    priority: Annotated[
        int | None, typer.Option(metavar="N", help="From 0 (none) to 9 (highest).")
    ] = None,
    owner: Annotated[
        str, typer.Option("--for", metavar="USER", help="Who is to do it, if not you.")
    ] = "",
    edit: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Mend a reminder: its text (WHO is not named then) and what is given.",
            rich_help_panel="Mending what was planned",
        ),
    ] = None,
) -> None:
    """Plan a follow-up for a contact.

    Examples:
        cardcrm remind jane send the quote --due fri --promise

        cardcrm remind acme check the boiler --due "3 mar 9:00" --every yearly

        cardcrm remind bob ask how the bike runs --every "3rd monday"

        cardcrm remind --edit 12 send two quotes --due thu

    """
    session = session_of(ctx)
    refuse_options(ctx, [who, *what])
    if edit is not None:
        before = reminders.get(session.store(), edit)
        after = reminders.edit(
            session.store(),
            edit,
            text=" ".join([who, *what]).strip() or None,
            due=when(session, due) if due else None,
            every=_EVERY_NONE.get(every.strip().lower(), every) if every else None,
            promise=promise,
            priority=priority,
            owner=owner or None,
        )
        _answer_edit(session, before, after)
        return
    contact, words = session.who_first([who, *what])
    made = reminders.add(
        session.store(),
        contact.id,
        " ".join(words),
        _first(session, due, every),
        every=every,
        promise=bool(promise),
        priority=priority or 0,
        owner=owner,
    )
    session.answer(
        f"{'promised' if made.promise else 'reminder'} {made.id} for {made.contact}, "
        f"{_due_words(session, made)}: {made.text}",
        lambda: _sheet([made]),
    )


def _answer_edit(session: Session, before: Reminder, after: Reminder) -> None:
    """Answer with what a reminder says now."""
    word = "changed" if after != before else "unchanged:"
    session.answer(
        f"{word} reminder {after.id} for {after.contact}, {_due_words(session, after)}: "
        f"{after.text}",
        lambda: _sheet([after]),
    )


def _first(session: Session, due: str, every: str) -> When:
    """When it is due first: as told, else the first date that its recurrence gives."""
    if due:
        return when(session, due)
    if not every:
        raise UsageError(
            "when is it due?", "Say --due WHEN, such as --due fri, or --every RULE for a series."
        )
    return When(reminders.first_date(every, dates.today(session.store().locale.zone)))


def _due_words(session: Session, reminder: Reminder) -> str:
    """Such as ``due Fri 27 Nov 14:00, every 2 weeks``."""
    due = reminders.when_due(session.store(), reminder)
    today = dates.today(session.store().locale.zone)
    day = dates.ago(due.day, today) if due.day == today else dates.show_day(due.day, today)
    words = f"due {day}" + (f" {due.time:%H:%M}" if due.time else "")
    if due.day < today:
        words += " (overdue)"
    if reminder.rule:
        from cardcrm.recurrence import describe_every

        words += f", {describe_every(reminder.rule)}"
    return words


@app.command("done", context_settings=_FREE)
def done(
    ctx: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…",
            help="Reminders by number, or a contact that has only one open.",
            autocompletion=WhoArgument,
        ),
    ] = [],
    log: Annotated[
        str, typer.Option(metavar="TEXT", help="Note what happened as an interaction, too.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help="Its kind: call, mail, meeting, visit, message, note."),
    ] = "",
    drop: Annotated[
        bool, typer.Option("--drop", help="They are not wanted any more: remove them.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Tick off reminders; recurring ones move to their next date.

    Examples:
        cardcrm done 12 13

        cardcrm done jane --log "sent it, she will think it over" --kind mail

        cardcrm done 14 --drop

    """
    session = session_of(ctx)
    refuse_options(ctx, which)
    if not which:
        raise UsageError("which reminders?", "`cardcrm due` shows their numbers.")
    meant = _meant(session, which)
    if drop:
        _drop(session, meant, log or kind, yes=yes)
        return
    if kind and not log:
        raise UsageError("--kind goes with --log", "Say what happened: --log TEXT.")
    after, logged, unknown = _tick_off(session, meant, log, kind or "note")
    session.answer("\n".join(_done_words(session, each) for each in after), lambda: _sheet(after))
    if logged:
        session.say(f"logged {logged.kind} {logged.id} with {participants(session, logged.id)}")
    for name in unknown[:_TOLD]:
        session.say(f"  @{name} is no card, or more than one; `cardcrm log --edit` adds somebody")


def _drop(session: Session, meant: Sequence[Reminder], log: str, *, yes: bool) -> None:
    if log:
        raise UsageError("--drop and --log do not go together", "Tick it off, or remove it.")
    number = "1 reminder" if len(meant) == 1 else f"{len(meant)} reminders"
    told = "; ".join(f"{each.id} {each.text} ({each.contact})" for each in meant[:3])
    session.confirm(f"Remove {number}: {told}{'; …' if len(meant) > 3 else ''}?", yes=yes)
    reminders.remove(session.store(), [each.id for each in meant])
    session.answer(f"removed {number}: {told}", lambda: _sheet(meant))


def _tick_off(
    session: Session, meant: Sequence[Reminder], log: str, kind: str
) -> "tuple[list[Reminder], Interaction | None, list[str]]":
    """Tick off all or none, and note what happened, once, with whom they are for and whom the text
    mentions; the reminders as they are then, what was noted, and the mentions that name nobody.
    """
    store = session.store()

    def tick() -> "tuple[list[Reminder], Interaction | None, list[str]]":
        after = [reminders.done(store, each.id) for each in meant]
        if not log:
            return after, None, []
        from cardcrm.records.activity import interactions

        others, unknown = interactions.mentioned(store, log)
        whom = dict.fromkeys([*(each.contact_id for each in meant), *others])
        return after, interactions.log(store, list(whom), log, kind=kind), unknown

    return run_in_transaction(store, tick)


def _done_words(session: Session, reminder: Reminder) -> str:
    words = f"done {reminder.id}: {reminder.text} ({reminder.contact})"
    if reminder.done_at is None:
        words += f"; comes again, {_due_words(session, reminder)}"
    return words


@app.command("snooze", context_settings=_FREE)
def snooze(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID… WHEN",
            help="Reminders by number (or a contact that has only one open), then the new date.",
            autocompletion=WhoArgument,
        ),
    ],
) -> None:
    """Put a reminder off.

    A time of day is kept where the new date names none; a series keeps its place in the week.

    Examples:
        cardcrm snooze 12 2w

        cardcrm snooze 12 13 next tue 14:00

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    which, due = _until(session, words)
    meant = _meant(session, which)
    store = session.store()
    after = run_in_transaction(
        store, lambda: [reminders.snooze(store, each.id, due) for each in meant]
    )
    session.answer(
        "\n".join(
            f"reminder {each.id}, {_due_words(session, each)}: {each.text} ({each.contact})"
            for each in after
        ),
        lambda: _sheet(after),
    )


def _until(session: Session, words: Sequence[str]) -> tuple[Sequence[str], When]:
    """What to put off, and until when: the longest end of the words that is a date."""
    if len(words) < 2:
        raise UsageError("until when?", "For example: cardcrm snooze 12 2w")
    for at in range(1, len(words)):
        try:
            return words[:at], when(session, " ".join(words[at:]))
        except UsageError:
            if at == len(words) - 1:
                raise
    raise AssertionError("the last word was tried")


def _meant(session: Session, words: Sequence[str]) -> list[Reminder]:
    """The reminders that words name: numbers, or contacts with one open reminder each.

    Words without a number are tried as one name first, so that names need no quotes.
    """
    if len(words) > 1 and not any(map(_is_number, words)):
        try:
            contact = session.who(" ".join(words))
        except NotFoundError:
            pass
        else:
            return [reminders.only_open(session.store(), contact.id, contact.name)]
    found = [_one(session, word) for word in words]
    return list({each.id: each for each in found}.values())


def _is_number(word: str) -> bool:
    return word.isascii() and word.removeprefix("#").isdigit() and len(word) < 19


def _one(session: Session, word: str) -> Reminder:
    if _NEVER.fullmatch(word):
        raise NotFoundError(f"there is no reminder {word}", "See `cardcrm due`.")
    if _is_number(word):
        return reminders.get(session.store(), int(word.removeprefix("#")))
    contact = session.who(word)
    return reminders.only_open(session.store(), contact.id, contact.name)


def _sheet(shown: Sequence[Reminder]) -> "Sheet":
    """Reminders as rows."""
    from cardcrm.sheet import Column, Sheet

    heads = (
        ("id", "id"), ("contact_id", "card"), ("contact", "name"), ("text", "what"),
        ("due_on", "due"), ("due_at", "at"), ("rule", "every"), ("promise", "promise"),
        ("priority", "priority"), ("owner", "for"), ("done_at", "done"),
    )  # fmt: skip
    rows = [tuple(getattr(each, key) for key, _ in heads) for each in shown]
    return Sheet(tuple(Column(key, title) for key, title in heads), rows)
