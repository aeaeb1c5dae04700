"""Write the settings to their file: its comments stay, and it is replaced atomically."""

import os
from pathlib import Path
from typing import Any

from cardcrm.config import config_file, find_setting, read_text, validate
from cardcrm.errors import UsageError


def write(name: str, value: str) -> Path:
    """Write a setting to the file, keep comments, and return the path. Raises UsageError."""
    value = validate(name, value)
    if name == "timezone":
        from cardcrm import dates

        dates.now(value)
    declared = find_setting(name)
    number = float(value) if declared.number else 0
    stored = (int(number) if number == int(number) else number) if declared.number else value
    document = _read_document()
    *tables, key = name.split(".")
    table: Any = document
    for name_part in tables:
        table = table.setdefault(name_part, {})
        if not isinstance(table, dict):
            raise UsageError(
                f"{name_part} is a value in {config_file()}, not a table",
                f"To remove it: cardcrm config unset {name_part}",
            )
    table[key] = stored
    return _write_document(document)


def clear(name: str) -> bool:
    """Remove a setting from the file, and return whether it was there. Raises UsageError."""
    document = _read_document()
    *tables, key = name.split(".")
    table: Any = document
    for name_part in tables:
        table = table.get(name_part, {})
        if not isinstance(table, dict):
            table = {}
    if name in document:  # an unknown name is removed as well
        del document[name]
    elif key in table:
        del table[key]
    else:
        find_setting(name)
        return False
    if tables and not table:
        del document[tables[0]]
    _write_document(document)
    return True


def _read_document() -> Any:
    """Read the settings file with its comments, to change it. Raises UsageError."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = config_file()
    if path.exists() and not path.is_file():  # a device or a pipe would be replaced
        raise UsageError(f"cannot write {path}: it is not a file", "Set CARDCRM_CONFIG to a file.")
    try:
        return tomlkit.parse(read_text(path) if path.exists() else "")
    except (TOMLKitError, RecursionError) as error:
        raise UsageError(
            f"invalid TOML in {path}: {error}", "Correct the file, or move it away."
        ) from error


def _write_document(document: Any) -> Path:
    """Write the file atomically, readable by its owner only; follow a symbolic link."""
    import tempfile

    import tomlkit

    path = config_file()
    real = Path(os.path.realpath(path))
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=f"{real.name}.", dir=real.parent)  # of mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(tomlkit.dumps(document))
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(real)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", "Check the permissions of its folder."
        ) from error
    return path
