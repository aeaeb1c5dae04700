"""The location of a database: the path of a file, or the address of a server.

A server is named by a URL (``postgresql://user@host/name``), by a service of libpq's service file
(``service=NAME``), or by ``pg:``. The last leaves everything to the ``PG*`` variables, and may add
libpq's keywords: ``pg:dbname=cards host=db``. Each database of cardcrm fills one schema of the
server's database, the first of the connection's search path: ``?options=-csearch_path%3Dleeds``
names another one there.
"""

import re
from pathlib import Path

from cardcrm.errors import UsageError

_SCHEMES = ("postgresql://", "postgres://", "service=", "pg:")
# The patterns stay strings, so that re compiles them only where a server is used.
_URL_CREDENTIALS = r"(?<=://)([^/?#:]*):([^/?#]*)@"
_KEYWORD_CREDENTIALS = r"(?i)\b((?:ssl)?password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)"


def is_server(location: object) -> bool:
    """Return whether a location is the address of a server, not the path of a file."""
    return isinstance(location, str) and location.startswith(_SCHEMES)


def parse_location(text: str) -> Path | str:
    """Return a typed location as a server's address or the path of a file."""
    return text if is_server(text) else Path(text).expanduser()


def conninfo(location: str) -> str:
    """Return the connection string of libpq for a server's address."""
    return location.removeprefix("pg:").strip()


def hide_password(location: str) -> str:
    """Return an address without its password."""
    return re.sub(_KEYWORD_CREDENTIALS, r"\1***", re.sub(_URL_CREDENTIALS, r"\1@", location))


def has_password(location: str) -> bool:
    """Return whether an address contains a password."""
    return is_server(location) and hide_password(location) != location


def refuse_password(location: str, where: str) -> None:
    """Raise UsageError for an address with a password ``where`` others can read it."""
    if has_password(location):
        raise UsageError(
            f"other users of this machine can read a password in {where}",
            "Keep it in ~/.pgpass (mode 0600) or a service file, and leave it out of the address.",
        )
