"""The ids that new rows get: those of a file where they are free."""

from collections.abc import Iterable
from typing import Final

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

MAX_ID: Final = 10**12  # a higher one would use up the ids of the database


class FreeIds:
    """The ids of one table during one batch; ``first`` is the first that was free at the start.

    An id below it was used once, and the journal may name its row.
    """

    def __init__(self, store: Store, table: str, first: int, wanted: Iterable[int]) -> None:
        self._first = first
        self._next = store.reserve(table, 1)
        low = sorted(each for each in wanted if first <= each < self._next)
        self._taken = {
            row[0]
            for marks, params in chunks(low)
            for row in store.rows(f"SELECT id FROM {table} WHERE id IN ({marks})", **params)
        }

    def take(self, wanted: int) -> int:
        """Return an id and take it: the wanted one if it is free, or else the next one."""
        is_free = self._first <= wanted <= MAX_ID and wanted not in self._taken
        new = wanted if is_free else self._next
        while new in self._taken:
            new += 1
        self._taken.add(new)
        self._next = max(self._next, new + 1)
        return new
