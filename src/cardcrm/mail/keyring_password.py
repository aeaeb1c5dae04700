"""Store the password of the mail server in the keyring of the desktop or system."""

from typing import Any

from cardcrm.errors import ServiceError
from cardcrm.install_advice import install_command

SERVICE = "cardcrm"


def store_password(user: str, password: str) -> None:
    """Store the password of a mail user. Raises ServiceError if the keyring is unavailable."""
    keyring = _import_keyring()
    try:
        keyring.set_password(SERVICE, user, password)
    except keyring.errors.KeyringError as error:
        raise _keyring_error(error) from error


def delete_password(user: str) -> bool:
    """Delete the password, and return whether there was one. Raises ServiceError."""
    keyring = _import_keyring()
    try:
        keyring.delete_password(SERVICE, user)
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as error:
        raise _keyring_error(error) from error
    return True


def load_password(user: str) -> str | None:
    """Return the password of a mail user, or None. Raises ServiceError without a keyring."""
    keyring = _import_keyring()
    try:
        found: str | None = keyring.get_password(SERVICE, user)
    except keyring.errors.KeyringError as error:
        raise _keyring_error(error) from error
    return found


def _import_keyring() -> Any:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise ServiceError(
            "the keyring library is not installed",
            f"Install it with `{install_command('keyring>=25')}`, or set mail.password-command.",
        ) from error
    return keyring


def _keyring_error(error: Exception) -> ServiceError:
    reason = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    return ServiceError(
        f"the keyring is unavailable: {reason}",
        "Without a desktop, set mail.password-command instead.",
    )
