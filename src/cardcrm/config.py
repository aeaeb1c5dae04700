"""Settings: one declared list that is also their documentation.

A flag wins over the environment (``CARDCRM_`` and the name in capitals, with underscores), that
over the file (TOML), that over what the box itself says of its region and currency, that over the
default. No secret is ever kept here: passwords come from a keyring or from a command.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.text import near

APP = "cardcrm"


class Setting(NamedTuple):
    """One setting: its name, what it is for, its default, and the values it may have, if few."""

    name: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    number: bool = False

    @property
    def variable(self) -> str:
        """The name of the environment variable that sets it."""
        return f"{APP}_{self.name}".upper().replace("-", "_").replace(".", "_")


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "db", "the card box: a file's path, or a server's address (postgresql://user@host/name)"
        ),
        Setting("user", "who you are in the journal (default: your login name)"),
        Setting("region", "where national phone numbers are from, such as GB, DE or US"),
        Setting("currency", "the currency of amounts that name none, such as EUR"),
        Setting("timezone", "the time zone of due times, such as Europe/London (default: local)"),
        Setting(
            "format",
            "how lists are shown",
            "table",
            ("table", "json", "csv", "tsv", "ids", "markdown", "html"),
        ),
        Setting("color", "when to use colour", "auto", ("auto", "always", "never")),
        Setting("lock-wait", "seconds to wait for another program's lock", "5", number=True),
        Setting("due-days", "days ahead that `due` looks", "7", number=True),
        Setting("theme", "how the screen looks", "dark", ("dark", "light", "plain")),
        Setting("open-command", "what opens mailto:, tel: and web addresses", "xdg-open"),
        Setting("mail.host", "SMTP server for `due --mail`"),
        Setting(
            "mail.port", "its port (default: 587, or 465 with tls, or 25 with none)", number=True
        ),
        Setting(
            "mail.security",
            "how the connection is secured",
            "starttls",
            ("starttls", "tls", "none"),
        ),
        Setting("mail.user", "login name at the mail server (default: no login)"),
        Setting("mail.from", "address that mail is sent from (default: mail.user)"),
        Setting(
            "mail.password-command",
            "command that prints the mail password, as `pass show mail` (default: the keyring)",
        ),
    )
}


class Config(NamedTuple):
    """Settings as given by flags, the environment and the file, with where each came from."""

    values: Mapping[str, str]
    origins: Mapping[str, str]

    def get(self, name: str) -> str:
        """A setting's value; the declared default where nobody gave one."""
        return self.values.get(name) or setting(name).default

    def keys(self) -> dict[str, str]:
        """The keys that actions on the screen are given: an action's id and its keys."""
        mine = (name for name in self.values if name.startswith("keys."))
        return {name.removeprefix("keys."): self.values[name] for name in mine}

    def number(self, name: str) -> float:
        """A numeric setting. Raises UsageError when it is none."""
        try:
            return float(self.get(name) or 0)
        except ValueError:
            raise UsageError(
                f"the setting {name} is “{self.get(name)}”, which is no number",
                "It is a number, zero or more.",
            ) from None


def folder(kind: str) -> Path:
    """Where settings (kind ``config``) or cards (kind ``data``) live on this system."""
    if sys.platform == "linux":  # the XDG rules, without 3 ms for loading a library that knows all
        variable, beneath = {
            "config": ("XDG_CONFIG_HOME", ".config"),
            "data": ("XDG_DATA_HOME", ".local/share"),
        }[kind]
        base = os.environ.get(variable, "")
        root = Path(base) if base.startswith("/") else Path.home() / beneath
        return root / APP
    import platformdirs

    found = platformdirs.user_config_dir if kind == "config" else platformdirs.user_data_dir
    return Path(found(APP, appauthor=False))


def config_file() -> Path:
    """The settings file; ``CARDCRM_CONFIG`` names another."""
    return Path(os.environ.get("CARDCRM_CONFIG") or folder("config") / "config.toml")


def default_box() -> Path:
    """The box used where nothing names one."""
    return folder("data") / "cards.db"


def load(flags: Mapping[str, str]) -> Config:
    """The settings in force. Raises UsageError for a file that cannot be read."""
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    path = config_file()
    sources = (
        (str(path), _from_file(path)),
        ("the environment", _from_environment()),
        ("the command line", flags),
    )
    for origin, given in sources:
        for name, value in given.items():
            if value:
                values[name] = _checked(name, value, origin)
                origins[name] = origin
    return Config(values, origins)


def _checked(name: str, value: str, origin: str) -> str:
    """A value from somewhere; a complaint about it says from where."""
    try:
        return check(name, value)
    except UsageError as error:
        raise UsageError(f"{error.message} (in {origin})", error.hint) from error


def _from_environment() -> dict[str, str]:
    return {
        setting.name: os.environ[setting.variable]
        for setting in SETTINGS.values()
        if setting.variable in os.environ
    }


def _from_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    import tomllib

    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}", "Mend it, or move it away.") from error
    return _flat(parsed)


def _flat(table: Mapping[str, object], before: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = str(value)
    return flat


def setting(name: str) -> Setting:
    """The declared setting of that name. Raises UsageError with the nearest names."""
    if "password" in name and name not in SETTINGS:
        raise UsageError(
            f"“{name}”: passwords are not kept in the settings",
            "Set mail.password-command, or use the keyring: `cardcrm config password`.",
        )
    found = SETTINGS.get(name)
    if found is None and re.fullmatch(r"keys\.[a-z-]+(\.[a-z-]+)*", name):
        return Setting(name, "the keys of an action on the screen, such as l or f5,ctrl+l")
    if found is None:
        like = near(name, SETTINGS)
        raise UsageError(
            f"there is no setting “{name}”",
            f"Did you mean {like[0]}?" if like else "See `cardcrm config list`.",
        )
    return found


def check(name: str, value: str) -> str:
    """A setting's value, if it may have it. Raises UsageError."""
    declared = setting(name)
    if declared.choices and value not in declared.choices:
        raise UsageError(
            f"{name} cannot be “{value}”", f"It is one of: {', '.join(declared.choices)}."
        )
    if declared.number and not 0 <= Config({name: value}, {}).number(name) < 1e9:
        raise UsageError(f"{name} cannot be “{value}”", "It is a number, zero or more.")
    if name == "region":
        from cardcrm import phone_regions

        return phone_regions.checked(value)
    if name == "currency":
        from cardcrm.money import exponent

        exponent(value.upper())
    return value.upper() if name == "currency" else value


def write(name: str, value: str) -> Path:
    """Write a setting into the file, keeping its comments; the file's path. Raises UsageError."""
    value = check(name, value)
    if name == "timezone":
        from cardcrm import dates

        dates.now(value)
    declared = setting(name)
    number = float(value) if declared.number else 0
    kept = (int(number) if number == int(number) else number) if declared.number else value
    document = _document()
    *tables, key = name.split(".")
    place: Any = document
    for table in tables:
        place = place.setdefault(table, {})
    place[key] = kept
    return _replace(document)


def clear(name: str) -> bool:
    """Take a setting out of the file; False if it was not there. Raises UsageError."""
    document = _document()
    *tables, key = name.split(".")
    place: Any = document
    for table in tables:
        place = place.get(table, {})
    if name in document:  # an unknown name may stand there, and has to go as well
        del document[name]
    elif key in place:
        del place[key]
    else:
        setting(name)
        return False
    if tables and not place:
        del document[tables[0]]
    _replace(document)
    return True


def _document() -> Any:
    """The settings file as a document that knows its comments. Raises UsageError."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = config_file()
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    except TOMLKitError as error:
        raise UsageError(f"{path} is no TOML: {error}", "Mend it, or move it away.") from error


def _replace(document: Any) -> Path:
    """Write the file in one step, for its owner alone; where it is a link, what it links to."""
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
            f"{path} cannot be written: {error.strerror}", "Check the permissions of its folder."
        ) from error
    return path
