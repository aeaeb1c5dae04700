"""The desk: one thread that owns the open box and answers what the screen asks, one at a time.

The screen never waits for the file: it awaits an answer while keys and mouse go on working. A
question that nobody waits for any more, because a newer one took its place, is not asked at all.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from cardcrm.errors import StorageError
from cardcrm.store import Customs, Store

T = TypeVar("T")


class Desk:
    """Answers questions about a box, which ``open_box`` opens in the desk's own thread.

    ``first`` is a question that is answered at once, before anybody asks for it.
    """

    def __init__(
        self, open_box: Callable[[], Store], first: Callable[[Store], Any] | None = None
    ) -> None:
        self._open_box = open_box
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._store: Store | None = None
        self._seen: tuple[int, int] = (0, 0)
        self._opened = self._thread.submit(self._open)
        self._first = self._thread.submit(self._answer, first) if first else None

    def wait(self) -> None:
        """Wait until the box is open. Raises CardError where it cannot be opened."""
        self._opened.result()

    @property
    def customs(self) -> Customs:
        """How the firm writes; known once the box is open."""
        return self._store.customs if self._store is not None else Customs()

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
            with store.transaction(command):
                return act(store)

        return await self.ask(changing)

    async def is_changed(self) -> bool:
        """Whether others have changed the box since this was asked last.

        A file that was put in place of the open one is opened instead.
        """
        return await asyncio.wrap_future(self._thread.submit(self._look))

    def close(self) -> None:
        """Close the box, after what is being done."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True, cancel_futures=False)

    # in the thread

    def _open(self) -> None:
        self._store = self._open_box()
        self._seen = (self._store.engine.data_version(), self._identity())

    def _answer(self, question: Callable[[Store], T]) -> T:
        if self._store is None:
            self._open()
        assert self._store is not None
        return question(self._store)

    def _look(self) -> bool:
        if self._store is None:
            self._open()
            return True
        now = (self._store.engine.data_version(), self._identity())
        before, self._seen = self._seen, now
        if now[1] != before[1]:
            if not now[1]:
                self._seen = before
                raise StorageError(
                    f"{self._store.engine.location} is gone",
                    "Put it back; what you look at is what was read before.",
                )
            self._close()
            self._open()
        return now != before

    def _identity(self) -> int:
        """Which file has the box's name now; 0 where none has, or where it is no file."""
        assert self._store is not None
        try:
            return os.stat(self._store.engine.location).st_ino
        except (OSError, ValueError):
            return 0

    def _close(self) -> None:
        if self._store is not None:
            store, self._store = self._store, None
            store.close()
