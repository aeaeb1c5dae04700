"""Declare and read the settings; `config_writer` writes them.

The order of precedence is: option, environment variable (``CARDCRM_`` and the name in capitals with
underscores), settings file (TOML), region and currency of the database, default. Settings have no
secrets; passwords come from a keyring or from a command.
"""

import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.paths import expand_path, home_folder
from cardcrm.text import find_similar

APP = "cardcrm"
_MAX_SIZE = 1_000_000  # bytes of the settings file


class Setting(NamedTuple):
    """One setting: name, help, default, and its choices if they are limited."""

    name: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    number: bool = False

    @property
    def variable(self) -> str:
        """Return the name of its environment variable."""
        return f"{APP}_{self.name}".upper().replace("-", "_").replace(".", "_")


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "db", "the database: a file path, or a server address (postgresql://user@host/name)"
        ),
        Setting("user", "your name in the journal (default: your login name)"),
        Setting("region", "region of phone numbers without a country code, such as GB, DE or US"),
        Setting("currency", "currency of amounts without one, such as EUR"),
        Setting("timezone", "time zone of due times, such as Europe/London (default: local)"),
        Setting(
            "format",
            "output format of lists",
            "table",
            ("table", "json", "csv", "tsv", "ids", "markdown", "html"),
        ),
        Setting("color", "when to use color", "auto", ("auto", "always", "never")),
        Setting(
            "pager",
            "program for output longer than the terminal, or `none` (default: $PAGER, else less)",
        ),
        Setting("charts", "whether a terminal shows the charts of reports", "yes", ("yes", "no")),
        Setting("lock-wait", "seconds to wait for a lock of another program", "5", number=True),
        Setting(
            "photo-limit", "largest photo of a vCard that is imported, in KB", "1000", number=True
        ),
        Setting("due-days", "days that `due` looks ahead", "7", number=True),
        Setting("alert-days", "days that an alert is shown; 0 shows none", "30", number=True),
        Setting(
            "colleague-days",
            "days for which commands say what colleagues did with a contact; 0 for none",
            "7",
            number=True,
        ),
        Setting("theme", "color theme of the screen", "dark", ("dark", "light", "plain")),
        Setting("keymap", "set of keys of the screen", "default", ("default", "vim")),
        Setting("open-command", "command that opens mailto:, tel: and web addresses", "xdg-open"),
        Setting("firm.name", "name of your firm at the head of quotes"),
        Setting("firm.address", "address of your firm on quotes"),
        Setting("firm.contact", "phone, mail and web address of your firm on quotes"),
        Setting("firm.tax", "tax number of your firm on quotes"),
        Setting("firm.bank", "bank account of your firm on quotes"),
        Setting("firm.footer", "last line of quotes, such as the terms of payment"),
        Setting("quote.template", "template of quotes, a .md or .html file with named fields"),
        Setting("mail.host", "SMTP server that mail is sent by"),
        Setting(
            "mail.port",
            "port of the mail server (default: 587, 465 with tls, 25 with none)",
            number=True,
        ),
        Setting(
            "mail.security",
            "encryption of the connection to the mail server; none for localhost unless set",
            "starttls",
            ("starttls", "tls", "none"),
        ),
        Setting("mail.user", "login name at the mail server (default: no login)"),
        Setting("mail.from", "sender address of mail (default: mail.user)"),
        Setting("mail.name", "name beside that address, such as 'Jane Doe, Acme'"),
        Setting("mail.own", "your own mail addresses, for `log-mail`, separated by commas"),
        Setting(
            "mail.password-command",
            "command that prints the mail password, such as `pass show mail` (default: keyring)",
        ),
        Setting("mail.token-command", "command that prints an OAuth token, in place of a password"),
        Setting("mail.rate", "mails that are sent in a minute; 0 for no limit", "0", number=True),
        Setting(
            "mail.domain-rate",
            "mails a minute to the addresses of one domain; 0 for no limit",
            "0",
            number=True,
        ),
        Setting(
            "mail.quiet-hours",
            "hours in which no campaign is sent, in the time zone of the contact: 21:00-08:00",
            "none",
        ),
        Setting(
            "mail.cap",
            "mails of campaigns to a contact in 7 days; 0 for no limit",
            "0",
            number=True,
        ),
        Setting("mail.imap-host", "server that `mail fetch` reads mail from"),
        Setting(
            "mail.imap-port", "port of that server (default: 993, 143 with starttls)", number=True
        ),
        Setting(
            "mail.imap-security",
            "encryption of the connection to that server",
            "tls",
            ("tls", "starttls", "none"),
        ),
        Setting("mail.imap-user", "login name there (default: mail.user)"),
        Setting(
            "mail.imap-folders",
            "folders that are read, separated by commas (default: INBOX and that of sent mail)",
        ),
        Setting(
            "mail.imap-password-command",
            "command that prints the password there (default: mail.password-command, or keyring)",
        ),
        Setting("mail.imap-token-command", "command that prints an OAuth token in its place"),
        Setting(
            "mail.alarm",
            "days without fetched mail after which `due` says so; 0 for never",
            "2",
            number=True,
        ),
        Setting(
            "case.inbox",
            "mail accounts and addresses of the help desk, separated by commas: their mail opens a "
            "case, or continues one",
        ),
        Setting(
            "case.acknowledgment",
            "template of the mail that says once that a case was opened by mail",
        ),
        Setting(
            "case.survey",
            "template of the mail that asks once, after a case is solved, for a rating",
        ),
        Setting("desk.player", "command that plays recordings, such as `mpv --no-video`"),
    )
}

# A further mail account is a section of its own, such as ``account.work.host``.
_ACCOUNT = r"account\.[a-z0-9-]+\.([a-z-]+)"


class Config(NamedTuple):
    """The values of settings from options, environment and file, and the origin of each."""

    values: Mapping[str, str]
    origins: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return the value of a setting, or its default."""
        return self.values.get(name) or find_setting(name).default

    def keys(self) -> dict[str, str]:
        """Return the configured keys of screen actions, by the id of the action."""
        names = (name for name in self.values if name.startswith("keys."))
        return {name.removeprefix("keys."): self.values[name] for name in names}

    def accounts(self) -> dict[str, dict[str, str]]:
        """Return the settings of the further mail accounts, by the name of the account."""
        found: dict[str, dict[str, str]] = {}
        for name in self.values:
            if re.fullmatch(_ACCOUNT, name):
                _, account, key = name.split(".")
                found.setdefault(account, {})[key] = self.values[name]
        return found

    def own_addresses(self) -> tuple[str, ...]:
        """Return the settings that hold mail addresses of the user."""
        return tuple(map(self.get, ("mail.own", "mail.from", "mail.user")))

    def number(self, name: str) -> float:
        """Return a numeric setting. Raises UsageError for an invalid number."""
        try:
            return float(self.get(name) or 0)
        except ValueError:
            raise UsageError(
                f"invalid number “{self.get(name)}” for {name}",
                "Use a number, 0 or more.",
            ) from None


def app_folder(kind: str) -> Path:
    """Return the folder for settings (``config``) or databases (``data``) on this system."""
    if sys.platform == "linux":  # the XDG rules; importing platformdirs costs 3 ms
        variable, beneath = {
            "config": ("XDG_CONFIG_HOME", ".config"),
            "data": ("XDG_DATA_HOME", ".local/share"),
        }[kind]
        base = os.environ.get(variable, "")
        root = Path(base) if base.startswith("/") else home_folder() / beneath
        return root / APP
    import platformdirs

    found = platformdirs.user_config_dir if kind == "config" else platformdirs.user_data_dir
    return Path(found(APP, appauthor=False))


def config_file() -> Path:
    """Return the settings file; ``CARDCRM_CONFIG`` overrides its path. Raises UsageError."""
    named = os.environ.get("CARDCRM_CONFIG", "")
    if named.startswith("~"):
        return expand_path(named)
    return Path(named or app_folder("config") / "config.toml")


def default_database() -> Path:
    """Return the path of the default database."""
    return app_folder("data") / "cards.db"


def load(flags: Mapping[str, str]) -> Config:
    """Load the settings. Raises UsageError for an unreadable file and an invalid value."""
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    path = config_file()
    sources = (
        (str(path), _read_file(path)),
        ("the environment", _read_environment()),
        ("the command line", flags),
    )
    for origin, given in sources:
        for name, value in given.items():
            if value:
                values[name] = _validate_from(name, value, origin)
                origins[name] = origin
    return Config(values, origins)


def _validate_from(name: str, value: str, origin: str) -> str:
    """Validate a value; an error message includes its origin."""
    try:
        return validate(name, value)
    except UsageError as error:
        raise UsageError(f"{error.message} (in {origin})", error.hint) from error


def _read_environment() -> dict[str, str]:
    return {
        setting.name: os.environ[setting.variable]
        for setting in SETTINGS.values()
        if setting.variable in os.environ
    }


def _read_file(path: Path) -> dict[str, str]:
    text = read_text(path)
    if not text.strip():
        return {}
    import tomllib

    try:
        parsed = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(
            f"invalid TOML in {path}: {error}", "Correct the file, or move it away."
        ) from error
    return _flatten(parsed)


def read_text(path: Path) -> str:
    """Return the text of the settings file; empty if the default one is missing. Raises UsageError.

    It may be a device without an end, so only its beginning is read; a pipe without a writer would
    wait for ever.
    """
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            is_readable = stat.S_ISREG(mode) or stat.S_ISCHR(mode)
            content = (file.read(_MAX_SIZE + 1) or b"") if is_readable else b""
        text = content.decode()
    except (FileNotFoundError, NotADirectoryError) as error:
        if os.environ.get("CARDCRM_CONFIG"):
            raise UsageError(
                f"the settings file {path} does not exist",
                "Correct CARDCRM_CONFIG, or create the file: cardcrm config set NAME VALUE",
            ) from error
        return ""
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {error}", "Name a text file.") from error
    if not is_readable:
        raise UsageError(f"cannot read {path}: it is not a file", "Name a text file.")
    if len(content) > _MAX_SIZE:
        raise UsageError(
            f"{path} is longer than {_MAX_SIZE:,} bytes", "It must be a file of settings in TOML."
        )
    return text


def _flatten(table: Mapping[str, object], before: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{before}{name}.")
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            flat[before + name] = str(value)
        else:
            raise UsageError(
                f"invalid value {value} for {before}{name} in {config_file()}",
                "Use a text in quotes, or a number.",
            )
    return flat


def find_setting(name: str) -> Setting:
    """Return the setting with a name. Raises UsageError with similar names."""
    account = re.fullmatch(_ACCOUNT, name)
    declared = SETTINGS.get(f"mail.imap-{account[1]}") if account else None
    if declared is not None:
        return declared._replace(name=name)
    if "password" in name and name not in SETTINGS:
        raise UsageError(
            f"passwords cannot be stored in the settings (“{name}”)",
            "Set mail.password-command, or use the keyring: `cardcrm config password`.",
        )
    found = SETTINGS.get(name)
    if found is None and re.fullmatch(r"keys\.[a-z-]+(\.[a-z-]+)*", name):
        return Setting(name, "keys of an action on the screen, such as l or f5,ctrl+l")
    if found is None:
        like = find_similar(name, SETTINGS)
        raise UsageError(
            f"unknown setting “{name}”",
            f"Did you mean {like[0]}?" if like else "See `cardcrm config list`.",
        )
    return found


def validate(name: str, value: str) -> str:
    """Return the normalized value of a setting. Raises UsageError for an invalid value."""
    declared = find_setting(name)
    if declared.choices and value not in declared.choices:
        raise UsageError(
            f"invalid value “{value}” for {name}", f"Choose one of: {', '.join(declared.choices)}."
        )
    if declared.number and not 0 <= Config({name: value}, {}).number(name) < 1e9:
        raise UsageError(f"invalid value “{value}” for {name}", "Use a number, 0 or more.")
    if name == "region":
        from cardcrm import phone_regions

        return phone_regions.validate_region(value)
    if name == "currency":
        from cardcrm.money import count_decimals

        count_decimals(value.upper())
    return value.upper() if name == "currency" else value
