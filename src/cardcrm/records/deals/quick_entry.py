"""A new deal in one line: ``roof for acme 12000 close:2026-12-15``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import AmbiguousError, CardcrmError, NotFoundError, UsageError
from cardcrm.records.contacts.resolve import resolve, resolve_or_none
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.store import Store
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact

EXAMPLE = "roof for acme 12000 close:2026-12-15"
_FIELD = re.compile(r'(?<!\S)([A-Za-z][\w-]*):("[^"]*"|\S+)')
_SHORT = re.compile(r'(?<!\S)(?:(\d[\d.,]*%)|>("[^"]*"|[^\s>]+)|@([^\s@]+))(?!\S)')
_SHORT_KEYS = ("probability", "stage", "owner")  # of the groups of `_SHORT`
_FOR = re.compile(r"\sfor\s", re.IGNORECASE)
_KEYS = (
    "close", "stage", "pipeline", "probability", "source", "competitor", "owner", "org", "ref",
    "opened",
)  # fmt: skip


class QuickDeal(NamedTuple):
    """A deal as it was typed: its contact, and its texts by the keys of the fields."""

    contact: "Contact"
    texts: Mapping[str, str]


class _Tail(NamedTuple):
    """The part of a line after “for”: the contact, the amount and the expected close."""

    contact: "Contact"
    amount: str
    close: str


def parse(store: Store, line: str) -> QuickDeal:
    """Return the deal that a line describes.

    The title comes first, then “for” and the contact, then an amount and perhaps the expected
    close; ``60%``, ``>stage`` and ``@owner`` may follow the contact, and fields such as
    ``close:fri`` may be anywhere. Raises UsageError, NotFoundError and AmbiguousError.
    """
    fields = {found[1].lower(): found[2].strip('"') for found in _FIELD.finditer(line)}
    for key in fields:
        _check_key(key)
    words, short = _take_short(" ".join(_FIELD.sub(" ", line).split()))
    fields = short | fields
    if "probability" in fields:  # of the deal itself, not that of its stage
        fields["own_probability"] = fields.pop("probability")
    title, tail = _split(store, words)
    close = {"close": tail.close} if tail.close else {}
    first = {"title": title, "contact": f"#{tail.contact.id}", "amount": tail.amount}
    return QuickDeal(tail.contact, {**first, **close, **fields})


def _take_short(words: str) -> tuple[str, dict[str, str]]:
    """Return a line without the short forms of fields behind its last “for”, and those fields."""
    places = [each.end() for each in _FOR.finditer(words)]
    start = places[-1] if places else len(words)
    fields = {
        key: text.strip('"')
        for found in _SHORT.finditer(words, start)
        for key, text in zip(_SHORT_KEYS, found.groups(), strict=True)
        if text
    }
    return " ".join((words[:start] + _SHORT.sub(" ", words[start:])).split()), fields


def _check_key(key: str) -> None:
    if key not in _KEYS:
        like = find_similar(key, _KEYS, limit=1)
        raise UsageError(
            f"unknown field “{key}”",
            f"Did you mean {like[0]}:?" if like else f"Fields: {', '.join(_KEYS)}.",
        )


def _split(store: Store, words: str) -> tuple[str, _Tail]:
    """Return the title of a line without its fields, and what comes after “for”.

    A title may have “for” in it: the last one before a known contact counts.
    """
    places = [(each.start(), each.end()) for each in _FOR.finditer(words)]
    if not places:
        raise UsageError("no contact given", f"Write “for” and a name: {EXAMPLE}")
    problem: CardcrmError | None = None
    for start, end in reversed(places):
        title = words[:start].strip()
        try:
            tail = _split_tail(store, words[end:].strip())
        except AmbiguousError:
            raise
        except NotFoundError as error:
            problem = problem or error
            continue
        return title, tail
    assert problem is not None
    raise problem


def _split_tail(store: Store, text: str) -> _Tail:
    """Return the contact that a text begins with, and the amount and the day behind it."""
    readings = [(text, "", ""), *_readings(store, text.split())]  # first as a name: “Studio 54”
    for name, amount, close in readings:
        contact = resolve_or_none(store, name)
        if contact is not None:
            return _Tail(contact, amount, close)
    name, amount, close = readings[min(len(readings) - 1, 1)]
    return _Tail(resolve(store, name), amount, close)


def _readings(store: Store, words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield a name, an amount and a day that words may be; first those without a day."""
    places = [(start, start + count) for count in (1, 2) for start in range(1, len(words))]
    for start, end in sorted(places, key=lambda place: place[1] != len(words)):
        amount, day = " ".join(words[start:end]), " ".join(words[end:])
        is_inside = end <= len(words)
        if is_inside and _is_amount(store, amount) and (not day or _is_value(store, "close", day)):
            yield " ".join(words[:start]), amount, day


def _is_amount(store: Store, text: str) -> bool:
    """Return whether a text is an amount; one of two words has its currency apart: ``500 EUR``."""
    return any(each.isdigit() for each in text) and _is_value(store, "amount", text)


def _is_value(store: Store, key: str, text: str) -> bool:
    """Return whether a text is a value of a field of deals."""
    field = DEAL.field(key)
    assert field is not None
    try:
        field.parse(text, store)
    except UsageError:
        return False
    return True
