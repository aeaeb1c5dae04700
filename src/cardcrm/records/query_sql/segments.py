"""Segments: queries saved under a name."""

from dataclasses import dataclass

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold, near, tidy


@dataclass(frozen=True)
class Segment:
    """A saved query."""

    id: int
    name: str
    query: str


def all_of(store: Store) -> list[Segment]:
    """All segments by name."""
    return [
        Segment(*row) for row in store.rows("SELECT id, name, query FROM segment ORDER BY name")
    ]


def get(store: Store, name: str) -> Segment:
    """The segment of that name. Raises NotFoundError with the nearest names."""
    row = store.row("SELECT id, name, query FROM segment WHERE name = :name", name=_key(name))
    if row is None:
        names = [segment.name for segment in all_of(store)]
        raise NotFoundError(
            f"there is no segment “{name}”", "See `cardcrm segment list`.", near=near(name, names)
        )
    return Segment(*row)


def _key(name: str) -> str:
    """A name in its one writing, as tags have it."""
    return fold(name).lstrip("+#").replace(" ", "-").strip(",;")


@retry_transaction
def save(store: Store, name: str, query: str) -> tuple[Segment, bool]:
    """Save a query under a name; the segment, and whether it is new.

    The caller has made sure that the query can be read. Raises UsageError for a bad name.
    """
    key, query = _key(name), tidy(query)
    if not key or key.startswith("-") or any(char in key for char in ':,;()"'):
        raise UsageError(f"“{name}” is no name of a segment", "It is one word, like quiet-vips.")
    if not query:
        raise UsageError("a segment needs a query", "For example: tag:vip last>90d")
    known = store.row("SELECT id FROM segment WHERE name = :name", name=key)
    with store.transaction():
        if known:
            store.update("segment", known["id"], query=query)
        else:
            store.insert("segment", name=key, query=query)
    return get(store, key), known is None


@retry_transaction
def remove(store: Store, name: str) -> Segment:
    """Remove a segment; the cards in it stay. Raises NotFoundError."""
    segment = get(store, name)
    with store.transaction():
        store.delete("segment", segment.id)
    return segment
