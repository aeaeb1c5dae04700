"""The thread that owns the open database and answers the screen's queries one at a time.

The screen never waits for the database: it awaits the answer while keys and mouse keep working. A
query that is canceled before its turn, because a newer one replaced it, is never run.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cardcrm.errors import ConnectionLostError, StorageError
from cardcrm.store import Locale, Store
from cardcrm.store.retry import run_in_transaction

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

FIRST_ANSWER_WAIT = 0.1  # seconds


class StoppableJob(Protocol):
    """A long job, as seen by the worker."""

    @property
    def words(self) -> str:
        """The description of the job."""

    @property
    def changes(self) -> bool:
        """Return whether the job writes to the database."""

    def stop(self) -> None:
        """Ask the job to stop."""

    def check(self) -> None:
        """Count one chunk of derived data; raise StoppedError if the job is to stop."""

    def close(self, chunks: int) -> None:
        """Begin the last phase, in which derived data is updated in chunks."""


class DatabaseWorker:
    """Runs queries on a database, which ``open_database`` opens in the worker's own thread.

    ``first_query`` is run as soon as the database is open. ``job`` is the long job in progress,
    which has its own thread and connection.
    """

    def __init__(
        self,
        open_database: Callable[[], Store],
        first_query: Callable[[Store], Any] | None = None,
    ) -> None:
        self._open_database = open_database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._store: Store | None = None
        self._seen: tuple[int, int] = (0, 0)
        self._location = ""  # of the database, once it has been open
        self.job: StoppableJob | None = None
        self.is_closed = False
        self._second: DatabaseWorker | None = None
        self._separate: set[Future[Any]] = set()
        self._opened = self._thread.submit(self._open)
        self._first = self._thread.submit(self._answer, first_query) if first_query else None

    def wait_until_open(self) -> None:
        """Wait until the database is open, and briefly for the answer to the first query.

        Without that answer the first screen would be painted twice. Raises CardcrmError if the
        database cannot be opened.
        """
        self._opened.result()
        if self._first is not None:
            wait([self._first], FIRST_ANSWER_WAIT)

    @property
    def locale(self) -> Locale:
        """The database's region, currency and time zone; known once it is open."""
        return self._store.locale if self._store is not None else Locale()

    @property
    def author(self) -> str:
        """The name of the user whose changes these are; known once the database is open."""
        return self._store.author.name if self._store is not None else ""

    @property
    def is_remote(self) -> bool:
        """Return whether each statement is a round trip to a server."""
        return self._store is not None and self._store.engine.is_remote

    async def read(self, query: Callable[[Store], T]) -> T:
        """Return the query's result. Raises its errors; StorageError if the database is gone."""
        return await asyncio.wrap_future(self._thread.submit(self._answer, query))

    def take_ready_answer(self) -> Any:
        """Return the answer to the first query if it is ready, else None."""
        first = self._first
        if first is None or not first.done() or first.exception() is not None:
            return None
        self._first = None
        return first.result()

    async def take_first_answer(self) -> Any:
        """Wait for the answer to the first query and return it; None if it was taken before."""
        first, self._first = self._first, None
        return await asyncio.wrap_future(first) if first else None

    async def change(self, command: str, act: Callable[[Store], T]) -> T:
        """Make a change in one transaction, journaled as one step under the command's name."""

        def changing(store: Store) -> T:
            return run_in_transaction(store, lambda: act(store), command)

        return await self.read(changing)

    async def read_on_second(self, query: Callable[[Store], T]) -> T:
        """Run a query on a second worker, which lives until the screen is closed.

        Slow queries wait there for each other, not the cursor for them, and their temporary tables
        stay.
        """
        if self._second is None:
            self._second = DatabaseWorker(self._open_database)
        return await asyncio.wrap_future(
            self._second._thread.submit(self._second._reopen_and_answer, query)  # noqa: SLF001
        )

    async def run_alone(self, work: Callable[[Store], T]) -> T:
        """Run work while the screen has no other connection open, which it may lock out.

        The caller makes sure that no long job is in progress.
        """
        if self._second is not None:
            await asyncio.wrap_future(self._second._thread.submit(self._second._close))  # noqa: SLF001
        return await self.read(work)

    async def run_separately(
        self, work: Callable[[Store], T], job: StoppableJob | None = None
    ) -> T:
        """Run long work in its own thread, on its own connection.

        A ``job`` is checked with every change, so that it can be stopped; the end of the app,
        which cancels the tasks that wait, stops it.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="separate")
        future = thread.submit(self._run_on_own_connection, work, job)
        thread.shutdown(wait=False)
        self._separate.add(future)
        future.add_done_callback(self._separate.discard)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if job is not None:
                job.stop()
            raise

    async def has_changed(self) -> bool:
        """Return whether others have changed the database since the last call.

        If the file was replaced, the new file is opened.
        """
        return await asyncio.wrap_future(self._thread.submit(self._look_for_changes))

    async def reopen_file(self) -> None:
        """Open a file again that could not be read; what is in its cache may be damaged.

        Raises StorageError if it still cannot be read.
        """
        if self.is_remote:
            return
        if self._second is not None:
            await asyncio.wrap_future(self._second._thread.submit(self._second._drop))  # noqa: SLF001
        await asyncio.wrap_future(self._thread.submit(self._drop))

    def close(self) -> None:
        """Close the database after the query in progress; stop and roll back long work."""
        self.is_closed = True
        if self.job is not None:
            self.job.stop()
        if self._second is not None:
            self._second.close()
        wait(list(self._separate))
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True, cancel_futures=False)

    # in the thread

    def _open(self) -> None:
        self._check_file_exists()
        self._store = self._open_database()
        self._location = self._store.engine.location
        self._seen = (self._store.engine.data_version(), self._file_number())

    def _check_file_exists(self) -> None:
        """Raise ConnectionLostError if the file is gone or empty; do not create a new one."""
        if self._seen[1] and self._is_emptied():
            raise ConnectionLostError(
                f"{self._location} is empty",
                "Restore the file; the screen shows what was read before.",
            )
        if self._seen[1] and not self._file_number():
            raise ConnectionLostError(
                f"{self._location} is gone",
                "Put the file back; the screen shows what was read before.",
            )

    def _answer(self, query: Callable[[Store], T]) -> T:
        if self._store is None:
            self._open()
        assert self._store is not None
        return query(self._store)

    def _reopen_and_answer(self, query: Callable[[Store], T]) -> T:
        """Run a query after checking for a replaced file; only the first worker is polled."""
        self._look_for_changes()
        return self._answer(query)

    def _run_on_own_connection(self, work: Callable[[Store], T], job: StoppableJob | None) -> T:
        self._check_file_exists()
        store = self._open_database()
        try:
            if job is not None:
                store.on_progress, store.on_estimate = job.check, job.close
            return work(store)
        finally:
            store.close()

    def _look_for_changes(self) -> bool:
        if self._store is None:
            self._open()
            return True
        self._check_file_exists()
        now = (self._store.engine.data_version(), self._file_number())
        before, self._seen = self._seen, now
        if now[1] != before[1]:
            self._close()
            self._open()
        return now != before

    def _file_number(self) -> int:
        """Return the inode of the database file; 0 if it is missing or on a server."""
        try:
            return os.stat(self._location).st_ino
        except (OSError, ValueError):
            return 0

    def _is_emptied(self) -> bool:
        """Return whether the database file exists without any content."""
        try:
            return os.stat(self._location).st_size == 0
        except (OSError, ValueError):
            return False

    def _drop(self) -> None:
        """Close a damaged file; the next query opens it again. A missing file stays open."""
        if not self._file_number():
            return
        with contextlib.suppress(StorageError):
            self._close()

    def _close(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()
