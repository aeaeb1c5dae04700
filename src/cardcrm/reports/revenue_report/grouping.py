"""The groups that revenue is shown by, as a user names them."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from cardcrm.choices import unknown_choice
from cardcrm.dates.periods import PERIODS, find_period
from cardcrm.errors import UsageError
from cardcrm.reports.dimension import (
    COMMON_FIELDS,
    Dimension,
    find_dimension,
    find_name,
    list_custom_names,
)
from cardcrm.store import Store
from cardcrm.text import fold

T = TypeVar("T")

PERIOD, FIELD = "period", "field"
_KINDS = ("product", "category", "customer", "channel", "segment", "currency", "weekday")
NAMES = (*PERIODS, *_KINDS, *COMMON_FIELDS)
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
    name = find_name(word, NAMES, _OTHER_NAMES)
    if name in _KINDS:
        return Grouping(name, name)
    try:
        found = find_dimension(store, name, today)
    except UsageError:
        names = (*NAMES, *list_custom_names(store))
        raise unknown_choice(word, names, "group", _OTHER_NAMES) from None
    return Grouping(FIELD, found.name, found)


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
