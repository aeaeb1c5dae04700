"""`config`: the settings, what they are for and what they are set to."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cardcrm import config, phone_regions
from cardcrm.cli.common import Session, session_of
from cardcrm.errors import CardError, NoDatabaseError, UsageError
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import server_address

app = typer.Typer()


def _names(incomplete: str) -> list[tuple[str, str]]:
    return [
        (each.name, each.help)
        for each in config.SETTINGS.values()
        if each.name.startswith(incomplete)
    ]


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A setting; see list.", autocompletion=_names)
]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List all settings: what each is for, its value and where that comes from.

    Each can also be set by an environment variable, such as CARDCRM_LOCK_WAIT for lock-wait.

    Example:
        cardcrm config list

    """
    session = session_of(ctx)
    # For people a card: what a setting is for would not fit beside its value and origin.
    session.show(_card(session) if session.format == "table" else _sheet(session, *config.SETTINGS))


def _card(session: Session) -> Card:
    facts: list[tuple[str, str]] = []
    for name in config.SETTINGS:
        _, value, origin, use = _row(session, name)
        facts.append((name, use))
        if value:
            facts.append(("", f"= {value}" + (f" (from {origin})" if origin != "default" else "")))
    return Card("Settings", str(config.config_file()), tuple(facts))


def _sheet(session: Session, *names: str) -> Sheet:
    columns = (
        Column("name", "setting"),
        Column("value", "value", wide=True),
        Column("from", "from", wide=True),
        Column("help", "what it is for", wide=True),
    )
    return Sheet(columns, [_row(session, name) for name in names], ids="name")


def _row(session: Session, name: str) -> tuple[str, str, str, str]:
    """A setting with its value; where nobody set it, what holds in its place."""
    settings = session.config
    origin = settings.origins.get(name, "")
    value = _shown(name, settings.get(name))
    if not value and name in _OF_A_BOX:
        value, origin = _of_the_box(session, name)
    declared = config.setting(name)
    choices = f" ({', '.join(declared.choices)})" if declared.choices else ""
    return name, value, origin or ("default" if value else ""), declared.help + choices


_OF_A_BOX = ("region", "currency")


def _of_the_box(session: Session, name: str) -> tuple[str, str]:
    """What a box in a file says of itself, or a new one would say; with where that is from.

    A server is not asked, as it may not be there.
    """
    try:
        if not isinstance(session.location, Path):
            return "", ""
        return getattr(session.store(readonly=True).locale, name), "the box"
    except NoDatabaseError:
        new = dict(zip(_OF_A_BOX, phone_regions.of_the_system(), strict=True))
        return new[name], "the system's language, for a new box"
    except CardError:
        return "", ""


def _shown(name: str, value: str) -> str:
    """A value as it may be shown: the address of a server without its password."""
    return (
        server_address.hide_password(value)
        if name == "db" and server_address.is_server(value)
        else value
    )


@app.command("get")
def get(ctx: typer.Context, name: Name) -> None:
    """Print the value of a setting.

    Example:
        cardcrm config get currency

    """
    session = session_of(ctx)
    declared = config.setting(name)
    if session.format == "table":
        _, value, _, _ = _row(session, name)
        _bare(value)
        if not value and session.is_watched:
            session.say(f"{name} is not set: {declared.help}")
    else:
        session.show(_sheet(session, name))


def _bare(text: str) -> None:
    """One line without a head, for scripts."""
    from cardcrm.render.streams import writer
    from cardcrm.text import clean

    writer(sys.stdout)(clean(text) + "\n")


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    ctx: typer.Context,
    name: Name,
    value: Annotated[list[str], typer.Argument(metavar="VALUE…", help="What to set it to.")],
) -> None:
    """Set a setting in the settings file; comments in it are kept.

    Examples:
        cardcrm config set currency EUR

        cardcrm config set mail.password-command pass show mail

    """
    session = session_of(ctx)
    text = " ".join(value).strip()
    if not text:
        raise UsageError("there is no value", f"To clear it: cardcrm config unset {name}")
    if name == "db":
        server_address.refuse_password(text, "the command line")
    if name.startswith("keys."):
        from cardcrm.tui import keys

        keys.check_id(name.removeprefix("keys."))
    path = config.write(name, text)
    session.answer(
        f"set {name} to {config.check(name, text)} in {path}" + _overridden(session, name),
        lambda: _sheet(session, name),
    )


def _overridden(session: Session, name: str) -> str:
    """A warning where something stronger than the file has its own word."""
    origin = session.config.origins.get(name, "")
    if origin in ("", str(config.config_file())):
        return ""
    return f"; but {origin} says {_shown(name, session.config.get(name))}, and that wins"


@app.command("unset")
def unset(ctx: typer.Context, name: Name) -> None:
    """Take a setting out of the settings file, so that its default holds again.

    Example:
        cardcrm config unset currency

    """
    session = session_of(ctx)
    gone = config.clear(name)
    path = config.config_file()
    words = f"took {name} out of {path}" if gone else f"{name} was not set in {path}"
    known = (name,) if name in config.SETTINGS else ()
    session.answer(words + _overridden(session, name), lambda: _sheet(session, *known))


@app.command("path")
def path(ctx: typer.Context) -> None:
    """Print where the settings file is.

    Example:
        cardcrm config path

    """
    session = session_of(ctx)
    where = str(config.config_file())
    if session.format == "table":
        _bare(where)
    else:
        session.show(Sheet((Column("path", "path"),), [(where,)], ids="path"))


@app.command("password")
def password(
    ctx: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out of the keyring.")] = False,
) -> None:
    """Keep the password of the mail server in the keyring.

    It is asked for without showing it, or read from standard input in a script. It never stands in
    the settings file. On machines without a keyring set mail.password-command instead.

    Example:
        cardcrm config password

    """
    from cardcrm.mail import keyring_password as passwords

    session = session_of(ctx)
    user = session.config.get("mail.user") or session.config.get("mail.from")
    if not user:
        raise UsageError("whose password?", "First: cardcrm config set mail.user NAME")
    if remove:
        gone = passwords.forget(user)
        session.say(f"the keyring {'no longer has' if gone else 'had no'} password for {user}")
        return
    secret = _secret(session, user)
    if not secret:
        raise UsageError("there is no password", "Nothing was kept.")
    passwords.keep(user, secret)
    session.say(f"the keyring has the mail password for {user} now")


def _secret(session: Session, user: str) -> str:
    if not session.asks:
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    return getpass.getpass(f"Mail password for {user}: ", stream=sys.stderr)
