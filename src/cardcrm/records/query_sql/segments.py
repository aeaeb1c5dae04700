"""Segments: queries saved under a name."""

from typing import NamedTuple

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, normalize_line


class Segment(NamedTuple):
    """A saved query."""

    id: int
    name: str
    query: str


def list_segments(store: Store) -> list[Segment]:
    """Return all segments by name."""
    return [
        Segment(*row) for row in store.rows("SELECT id, name, query FROM segment ORDER BY name")
    ]


def is_segment(store: Store, name: str) -> bool:
    """Return whether there is a segment of a name."""
    return bool(store.value("SELECT count(*) FROM segment WHERE name = :name", name=_key(name)))


def get(store: Store, name: str) -> Segment:
    """Return the segment of a name. Raises NotFoundError with the nearest names."""
    row = store.row("SELECT id, name, query FROM segment WHERE name = :name", name=_key(name))
    if row is None:
        names = [segment.name for segment in list_segments(store)]
        raise NotFoundError(
            f"unknown segment “{name}”",
            "See `cardcrm segment list`.",
            near=find_similar(name, names),
        )
    return Segment(*row)


def _key(name: str) -> str:
    """Return a name in the form in which it is stored, which is that of tags."""
    return fold(name).lstrip("+#").replace(" ", "-").strip(",;")


def parse_name(name: str) -> str:
    """Return a name in the form in which it is stored. Raises UsageError for an invalid one."""
    key = _key(name)
    if not key or key.startswith("-") or any(char in key for char in ':,;()"'):
        raise UsageError(f"invalid segment name “{name}”", "Use one word, such as quiet-vips.")
    return key


@retry_transaction
def save(store: Store, name: str, query: str) -> tuple[Segment, bool]:
    """Save a query under a name; return the segment and whether it is new.

    The caller has parsed the query before. Raises UsageError for an invalid name.
    """
    key, query = parse_name(name), normalize_line(query)
    if not query:
        raise UsageError("a segment needs a query", "For example: tag:vip last>90d")
    known = store.row("SELECT id FROM segment WHERE name = :name", name=key)
    with store.transaction():
        if known:
            store.update("segment", known["id"], query=query)
        else:
            store.insert("segment", name=key, query=query)
    return get(store, key), known is None
