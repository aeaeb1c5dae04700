"""Get the password or the OAuth token of a mail server: from a command, or from the keyring.

cardcrm writes neither to a file, and shows neither.
"""

import shlex
import subprocess

from cardcrm.errors import ServiceError, UsageError
from cardcrm.mail.keyring_password import load_password

TIMEOUT = 30.0  # seconds


def get_password(user: str, command: str = "", setting: str = "mail.password-command") -> str:
    """Return the first line that ``command`` prints, or the password in the keyring.

    ``setting`` is the name of the setting of the command. Raises UsageError for an invalid command,
    and ServiceError.
    """
    return run_command(command, setting) if command else _load_from_keyring(user, setting)


def run_command(command: str, setting: str) -> str:
    """Return the first line that a command prints. Raises UsageError and ServiceError.

    It runs without a shell, but is split as a shell would.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"invalid {setting}: {error}", "Correct the setting.") from error
    if not words:
        raise UsageError(f"{setting} is blank", "Remove the setting, or give a command.")
    name = f"the command “{words[0]}” of {setting}"
    hint = "Run the command yourself to see the problem."
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
        raise ServiceError(f"{name} took more than {TIMEOUT:.0f} seconds", hint) from None
    except subprocess.CalledProcessError as error:
        raise ServiceError(f"{name} failed (exit {error.returncode})", hint) from None
    except OSError as error:
        raise ServiceError(f"cannot run {name}: {error.strerror}", hint) from error
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0]:
        raise ServiceError(f"{name} printed nothing", hint)
    return lines[0]


def _load_from_keyring(user: str, setting: str) -> str:
    found = load_password(user)
    if not found:
        # `config password` stores the password of mail.user alone.
        is_own = setting.startswith("account.")
        store = "Set" if is_own else "Store it with `cardcrm config password`, or set"
        raise ServiceError(f"the keyring has no mail password for {user}", f"{store} {setting}.")
    return found
