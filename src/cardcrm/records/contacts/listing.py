"""The drawer: all cards in the order of their names, read a window at a time.

Behind each letter stand the cards whose sort key begins with it; what begins otherwise stands
before or behind them. Nothing here looks at more of the cards than one letter's, so a window of a
million cards is read as quickly as one of a thousand.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm.store import Query, Store
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LAST = "\U0010ffff"


class Part(NamedTuple):
    """One part of the drawer: sort keys from ``low`` on and below ``high``."""

    label: str
    low: str
    high: str


PARTS: tuple[Part, ...] = (
    Part("#", "", "a"),
    *(Part(letter.upper(), letter, chr(ord(letter) + 1)) for letter in _LETTERS),
    Part("…", "{", _LAST),
)


class ContactSummary(NamedTuple):
    """A card as a list shows it; ``last_on`` is the day of the last interaction, ISO or None."""

    id: int
    kind: str
    name: str
    sort_key: str
    org: str
    title: str
    last_on: str | None


class Anchor(NamedTuple):
    """Where a window begins: so many cards on from a sort key, or back from before it."""

    key: str
    skip: int
    backwards: bool = False


_SHOWN = (
    "SELECT c.id, c.kind, c.name, c.sort_key, coalesce(o.name, ''), c.title, c.last_on "
    "FROM {source} LEFT JOIN contact o ON o.id = c.org_id ORDER BY c.sort_key, c.id"
)


def part_of(sort_key: str) -> int:
    """The place among `PARTS` of a card with that sort key."""
    for place, part in enumerate(PARTS):
        if sort_key < part.high:
            return place
    return len(PARTS) - 1


def count(store: Store, part: Part) -> int:
    """How many cards stand in a part of the drawer."""
    return store.fetch(_count_query(part))


def counts(store: Store) -> list[int]:
    """How many cards stand in each part of the drawer, for one trip to a server."""
    return store.fetch_many([_count_query(part) for part in PARTS])


def _count_query(part: Part) -> Query[int]:
    return Query(
        "SELECT count(*) FROM contact WHERE sort_key >= :low AND sort_key < :high",
        {"low": part.low, "high": part.high},
        count_of,
    )


def window(store: Store, anchor: Anchor, size: int) -> list[ContactSummary]:
    """Up to ``size`` neighbouring cards in the order of their names.

    Backwards, they are those that end so many cards before the anchor's key.
    """
    return store.fetch(_window_query(anchor, size))


def windows(store: Store, places: Sequence[tuple[Anchor, int]]) -> list[list[ContactSummary]]:
    """Several windows, each of so many cards, for one trip to a server."""
    return store.fetch_many([_window_query(anchor, size) for anchor, size in places])


def _window_query(anchor: Anchor, size: int) -> Query[list[ContactSummary]]:
    order, compare = ("DESC", "<") if anchor.backwards else ("ASC", ">=")
    source = (
        f"(SELECT id FROM contact WHERE sort_key {compare} :key "
        f"ORDER BY sort_key {order}, id {order} LIMIT :size OFFSET :skip) AS w "
        "JOIN contact c ON c.id = w.id"
    )
    return Query(
        _SHOWN.format(source=source),
        {"key": anchor.key, "size": size, "skip": anchor.skip},
        lambda rows: [_slip(row) for row in rows],
    )


def place_of(store: Store, contact_id: int) -> tuple[int, int] | None:
    """Where a card stands: its part, and how many cards of that part come before it."""
    row = store.row("SELECT sort_key FROM contact WHERE id = :id", id=contact_id)
    if row is None:
        return None
    part = part_of(row["sort_key"])
    before = store.value(
        "SELECT count(*) FROM contact WHERE sort_key >= :low AND (sort_key, id) < (:key, :id)",
        low=PARTS[part].low,
        key=row["sort_key"],
        id=contact_id,
    )
    return part, int(before)


def fetch_summaries(store: Store, ids: Sequence[int]) -> list[ContactSummary]:
    """Return contacts in the order of their ids here; those that no longer exist are left out."""
    if not ids:
        return []
    marks, params = placeholders(ids, "i")
    source = f"(SELECT id FROM contact WHERE id IN ({marks})) AS w JOIN contact c ON c.id = w.id"
    found = {each.id: each for each in read_summaries(store, source, **params)}
    return [found[each] for each in ids if each in found]


def read_summaries(store: Store, source: str, **params: Any) -> list[ContactSummary]:
    """Return the contacts ``c`` of a FROM clause in the order of their names."""
    return [_slip(row) for row in store.rows(_SHOWN.format(source=source), **params)]


def _slip(row: Row) -> ContactSummary:
    return ContactSummary(*row)
