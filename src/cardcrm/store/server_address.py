"""The location of a database: the path of a file, or the address of a server.

A server is named by a URL (``postgresql://user@host/name``), by a service of libpq's service file
(``service=NAME``), or by ``pg:``. The last leaves everything to the ``PG*`` variables, and may add
libpq's keywords: ``pg:dbname=cards host=db``. Each database of cardcrm fills one schema of the
server's database, the first of the connection's search path: ``?options=-csearch_path%3Dleeds``
names another one there.
"""

from pathlib import Path

from cardcrm.errors import StorageError, UsageError
from cardcrm.paths import expand_path

_SCHEMES = ("postgresql://", "postgres://", "service=", "pg:")


def is_server(location: object) -> bool:
    """Return whether a location is the address of a server, not the path of a file."""
    return isinstance(location, str) and location.startswith(_SCHEMES)


def parse_location(text: str) -> Path | str:
    """Return a typed location as a server's address or the path of a file. Raises UsageError."""
    if text.startswith(_SCHEMES):
        return text
    if "://" in text:
        raise UsageError(
            f"unknown kind of database “{text.partition('://')[0]}://”",
            "Name a file, or a PostgreSQL server: postgresql://user@host/name.",
        )
    if "=" in text and has_password(text):
        raise UsageError(
            f"{hide_password(text)} is not a path", "The address of a server begins with pg:."
        )
    return expand_path(text) if text.startswith("~") else Path(text)


def conninfo(location: str) -> str:
    """Return the connection string of libpq for a server's address."""
    return location.removeprefix("pg:").strip()


def hide_password(location: str) -> str:
    """Return a location without the password that it may contain."""
    from cardcrm.store import server_password

    if is_server(location) or server_password.looks_private(location):
        return server_password.hide(location)
    return location


def has_password(location: str) -> bool:
    """Return whether a location contains a password."""
    return hide_password(location) != location


def refuse_password(location: str, where: str) -> None:
    """Raise UsageError for an address with a password ``where`` others can read it."""
    if has_password(location):
        raise UsageError(
            f"other users of this machine can read a password in {where}",
            "Keep it in ~/.pgpass (mode 0600) or a service file, and leave it out of the address.",
        )


def refuse_unclear(location: str) -> None:
    """Raise StorageError for an address that libpq refuses, or reads otherwise than it was meant.

    The messages of libpq about such an address could quote a part of its password.
    """
    from cardcrm.store import server_password

    if not server_password.is_clear(location):
        raise StorageError(
            f"invalid address of a server: {hide_password(location)}",
            "For example: postgresql://user@host/name, service=NAME, or pg: for PG* variables. "
            "In a password, write % as %25, / as %2F, ? as %3F, # as %23 and @ as %40.",
        )
