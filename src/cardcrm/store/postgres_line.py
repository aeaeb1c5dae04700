"""The line to a PostgreSQL server: how it is called, and how long it is waited for."""

import os
from typing import Any

import psycopg

from cardcrm.store import address
from cardcrm.store.postgres_rows import prepare


def connect(location: str) -> psycopg.Connection[Any]:
    """A connection to the server at an address. Raises the driver's own errors."""
    db: psycopg.Connection[Any] = psycopg.connect(
        address.conninfo(location),
        autocommit=True,  # we begin and commit ourselves, as with SQLite
        # Prepared statements would not go through every connection pooler.
        prepare_threshold=None,
        client_encoding="utf8",
        fallback_application_name="cardcrm",
        connect_timeout=_patience(location),
    )
    prepare(db)
    return db


def _patience(location: str) -> int | None:
    """So many seconds to wait for a server that does not answer, unless the address says."""
    said = "connect_timeout" in location or "PGCONNECT_TIMEOUT" in os.environ
    return None if said or location.startswith("service=") else 10
