"""The ids of a file and what they are in the database: 8 bytes each, for millions of rows."""

from array import array
from typing import Final

_PAGE: Final = 64  # ids that are stored together


class IdMap:
    """A map from positive ids to ids; 0 stands for a row that was left out."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def put(self, key: int, value: int) -> None:
        """Map an id to another."""
        number, at = divmod(key, _PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = array("q", [-1]) * _PAGE
        page[at] = value

    def get(self, key: int) -> int | None:
        """Return what an id is mapped to, or None."""
        number, at = divmod(key, _PAGE)
        page = self._pages.get(number)
        if page is None or page[at] < 0:
            return None
        return page[at]
