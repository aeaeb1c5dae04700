"""Opening the screen, without the parser of commands: it takes longer to load than the box."""

import contextlib
import gc
import os
import sys
from pathlib import Path

from cardcrm.cli.session import Session
from cardcrm.errors import NoDatabaseError, UsageError
from cardcrm.store import private_files, server_address


def is_watched() -> bool:
    """Whether somebody sits before a terminal."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # none, or closed
        return False


def open_screen(session: Session) -> int:
    """Show the screen until it is left; the exit code. Raises CardError where that cannot be."""
    if not is_watched():
        raise UsageError(
            "the screen needs a terminal", "In a script, use `cardcrm due` and others."
        )
    _look_at(session)
    # What comes from the box is shown with the next picture or the one after: with 60 a second it
    # would wait for that longer than it took to be read. There are pictures only of what changed.
    # Said here, as Textual asks for it when it is loaded.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from cardcrm.tui.queries import read_first_page
    from cardcrm.tui.worker import DatabaseWorker

    settings = session.config
    ahead = int(settings.number("due-days"))
    # Opens the box and reads the first screen while the screen is being loaded.
    database = DatabaseWorker(
        session.another_store, first_query=lambda store: read_first_page(store, ahead)
    )
    try:
        from cardcrm.tui.app import CardApp

        database.wait_until_open()
        screen = CardApp(
            database,
            database_name=_named(session.location),
            theme=settings.get("theme"),
            keymap=settings.keys(),
            open_command=settings.get("open-command"),
            days_ahead=ahead,
        )
        _spare_the_keys()
        screen.run()
    finally:
        database.close()
    if screen.unsaved:
        with contextlib.suppress(OSError):  # the terminal may be closed
            session.say(screen.unsaved)
    if screen.crash is not None:
        raise screen.crash
    return screen.return_code or 0


def _look_at(session: Session) -> None:
    """Ask before a box is made where none is; say so where one is brought up to date first.

    The usual place needs no question: who starts the program for the first time has no box yet, and
    is welcomed on the screen. Raises NoDatabaseError where no box is there nor wanted.
    """
    place = session.location
    if not isinstance(place, Path):
        return
    if private_files.exists(place):
        _tell_of_layout(session, place)
    elif session.config.get("db"):
        told = f"there is no card box at {place}"
        if not session.asks:
            raise NoDatabaseError(told, "`cardcrm add NAME` starts one there; is the path right?")
        session.confirm(f"{told[0].upper()}{told[1:]}. Start an empty one there?", yes=False)


def _tell_of_layout(session: Session, place: Path) -> None:
    """A large box takes a while; the terminal would stay empty meanwhile."""
    from cardcrm.store import migrations

    layout = private_files.read_schema_version(place)
    if 0 < layout < migrations.VERSION:
        session.say(
            f"bringing {place.name} up to date (layout {layout} to {migrations.VERSION}); "
            "a copy as it was is kept beside it …"
        )


def _spare_the_keys() -> None:
    """Look for garbage in small portions, and never among what was loaded and stays.

    Else a key waits for it now and then, a twentieth of a second long.
    """
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _named(location: Path | str) -> str:
    """What the first line calls the box: a file's name, or the last part of an address."""
    if isinstance(location, str):
        return (
            server_address.hide_password(location).partition("?")[0].rstrip("/").rpartition("/")[2]
        )
    return location.stem
