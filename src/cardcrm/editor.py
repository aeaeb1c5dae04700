"""A long text in the user's own editor."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator

from cardcrm.errors import ServiceError


def edit_text(text: str) -> str:
    """The text as it was left in $VISUAL or $EDITOR. Raises ServiceError where that fails."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=".txt", encoding="utf-8") as file:
        file.write(f"{text}\n" if text else "")  # editors end lines, the last one too
        file.flush()
        if trouble := _run(editor, file.name):
            raise ServiceError(f"the editor “{editor}” {trouble}", "Set EDITOR to one that works.")
        with open(file.name, encoding="utf-8", errors="replace") as written:
            return written.read().rstrip("\n")


def _run(editor: str, path: str) -> str:
    """Wait for the editor; what went wrong, "" for nothing."""
    try:
        command = [*shlex.split(editor), path]
        with _interrupts_are_its_own():
            code = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    except ValueError as error:
        return f"cannot be read: {error}"
    return f"ended with {code}" if code else ""


@contextlib.contextmanager
def _interrupts_are_its_own() -> Iterator[None]:
    """Ctrl+C in the editor is for the editor: a terminal tells everybody who waits in it.

    A handler that does nothing, since a signal that is ignored would be so in the editor, too.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
