"""`calendar`: files with reminders and anniversaries that other calendars show."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    check_word,
    complete_from,
    complete_query,
    parse_remembered_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.records.syncing.kinds import CALENDARS, EVENT, REMINDERS
from cardcrm.sheet import Card

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cardcrm.records.syncing.sync_states import SyncFolder
    from cardcrm.store import Store

app = typer.Typer(help="Write calendars of reminders and anniversaries.", no_args_is_help=True)

_PRIVATE = "it shows names and phone numbers to everyone who can read it"


@app.command("write", context_settings={"ignore_unknown_options": True})
def write(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.ics", help="Calendar; all known ones without a file."),
    ] = None,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts whose entries to write, remembered for the file; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="Reminders as event or todo (default: event, which every phone shows).",
            autocompletion=complete_from(*REMINDERS),
        ),
    ] = "",
    all_: Annotated[
        bool, typer.Option("--all", help="Write all entries again, not only those of a query.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Forget the file, which stays as it is.")
    ] = False,
) -> Result:
    """Write a calendar of open reminders, birthdays and other anniversaries.

    The file is replaced in one piece, and only if anything has changed, so that cron can run this
    and a web server can serve the file. Without a file, the calendars written before are written
    again. A new file can be read by you alone.

    Examples:
        cardcrm calendar write calendar.ics

        cardcrm calendar write vips.ics tag:vip --as todo

        cardcrm calendar write

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    check_word("--as", as_, REMINDERS)
    words = parse_remembered_query(query, is_all=all_)
    if stop:
        return _stop(session, file)
    calendars = list(_find_calendars(session.store(), file, words, as_))
    if len(calendars) == 1:
        card, message = _write(session, calendars[0])
        return Result(card, message)
    return _write_all(session, calendars)


def _write_all(session: Session, calendars: "list[SyncFolder]") -> Result:
    """Write several calendars; one that cannot be written does not keep the others."""
    from cardcrm.cli.sync_runner import join_answers

    cards, failures = [], []
    for each in calendars:
        try:
            card, message = _write(session, each)
        except (CardcrmError, OSError) as error:
            failures.append(CardcrmError(f"{each.path}: {error}"))
            continue
        cards.append(card)
        session.say(message)
    data = None if session.format == "table" else join_answers(cards)
    return Result(data, error=failures[0] if failures else None)


def _find_calendars(
    store: "Store", file: Path | None, query: str | None, kind: str
) -> "Iterator[SyncFolder]":
    """Yield the calendars to write. Raises UsageError, NotFoundError."""
    from cardcrm.formats.atomic_write import check_folder
    from cardcrm.records.syncing import sync_states
    from cardcrm.records.syncing.sync_states import SyncFolder

    if file is None:
        found = [
            each for each in sync_states.list_folders(store) if each.kind in CALENDARS.values()
        ]
        if not found:
            raise UsageError("no file given", "Name one first: cardcrm calendar write FILE.ics")
        yield from found
        return
    path = file.expanduser().resolve()
    check_folder(path.parent)
    if path.is_dir():
        raise UsageError(f"{file} is a folder", f"Name a file in it, or: cardcrm sync {file}")
    known = sync_states.find_folder(store, str(path))
    calendar = known or SyncFolder(0, str(path), CALENDARS[kind or EVENT])
    if known is None:
        _refuse_other_file(path)
    if kind:
        calendar = calendar._replace(kind=CALENDARS[kind])
    yield calendar if query is None else calendar._replace(query=query)


def _refuse_other_file(path: Path) -> None:
    """Raise UsageError for a file of another program. An empty one was made for its permissions."""
    from cardcrm.formats.ical.calendar_writer import is_own_calendar

    if path.exists() and not is_own_calendar(path):
        raise UsageError(
            f"{path} exists and is not a calendar of cardcrm", "Name another file, or remove it."
        )


def _write(session: Session, calendar: "SyncFolder") -> tuple[Card, str]:
    """Write one calendar, and return the answer for programs and for people."""
    from cardcrm.formats.ical.calendar_writer import build_calendar, update_calendar_file
    from cardcrm.records.syncing import sync_states
    from cardcrm.store.retry import run_in_transaction

    store, path = session.store(), Path(calendar.path)
    kind = next(each for each, name in CALENDARS.items() if name == calendar.kind)
    text, count = build_calendar(store, _find_ids(store, calendar.query), kind)
    is_new = not path.exists()
    is_written = update_calendar_file(path, text)
    if not calendar.id or sync_states.find_folder(store, calendar.path) != calendar:
        run_in_transaction(store, lambda: sync_states.save_folder(store, calendar))
    entries = f"{count:,} {'entry' if count == 1 else 'entries'}"
    message = f"wrote {entries} to {path}" if is_written else f"{path} is up to date: {entries}"
    data = {"entries": count, "path": str(path), "written": is_written}
    return Card(path.name, data=data), f"{message}; {_PRIVATE}" if is_new else message


def _find_ids(store: "Store", query: str) -> list[int] | None:
    """Return the contacts that a query finds; None for all of them."""
    from cardcrm.records.query_sql import columns, contact_query

    return columns.find_ids(store, contact_query.parse(store, query)) if query else None


def _stop(session: Session, file: Path | None) -> Result:
    from cardcrm.records.syncing import sync_states
    from cardcrm.store.retry import run_in_transaction

    if file is None:
        raise UsageError("no file given", "Name the calendar to forget.")
    store = session.store()
    known = sync_states.find_folder(store, str(file.expanduser().resolve()))
    if known is None:
        raise NotFoundError(f"{file} is not a known calendar", "Its path may be another one.")
    run_in_transaction(store, lambda: sync_states.forget_folder(store, known))
    return Result(None, f"forgot {file}, which stays as it is")
