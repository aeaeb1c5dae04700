"""Takes the pictures of the screen for the documentation, of the sample shop on a fixed day."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
NOW = "2026-11-21T09:00"  # a Saturday, as in the other pictures
SIZE = (110, 32)
COLLEAGUE = "a colleague"  # no key: somebody else changes the role on the card
PICTURES = {
    "today": ("down",),
    "cards": ("2", "W"),
    "value": ("3",),
    "form": ("2", "M", "e"),
    "both": ("2", "M", "e", "down", "down", "down", *"caterer", COLLEAGUE, "ctrl+o"),
    "grid": ("3", "g", "down", "left"),
}


def _box(folder: str) -> Path:
    from cardcrm.cli.run import main

    box = Path(folder) / "petal-and-stem.db"
    main(["demo", "--path", str(box), "--format", "json"])
    return box


def _change(box: Path) -> None:
    from cardcrm.records.contacts import resolve, update
    from cardcrm.store import open_store

    store = open_store(box, user="tom")
    card = resolve.resolve(store, "peter mallinson")
    update.edit(store, [card.id], update.Edit(values=(("title", "head waiter"),)))
    store.close()


async def _take(box: Path, name: str, keys: tuple[str, ...]) -> None:
    from cardcrm.records import sample
    from cardcrm.store import Locale, open_store
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.worker import Desk

    locale = Locale(sample.REGION, sample.CURRENCY)
    desk = Desk(lambda: open_store(box, user=sample.KEEPER, locale=locale))
    app = CardApp(desk, box=box.stem)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.5)
        for key in keys:
            if key == COLLEAGUE:
                _change(box)
            else:
                await pilot.press(key)
            await pilot.pause(0.4 if len(key) > 1 or key.isdigit() else 0.1)
        picture = app.export_screenshot(title="cardcrm", simplify=True)
    desk.close()
    (IMAGES / f"screen-{name}.svg").write_text(picture + "\n", encoding="utf-8")


def main() -> None:
    """Take all pictures."""
    os.environ |= {"CARDCRM_NOW": NOW, "CARDCRM_CONFIG": os.devnull, "TZ": "Europe/London"}
    os.environ.pop("CARDCRM_DB", None)
    time.tzset()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        box = _box(folder)
        for name, keys in PICTURES.items():
            asyncio.run(_take(box, name, keys))


if __name__ == "__main__":
    main()
