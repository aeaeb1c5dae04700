"""What was written in forms when the screen is ended from outside: nothing of it is lost.

Told to end, or with its terminal closed, the program cannot ask any more. What waits behind long
work is written, for that work is stopped; what stands in open forms, or could not be written, goes
into a file for its owner alone, which is named on leaving and at the next start.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm import config

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.forms.form import Form

PATIENCE = 5.0  # seconds for what waits to be written


def place() -> Path:
    """The file, whether there is one or not."""
    return config.folder("data") / "unsaved.txt"


async def end(app: "CardApp", code: int) -> None:
    """Wait for what waits behind the long work that was stopped, keep the rest, and leave."""
    app.is_leaving = True  # a form that cannot be written comes back at once, and is kept
    until = time.monotonic() + PATIENCE
    while app.writing and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # no event tells of it
    keep(app)
    app.exit(None, code)


def keep(app: "CardApp") -> None:
    """Write what stands in forms that were changed into the file, below what it has already."""
    texts = [f"{form.heading}\n{form.paper.written()}\n" for form in _forms(app)]
    if not texts:
        return
    now = time.strftime("%Y-%m-%d %H:%M")
    try:
        place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "a", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{now}, not saved: {text}\n" for text in texts)
    except OSError as error:
        app.unsaved = f"not saved, and kept nowhere ({error.strerror}):\n" + "\n".join(texts)
    else:
        app.unsaved = f"what you wrote was not saved; it stands in {place()}"


def _forms(app: "CardApp") -> Iterator["Form"]:
    """The forms that were changed: those one sees, and those that were put aside."""
    from cardcrm.tui.forms.form import Form

    seen = [screen for stack in app._screen_stacks.values() for screen in stack]  # noqa: SLF001
    aside = [each for each in app._installed_screens.values() if each not in seen]  # noqa: SLF001
    for screen in (*seen, *aside):
        if isinstance(screen, Form) and screen.is_changed:
            yield screen
