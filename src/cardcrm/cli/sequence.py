"""`sequence`: timed steps of mail and tasks for contacts that enter by themselves or by hand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, complete_contact, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.mail_options import SkipIncomplete
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.text_files import read_option
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.sheet import Card

app = build(SEQUENCE, without=("add", "show", "edit"))

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of a sequence.", autocompletion=Source("names:sequence")
    ),
]
Query = Annotated[
    list[str],
    typer.Argument(metavar="QUERY…", help="Contacts: words and filters as in `find`."),
]
_LONGEST = 3650  # days that are simulated


# add, edit and show


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a sequence, with the steps of a file; say who would enter at once."""
    from cardcrm.cli.record_output import describe
    from cardcrm.cli.sequence_output import show_sequence
    from cardcrm.records import records

    session = session_of(ctx)
    words = values["words"]
    if len(words) > 1:
        name = "-".join(words)
        raise UsageError("the name of a sequence has no spaces", f"For example: {name}")
    texts = _read_file(read_texts(session, type_, values)) | {"name": "".join(words)}
    store = session.store(create=True)
    record = records.add(store, type_, texts)
    return Result(
        lambda: show_sequence(store, record),
        f"added {describe(store, record)}",
        notes=_describe_entry(session, record),
    )


def _read_file(texts: dict[str, str]) -> dict[str, str]:
    if texts.get("steps"):
        texts["steps"] = read_option("file", texts["steps"])
    return texts


def _describe_entry(session: Session, sequence: "Record") -> tuple[str, ...]:
    """Return how many contacts enter at the next run."""
    from cardcrm import dates
    from cardcrm.records.sequences.entries import find_entrants
    from cardcrm.records.sequences.plan_parser import parse_plan

    store = session.store()
    plan = parse_plan(sequence.columns["steps"])
    name = sequence.values["name"]
    if not (plan.enter or plan.on):
        return (f"contacts enter by: cardcrm sequence enroll {name} QUERY",)
    count = len(find_entrants(store, sequence, plan, dates.today(store.locale.zone)))
    verb = "enters" if count == 1 else "enter"
    enter = f"{pluralize(count, 'contact')} {verb} at the next run"
    return (f"{enter}; to see them: cardcrm sequence simulate {name}",)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit sequences, with the steps of a file."""
    if values["field_steps"]:
        values["field_steps"] = read_option("file", values["field_steps"])
    return run_edit(ctx, type_, values)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show sequences; a single one with its steps and the contacts at each."""
    from cardcrm.cli.record_output import list_ids
    from cardcrm.cli.sequence_output import show_sequence
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    store = session.store()
    return Result(show_sequence(store, records.get(store, type_, ids[0])))


add_command(app, SEQUENCE, "add", run=_add)
add_command(app, SEQUENCE, "show", run=_show)
add_command(app, SEQUENCE, "edit", run=_edit, examples=("edit welcome --file welcome.toml",))


# Contacts


@app.command("enroll", context_settings={"ignore_unknown_options": True})
def enroll(
    ctx: typer.Context,
    name: Name,
    query: Query,
    yes: Yes = False,
    dry_run: DryRun = False,
    skip_incomplete: SkipIncomplete = False,
) -> Result:
    """Enroll the contacts that a query finds.

    `cardcrm mail run` carries the steps out. Contacts that must not be mailed, or may not enter
    again, are left out. If a mail that all of them get needs a field that some lack, none enters.

    Examples:
        cardcrm sequence enroll welcome jane@example.com

        cardcrm sequence enroll welcome tag:new --dry-run

    """
    from cardcrm.cli.sequence_output import describe_refused
    from cardcrm.cli.teamwork_warnings import confirm_contacts
    from cardcrm.mail.missing_fields import EntryCheck
    from cardcrm.records.sequences import enrollments
    from cardcrm.store.retry import try_in_transaction

    session = session_of(ctx)
    store = session.store()
    sequence = _find(session, name)
    ids = _find_contacts(session, query)
    words = " ".join(query)
    check = EntryCheck(store, sequence, session.config, words, skips=skip_incomplete)
    if dry_run:
        found = try_in_transaction(store, lambda: enrollments.enroll(store, sequence, ids, check))
        notes = describe_refused(found.refused)
        message = f"would enroll {pluralize(len(found.ids), 'contact')}"
        return Result(_count(sequence, found), message, notes)
    warnings = confirm_contacts(session, ids, yes=yes, verb="enroll") if len(ids) > 2 else ()
    found = enrollments.enroll(store, sequence, ids, check)
    enrolled = f"enrolled {pluralize(len(found.ids), 'contact')} in {sequence.values['name']}"
    message = f"{enrolled}; to go on: cardcrm mail run"
    return Result(_count(sequence, found), message, describe_refused(found.refused), warnings)


def _count(sequence: "Record", found: Any) -> "Card":
    from cardcrm.sheet import Card

    refused = [{"reason": reason, "count": count} for reason, count in found.refused.items()]
    data = {
        "name": sequence.values["name"],
        "enrolled": len(found.ids),
        "left_out": refused,
    }
    return Card(sequence.values["name"], facts=(("enrolled", f"{len(found.ids):,}"),), data=data)


def _find_contacts(session: Session, query: list[str]) -> list[int]:
    """Return the contacts that a query finds. Raises UsageError for one without words."""
    from cardcrm.records.query_sql import columns, contact_query

    text = " ".join(query)
    if not text.strip():
        raise UsageError("no contacts given", "For all of them: all")
    store = session.store()
    return columns.find_ids(store, contact_query.parse_audience(store, text))


@app.command("stop")
def stop(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="Contact.", autocompletion=complete_contact)
    ],
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a sequence (default: all).",
            autocompletion=Source("names:sequence"),
        ),
    ] = "",
) -> Result:
    """Stop the sequences of a contact, and cancel their mail that is not sent yet.

    Examples:
        cardcrm sequence stop jane

        cardcrm sequence stop jane welcome

    """
    from cardcrm.cli.record_output import list_ids
    from cardcrm.records.sequences import enrollments
    from cardcrm.records.sequences.sequence_type import ENROLLMENT

    session = session_of(ctx)
    store = session.store()
    contact = session.find_contact(who)
    sequence_id = _find(session, name).id if name else None
    ids = enrollments.find_active(store, contact.id, sequence_id)
    where = f" of {name}" if name else ""
    if not ids:
        return Result(
            lambda: list_ids(session, ENROLLMENT, ids),
            f"{contact.name} is in no active sequence{where}",
        )
    enrollments.stop(store, ids)
    message = f"stopped {ENROLLMENT.counted(len(ids))}{where} of {contact.name}"
    return Result(lambda: list_ids(session, ENROLLMENT, ids), message)


# The whole sequence


@app.command("pause")
def pause(ctx: typer.Context, name: Name) -> Result:
    """Let no contact enter or go on, and hold back the mail that is queued.

    Example:
        cardcrm sequence pause welcome

    """
    from cardcrm.records.sequences import sequences

    session = session_of(ctx)
    return _result(session, sequences.pause(session.store(), _find(session, name).id), "paused")


@app.command("resume")
def resume(ctx: typer.Context, name: Name) -> Result:
    """Go on after a pause: what was due meanwhile is carried out by the next run.

    Example:
        cardcrm sequence resume welcome

    """
    from cardcrm.records.sequences import sequences

    session = session_of(ctx)
    return _result(session, sequences.resume(session.store(), _find(session, name).id), "resumed")


def _result(session: Session, sequence: "Record", what: str) -> Result:
    from cardcrm.cli.sequence_output import show_sequence

    store = session.store()
    return Result(
        lambda: show_sequence(store, sequence), f"sequence {sequence.values['name']}: {what}"
    )


@app.command("run")
def run(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a sequence (default: all active ones).",
            autocompletion=Source("names:sequence"),
        ),
    ] = "",
) -> Result:
    """Carry out the steps that are due, without sending: mail is queued.

    `cardcrm mail run` does the same first, so cron needs only that.

    Examples:
        cardcrm sequence run

        cardcrm sequence run welcome

    """
    from cardcrm.cli.sequence_runner import run_sequences, show_summary

    session = session_of(ctx)
    chosen = [_find(session, name)] if name else None
    if chosen and chosen[0].values["status"] == "paused":
        raise UsageError(f"the sequence {name} is paused", f"cardcrm sequence resume {name}")
    return show_summary(run_sequences(session, chosen))


@app.command("simulate", context_settings={"ignore_unknown_options": True})
def simulate(
    ctx: typer.Context,
    name: Name,
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY…", help="Only these contacts, as if they were enrolled now."),
    ] = [],
    days: Annotated[
        int, typer.Option(metavar="N", help="Days to look ahead.", min=1, max=_LONGEST)
    ] = 60,
    reply_rate: Annotated[
        str, typer.Option(metavar="SHARE", help="Share of mails that are answered, such as 10%.")
    ] = "0",
) -> Result:
    """Simulate a sequence: who would get what when, if nothing else happened.

    Nothing is changed.

    Examples:
        cardcrm sequence simulate welcome --days 60

        cardcrm sequence simulate welcome tag:new --reply-rate 10%

    """
    from cardcrm.cli.sequence_output import list_planned
    from cardcrm.mail.reminder_texts import build_filler
    from cardcrm.money import parse_percent
    from cardcrm.records.sequences.simulation import Assumptions
    from cardcrm.records.sequences.simulation import simulate as run_simulation

    session = session_of(ctx)
    store = session.store()
    sequence = _find(session, name)
    only = _find_contacts(session, query) if query else None
    assumed = Assumptions(days, parse_percent(reply_rate) / 100_000)
    filler = build_filler(store, session.config)
    found = run_simulation(store, sequence, assumed, only, filler)
    notes = () if found else (f"no contact would get anything in {days} days",)
    return Result(list_planned(found), notes=notes)


@app.command("results")
def results(ctx: typer.Context, name: Name) -> Result:
    """Report how many contacts entered, how they ended, and what each step brought.

    Examples:
        cardcrm sequence results welcome

        cardcrm sequence results welcome --json

    """
    from cardcrm.cli.sequence_output import show_results
    from cardcrm.reports.sequences.results import load_results

    session = session_of(ctx)
    sequence = _find(session, name)
    return Result(show_results(sequence, load_results(session.store(), sequence)))


def _find(session: Session, name: str) -> "Record":
    from cardcrm.records import records

    return records.find(session.store(), "sequence", name)
