"""Refreshing derived data: which rows a transaction has made stale, and writing it for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from cardcrm.store.derived import Derived
from cardcrm.store.engine import Engine

T = TypeVar("T", int, str)
Progress = Callable[[], None]

CHUNK = 500  # rows of a statement
LEVELS = 8  # of organizations that belong to others


def ignore_progress() -> None:
    """Go on."""


def ignore_estimate(_chunks: int) -> None:
    """Go on."""


class Effect(NamedTuple):
    """Derived data that a changed row makes stale.

    ``id_column`` names the column that holds the id of the stale row, or the ids that the query
    ``via`` maps to those of stale rows. Only a change of one of the ``columns`` counts, or any
    change where there are none; a new row counts unless ``on_insert`` is false.
    """

    derived: Derived
    id_column: str = "id"
    columns: tuple[str, ...] = ()
    on_insert: bool = True
    via: str = ""


class DirtySet:
    """Ids of rows whose derived data a transaction has made stale, by kind and `Effect.via`."""

    def __init__(self) -> None:
        self.ids: dict[tuple[Derived, str], set[int]] = {}

    def add(self, effect: Effect, ids: Iterable[int]) -> None:
        """Add what an effect makes stale."""
        self.ids.setdefault((effect.derived, effect.via), set()).update(ids)

    def discard(self, kind: Derived, ids: Iterable[int]) -> None:
        """Remove rows whose data of a kind is up to date."""
        self.ids.get((kind, ""), set()).difference_update(ids)

    def count_chunks(self) -> int:
        """Return about how often `refresh` will report progress."""
        return sum(-(-len(ids) // CHUNK) for ids in self.ids.values())


def refresh(engine: Engine, dirty: DirtySet, on_progress: Progress = ignore_progress) -> None:
    """Update the derived data of dirty rows, inside the transaction that touched them.

    ``on_progress`` is called with every chunk of rows.
    """
    stale: dict[Derived, set[int]] = {}
    for (kind, via), ids in dirty.ids.items():
        stale.setdefault(kind, set()).update(read_ids(engine, via, ids) if via else ids)
    if engine.is_concurrent:
        _lock(engine, stale)
    for kind, ids in stale.items():
        further = _refresh_chunks(engine, kind, ids, on_progress)
        for _ in range(LEVELS):
            further = _refresh_chunks(engine, kind, further, on_progress)


def _refresh_chunks(
    engine: Engine, kind: Derived, ids: set[int], on_progress: Progress
) -> set[int]:
    further: set[int] = set()
    for chunk in chunks(ids, on_progress):
        further.update(kind.refresh(engine, chunk))
    return further


def _lock(engine: Engine, stale: Mapping[Derived, set[int]]) -> None:
    """Lock the contacts whose data is computed, and the organizations that it counts for."""
    locked = {kind: ids for kind, ids in stale.items() if kind.locks_contacts and ids}
    if locked:
        people = [ids for kind, ids in locked.items() if kind.spread]
        engine.lock_contacts(set().union(*locked.values()), set().union(*people))


def chunks(
    ids: Iterable[T], on_progress: Progress = ignore_progress
) -> Iterator[tuple[str, dict[str, T]]]:
    """Yield ids (or other values) in chunks, each as text for ``IN (…)`` with its parameters."""
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, CHUNK)):
        on_progress()
        params = {f"i{number}": value for number, value in enumerate(chunk)}
        yield ", ".join(f":{name}" for name in params), params


def read_ids(engine: Engine, sql: str, ids: Iterable[int]) -> set[int]:
    """Return the ids that a query with ``IN ({marks})`` selects."""
    return {
        row[0]
        for marks, params in chunks(ids)
        for row in engine.rows(sql.format(marks=marks), params)
    }
