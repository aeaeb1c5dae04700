"""`config password`: keep the password of the mail server in the keyring."""

import sys
from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Card


def password(
    ctx: typer.Context,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the password from the keyring.")
    ] = False,
) -> Result:
    """Store the password of the mail server in the keyring.

    The command asks for it without showing it; a script can send it to standard input. It is never
    written to the settings file. On a machine without a keyring, set mail.password-command.

    Example:
        cardcrm config password

    """
    from cardcrm.mail import keyring_password

    session = session_of(ctx)
    user = session.config.get("mail.user") or session.config.get("mail.from")
    if not user:
        raise UsageError("no mail user is set", "First: cardcrm config set mail.user NAME")
    if remove:
        is_removed = keyring_password.delete_password(user)
        found = "removed the mail password" if is_removed else "the keyring has no mail password"
        return Result(_state(user, is_stored=False), f"{found} for {user}")
    secret = _read_secret(session, user)
    if not secret:
        raise UsageError("no password given", "Nothing was stored. Type it, or pipe it in.")
    keyring_password.store_password(user, secret)
    message = f"stored the mail password for {user} in the keyring"
    return Result(_state(user, is_stored=True), message)


def _state(user: str, *, is_stored: bool) -> Card:
    return Card("mail password", data={"user": user, "stored": is_stored})


def _read_secret(session: Session, user: str) -> str:
    if not session.can_ask:
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    return getpass.getpass(f"Mail password for {user}: ", stream=sys.stderr)
