"""What went while the cursor stood on it, so that it comes back there when that does."""

from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 20


class Gone(Generic[T]):
    """What went, each with what the cursor went to instead, in a list that is read anew."""

    def __init__(self) -> None:
        self._gone: list[tuple[T, T]] = []

    def sought(self, here: T) -> list[T]:
        """What the cursor is to go to: what went as it came ``here``, else here."""
        return [*(gone for gone, instead in self._gone[-1:] if instead == here), here]

    def settle(self, before: T | None, now: T | None) -> None:
        """Heed that the cursor stood on one thing, and stands on another where that has gone."""
        if now is None or before is None or now == before:
            return
        if self._gone and self._gone[-1] == (now, before):
            self._gone.pop()
        else:
            self._gone = [*self._gone[1 - MOST :], (before, now)]

    def forget(self) -> None:
        """The cursor was led elsewhere."""
        self._gone.clear()
