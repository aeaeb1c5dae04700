"""The mail password: from a command that prints it, or from the desktop's keyring.

It is never kept in a file of ours and never shown.
"""

import shlex
import subprocess

from cardcrm.errors import ServiceError, UsageError
from cardcrm.mail.keyring_password import recall

PATIENCE = 30.0  # seconds


def password(user: str, command: str = "") -> str:
    """The password of a user of the mail server: the first line that ``command`` prints, or without
    a command what the keyring holds. Raises ServiceError.
    """
    return _from_command(command) if command else _from_keyring(user)


def _from_command(command: str) -> str:
    """The command is split as a shell would, but no shell runs it."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"mail.password-command cannot be read: {error}") from error
    if not words:
        raise UsageError("mail.password-command is blank", "Take it out, or name a command.")
    hint = "Nothing was sent. Try the command of mail.password-command by hand."
    try:
        run = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired:
        # Not chained: the exception holds what the command had printed.
        raise ServiceError(
            f"the password command “{words[0]}” took more than {PATIENCE:.0f} seconds", hint
        ) from None
    except subprocess.CalledProcessError as error:
        raise ServiceError(
            f"the password command “{words[0]}” failed (exit {error.returncode})", hint
        ) from None
    except OSError as error:
        raise ServiceError(
            f"the password command “{words[0]}” cannot be run: {error.strerror}", hint
        ) from error
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0]:
        raise ServiceError(f"the password command “{words[0]}” printed nothing", hint)
    return lines[0]


def _from_keyring(user: str) -> str:
    found = recall(user)
    if not found:
        raise ServiceError(
            f"the keyring holds no mail password for {user}",
            "Store it with `cardcrm config password`, or set mail.password-command.",
        )
    return found
