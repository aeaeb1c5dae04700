"""Take the pictures of the screen, with the sample database and a fixed clock."""

import asyncio
import os
import shlex
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docs.generator import sequence_example
from docs.generator.lists import NOW
from docs.generator.pages import DOCS
from docs.generator.sample import run

if TYPE_CHECKING:
    from tests.support.screen import ScreenPilot

IMAGES = DOCS / "images"
SIZE = (110, 32)
SIZES = {
    "desk": (160, 42),
    "search": (120, 32),
    "deals": (132, 18),
    "leads": (140, 26),
    "sequence": (110, 20),
}
OTHER_USER = "another user"  # not a key: another user changes the role of the contact
PICTURES = {
    "today": ("down",),
    "desk": ("down",),
    "search": ("ctrl+p", *"eleanor"),
    "contacts": ("2", "W"),
    "map": ("2", "at", "minus", "minus", "minus", "left"),
    "value": ("3",),
    "form": ("2", "M", "e"),
    "both": ("2", "M", "e", "down", "down", "down", *"caterer", OTHER_USER, "ctrl+o"),
    "grid": ("3", "g", "down", "left"),
    "insights": ("5",),
    "deals": ("6", "p", "right"),
    "leads": ("7",),
    "calls": ("8",),
    "inbox": ("9",),
    "call-mode": ("enter", *"likes it > tue chase answer !"),
    "cases": ("0",),
    "sequence": ("colon", *"sequences", "enter"),
}
_CASES = (
    "case open eleanor the arch for Saturday has white roses, and we ordered peach --priority high "
    "--type complaint --channel mail --at '2026-11-18 9:00'",
    "case open 8 may the wreaths come a day earlier --channel phone --at '2026-11-17 16:00'",
    "case reply 7 peach roses are at the market on Friday --kind call --on '2026-11-18 10:00'",
    "case note 7 --in --kind mail could you send a photo first --on '2026-11-20 15:30'",
)


def _open_cases(database: Path) -> None:
    """Open further cases, one of them with a conversation and a missed deadline."""
    for each in _CASES:
        run("--db", str(database), *shlex.split(each))


_FILL = {"cases": _open_cases, "sequence": sequence_example.fill}  # the last ones


def write() -> None:
    """Take and write all pictures."""
    os.environ |= {
        "CARDCRM_NOW": NOW,
        "CARDCRM_CONFIG": os.devnull,
        "CARDCRM_USER": "rosa",
        "TZ": "Europe/London",
    }
    os.environ.pop("CARDCRM_DB", None)
    time.tzset()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = _create_database(folder)
        for name, keys in PICTURES.items():
            size = SIZES.get(name, SIZE)
            if fill := _FILL.get(name):
                fill(database)
            picture = asyncio.run(_take_picture(database, keys, size))
            (IMAGES / f"screen-{name}.svg").write_text(picture + "\n", encoding="utf-8")


def _create_database(folder: str) -> Path:
    path = Path(folder) / "petal-and-stem.db"
    run("demo", "--path", str(path))
    return path


def _edit_as_other_user(database: Path) -> None:
    from cardcrm.records.contacts import resolve, update
    from cardcrm.store import Author, Store, open_engine

    store = Store(open_engine(database), Author("tom", "shop"))  # not the name of this computer
    contact = resolve.resolve(store, "peter mallinson")
    update.edit(store, [contact.id], update.Edit(values=(("title", "head waiter"),)))
    store.close()


async def _take_picture(database: Path, keys: tuple[str, ...], size: tuple[int, int]) -> str:
    from cardcrm.records import sample
    from cardcrm.store import Locale, open_store
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.worker import DatabaseWorker
    from tests.support.screen import running

    locale = Locale(sample.REGION, sample.CURRENCY)
    worker = DatabaseWorker(lambda: open_store(database, user=sample.USER, locale=locale))
    app = CardApp(worker, database_name=database.stem)
    async with running(app, size) as pilot:
        for key in keys:
            if key == OTHER_USER:
                _edit_as_other_user(database)
                # Otherwise the page below the form would show the change or not, by chance.
                await pilot.look_for_changes()
            else:
                await pilot.press(key)
        await _stop_blinking(pilot)
        return app.export_screenshot(title="cardcrm", simplify=True)


async def _stop_blinking(pilot: "ScreenPilot") -> None:
    """Show the cursor of all fields and no time, whatever the moment of the picture."""
    from textual.widgets import Input, TextArea

    from cardcrm.tui.screens.call_mode import CallScreen

    for screen in pilot.app.screen_stack:
        for field in (*screen.query(Input), *screen.query(TextArea)):
            field.cursor_blink = False
        if isinstance(screen, CallScreen):
            screen.restart_time()
    await pilot.settle()
