"""`config`: show and change settings."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm import config, config_writer, phone_regions
from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.config_cadence import cadence
from cardcrm.cli.config_columns import columns
from cardcrm.cli.config_password import password
from cardcrm.cli.config_rates import rates
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, NoDatabaseError, UsageError
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import Locale, server_address
from cardcrm.text import sanitize

app = typer.Typer()

_IN_DATABASE = ("region", "currency")  # settings that each database records


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Setting; see `config list`.", autocompletion=Source("setting")
    ),
]


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """List all settings with their meaning, value and origin.

    An environment variable can also set each of them, such as CARDCRM_LOCK_WAIT for lock-wait.

    Example:
        cardcrm config list

    """
    session = session_of(ctx)
    # For people a card: the meaning would not fit beside value and origin.
    is_table = session.format == "table"
    return Result(_card(session) if is_table else _list_settings(session, *config.SETTINGS))


def _card(session: Session) -> Card:
    facts: list[tuple[str, str]] = []
    for name in config.SETTINGS:
        _, value, origin, meaning = _describe(session, name)
        facts.append((name, meaning))
        if value:
            facts.append(("", f"= {value}" + (f" (from {origin})" if origin != "default" else "")))
    return Card("Settings", str(config.config_file()), tuple(facts))


def _list_settings(session: Session, *names: str) -> Sheet:
    columns = (
        Column("name", "setting"),
        Column("current", "value", wide=True),
        Column("from", "from", wide=True),
        Column("help", "meaning", wide=True),
    )
    return Sheet(columns, [_describe(session, name) for name in names], ids="name")


def _show_setting(session: Session, name: str) -> Card:
    """Return one setting; one that is not known is empty."""
    sheet = _list_settings(session, *([name] if name in config.SETTINGS else []))
    cells = next(iter(sheet.rows), (name, "", "", ""))
    keys = [column.key for column in sheet.columns]
    return Card(name, data=dict(zip(keys, cells, strict=True)), row=sheet._replace(rows=[cells]))


def _describe(session: Session, name: str) -> tuple[str, str, str, str]:
    """Return name, value in force, origin and meaning of a setting."""
    settings = session.config
    origin = settings.origins.get(name, "")
    value = _hide_password(name, settings.get(name))
    if not value and name in _IN_DATABASE:
        value, origin = _read_from_database(session, name)
    declared = config.find_setting(name)
    choices = f" ({', '.join(declared.choices)})" if declared.choices else ""
    return name, value, origin or ("default" if value else ""), declared.help + choices


def _read_from_database(session: Session, name: str) -> tuple[str, str]:
    """Return the value that a database file records, or a new one would, and its origin.

    A server is not asked, because it may be out of reach.
    """
    try:
        if not isinstance(session.location, Path):
            return "", ""
        return getattr(session.store(readonly=True).locale, name), "the database"
    except NoDatabaseError:
        defaults = dict(zip(_IN_DATABASE, phone_regions.detect_locale(), strict=True))
        return defaults[name] or getattr(
            Locale(), name
        ), "the system's language, for a new database"
    except CardcrmError:
        return "", ""


def _hide_password(name: str, value: str) -> str:
    """Return a value as shown: the address of a server without its password."""
    return server_address.hide_password(value) if name == "db" else value


@app.command("get")
def get(ctx: typer.Context, name: Name) -> Result:
    """Print the value of a setting.

    Example:
        cardcrm config get currency

    """
    session = session_of(ctx)
    declared = config.find_setting(name)
    if session.format != "table":
        return Result(_show_setting(session, name))
    value = _describe(session, name)[1]
    is_unset = not value and session.has_reader
    return Result(_line(value), notes=(f"{name} is not set: {declared.help}",) if is_unset else ())


def _line(text: str) -> Page:
    """Return a line without a heading, for scripts."""
    return Page(lambda _color, _width: sanitize(text) + "\n")


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    ctx: typer.Context,
    name: Name,
    value: Annotated[list[str], typer.Argument(metavar="VALUE…", help="Value; needs no quotes.")],
) -> Result:
    """Change a setting in the settings file, keeping its comments.

    Examples:
        cardcrm config set currency EUR

        cardcrm config set mail.password-command pass show mail

    """
    session = session_of(ctx)
    text = " ".join(value).strip()
    if not text:
        raise UsageError("no value given", f"To clear the setting: cardcrm config unset {name}")
    if name == "db":
        server_address.refuse_password(text, "the command line")
    if name.startswith("keys."):
        from cardcrm.tui import keys

        keys.check_id(name.removeprefix("keys."))
    path = config_writer.write(name, text)
    return Result(
        lambda: _show_setting(session, name),
        f"set {name} to {config.validate(name, text)} in {path}"
        + _describe_override(session, name),
    )


def _describe_override(session: Session, name: str) -> str:
    """Return a warning if the environment or the command line overrides the file."""
    origin = session.config.origins.get(name, "")
    if origin in ("", str(config.config_file())):
        return ""
    return f"; but {origin} sets it to {_hide_password(name, session.config.get(name))}, which wins"


@app.command("unset")
def unset(ctx: typer.Context, name: Name) -> Result:
    """Remove a setting from the settings file, so that its default applies.

    Example:
        cardcrm config unset currency

    """
    session = session_of(ctx)
    is_removed = config_writer.clear(name)
    path = config.config_file()
    message = f"removed {name} from {path}" if is_removed else f"{name} was not set in {path}"
    return Result(lambda: _show_setting(session, name), message + _describe_override(session, name))


@app.command("path")
def path(ctx: typer.Context) -> Result:
    """Print the path of the settings file.

    Example:
        cardcrm config path

    """
    file = str(config.config_file())
    if session_of(ctx).format == "table":
        return Result(_line(file))
    row = Sheet((Column("path", "path"),), [(file,)])
    return Result(Card("settings", data={"path": file}, row=row))


app.command("cadence", context_settings={"ignore_unknown_options": True})(cadence)
app.command("columns", context_settings={"ignore_unknown_options": True})(columns)
app.command("password")(password)
app.command("rates")(rates)
