"""A server that is called while the rest of the program is still being loaded.

The two waits have nothing to do with each other, so they need not come one after the other. What
went wrong is told to whoever wants the connection; a call that nobody takes is hung up.
"""

import contextlib
import threading
from typing import Any

import psycopg

from cardcrm.store.postgres_line import connect

# A fresh connection knows no table: it reads up on those that most commands begin with.
_READ_UP = " UNION ALL ".join(
    f"(SELECT id FROM {table} WHERE id = 0)"
    for table in (
        "contact", "nickname", "point", "tag", "address", "interaction", "participant",
        "reminder", "setting", "step", "change", "card_fts", "text_fts",
    )
)  # fmt: skip


class Call:
    """A call to the server at an address, begun at once."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._db: psycopg.Connection[Any] | None = None
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._wanted = True
        self._thread = threading.Thread(target=self._ring, daemon=True)
        self._thread.start()

    def _ring(self) -> None:
        try:
            db = connect(self.location)
        except Exception as error:  # noqa: BLE001 - told to whoever asks
            self._error = error
            return
        with contextlib.suppress(psycopg.Error):  # perhaps there is no box yet
            db.execute("SELECT max(layout) FROM cardcrm_meta")
            db.execute(_READ_UP)
        with self._lock:
            if self._wanted:
                self._db = db
            else:
                db.close()

    def take(self) -> psycopg.Connection[Any]:
        """The connection. Raises what `connect` has raised."""
        self._thread.join()
        if self._db is None:
            raise self._error or psycopg.OperationalError("taken twice")
        db, self._db = self._db, None
        return db

    def drop(self) -> None:
        """Hang up, unless it was taken; nobody waits for a server that has not answered yet."""
        with self._lock:
            self._wanted = False
            if self._db is not None:
                self._db.close()
