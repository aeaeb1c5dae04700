"""The mail password: from a command that prints it, or from the desktop's keyring.

It is never kept in a file of ours and never shown.
"""

import shlex
import subprocess

from cardcrm.errors import ServiceError, UsageError

SERVICE = "cardcrm"
PATIENCE = 30.0  # seconds


def password(user: str, command: str = "") -> str:
    """The password of a user of the mail server: the first line that ``command`` prints, or without
    a command what the keyring holds. Raises ServiceError.
    """
    return _from_command(command) if command else _from_keyring(user)


def keep(user: str, secret: str) -> None:
    """Put a password into the keyring. Raises ServiceError."""
    failures = _keyring_failures()
    try:
        import keyring

        keyring.set_password(SERVICE, user, secret)
    except failures as error:
        raise _no_keyring(error) from error


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


def _keyring_failures() -> tuple[type[Exception], ...]:
    """What the keyring raises; without the library only its absence."""
    try:
        from keyring.errors import KeyringError
    except ImportError:
        return (ImportError,)
    return (ImportError, KeyringError)


def _from_keyring(user: str) -> str:
    failures = _keyring_failures()
    try:
        import keyring

        found: str | None = keyring.get_password(SERVICE, user)
    except failures as error:
        raise _no_keyring(error) from error
    if not found:
        raise ServiceError(
            f"the keyring holds no mail password for {user}",
            f"Store it with `keyring set {SERVICE} {user}`, or set mail.password-command.",
        )
    return found


def _no_keyring(error: Exception) -> ServiceError:
    if isinstance(error, ImportError):
        return ServiceError(
            "there is no mail password",
            "Set mail.password-command, or install the keyring: pip install 'cardcrm[secrets]'",
        )
    return ServiceError(
        f"the keyring cannot be used ({type(error).__name__})",
        "Set mail.password-command to one that prints the password, such as `pass show mail`.",
    )
