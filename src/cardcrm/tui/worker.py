"""The desk: one thread that owns the open box and answers what the screen asks, one at a time.

The screen never waits for the file: it awaits an answer while keys and mouse go on working. A
question that nobody waits for any more, because a newer one took its place, is not asked at all.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from cardcrm.errors import ConnectionLostError
from cardcrm.store import Locale, Store
from cardcrm.store.retry import run_in_transaction

if TYPE_CHECKING:
    from concurrent.futures import Future

    from cardcrm.tui.jobs import Job

T = TypeVar("T")

A_LITTLE = 0.1  # seconds


class Desk:
    """Answers questions about a box, which ``open_box`` opens in the desk's own thread.

    ``first`` is a question that is answered at once, before anybody asks for it. ``job`` is the
    long work that is being done beside the desk.
    """

    def __init__(
        self, open_box: Callable[[], Store], first: Callable[[Store], Any] | None = None
    ) -> None:
        self._open_box = open_box
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._store: Store | None = None
        self._seen: tuple[int, int] = (0, 0)
        self._place = ""  # of the box, once it has been open
        self.job: Job | None = None
        self.is_closed = False
        self._second: Desk | None = None
        self._beside: set[Future[Any]] = set()
        self._opened = self._thread.submit(self._open)
        self._first = self._thread.submit(self._answer, first) if first else None

    def wait(self) -> None:
        """Wait until the box is open, and a little for the answer to the first question: without
        it the first screen would be painted twice. Raises CardError where it cannot be opened.
        """
        self._opened.result()
        if self._first is not None:
            wait([self._first], A_LITTLE)

    @property
    def locale(self) -> Locale:
        """How the firm writes; known once the box is open."""
        return self._store.locale if self._store is not None else Locale()

    @property
    def is_remote(self) -> bool:
        """Whether each statement is a trip to a server and back."""
        return self._store is not None and self._store.engine.is_remote

    async def ask(self, question: Callable[[Store], T]) -> T:
        """What ``question`` returns. Raises what it raises; StorageError where the box is gone."""
        return await asyncio.wrap_future(self._thread.submit(self._answer, question))

    @property
    def early(self) -> Any:
        """The answer to the question of the start if it is there by now, else None."""
        first = self._first
        if first is None or not first.done() or first.exception() is not None:
            return None
        self._first = None
        return first.result()

    async def first(self) -> Any:
        """The answer to the question that was asked at the start; once, then None."""
        first, self._first = self._first, None
        return await asyncio.wrap_future(first) if first else None

    async def change(self, command: str, act: Callable[[Store], T]) -> T:
        """Like `ask`, for a change: one transaction, and one step of the journal named so."""

        def changing(store: Store) -> T:
            return run_in_transaction(store, lambda: act(store), command)

        return await self.ask(changing)

    async def beside(self, question: Callable[[Store], T]) -> T:
        """Like `ask`, at a second desk that is there from the first such question on: what is asked
        there waits for its like alone, and what it keeps stays there.
        """
        if self._second is None:
            self._second = Desk(self._open_box)
        return await asyncio.wrap_future(
            self._second._thread.submit(self._second._answer_anew, question)  # noqa: SLF001
        )

    async def aside(self, work: Callable[[Store], T], job: "Job | None" = None) -> T:
        """Like `ask`, on a connection of its own: the desk goes on answering meanwhile.

        A ``job`` is heeded with every change, so that it can be stopped.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="aside")
        future = thread.submit(self._work_aside, work, job)
        thread.shutdown(wait=False)
        self._beside.add(future)
        future.add_done_callback(self._beside.discard)
        return await asyncio.wrap_future(future)

    async def is_changed(self) -> bool:
        """Whether others have changed the box since this was asked last.

        A file that was put in place of the open one is opened instead.
        """
        return await asyncio.wrap_future(self._thread.submit(self._look))

    def close(self) -> None:
        """Close the box, after what is being done; long work is stopped, and leaves nothing."""
        self.is_closed = True
        if self.job is not None:
            self.job.stop()
        if self._second is not None:
            self._second.close()
        wait(list(self._beside))
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True, cancel_futures=False)

    # in the thread

    def _open(self) -> None:
        self._refuse_to_begin_anew()
        self._store = self._open_box()
        self._place = self._store.engine.location
        self._seen = (self._store.engine.data_version(), self._identity())

    def _refuse_to_begin_anew(self) -> None:
        """Where a box was, none may be made only because it is gone. Raises ConnectionLostError."""
        if self._seen[1] and not self._identity():
            raise ConnectionLostError(
                f"{self._place} is gone", "Put it back; what you look at is what was read before."
            )

    def _answer(self, question: Callable[[Store], T]) -> T:
        if self._store is None:
            self._open()
        assert self._store is not None
        return question(self._store)

    def _answer_anew(self, question: Callable[[Store], T]) -> T:
        """After a look whether the box was replaced, for which nobody looks else."""
        self._look()
        return self._answer(question)

    def _work_aside(self, work: Callable[[Store], T], job: "Job | None") -> T:
        """In a thread of its own."""
        self._refuse_to_begin_anew()
        store = self._open_box()
        try:
            if job is not None:
                store.on_progress, store.on_estimate = job.heed, job.close
            return work(store)
        finally:
            store.close()

    def _look(self) -> bool:
        if self._store is None:
            self._open()
            return True
        self._refuse_to_begin_anew()
        now = (self._store.engine.data_version(), self._identity())
        before, self._seen = self._seen, now
        if now[1] != before[1]:
            self._close()
            self._open()
        return now != before

    def _identity(self) -> int:
        """Which file has the box's name now; 0 where none has, or where it is no file."""
        try:
            return os.stat(self._place).st_ino
        except (OSError, ValueError):
            return 0

    def _close(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()
