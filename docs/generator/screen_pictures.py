"""Take the pictures of the screen, with the sample database and a fixed clock."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from docs.generator.lists import NOW
from docs.generator.pages import DOCS
from docs.generator.sample import run

IMAGES = DOCS / "images"
SIZE = (110, 32)
OTHER_USER = "another user"  # not a key: another user changes the role of the contact
PICTURES = {
    "today": ("down",),
    "cards": ("2", "W"),
    "value": ("3",),
    "form": ("2", "M", "e"),
    "both": ("2", "M", "e", "down", "down", "down", *"caterer", OTHER_USER, "ctrl+o"),
    "grid": ("3", "g", "down", "left"),
}


def write() -> None:
    """Take and write all pictures."""
    os.environ |= {"CARDCRM_NOW": NOW, "CARDCRM_CONFIG": os.devnull, "TZ": "Europe/London"}
    os.environ.pop("CARDCRM_DB", None)
    time.tzset()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = _create_database(folder)
        for name, keys in PICTURES.items():
            picture = asyncio.run(_take_picture(database, keys))
            (IMAGES / f"screen-{name}.svg").write_text(picture + "\n", encoding="utf-8")


def _create_database(folder: str) -> Path:
    path = Path(folder) / "petal-and-stem.db"
    run("demo", "--path", str(path))
    return path


def _edit_as_other_user(database: Path) -> None:
    from cardcrm.records.contacts import resolve, update
    from cardcrm.store import open_store

    store = open_store(database, user="tom")
    contact = resolve.resolve(store, "peter mallinson")
    update.edit(store, [contact.id], update.Edit(values=(("title", "head waiter"),)))
    store.close()


async def _take_picture(database: Path, keys: tuple[str, ...]) -> str:
    from cardcrm.records import sample
    from cardcrm.store import Locale, open_store
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.worker import Desk

    locale = Locale(sample.REGION, sample.CURRENCY)
    desk = Desk(lambda: open_store(database, user=sample.USER, locale=locale))
    app = CardApp(desk, box=database.stem)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.5)
        for key in keys:
            if key == OTHER_USER:
                _edit_as_other_user(database)
            else:
                await pilot.press(key)
            await pilot.pause(0.4 if len(key) > 1 or key.isdigit() else 0.1)
        picture = app.export_screenshot(title="cardcrm", simplify=True)
    desk.close()
    return picture
