"""Where a box is: a file's path, or the address of a server.

A server is named by a URL (``postgresql://user@host/name``), by a service of libpq's service file
(``service=NAME``), or by ``pg:``, which leaves everything to the ``PG*`` variables and may go on
with libpq's own words: ``pg:dbname=cards host=db``. Each box fills one schema of a
database, the first of the connection's search path, so ``?options=-csearch_path%3Dleeds`` names
another box there.
"""

import re
from pathlib import Path

from cardcrm.errors import UsageError

_SCHEMES = ("postgresql://", "postgres://", "service=", "pg:")
# Patterns stay strings: re compiles them at their first use, and boxes in files never need them.
_IN_URL = r"(?<=://)([^/?#:]*):([^/?#]*)@"
_IN_WORDS = r"(?i)\b((?:ssl)?password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)"


def is_server(location: object) -> bool:
    """Whether a location is the address of a server, not the path of a file."""
    return isinstance(location, str) and location.startswith(_SCHEMES)


def place(text: str) -> Path | str:
    """A location as it is typed: a server's address, or the path of a file."""
    return text if is_server(text) else Path(text).expanduser()


def conninfo(location: str) -> str:
    """What libpq is told of a server's address."""
    return location.removeprefix("pg:").strip()


def shown(location: str) -> str:
    """An address as it may be shown: without its password."""
    return re.sub(_IN_WORDS, r"\1***", re.sub(_IN_URL, r"\1@", location))


def has_password(location: str) -> bool:
    """Whether an address holds a password."""
    return is_server(location) and shown(location) != location


def refuse_password(location: str, where: str) -> None:
    """Raise UsageError for an address with a password ``where`` others can read it."""
    if has_password(location):
        raise UsageError(
            f"a password in {where} can be read by other users of this machine",
            "Keep it in ~/.pgpass (mode 0600) or a service file, and leave it out of the address.",
        )
