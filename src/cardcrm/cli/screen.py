"""Opening the screen, without the parser of commands: it takes longer to load than the box."""

import sys
from pathlib import Path

from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.store import address


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
    from cardcrm.tui.desk import Desk
    from cardcrm.tui.reading import read_day

    settings = session.config
    ahead = int(settings.number("due-days"))
    # Opens the box and reads the day while the screen is being loaded.
    desk = Desk(session.another_store, first=lambda store: read_day(store, ahead))
    try:
        from cardcrm.tui.app import CardApp

        desk.wait()
        screen = CardApp(
            desk,
            box=_named(session.location),
            theme=settings.get("theme"),
            keymap=settings.keys(),
            open_command=settings.get("open-command"),
            ahead=ahead,
        )
        screen.run()
    finally:
        desk.close()
    if screen.fault is not None:
        raise screen.fault
    return screen.return_code or 0


def _named(location: Path | str) -> str:
    """What the first line calls the box: a file's name, or the last part of an address."""
    if isinstance(location, str):
        return address.shown(location).partition("?")[0].rstrip("/").rpartition("/")[2]
    return location.stem
