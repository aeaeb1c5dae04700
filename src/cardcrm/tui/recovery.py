"""Recovery of unsaved text when the screen is ended from outside.

On a signal or a closed terminal the program cannot ask. A change that waits behind a long job is
written, because the job is stopped. Text in open forms, or text that could not be written, goes to
a file that only its owner can read; its name is shown on exit and at the next start.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textual.app import App

from cardcrm import config
from cardcrm.tui.context import AppContext, HoldsText

PENDING_SAVE_WAIT = 5.0  # seconds


def recovery_file() -> Path:
    """Return the path of the file, which may not exist."""
    return config.app_folder("data") / "unsaved.txt"


async def wait_for_pending_saves(context: AppContext) -> None:
    """Wait, for a limited time, until no form waits to be written."""
    context.is_leaving = True  # a form that cannot be written comes back at once
    end = time.monotonic() + PENDING_SAVE_WAIT
    while context.pending_saves and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # no event reports it


def save_open_forms(app: App[Any]) -> str:
    """Append the text of changed forms to the file; return a message about it, "" for none."""
    texts = [f"{form.heading}\n{form.as_text()}\n" for form in _changed_forms(app)]
    if not texts:
        return ""
    now = time.strftime("%Y-%m-%d %H:%M")
    try:
        recovery_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(recovery_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "a", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{now}, not saved: {text}\n" for text in texts)
    except OSError as error:
        return f"unsaved text, which could not be written ({error.strerror}):\n" + "\n".join(texts)
    return f"unsaved text was kept in {recovery_file()}"


def _changed_forms(app: App[Any]) -> Iterator[HoldsText]:
    """Yield the changed forms: those on a screen stack, and those put aside."""
    shown = [screen for stack in app._screen_stacks.values() for screen in stack]  # noqa: SLF001
    aside = [each for each in app._installed_screens.values() if each not in shown]  # noqa: SLF001
    for screen in (*shown, *aside):
        if isinstance(screen, HoldsText) and screen.is_changed:
            yield screen
