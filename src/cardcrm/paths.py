"""Paths as users type them."""

from pathlib import Path

from cardcrm.errors import UsageError


def expand_path(text: str) -> Path:
    """Return a typed path, with the home folder in place of ``~``. Raises UsageError."""
    if not text.startswith("~"):
        return Path(text)
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"the home folder in {text} is unknown",
            "Write the whole path, or ./~NAME for a file of that name.",
        ) from error


def home_folder() -> Path:
    """Return the home folder of the user. Raises UsageError."""
    return expand_path("~")
