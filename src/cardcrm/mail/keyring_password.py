"""The password of the mail server in the desktop's or the system's keyring."""

from typing import Any

from cardcrm.errors import ServiceError

SERVICE = "cardcrm"


def keep(user: str, password: str) -> None:
    """Put the password of a mail user into the keyring. Raises ServiceError where there is none."""
    keyring = _keyring()
    try:
        keyring.set_password(SERVICE, user, password)
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from error


def forget(user: str) -> bool:
    """Take the password out again; False if there was none. Raises ServiceError."""
    keyring = _keyring()
    try:
        keyring.delete_password(SERVICE, user)
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from error
    return True


def recall(user: str) -> str | None:
    """The password kept for a mail user, or None. Raises ServiceError where there is no keyring."""
    keyring = _keyring()
    try:
        found: str | None = keyring.get_password(SERVICE, user)
    except keyring.errors.KeyringError as error:
        raise _no_keyring(error) from error
    return found


def _keyring() -> Any:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise ServiceError(
            "no keyring is installed",
            "Install it with `pip install 'cardcrm[secrets]'`, or use the setting "
            "mail.password-command.",
        ) from error
    return keyring


def _no_keyring(error: Exception) -> ServiceError:
    said = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    return ServiceError(
        f"the keyring cannot be used: {said}",
        "Without a desktop use the setting mail.password-command instead.",
    )
