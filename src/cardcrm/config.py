"""Settings: one declared list that is also their documentation.

A flag wins over the environment (``CARDCRM_`` and the name in capitals, with underscores), that over
the file (TOML), that over what the box itself says of its region and currency, that over the
default. No secret is ever kept here: passwords come from a keyring or from a command.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import ConflictError, UsageError
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
        Setting("db", "the card box: a file's path (default: cards.db in the data folder)"),
        Setting("user", "who you are in the journal (default: your login name)"),
        Setting("region", "where national phone numbers are from, such as GB, DE or US"),
        Setting("currency", "the currency of amounts that name none, such as EUR"),
        Setting("timezone", "the time zone of due times, such as Europe/London (default: local)"),
        Setting("format", "how lists are shown", "table"),
        Setting("color", "when to use colour", "auto", ("auto", "always", "never")),
        Setting("lock-wait", "seconds to wait for another program's lock", "5", number=True),
        Setting("due-days", "days ahead that `due` looks", "7", number=True),
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
            "command that prints the mail password, such as `pass show mail` (default: the keyring)",
        ),
    )
}


class Config(NamedTuple):
    """Settings as given by flags, the environment and the file, with where each came from."""

    values: Mapping[str, str]
    origins: Mapping[str, str]

    def get(self, name: str) -> str:
        """A setting's value; the declared default where nobody gave one."""
        return self.values.get(name) or SETTINGS[name].default

    def number(self, name: str) -> float:
        """A numeric setting. Raises UsageError when it is none."""
        try:
            return float(self.get(name) or 0)
        except ValueError:
            raise UsageError(
                f"the setting {name} is “{self.get(name)}”, which is no number",
                f"It comes from {self.origins.get(name, 'the default')}.",
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
    """The settings in force. Raises UsageError for an unreadable file or an unknown setting in it."""
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
                values[name] = check(name, value)
                origins[name] = origin
    return Config(values, origins)


def _from_environment() -> dict[str, str]:
    return {
        setting.name: os.environ[setting.variable]
        for setting in SETTINGS.values()
        if setting.variable in os.environ
    }


def _from_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
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
    if declared.number:
        Config({name: value}, {}).number(name)
    if name == "region" and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise UsageError(f"“{value}” is no region", "Two letters, such as GB, DE or US.")
    if name == "currency":
        from cardcrm.money import exponent

        exponent(value.upper())
    return value.upper() if name in ("region", "currency") else value


def write(name: str, value: str) -> Path:
    """Write a setting into the file, keeping its comments; empty text takes it out."""
    import tomlkit

    if value:
        value = check(name, value)
    declared = setting(name)
    path = config_file()
    document = (
        tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else (tomlkit.document())
    )
    *tables, key = name.split(".")
    place = document
    for table in tables:
        place = place.setdefault(table, tomlkit.table())
    if value:
        place[key] = (float(value) if "." in value else int(value)) if declared.number else value
    else:
        place.pop(key, None)
    _replace(path, tomlkit.dumps(document))
    return path


def _replace(path: Path, text: str) -> None:
    """Write a file in one step, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    try:
        handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError(
            f"{fresh} is in the way", "Another program is writing the settings; or remove it."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


# The currency of a region, for a box that is made where the system says no more than its language.
_CURRENCIES = {
    "GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "SE": "SEK",
    "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "JP": "JPY", "CN": "CNY",
    "IN": "INR", "BR": "BRL", "MX": "MXN", "ZA": "ZAR", "IE": "EUR", "DE": "EUR", "AT": "EUR",
    "FR": "EUR", "BE": "EUR", "NL": "EUR", "LU": "EUR", "ES": "EUR", "PT": "EUR", "IT": "EUR",
    "FI": "EUR", "GR": "EUR", "EE": "EUR", "LV": "EUR", "LT": "EUR", "SK": "EUR", "SI": "EUR",
    "HR": "EUR", "MT": "EUR", "CY": "EUR",
}  # fmt: skip


def system_customs() -> tuple[str, str]:
    """Region and currency that the system's language settings suggest; GB and GBP where none do."""
    for variable in ("LC_ALL", "LC_MONETARY", "LANG"):
        place = os.environ.get(variable, "").partition(".")[0].partition("@")[0]
        _, _, region = place.partition("_")
        if len(region) == 2 and region.isalpha():
            return region.upper(), _CURRENCIES.get(region.upper(), "EUR")
    return "GB", "GBP"
