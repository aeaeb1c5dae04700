"""Paths as users type them."""

from pathlib import Path

from cardcrm.errors import UsageError

_DEVICES = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
    )
)


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


def is_device(name: str) -> bool:
    """Return whether Windows takes a file name for a device: ``con``, ``NUL.vcf``, ``com1``."""
    return name.partition(".")[0].lower() in _DEVICES
