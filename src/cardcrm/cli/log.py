"""`log`: log an interaction, and plan the next step."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    complete_from,
    parse_when,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.contact_output import describe_participants
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interaction_type import INTERACTION as INTERACTION_TYPE
from cardcrm.records.activity.interaction_type import KINDS, LONGEST, NO_ANSWER, explain_no_touch
from cardcrm.records.activity.interactions import Details, Interaction
from cardcrm.records.activity.log_and_plan import (
    DEFAULT_DUE,
    Logged,
    NextStep,
    log_and_plan,
    log_each,
)
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Contact
    from cardcrm.sheet import Card
    from cardcrm.store import Store

app = typer.Typer()

INTERACTION = "Interaction"
NEXT_STEP = "Next step"

_MAX_TEXT = 200  # cells of a text in the answer
_SHORT = _MAX_TEXT // 2  # characters, of at most two cells each, that surely fit
_MAX_MENTIONS = 10  # unknown mentions that are reported


Kind = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="Kind: call, mail, meeting, visit, message or note.",
        rich_help_panel=INTERACTION,
        autocompletion=complete_from(*KINDS),
    ),
]
On = Annotated[
    str,
    typer.Option(
        metavar="WHEN",
        help="Date in the past, such as yesterday or 'fri 14:00'.",
        rich_help_panel=INTERACTION,
    ),
]
Incoming = Annotated[
    bool | None,
    typer.Option(
        "--in/--out", help="Direction: incoming or outgoing.", rich_help_panel=INTERACTION
    ),
]
Minutes = Annotated[
    int | None,
    typer.Option(metavar="N", help="Duration in minutes.", rich_help_panel=INTERACTION),
]
Outcome = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Outcome in a few words.", rich_help_panel=INTERACTION),
]
NoAnswer = Annotated[
    bool,
    typer.Option("--no-answer", help="The contact was not reached.", rich_help_panel=INTERACTION),
]
With = Annotated[
    list[str],
    typer.Option(
        "--with",
        metavar="WHO",
        help="Another participant; can be repeated.",
        rich_help_panel=INTERACTION,
        autocompletion=complete_contact,
    ),
]


@app.command("log", context_settings={"ignore_unknown_options": True})
def log(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="Contact, or @SEGMENT.", autocompletion=complete_contact
        ),
    ] = "",
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT…", help="Description; @name adds a participant."),
    ] = [],
    kind: Kind = "",
    on: On = "",
    incoming: Incoming = None,
    minutes: Minutes = None,
    outcome: Outcome = None,
    no_answer: NoAnswer = False,
    with_: With = [],
    next_: Annotated[
        str,
        typer.Option(
            "--next",
            metavar="TEXT",
            help="Next step, which becomes a reminder.",
            rich_help_panel=NEXT_STEP,
        ),
    ] = "",
    due: Annotated[
        str,
        typer.Option(
            metavar="WHEN",
            help="Due date of the next step (default: tomorrow).",
            rich_help_panel=NEXT_STEP,
        ),
    ] = "",
    promise: Annotated[
        bool,
        typer.Option(
            "--promise", help="You promised it to the contact.", rich_help_panel=NEXT_STEP
        ),
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Log an interaction: a call, mail, meeting, visit, message or note.

    Without a text, $EDITOR opens, or the text comes from a pipe. @SEGMENT logs one with each
    contact in a segment. A note, or an attempt without an answer, does not restart the cadence of
    a contact. To correct an interaction, use `cardcrm interaction edit`.

    Examples:
        cardcrm log jane asked for a quote --next "send it" --due fri

        cardcrm log jane --kind call --no-answer left a voicemail

        cardcrm log jane --kind visit --on fri "the fair with @ann"

        cardcrm log @quiet-vips --kind mail sent the catalog

    """
    session = session_of(ctx)
    words = [who, *text]
    refuse_options(ctx, words if who else text)
    options = Options(kind, on, read_direction(incoming), minutes, outcome, with_, no_answer)
    next_options = _NextOptions(next_, due, promise)
    if who.startswith("@") or dry_run:
        from cardcrm.cli.selected_contacts import find_segment

        if segment := find_segment(session, who):
            bulk = _Bulk(segment, yes, dry_run)
            return _log_segment(session, text, options, next_options, bulk)
    if dry_run:
        raise UsageError("--dry-run needs @SEGMENT", "Without it one interaction is logged.")
    return _log(session, words, options, next_options)


def read_direction(incoming: bool | None) -> str | None:
    """Return the direction that --in or --out names."""
    return None if incoming is None else ("out", "in")[incoming]


class Options(NamedTuple):
    """Options about an interaction as typed; None and empty mean not given."""

    kind: str
    on: str
    direction: str | None
    minutes: int | None
    outcome: str | None
    with_: Sequence[str]
    no_answer: bool = False


class _NextOptions(NamedTuple):
    """Options about the next step as typed."""

    text: str
    due: str
    promise: bool


class _Bulk(NamedTuple):
    """The segment to log with, as a query, and the options about changing several at once."""

    segment: str
    yes: bool
    dry_run: bool


def _log_segment(
    session: Session, words: Sequence[str], options: Options, next_: _NextOptions, bulk: _Bulk
) -> Result:
    """Log an interaction with each contact in a segment, as one step."""
    from cardcrm.cli.record_output import MAX_ROWS, list_ids, list_lines
    from cardcrm.cli.selected_contacts import preview, resolve_targets
    from cardcrm.cli.teamwork_warnings import confirm_contacts, warn_of_contacted
    from cardcrm.records.contacts import contacts

    _refuse_due_without_next(next_)
    store = session.store()
    ids = resolve_targets(session, (), bulk.segment)
    text = " ".join(words) or read_text(session, LONGEST)
    if bulk.dry_run or not ids:
        warnings = warn_of_contacted(session, ids)
        return preview(session, ids, "would log with")._replace(warnings=warnings)
    mentioned, unknown = interactions.mentioned(store, text)
    others = [*(session.find_contact(each) for each in options.with_), *mentioned]
    details, next_step = _parse_details(session, options), _parse_next(session, next_)
    colleagues = confirm_contacts(session, ids, yes=bulk.yes, verb="log with")
    chosen = [contacts.get(store, each) for each in ids]
    logged = log_each(store, chosen, others, text, details, next_step)
    is_dated, is_guess = bool(options.on), not next_.due
    lines = [
        _describe(each, store.locale.zone, is_dated=is_dated, is_guess=is_guess)
        for each in logged[:MAX_ROWS]
    ]
    return Result(
        lambda: list_ids(session, INTERACTION_TYPE, [each.interaction.id for each in logged]),
        list_lines(f"logged {INTERACTION_TYPE.counted(len(logged))}:", lines, len(logged)),
        warnings=(*_explain_mentions(unknown), *colleagues),
    )


def _refuse_due_without_next(next_: _NextOptions) -> None:
    if (next_.due or next_.promise) and not next_.text:
        raise UsageError("no next step given", 'Add it: --next "send quote"')


def _log(session: Session, words: Sequence[str], options: Options, next_: _NextOptions) -> Result:
    """Log an interaction and its next step, and report both."""
    _refuse_due_without_next(next_)
    store = session.store()
    contact, rest = session.split_contact(words)
    text = " ".join(rest) or read_text(session, LONGEST)
    mentioned, unknown = interactions.mentioned(store, text)
    named = [session.find_contact(each) for each in options.with_]
    details, next_step = _parse_details(session, options), _parse_next(session, next_)
    participants = [contact, *named, *mentioned]
    colleagues = _warn_of_colleagues(session, participants)
    logged = log_and_plan(store, participants, text, details, next_step)
    return Result(
        lambda: _show(store, logged),
        _describe(logged, store.locale.zone, is_dated=bool(options.on), is_guess=not next_.due),
        warnings=(*_explain_mentions(unknown), *colleagues),
    )


def _warn_of_colleagues(session: Session, participants: "Sequence[Contact]") -> tuple[str, ...]:
    """Return what colleagues did with a contact, or with how many of several."""
    ids = {each.id for each in participants}
    if len(ids) == 1:
        return session.warn_of_colleagues(participants[0])
    from cardcrm.cli.teamwork_warnings import warn_of_contacted

    return warn_of_contacted(session, sorted(ids))


def _explain_mentions(unknown: Sequence[str]) -> tuple[str, ...]:
    hint = "matches no contact, or several; add one with --with WHO"
    return tuple(f"@{name} {hint}" for name in unknown[:_MAX_MENTIONS])


def _parse_details(session: Session, options: Options) -> Details:
    return Details(
        options.kind or "note",
        parse_when(session, options.on, past=True) if options.on else None,
        options.direction or "",
        options.minutes,
        options.outcome or "",
        options.no_answer,
    )


def _parse_next(session: Session, options: _NextOptions) -> NextStep | None:
    if not options.text:
        return None
    due = parse_when(session, options.due or DEFAULT_DUE)
    return NextStep(options.text, due, options.promise)


def _describe(logged: Logged, zone: str, *, is_dated: bool, is_guess: bool) -> str:
    """Return the message: the interaction, its day if it ``is_dated``, and the next step.

    The text and the day show what was misread, and so does the note on a due date that
    ``is_guess``.
    """
    from cardcrm import dates

    done, plan = logged.interaction, logged.reminder
    who = f"logged {done.kind} {done.id} with {describe_participants(logged.participants)}"
    details = list(_describe_details(done))
    text = " ".join(done.text.split())
    text = text if len(text) < _SHORT else shorten(text, _MAX_TEXT)
    text += _explain_cadence(logged)
    today = dates.today(zone)
    when = _describe_day(done, zone, today) if is_dated else ""
    message = f"{', '.join([f'{who}{when}', *details])}: {text}"
    if plan is None:
        return message
    due = dates.format_day(dt.date.fromisoformat(plan.due_on), today)
    hint = " (tomorrow, because --due is missing)" if is_guess else ""
    noun = "promise" if plan.promise else "reminder"
    return f"{message}; {noun} {plan.id} for {due}{hint}: {plan.text}"


def _explain_cadence(logged: Logged) -> str:
    """Say that the cadence of a contact goes on where the interaction does not restart it."""
    done = logged.interaction
    reason = explain_no_touch(done.kind, done.no_answer) if logged.has_cadence else ""
    return f" ({reason})" if reason else ""


def _describe_day(done: Interaction, zone: str, today: dt.date) -> str:
    from cardcrm import dates

    when = dates.parse_stored(done.on_date, done.at, zone)
    return f" on {dates.format_day(when.day, today)}" + (f" {when.time:%H:%M}" if when.time else "")


def _describe_details(done: Interaction) -> Iterator[str]:
    """Yield the details that were given: direction, minutes and outcome."""
    if done.direction:
        yield {"in": "incoming", "out": "outgoing"}[done.direction]
    if done.minutes is not None:
        yield f"{done.minutes:,} minute{'s' * (done.minutes != 1)}"
    if done.no_answer and done.outcome.lower() != NO_ANSWER:
        yield NO_ANSWER
    if done.outcome:
        yield f"outcome {shorten(done.outcome, _MAX_TEXT)}"


def _show(store: "Store", logged: Logged) -> "Card":
    """Return an interaction as `interaction show` does, with the reminder that was added."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.activity.reminder_type import REMINDER

    card = show_record(store, records.get(store, INTERACTION_TYPE, logged.interaction.id))
    plan = logged.reminder
    added = records.json_of(records.get(store, REMINDER, plan.id)) if plan else None
    return card._replace(data={**card.data, "reminder": added})
