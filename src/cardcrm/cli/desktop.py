"""Hand a text to the clipboard of a terminal, and an address to the program that opens it."""

import base64
import subprocess
import sys
from typing import Final

from cardcrm.cli.session import Session
from cardcrm.cli.terminal import is_dumb
from cardcrm.errors import UsageError
from cardcrm.opener import split_command

_MOST: Final = 50_000  # bytes; terminals ignore a longer sequence

_started: list[subprocess.Popen[bytes]] = []  # Python warns of one that it collects as it runs


def copy_text(session: Session, text: str) -> bool:
    """Ask the terminal to copy a text, by OSC 52; return whether there is one to ask.

    A terminal that does not know the sequence ignores it.
    """
    content = text.encode()
    if not session.has_reader or is_dumb() or len(content) > _MOST:
        return False
    sys.stdout.write(f"\x1b]52;c;{base64.b64encode(content).decode()}\a")
    sys.stdout.flush()
    return True


def open_url(session: Session, url: str) -> str:
    """Start the program of the setting open-command on a URL; return why it could not start."""
    try:
        command = split_command(session.config.get("open-command"))
        process = subprocess.Popen(
            [*command, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _started.append(process)
    except UsageError as error:
        return f"{error.message}: {error.hint}"
    except OSError as error:
        return (
            f"can't start “{command[0]}”: {error.strerror}; set another with "
            "cardcrm config set open-command COMMAND"
        )
    return ""
