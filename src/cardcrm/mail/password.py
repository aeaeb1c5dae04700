"""Get the mail password from a command that prints it, or from the keyring of the desktop.

cardcrm never writes the password to a file, and never shows it.
"""

import shlex
import subprocess

from cardcrm.errors import ServiceError, UsageError
from cardcrm.mail.keyring_password import load_password

TIMEOUT = 30.0  # seconds


def get_password(user: str, command: str = "") -> str:
    """Return the first line that ``command`` prints, or the password in the keyring.

    Raises ServiceError.
    """
    return _from_command(command) if command else _from_keyring(user)


def _from_command(command: str) -> str:
    """Run the command without a shell, but split it as a shell would."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"invalid mail.password-command: {error}") from error
    if not words:
        raise UsageError("mail.password-command is blank", "Remove the setting, or give a command.")
    hint = "Nothing was sent. Run the command yourself to see the problem."
    try:
        run = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=TIMEOUT,
            check=True,
        )
    except subprocess.TimeoutExpired:
        # Not chained, because the exception has the output of the command.
        raise ServiceError(
            f"the password command “{words[0]}” took more than {TIMEOUT:.0f} seconds", hint
        ) from None
    except subprocess.CalledProcessError as error:
        raise ServiceError(
            f"the password command “{words[0]}” failed (exit {error.returncode})", hint
        ) from None
    except OSError as error:
        raise ServiceError(
            f"cannot run the password command “{words[0]}”: {error.strerror}", hint
        ) from error
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0]:
        raise ServiceError(f"the password command “{words[0]}” printed nothing", hint)
    return lines[0]


def _from_keyring(user: str) -> str:
    found = load_password(user)
    if not found:
        raise ServiceError(
            f"the keyring has no mail password for {user}",
            "Store it with `cardcrm config password`, or set mail.password-command.",
        )
    return found
