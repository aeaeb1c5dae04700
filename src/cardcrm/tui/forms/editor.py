"""A long text in the user's own editor, while the screen steps aside."""

import os
import shlex
import subprocess
import tempfile
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from cardcrm.errors import ServiceError

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


def edited(app: "CardApp", text: str) -> str:
    """The text as it was left in $VISUAL or $EDITOR. Raises ServiceError."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=".txt", encoding="utf-8") as file:
        file.write(f"{text}\n" if text else "")
        file.flush()
        try:
            with app.suspend():  # the screen comes back only where nothing is raised in here
                trouble = _run(editor, file.name)
        except SuspendNotSupported as error:
            raise ServiceError("an editor cannot be opened here") from error
        if trouble:
            raise ServiceError(f"the editor “{editor}” {trouble}", "Set EDITOR to one that works.")
        with open(file.name, encoding="utf-8", errors="replace") as written:
            return written.read().rstrip("\n")


def _run(editor: str, path: str) -> str:
    """Wait for the editor; what went wrong, "" for nothing."""
    try:
        code = subprocess.run([*shlex.split(editor), path], check=False).returncode
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    except ValueError as error:
        return f"cannot be read: {error}"
    return f"ended with {code}" if code else ""
