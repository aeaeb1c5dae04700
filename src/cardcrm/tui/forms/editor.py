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
            with app.suspend():
                subprocess.run([*shlex.split(editor), file.name], check=True)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise ServiceError(f"the editor “{editor}” failed: {error}") from error
        except SuspendNotSupported as error:
            raise ServiceError("an editor cannot be opened here") from error
        with open(file.name, encoding="utf-8", errors="replace") as written:
            return written.read().rstrip("\n")
