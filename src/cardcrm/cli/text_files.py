"""Read the text of an option that takes a file, standard input for -, or a text itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cardcrm.errors import UsageError, missing_file

if TYPE_CHECKING:
    from cardcrm.records.fields import Field

_MOST_BYTES: Final = 1_000_000


def read_option(option: str, value: str) -> str:
    """Return the content of a file, of standard input for -, or a text with a blank itself.

    Raises UsageError for a file that is missing, too large or not UTF-8.
    """
    if value == "-":
        return _decode(sys.stdin.buffer.read(_MOST_BYTES + 1), "standard input")
    path = Path(value)
    if len(value) < 1000 and "\n" not in value and path.is_file():
        with path.open("rb") as file:
            return _decode(file.read(_MOST_BYTES + 1), value)
    if any(map(str.isspace, value)):
        return value
    if path.is_dir():
        raise UsageError(f"{value} is a folder", f"Name a file: --{option} FILE")
    raise missing_file(value)


def read_field(field: "Field | None", values: dict[str, Any]) -> None:
    """Replace the option of a field among the values of a command by the text that it names."""
    assert field is not None
    name = f"field_{field.key}"
    if values[name]:
        values[name] = read_option(field.option, values[name])


def _decode(content: bytes, name: str) -> str:
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{name} is larger than 1 MB", "Shorten it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 text", "Save it as UTF-8.") from error
