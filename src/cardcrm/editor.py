"""Edit a text in the editor of the user."""

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator

from cardcrm.errors import ServiceError
from cardcrm.signals import clean_up_at_end


def edit_text(text: str) -> str:
    """Open a text in $VISUAL or $EDITOR, and return the result. Raises ServiceError."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with (
        clean_up_at_end(),
        tempfile.NamedTemporaryFile("w+", suffix=".txt", encoding="utf-8") as file,
    ):
        file.write(f"{text}\n" if text else "")  # editors end every line, including the last
        file.flush()
        if problem := _run_editor(editor, file.name):
            raise ServiceError(
                f"the editor “{editor}” {problem}", "Set EDITOR to a working editor."
            )
        with open(file.name, encoding="utf-8", errors="replace") as written:
            return written.read().rstrip("\n")


def _run_editor(editor: str, path: str) -> str:
    """Run the editor, and return the problem, empty for success."""
    try:
        command = [*shlex.split(editor), path]
        with _leave_interrupts_to_editor():
            code = subprocess.run(command, check=False).returncode
    except OSError as error:
        return f"could not be started: {error.strerror}"
    except ValueError as error:
        return f"is not a valid command: {error}"
    return f"exited with code {code}" if code else ""


@contextlib.contextmanager
def _leave_interrupts_to_editor() -> Iterator[None]:
    """Ignore Ctrl+C while the editor runs, because the terminal sends it to both processes.

    The handler does nothing; SIG_IGN would be inherited by the editor.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
