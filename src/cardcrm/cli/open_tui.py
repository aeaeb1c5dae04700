"""Opening the full-screen interface without the parser, which is slow to load."""

import contextlib
import gc
import os
import sys
from pathlib import Path

from cardcrm.cli.session import Session
from cardcrm.cli.terminal import is_dumb, is_terminal
from cardcrm.errors import NoDatabaseError, UsageError
from cardcrm.store import private_files, server_address


def has_terminal() -> bool:
    """Return whether input and output are a terminal whose cursor can be moved."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb()
    except (AttributeError, ValueError):  # missing or closed
        return False


def open_screen(session: Session) -> int:
    """Run the interface until the user quits, and return the exit code. Raises CardcrmError."""
    if not has_terminal():
        problem = "the full-screen interface needs a terminal"
        if is_terminal(sys.stdout) and is_dumb():
            problem += f", and TERM is “{os.environ.get('TERM', '')}”"
        raise UsageError(problem, "In a script, use commands: cardcrm due")
    _check_database(session)
    # At the default 60 frames a second, data from the database waits longer for the next frame
    # than for the query. Textual reads the variable on import and draws only what has changed.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from cardcrm.tui.queries import read_first_page
    from cardcrm.tui.worker import DatabaseWorker

    settings = session.config
    ahead, alert_days = int(settings.number("due-days")), int(settings.number("alert-days"))
    # The worker reads the first page while the app is being imported.
    database = DatabaseWorker(
        session.open_second_store,
        first_query=lambda store: read_first_page(store, ahead, alert_days),
    )
    try:
        from cardcrm.tui.app import CardApp

        database.wait_until_open()
        screen = CardApp(
            database,
            database_name=database_name(session.location),
            theme=settings.get("theme"),
            has_color=session.uses_color(sys.stdout),
            preset=settings.get("keymap"),
            keymap=settings.keys(),
            open_command=settings.get("open-command"),
            days_ahead=ahead,
            alert_days=alert_days,
            colleague_days=int(settings.number("colleague-days")),
            setting=settings.get,
        )
        _shorten_collections()
        screen.run()
    finally:
        database.close()
    if screen.unsaved:
        with contextlib.suppress(OSError):  # the terminal may be closed
            session.say(screen.unsaved)
    if screen.crash is not None:
        raise screen.crash
    return screen.return_code or 0


def _check_database(session: Session) -> None:
    """Ask before a database is created, and announce the migration of an old one.

    The default location needs no question: the screen welcomes a new user. Raises NoDatabaseError.
    """
    location = session.location
    if not isinstance(location, Path):
        return
    if private_files.exists(location):
        _announce_migration(session, location)
    elif session.config.get("db"):
        problem = f"no database at {location}"
        if not session.can_ask:
            raise NoDatabaseError(problem, "Check the path, or create it: cardcrm add NAME")
        session.say(problem)
        session.confirm("create an empty one", yes=False)


def _announce_migration(session: Session, file: Path) -> None:
    """Announce a migration, because the terminal stays empty meanwhile."""
    from cardcrm.store import schema_version

    version = private_files.read_schema_version(file)
    if 0 < version < schema_version.VERSION:
        session.say(
            f"migrating {file.name} from version {version} to {schema_version.VERSION}; "
            "a copy of the old file is kept beside it …"
        )


def _shorten_collections() -> None:
    """Collect garbage in small steps, and never among what was imported.

    A full collection would now and then delay a key by 50 ms.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def database_name(location: Path | str) -> str:
    """Return the name that the title shows: of the file, or the last part of an address."""
    if isinstance(location, str):
        return (
            server_address.hide_password(location).partition("?")[0].rstrip("/").rpartition("/")[2]
        )
    return location.stem
