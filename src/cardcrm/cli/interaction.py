"""`log`: what happened with contacts, and what comes next."""

import datetime as dt
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cardcrm.cli.common import (
    Session,
    WhoArgument,
    offered,
    participants,
    refuse_options,
    session_of,
)
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions
from cardcrm.store.retry import run_in_transaction

if TYPE_CHECKING:
    from cardcrm.cli.conflict_prompt import Written
    from cardcrm.dates import When
    from cardcrm.records.activity.interactions import Interaction
    from cardcrm.records.activity.reminders import Reminder
    from cardcrm.sheet import Card

app = typer.Typer()

WHAT = "What happened"
NEXT = "What comes next"
MENDING = "Mending what was logged"

_NO_DUE = "tomorrow"  # when a next step is due that has no date
_TOLD = 10  # so many unknown mentions are told


@app.command("log", context_settings={"ignore_unknown_options": True})
def log(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="Who it was with.", autocompletion=WhoArgument),
    ] = "",
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT…", help="What was said; @name adds who else took part."),
    ] = [],
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="call, mail, meeting, visit, message or note.",
            rich_help_panel=WHAT,
            autocompletion=offered(*interactions.KINDS),
        ),
    ] = "",
    on: Annotated[
        str,
        typer.Option(
            metavar="WHEN",
            help="When it was, such as yesterday or 'fri 14:00'.",
            rich_help_panel=WHAT,
        ),
    ] = "",
    incoming: Annotated[
        bool | None, typer.Option("--in/--out", help="From them or to them.", rich_help_panel=WHAT)
    ] = None,
    minutes: Annotated[
        int | None,
        typer.Option(metavar="N", help="How long it took.", rich_help_panel=WHAT),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What came of it, in short.", rich_help_panel=WHAT),
    ] = None,
    with_: Annotated[
        list[str],
        typer.Option(
            "--with",
            metavar="WHO",
            help="Who else took part; may be repeated. With --edit too.",
            rich_help_panel=WHAT,
            autocompletion=WhoArgument,
        ),
    ] = [],
    next_: Annotated[
        str,
        typer.Option("--next", metavar="TEXT", help="What to do next.", rich_help_panel=NEXT),
    ] = "",
    due: Annotated[
        str,
        typer.Option(metavar="WHEN", help="By when; tomorrow unless told.", rich_help_panel=NEXT),
    ] = "",
    promise: Annotated[
        bool, typer.Option("--promise", help="They were told of it.", rich_help_panel=NEXT)
    ] = False,
    edit: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Mend an interaction: its text (WHO is not named then) and what is given.",
            rich_help_panel=MENDING,
        ),
    ] = None,
    without: Annotated[
        list[str],
        typer.Option(
            "--without",
            metavar="WHO",
            help="With --edit: who did not take part; may be repeated.",
            rich_help_panel=MENDING,
            autocompletion=WhoArgument,
        ),
    ] = [],
    drop: Annotated[
        bool,
        typer.Option(
            "--drop", help="Remove the interactions of these ids.", rich_help_panel=MENDING
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=MENDING)
    ] = False,
) -> None:
    """Note what happened: a call, mail, meeting, visit, message or note.

    Without a text $EDITOR opens, or the text is read from a pipe.

    Examples:
        cardcrm log jane asked for a quote --next "send quote" --due fri

        cardcrm log jane --kind meeting --on yesterday "at the fair with @ann"

        cardcrm log --edit 12 asked for two quotes --with ann --without bob

    """
    session = session_of(ctx)
    words = [who, *text] if who else list(text)
    refuse_options(ctx, words)
    direction = None if incoming is None else ("out", "in")[incoming]
    told = _Told(kind, on, direction, minutes, outcome, with_)
    if drop:
        _drop(session, words, yes=yes)
    elif edit is not None:
        _edit(session, edit, " ".join(words), told, without)
    elif without:
        raise UsageError("--without mends what was logged", "Say which with --edit ID.")
    else:
        _log(session, [who, *text], told, _Next(next_, due, promise))


class _Told(NamedTuple):
    """What the options say of an interaction, as it was typed; None and empty are not said."""

    kind: str
    on: str
    direction: str | None
    minutes: int | None
    outcome: str | None
    with_: Sequence[str]


class _Next(NamedTuple):
    """What the options say of what comes next."""

    text: str
    due: str
    promise: bool


def _log(session: Session, words: Sequence[str], told: _Told, next_: _Next) -> None:
    """Note an interaction and what comes next in one step, and answer with both."""
    if (next_.due or next_.promise) and not next_.text:
        raise UsageError("what is to be done?", 'Say it with --next "send quote".')
    contact, said = session.who_first(words)
    store = session.store()
    body = " ".join(said) or _text(session)
    others, unknown = interactions.mentioned(store, body)
    took_part = [contact.id, *(session.who(each).id for each in told.with_), *others]
    moment = _when(session, told.on, past=True)
    planned = _when(session, next_.due or _NO_DUE) if next_.text else None

    def work() -> "tuple[Interaction, Reminder | None]":
        done = interactions.log(
            store,
            took_part,
            body,
            kind=told.kind or "note",
            when=moment,
            direction=told.direction or "",
            minutes=told.minutes,
            outcome=told.outcome or "",
        )
        return done, _plan(session, contact.id, next_.text, planned, promise=next_.promise)

    done, plan = run_in_transaction(store, work, concurrent=True)
    words_ = (
        f"logged {done.kind} {done.id} with {participants(session, done.id)}{_back(session, done)}"
    )
    session.answer(
        words_ + _planned(session, plan, guessed=not next_.due), lambda: _card(session, done, plan)
    )
    for name in unknown[:_TOLD]:
        session.say(f"  @{name} is no card, or more than one; --with WHO adds somebody")


def _back(session: Session, done: "Interaction") -> str:
    """The day of what did not happen today, so that a date read wrongly is seen at once."""
    from cardcrm import dates

    today = dates.today(session.store().locale.zone)
    day = dt.date.fromisoformat(done.on_date)
    return "" if day == today else f" on {dates.show_day(day, today)}"


def _when(session: Session, text: str, *, past: bool = False) -> "When | None":
    from cardcrm.cli.common import when

    return when(session, text, past=past) if text else None


def _text(session: Session) -> str:
    """The text from a pipe, else from the editor."""
    if session.asks:
        from cardcrm.cli.common import from_editor

        return from_editor(session)
    if sys.stdin.isatty():
        raise UsageError("there is no text", "Say what happened after the name.")
    # Most pipes speak UTF-8, whatever the locale says; another one loses letters, not the note.
    most = 4 * interactions.LONGEST + 1
    return sys.stdin.buffer.read(most).decode("utf-8", "replace")


def _plan(
    session: Session, contact_id: int, text: str, due: "When | None", *, promise: bool
) -> "Reminder | None":
    if due is None:
        return None
    from cardcrm.records.activity import reminders

    return reminders.add(session.store(), contact_id, text, due, promise=promise)


def _planned(session: Session, plan: "Reminder | None", *, guessed: bool) -> str:
    """What was planned, for people; a date that nobody named is said to be a guess."""
    if plan is None:
        return ""
    from cardcrm import dates

    zone = session.store().locale.zone
    due = dates.kept_when(plan.due_on, plan.due_at, zone)
    day = dates.show_day(due.day, dates.today(zone))
    what = "promise" if plan.promise else "reminder"
    hint = " (tomorrow, as no --due was given)" if guessed else ""
    return f"; {what} {plan.id} for {day}{hint}: {plan.text}"


def _edit(
    session: Session, interaction_id: int, text: str, told: _Told, without: Sequence[str]
) -> None:
    store = session.store()
    before = interactions.get(store, interaction_id), participants(session, interaction_id)
    joined = [session.who(each).id for each in told.with_]
    left = [_participant(session, interaction_id, each) for each in without]
    if not (text or joined or left) and told[:-1] == ("", "", None, None, None):
        if session.asks:
            _rewrite(session, before[0])
            _report_edit(session, interaction_id, before)
            return
        text = _text(session)
    interactions.edit(
        store,
        interaction_id,
        text=text or None,
        kind=told.kind or None,
        when=_when(session, told.on, past=True),
        direction=told.direction,
        outcome=told.outcome,
        minutes=told.minutes,
        joined=joined,
        left=left,
    )
    _report_edit(session, interaction_id, before)


def _report_edit(session: Session, interaction_id: int, before: "tuple[Interaction, str]") -> None:
    """Answer with what became of an interaction, and whether anything was changed."""
    after = interactions.get(session.store(), interaction_id)
    names = participants(session, interaction_id)
    said = "changed" if (after, names) != before else "unchanged:"
    session.answer(
        f"{said} {after.kind} {after.id} with {names}",
        lambda: _card(session, after),
    )


def _participant(session: Session, interaction_id: int, who: str) -> int:
    """Somebody who took part. Raises UsageError for somebody who did not."""
    contact = session.who(who)
    people = dict(interactions.participants(session.store(), interaction_id))
    if contact.id not in people:
        raise UsageError(
            f"{contact.name} took no part in interaction {interaction_id}",
            f"It was with {', '.join(people.values())}.",
        )
    return contact.id


def _rewrite(session: Session, told: "Interaction") -> None:
    """Write the text in the editor; who else has written it meanwhile is not passed over."""
    from cardcrm.cli.common import from_editor
    from cardcrm.cli.conflict_prompt import settled
    from cardcrm.records.activity.record_diff import interaction_texts, mend_interaction

    store = session.store()
    stood = interaction_texts(store, told)

    def write(seen: "Written", said: "Written") -> None:
        mend_interaction(
            store, told.id, {**stood, "text": seen["text"][0]}, {**stood, "text": said["text"][0]}
        )

    text = from_editor(session, told.text)
    settled(session, write, {"text": (told.text,)}, {"text": (text,)})


def _drop(session: Session, words: Sequence[str], *, yes: bool) -> None:
    ids = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]
    if not ids or len(ids) < len(words):
        raise UsageError("which interactions?", "Name them by their ids; `cardcrm show` has them.")
    store = session.store()
    told = [interactions.get(store, each) for each in ids]
    what = f"{told[0].kind} {ids[0]}" if len(ids) == 1 else f"{len(ids)} interactions"
    session.confirm(f"Remove {what}?", yes=yes)
    interactions.remove(store, ids)
    session.say(f"removed {what}; `cardcrm undo` brings it back")


def _card(session: Session, done: "Interaction", plan: "Reminder | None" = None) -> "Card":
    """The interaction for scripts, with the reminder that was planned along with it."""
    from cardcrm.reports.card import Happening
    from cardcrm.reports.card_json import happening_data, reminder_data
    from cardcrm.sheet import Card

    people = tuple(interactions.participants(session.store(), done.id))
    return Card(
        title=f"{done.kind} {done.id}",
        facts=(("on", done.on_date), ("with", participants(session, done.id)), ("text", done.text)),
        data={
            **happening_data(Happening(done, people)),
            "reminder": reminder_data(plan) if plan else None,
        },
    )
