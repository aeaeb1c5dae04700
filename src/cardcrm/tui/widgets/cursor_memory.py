"""A memory of removed rows, so that the cursor returns to a row that comes back by undo."""

from typing import Generic, TypeVar

T = TypeVar("T")

MAX_REMEMBERED = 20


class CursorMemory(Generic[T]):
    """Rows that were removed under the cursor, each with the row that the cursor went to."""

    def __init__(self) -> None:
        self._removed: list[tuple[T, T]] = []

    def candidates(self, current: T) -> list[T]:
        """Return the rows the cursor should go to, the best first.

        That is the row whose removal led to the current one, if it is back; else the current one.
        """
        return [*(row for row, instead in self._removed[-1:] if instead == current), current]

    def record(self, before: T | None, now: T | None) -> None:
        """Remember a move of the cursor whose row was removed, or came back."""
        if now is None or before is None or now == before:
            return
        if self._removed and self._removed[-1] == (now, before):
            self._removed.pop()
        else:
            self._removed = [*self._removed[1 - MAX_REMEMBERED :], (before, now)]

    def clear(self) -> None:
        """Forget all rows, because the cursor was moved elsewhere."""
        self._removed.clear()
