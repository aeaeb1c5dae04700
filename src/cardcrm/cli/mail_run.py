"""`mail run`: send what is due. It loads no other command of the group."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.records.campaigns import campaigns, completion
from cardcrm.records.mail import sending
from cardcrm.records.mail.message_status import FAILED
from cardcrm.records.sequences import sequence_work
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cardcrm.errors import CardcrmError
    from cardcrm.mail.delivery import Run, Summary
    from cardcrm.mail.smtp import SmtpServer
    from cardcrm.sheet import Card

app = typer.Typer()

LOCK = "sending"


@app.command("run")
def run(
    ctx: typer.Context,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Send at most N messages.", min=0, show_default=False)
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, without changes.")
    ] = False,
) -> Result:
    """Send the mail that is due; for cron.

    Each message is sent at most once. One whose fate is unknown, as the program or the connection
    ended meanwhile, becomes uncertain and is not sent again until you say so: see `cardcrm message
    retry`. A message that the server refuses for now is tried again later. Addresses that
    opted out are not mailed. In cron, nothing is printed if nothing is due.

    Examples:
        cardcrm mail run --dry-run

        */5 * * * *  cardcrm mail run

    """
    session = session_of(ctx)
    store = session.store()
    scheduled = campaigns.list_due(store)
    has_sequences = sequence_work.has_work(store)
    if dry_run:
        return _answer_dry_run(session, len(scheduled), has_sequences)
    if not (scheduled or has_sequences or sending.has_work(store)):
        return _answer_empty(session)
    other = session.open_second_store()
    try:
        with other.engine.try_lock(LOCK) as is_ours:
            if not is_ours:
                return Result(notes=("another run is sending; nothing to do",))
            done, warnings = _run_sequences(session) if has_sequences else ("", ())
            notes = (f"sequences: {done}",) if done else ()
            if not (scheduled or sending.has_work(store)):
                empty = _answer_empty(session)
                return empty._replace(notes=notes or empty.notes, warnings=warnings)
            return _send(session, scheduled, limit or None, warnings)._replace(notes=notes)
    finally:
        other.close()


def _send(
    session: Session, scheduled: list[int], limit: int | None, warnings: tuple[str, ...]
) -> Result:
    from cardcrm.mail import smtp
    from cardcrm.reports.mail_alarms import command_for

    store = session.store()
    server = smtp.load_server(session.config)
    failures, left_out = _queue(session, scheduled, server.domain) if scheduled else ([], ())
    summary = open_run(session, server).send(limit)
    completion.finish(store)
    error = summary.error or (failures.pop(0) if failures else None)
    warnings += left_out + tuple(f"{each.message}. {each.hint}" for each in failures)
    if summary.failed:
        warnings += (f"to see why: {command_for(FAILED)}",)
    return Result(_card(to_json(summary)), describe(summary), warnings=warnings, error=error)


def _queue(
    session: Session, scheduled: list[int], domain: str
) -> "tuple[list[CardcrmError], tuple[str, ...]]":
    """Queue the campaigns that are due; return errors, and lines about contacts left out."""
    from cardcrm.mail.missing_fields import CampaignCheck
    from cardcrm.mail.reminder_texts import build_filler

    store = session.store()
    check = CampaignCheck(store, session.config, skips=True)
    filler = build_filler(store, session.config)
    errors = campaigns.queue_all(store, scheduled, domain, filler, check)
    return errors, tuple(check.warnings)


def open_run(session: Session, server: "SmtpServer") -> "Run":
    """Return a run over the messages that are due, with the limits of the settings."""
    from cardcrm.mail import smtp
    from cardcrm.mail.delivery import Run
    from cardcrm.mail.limits import load_limits
    from cardcrm.mail.smtp_dialogue import Dialogue

    limits = load_limits(session.config)
    dialogue = Dialogue(server, smtp.get_secret(server))
    return Run(session.store(), dialogue, limits, session.config)


def _run_sequences(session: Session) -> tuple[str, tuple[str, ...]]:
    """Run the active sequences; return what they did, and why some could not."""
    from cardcrm.cli.sequence_runner import describe, describe_errors, run_sequences

    summary = run_sequences(session)
    return describe(summary), describe_errors(summary)


def _answer_dry_run(session: Session, scheduled: int, has_sequences: bool) -> Result:
    from cardcrm.mail.limits import count_held_back, load_limits

    store = session.store()
    due = sending.count_due(store)
    waiting = count_held_back(store, load_limits(session.config))
    note = f"would send {pluralize(due - sum(waiting.values()), 'message')}"
    note += "".join(f", {count:,} would wait ({reason})" for reason, count in waiting.items())
    if scheduled:
        note += f" and queue {pluralize(scheduled, 'campaign')}"
    if has_sequences:
        note += "; sequences would run: see cardcrm sequence simulate"
    data = {"due_count": due, "campaign_count": scheduled, "waiting_for": _list_reasons(waiting)}
    return Result(_card(data), note)


def _answer_empty(session: Session) -> Result:
    from cardcrm.mail.delivery import Summary

    if session.format == "json":
        return Result(_card(to_json(Summary())))
    return Result(notes=("Nothing to send.",) if session.has_reader else ())


def to_json(summary: "Summary") -> dict[str, object]:
    """Return the counts of a run."""
    return {
        "sent": summary.sent,
        "failed": summary.failed,
        "retried": summary.retried,
        "uncertain": summary.uncertain,
        "canceled": summary.refused,
        "waiting": sum(summary.waiting.values()),
        "waiting_for": _list_reasons(summary.waiting),
    }


def _list_reasons(waiting: "Mapping[str, int]") -> list[dict[str, object]]:
    return [{"reason": reason, "count": count} for reason, count in waiting.items()]


def describe(summary: "Summary") -> str:
    """Return the counts of a run in words."""
    parts = [f"{summary.sent:,} sent"]
    parts += [f"{summary.failed:,} failed"] if summary.failed else []
    parts += [f"{summary.retried:,} to be tried again"] if summary.retried else []
    parts += [f"{summary.uncertain:,} uncertain"] if summary.uncertain else []
    parts += [f"{summary.refused:,} canceled (may not be mailed)"] if summary.refused else []
    parts += [f"{count:,} wait ({reason})" for reason, count in summary.waiting.items()]
    return ", ".join(parts)


def _card(data: dict[str, object]) -> "Card":
    from cardcrm.sheet import Card

    facts = tuple((key, str(value)) for key, value in data.items())
    return Card("mail run", facts=facts, data=data)
