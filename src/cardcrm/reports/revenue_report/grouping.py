"""The groups that revenue is shown by, as a user names them."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from cardcrm.dates.periods import PERIODS, find_period
from cardcrm.errors import UsageError
from cardcrm.reports.market.dimension import Dimension, find_dimension
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

T = TypeVar("T")

PERIOD, FIELD = "period", "field"
_KINDS = ("product", "category", "customer", "channel", "segment", "currency", "weekday")
# Fields of contacts that are offered by name; any other field works as well.
_FIELDS = ("city", "owner", "source", "country", "organization", "stage", "tag")
NAMES = (*PERIODS, *_KINDS, *_FIELDS)
_OTHER_NAMES = {
    "item": "product",
    "article": "product",
    "sku": "product",
    "service": "product",
    "family": "category",
    "product family": "category",
    "product category": "category",
    "product group": "category",
    "group": "category",
    "client": "customer",
    "contact": "customer",
    "buyer": "customer",
    "who": "customer",
    "name": "customer",
    "sales channel": "channel",
    "medium": "channel",
    "money": "currency",
    "day of week": "weekday",
    "town": "city",
    "place": "city",
    "location": "city",
    "rep": "owner",
    "salesperson": "owner",
    "sales rep": "owner",
    "seller": "owner",
    "user": "owner",
    "origin": "source",
    "lead source": "source",
    "company": "organization",
    "org": "organization",
}


class Grouping(NamedTuple):
    """A way to group revenue: its ``kind``, ``name`` for people, and field of contacts."""

    kind: str
    name: str
    field: Dimension | None = None


def parse_grouping(store: Store, word: str, today: dt.date) -> Grouping:
    """Return the grouping that a word names. Raises UsageError with the nearest name."""
    if period := find_period(word):
        return Grouping(PERIOD, period)
    name = _normalize(word)
    if name in _KINDS:
        return Grouping(name, name)
    try:
        found = find_dimension(store, {"organization": "org"}.get(name, name), today)
    except UsageError:
        like = find_similar(name, (*NAMES, *_OTHER_NAMES), limit=1)
        start = f"Did you mean {like[0]}? " if like else ""
        raise UsageError(f"unknown group “{word}”", f"{start}Use {', '.join(NAMES)}.") from None
    return Grouping(FIELD, name if name in NAMES else found.name, found)


def join_spellings(
    found: Iterable[tuple[str | None, T]], name: str, weight: Callable[[T], float]
) -> dict[str, list[T]]:
    """Return what belongs to each text; those that differ in case or accents alone are one.

    Its name is the spelling of the highest weight, and ``(no NAME)`` for no text.
    """
    spellings: dict[str, list[tuple[str, T]]] = {}
    for text, each in found:
        spellings.setdefault(fold(text or ""), []).append((text or "", each))
    joined = {}
    for pairs in spellings.values():
        text, _ = min(pairs, key=lambda pair: (-weight(pair[1]), pair[0]))
        joined[text or f"(no {name})"] = [each for _, each in pairs]
    return joined


def _normalize(word: str) -> str:
    """Return a name in the singular, and the main one of several names."""
    typed = " ".join(word.strip().lower().replace("_", " ").replace("-", " ").split())
    for name in (typed, typed.removesuffix("s"), f"{typed.removesuffix('ies')}y"):
        if name in NAMES or name in _OTHER_NAMES:
            return _OTHER_NAMES.get(name, name)
    return word.strip()
