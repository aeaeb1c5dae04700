"""List contacts in the order of their names, a window at a time.

The list has a range for each letter, and one before and one after for other sort keys. Nothing here
scans more contacts than those of one letter, so a window of a million contacts is read as quickly
as one of a thousand.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of
from cardcrm.store.store import placeholders

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LAST = "\U0010ffff"


class LetterRange(NamedTuple):
    """The contacts of a letter: sort keys from ``low`` on and below ``high``."""

    label: str
    low: str
    high: str


LETTER_RANGES: tuple[LetterRange, ...] = (
    LetterRange("#", "", "a"),
    *(LetterRange(letter.upper(), letter, chr(ord(letter) + 1)) for letter in _LETTERS),
    LetterRange("…", "{", _LAST),
)


class ContactSummary(NamedTuple):
    """A contact as a list shows it.

    ``last_on`` is the ISO day of the last interaction, or None. ``value`` is the revenue in minor
    units of the database's currency, or None without sales in it. ``mvc`` is the ISO day since
    which it is an MVC member.
    """

    id: int
    kind: str
    name: str
    sort_key: str
    org: str
    title: str
    last_on: str | None
    city: str
    value: int | None
    mvc: str | None = None


class Anchor(NamedTuple):
    """The start of a window: ``skip`` contacts after a sort key, or backwards before it."""

    key: str
    skip: int
    backwards: bool = False


_SHOWN = (
    "SELECT c.id, c.kind, c.name, c.sort_key, coalesce(o.name, ''), c.title, c.last_on, "
    "coalesce((SELECT a.city FROM address a WHERE a.contact_id = c.id AND a.city <> '' "
    "ORDER BY a.id LIMIT 1), ''), (SELECT v.revenue FROM contact_value v "
    "WHERE v.contact_id = c.id AND v.currency = :currency AND v.total = 1), "
    "c.mvc_since FROM {source} LEFT JOIN contact o ON o.id = c.org_id ORDER BY c.sort_key, c.id"
)


def range_index(sort_key: str) -> int:
    """Return the index in `LETTER_RANGES` of a sort key."""
    for place, part in enumerate(LETTER_RANGES):
        if sort_key < part.high:
            return place
    return len(LETTER_RANGES) - 1


def count_by_range(found: Sequence[ContactSummary]) -> list[int]:
    """Return how many of some contacts each letter range has."""
    counts = [0] * len(LETTER_RANGES)
    for contact in found:
        counts[range_index(contact.sort_key)] += 1
    return counts


def first_of_range(found: Sequence[ContactSummary], number: int) -> int:
    """Return the place of the first contact of a letter range or a later one, else of the last."""
    places = (at for at, each in enumerate(found) if range_index(each.sort_key) >= number)
    return next(places, len(found) - 1)


def count_range(store: Store, part: LetterRange) -> int:
    """Return how many contacts a letter range has."""
    return store.fetch(_count_query(part))


def count_ranges(store: Store) -> list[int]:
    """Return how many contacts each letter range has, in one trip to a server."""
    return store.fetch_many([_count_query(part) for part in LETTER_RANGES])


def _count_query(part: LetterRange) -> Query[int]:
    return Query(
        "SELECT count(*) FROM contact WHERE sort_key >= :low AND sort_key < :high",
        {"low": part.low, "high": part.high},
        count_of,
    )


def fetch_window(store: Store, anchor: Anchor, size: int) -> list[ContactSummary]:
    """Return up to ``size`` neighboring contacts in the order of their names.

    Backwards, they are those that end ``skip`` contacts before the anchor's key.
    """
    return store.fetch(_window_query(store, anchor, size))


def fetch_windows(store: Store, places: Sequence[tuple[Anchor, int]]) -> list[list[ContactSummary]]:
    """Return several windows, each with its anchor and size, in one trip to a server."""
    return store.fetch_many([_window_query(store, anchor, size) for anchor, size in places])


def _window_query(store: Store, anchor: Anchor, size: int) -> Query[list[ContactSummary]]:
    order, compare = ("DESC", "<") if anchor.backwards else ("ASC", ">=")
    source = (
        f"(SELECT id FROM contact WHERE sort_key {compare} :key "
        f"ORDER BY sort_key {order}, id {order} LIMIT :size OFFSET :skip) AS w "
        "JOIN contact c ON c.id = w.id"
    )
    return Query(
        _SHOWN.format(source=source),
        {
            "key": anchor.key,
            "size": size,
            "skip": anchor.skip,
            "currency": store.locale.currency,
        },
        lambda rows: [_summary(row) for row in rows],
    )


def find_position(store: Store, contact_id: int) -> tuple[int, int] | None:
    """Return the letter range of a contact, and how many contacts of that range precede it."""
    row = store.row("SELECT sort_key FROM contact WHERE id = :id", id=contact_id)
    if row is None:
        return None
    part = range_index(row["sort_key"])
    before = store.value(
        "SELECT count(*) FROM contact WHERE sort_key >= :low AND (sort_key, id) < (:key, :id)",
        low=LETTER_RANGES[part].low,
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
    sql, currency = _SHOWN.format(source=source), store.locale.currency
    return [_summary(row) for row in store.rows(sql, currency=currency, **params)]


def _summary(row: Row) -> ContactSummary:
    return ContactSummary(*row)
