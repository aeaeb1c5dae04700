"""Connecting to a PostgreSQL server, and waiting for one that is about to be up.

A server that says that it is starting or shutting down is waited for as long as another writer is.
A port where nothing listens may belong to a mistyped address, which should fail soon; but a server
that restarts does not listen for some tenths of a second, so one second is waited.
"""

import logging
import os
import time
from typing import Any

import psycopg

from cardcrm.store import server_address
from cardcrm.store.postgresql.adapters import register_adapters
from cardcrm.store.postgresql.errors import refusal

# Without a handler psycopg logs to standard error what the errors of this package report.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_RESTART_SECONDS = 1.0  # the longest time for which a restarting server does not listen
_PAUSE = 0.1

_TEMPORARY = (
    "starting up",
    "shutting down",
    "in recovery mode",
    "not yet accepting connections",
    # Another client may disconnect at any moment.
    "too many clients",
    "remaining connection slots",
)
_REJECTED = psycopg.pq.Ping.REJECT
_NOT_LISTENING = ("connection refused", "no such file or directory")


def connect_patiently(
    location: str, wait: float, *, was_up: bool = False
) -> psycopg.Connection[Any]:
    """Return a connection to a server, which is waited for if it is about to be up.

    It is waited for at most ``wait`` seconds; a server that ``was_up`` a moment ago, whatever the
    error. Raises the driver's errors.
    """
    start = time.monotonic()
    while True:
        try:
            return connect(location)
        except psycopg.OperationalError as error:
            was_up = was_up or _is_temporary(error, location)
            limit = wait if was_up else min(wait, _RESTART_SECONDS) if _is_silent(error) else 0
            left = start + limit - time.monotonic()
            if left <= 0:
                raise
        time.sleep(min(_PAUSE, left))


def connect(location: str) -> psycopg.Connection[Any]:
    """Return a connection to the server at an address. Raises the driver's errors."""
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(
            server_address.conninfo(location),
            autocommit=True,  # cardcrm begins and commits by itself, as with SQLite
            prepare_threshold=None,  # prepared statements break some connection poolers
            client_encoding="utf8",
            fallback_application_name="cardcrm",
            connect_timeout=_timeout(location),
        )
    except (UnicodeError, ValueError) as error:  # a host name or a path that no system accepts
        raise psycopg.ProgrammingError("invalid address") from error
    register_adapters(connection)
    return connection


def _is_temporary(error: psycopg.OperationalError, location: str) -> bool:
    """Return whether the server refuses connections only for the moment.

    Its messages are in its own language; where they are unknown, a ping with libpq tells.
    """
    text = str(error).lower()
    if any(sign in text for sign in _TEMPORARY):
        return True
    ping = psycopg.pq.PGconn.ping
    return refusal(error) is None and ping(server_address.conninfo(location).encode()) == _REJECTED


def _is_silent(error: psycopg.OperationalError) -> bool:
    """Return whether nothing listens at the address."""
    text = str(error).lower()
    return any(sign in text for sign in _NOT_LISTENING)


def _timeout(location: str) -> int | None:
    """Return the seconds to wait for an answer; None where the address or a setting says so."""
    is_set = "connect_timeout" in location or "PGCONNECT_TIMEOUT" in os.environ
    return None if is_set or location.startswith("service=") else 10
