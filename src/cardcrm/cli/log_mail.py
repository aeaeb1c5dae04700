"""`log-mail`: log mail from a pipe, an mbox file or a Maildir folder."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, cast

import typer

from cardcrm.cli.arguments import parse_when, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.terminal import is_terminal
from cardcrm.errors import StorageError, UsageError, WriteConflictError

if TYPE_CHECKING:
    from typing import BinaryIO

    from cardcrm.formats.import_job import ImportReport
    from cardcrm.formats.mbox.mail_import import Messages
    from cardcrm.records.activity.log_and_plan import NextStep
    from cardcrm.records.activity.mail_log import MailOptions

app = typer.Typer()

TRY_AGAIN: Final = 75  # EX_TEMPFAIL of sysexits.h: a mail server keeps the message and tries again
_INPUT: Final = "standard input"
_HINT: Final = "Pipe one: cardcrm log-mail < MESSAGE. Or name mbox files or Maildir folders."
_MAX_OFFERED: Final = 20  # unknown correspondents that are offered as contacts


@app.command("log-mail")
def log_mail(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Mbox files, Maildir folders or messages (default: a message from a pipe).",
        ),
    ] = [],
    me: Annotated[
        list[str],
        typer.Option("--me", metavar="ADDRESS", help="An address of your own; can be repeated."),
    ] = [],
    add_unknown: Annotated[
        bool,
        typer.Option("--add-unknown", help="Add correspondents who are not contacts yet."),
    ] = False,
    next_: Annotated[
        str,
        typer.Option(
            "--next", metavar="TEXT", help="Next step after the message, which becomes a reminder."
        ),
    ] = "",
    due: Annotated[
        str, typer.Option(metavar="WHEN", help="Due date of the next step (default: tomorrow).")
    ] = "",
    automatic: Annotated[
        bool,
        typer.Option("--automatic", help="Also log list mail and automatic replies."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, without changes.")
    ] = False,
) -> Result:
    """Log mail from a pipe, an mbox file or a Maildir folder.

    A mail program pipes a message to it: `cardcrm log-mail < message.eml`.
    Each message becomes an interaction with the contacts among its sender and recipients, once.
    Quoted text and signatures are left out, and attachments are only named. Mailing lists,
    newsletters, bounces and automatic replies are skipped. Your own addresses are those of the
    settings mail.own and mail.from.

    Examples:
        cardcrm log-mail message.eml

        cardcrm log-mail Mail/INBOX Mail/Sent --me jane@example.com

        cardcrm log-mail archive.mbox --add-unknown --dry-run

    """
    session = session_of(ctx)
    options = _Options(tuple(me), add_unknown, automatic, dry_run, next_, due)
    if not files or list(files) == [Path("-")]:
        with _trying_again():
            return _log_input(session, options)
    if next_ or due:
        raise UsageError("--next and --due are for a message from a pipe", "Leave them out.")
    return _log_files(session, files, options)


class _Options(NamedTuple):
    """Options as typed."""

    me: tuple[str, ...]
    add_unknown: bool
    automatic: bool
    dry_run: bool
    next: str
    due: str


@contextmanager
def _trying_again() -> Iterator[None]:
    """Let a mail server try again later where the database is locked, full or out of reach."""
    try:
        yield
    except (StorageError, WriteConflictError) as error:
        error.exit_code = TRY_AGAIN
        raise


def _mail_options(session: Session, options: _Options) -> "MailOptions":
    from cardcrm.formats.mbox.mail_import import parse_own
    from cardcrm.records.activity.mail_log import MailOptions

    for each in options.me:
        if not parse_own([each]):
            raise UsageError(f"invalid email address “{each}”", "Write it like jane@example.com.")
    own = parse_own([*options.me, *session.config.own_addresses()])
    return MailOptions(own, options.add_unknown, frozenset(), options.automatic)


def _log_input(session: Session, options: _Options) -> Result:
    """Log the message on standard input; say nothing of success where no one reads it."""
    from cardcrm.formats.mbox.mail_sources import read_stream

    if sys.stdin is None or is_terminal(sys.stdin):
        raise UsageError("no message given", _HINT)
    if options.due and not options.next:
        raise UsageError("no next step given", 'Add it: --next "send quote"')
    step = _parse_next(session, options) if options.next else None
    messages = read_stream(cast("BinaryIO", sys.stdin.buffer))
    report = _log_messages(session, _INPUT, messages, _mail_options(session, options), options)
    if step is not None and not options.dry_run:
        _add_next(session, report, step)
    is_quiet = not report.refused and not is_terminal(sys.stderr)
    return _answer(session, [report], options, is_quiet=is_quiet)


def _parse_next(session: Session, options: _Options) -> "NextStep":
    from cardcrm.records.activity.log_and_plan import DEFAULT_DUE, NextStep

    return NextStep(options.next, parse_when(session, options.due or DEFAULT_DUE))


def _add_next(session: Session, report: "ImportReport", step: "NextStep") -> None:
    """Add a reminder for the first contact of each message that was logged now, in one step."""
    from cardcrm.records.activity import reminders

    store = session.store()
    logged = [each for each in report.extra["messages"] if each["status"] == "created"]
    with store.continue_step(report.step):
        for each in logged:
            reminders.add(store, each["contact_ids"][0], step.text, step.due)
    if not logged:
        report.notes.append("no reminder was added, as no message was logged")


def _log_files(session: Session, files: Sequence[Path], options: _Options) -> Result:
    """Log the messages in files and folders; on a terminal, offer to add unknown people."""
    chosen = _mail_options(session, options)
    reports = _log_each(session, files, chosen, options)
    result = _answer(session, reports, options)
    wanted = frozenset() if options.add_unknown else _choose_unknown(session, reports)
    if not wanted:
        return result
    chosen = chosen._replace(adds_unknown=True, only=wanted)
    return _answer(session, _log_each(session, files, chosen, options), options)


def _log_each(
    session: Session, files: Sequence[Path], chosen: "MailOptions", options: _Options
) -> "list[ImportReport]":
    from cardcrm.formats.mbox.mail_sources import count_bytes, find_folders, read_folder
    from cardcrm.render.progress import progress_bar

    reports: list[ImportReport] = []
    found = [list(find_folders(path)) for path in files]  # raises before anything is logged
    for path, folders in zip(files, found, strict=True):
        size = count_bytes(each.path for each in folders)
        with progress_bar(size, f"reading {path.name}") as on_bytes:
            messages = (raw for each in folders for raw in read_folder(each))
            step = reports[-1].step if reports else None
            reports.append(
                _log_messages(session, path.name, messages, chosen, options, step, on_bytes)
            )
    return reports


def _log_messages(
    session: Session,
    name: str,
    messages: "Messages",
    chosen: "MailOptions",
    options: _Options,
    step: int | None = None,
    on_bytes: Callable[[int], None] = lambda _done: None,
) -> "ImportReport":
    """Log messages and return the report, also of what was logged before an interruption."""
    from cardcrm.formats.import_job import ImportReport
    from cardcrm.formats.mbox.mail_import import MailTally, import_messages
    from cardcrm.records.importing.dry_run import dry_run

    report = ImportReport(name, "interactions", step)
    tally = MailTally(report, adds_unknown=chosen.adds_unknown)
    store = session.store(create=options.add_unknown and not options.dry_run)
    work = partial(import_messages, store, messages, chosen, tally, on_bytes)
    try:
        dry_run(store, work) if options.dry_run else work()
    finally:
        tally.finish()
    return report


def _choose_unknown(session: Session, reports: "Sequence[ImportReport]") -> frozenset[str]:
    """Return the keys of the unknown correspondents that the user picks."""
    from cardcrm.domains import email_key

    found = {
        email_key(each["email"]): f"{each['name']} <{each['email']}>".strip()
        for report in reports
        for each in report.extra["unknown"]
    }
    shown = dict(islice(found.items(), _MAX_OFFERED))
    if not shown or not session.can_ask or session.format != "table":
        return frozenset()
    lines = (f"{number:3}  {text}" for number, text in enumerate(shown.values(), 1))
    session.say("\n".join(["not contacts yet:", *lines]))
    answer = session.ask("Which ones shall be added? [all, none, or numbers such as 1,3] ").strip()
    if answer.lower() in ("all", "a", "y", "yes"):
        return frozenset(shown)
    keys = list(shown)
    numbers = [int(word) for word in answer.replace(",", " ").split() if word.isdecimal()]
    return frozenset(keys[each - 1] for each in numbers if 1 <= each <= len(keys))


def _answer(
    session: Session,
    reports: "Sequence[ImportReport]",
    options: _Options,
    *,
    is_quiet: bool = False,
) -> Result:
    """Say what was logged, and return the result: exit code 1 if messages were refused."""
    from cardcrm.cli.import_report import build_answer, report_lines

    code = int(any(each.refused for each in reports))
    if session.format == "table":
        lines = (line for each in reports for line in report_lines(each, dry_run=options.dry_run))
        for line in () if is_quiet else lines:
            session.say(line)
        return Result(exit_code=code)
    return Result(build_answer(reports), exit_code=code)
