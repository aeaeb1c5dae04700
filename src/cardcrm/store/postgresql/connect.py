"""The line to a PostgreSQL server: how it is called, and how long it is waited for.

A server that says that it is starting or shutting down is waited for, as another writer is. Where
nothing listens there may be none at all, and a mistyped address should not cost long; but while a
server is restarted nothing listens for some tenths of a second, so that much is waited.
"""

import logging
import os
import time
from typing import Any

import psycopg

from cardcrm.store import server_address
from cardcrm.store.postgresql.adapters import prepare
from cardcrm.store.postgresql.errors import refusal

# Without a handler psycopg logs to standard error what the errors of this package report.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_GAP = 1.0  # seconds for which nothing listens, at most, where a server is only restarted
_PAUSE = 0.1

_COMING = (
    "starting up",
    "shutting down",
    "in recovery mode",
    "not yet accepting connections",
    # Somebody may leave any moment.
    "too many clients",
    "remaining connection slots",
)
_REJECTED = psycopg.pq.Ping.REJECT
_SILENT = ("connection refused", "no such file or directory")


def reach(location: str, patience: float, *, known: bool = False) -> psycopg.Connection[Any]:
    """A connection to the server at an address, which is waited for if it is about to be there.

    At most ``patience`` seconds, whatever stands in the way of a server that is ``known`` to have
    been there. Raises the driver's own errors.
    """
    begun = time.monotonic()
    while True:
        try:
            return connect(location)
        except psycopg.OperationalError as error:
            known = known or _is_coming(error, location)
            most = patience if known else min(patience, _GAP) if _is_silent(error) else 0
            left = begun + most - time.monotonic()
            if left <= 0:
                raise
        time.sleep(min(_PAUSE, left))


def connect(location: str) -> psycopg.Connection[Any]:
    """A connection to the server at an address. Raises the driver's own errors."""
    db: psycopg.Connection[Any] = psycopg.connect(
        server_address.conninfo(location),
        autocommit=True,  # we begin and commit ourselves, as with SQLite
        # Prepared statements would not go through every connection pooler.
        prepare_threshold=None,
        client_encoding="utf8",
        fallback_application_name="cardcrm",
        connect_timeout=_patience(location),
    )
    prepare(db)
    return db


def _is_coming(error: psycopg.OperationalError, location: str) -> bool:
    """Whether a server has said that it cannot be used yet, or not at this moment.

    It says so in its own language; what its words meant, if they say nothing to us, libpq knows.
    """
    text = str(error).lower()
    if any(sign in text for sign in _COMING):
        return True
    ping = psycopg.pq.PGconn.ping
    return refusal(error) is None and ping(server_address.conninfo(location).encode()) == _REJECTED


def _is_silent(error: psycopg.OperationalError) -> bool:
    """Whether nothing listens where a server should be."""
    text = str(error).lower()
    return any(sign in text for sign in _SILENT)


def _patience(location: str) -> int | None:
    """So many seconds to wait for a server that does not answer, unless the address says."""
    said = "connect_timeout" in location or "PGCONNECT_TIMEOUT" in os.environ
    return None if said or location.startswith("service=") else 10
