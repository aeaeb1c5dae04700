"""A new deal in one line: ``roof for acme 12000 close:2026-12-15``."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import AmbiguousError, CardcrmError, NotFoundError, UsageError
from cardcrm.records.contacts.resolve import resolve, resolve_or_none
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.fields import MoneyAmount
from cardcrm.store import Store
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact

EXAMPLE = "roof for acme 12000 close:2026-12-15"
_FIELD = re.compile(r'(?<!\S)([A-Za-z][\w-]*):("[^"]*"|\S+)')
_FOR = re.compile(r"\sfor\s", re.IGNORECASE)
_KEYS = (
    "close", "stage", "pipeline", "probability", "source", "competitor", "owner", "org", "ref",
    "opened",
)  # fmt: skip


class QuickDeal(NamedTuple):
    """A deal as it was typed: its contact, and its texts by the keys of the fields."""

    contact: "Contact"
    texts: Mapping[str, str]


def parse(store: Store, line: str) -> QuickDeal:
    """Return the deal that a line describes.

    The title comes first, then “for” and the contact, then an amount; fields such as ``close:fri``
    may be anywhere. Raises UsageError, NotFoundError and AmbiguousError.
    """
    fields = {found[1].lower(): found[2].strip('"') for found in _FIELD.finditer(line)}
    for key in fields:
        _check_key(key)
    if "probability" in fields:  # of the deal itself, not that of its stage
        fields["own_probability"] = fields.pop("probability")
    words = " ".join(_FIELD.sub(" ", line).split())
    title, contact, amount = _split(store, words)
    return QuickDeal(
        contact,
        {"title": title, "contact": f"#{contact.id}", "amount": amount, **fields},
    )


def _check_key(key: str) -> None:
    if key not in _KEYS:
        like = find_similar(key, _KEYS, limit=1)
        raise UsageError(
            f"unknown field “{key}”",
            f"Did you mean {like[0]}:?" if like else f"Fields: {', '.join(_KEYS)}.",
        )


def _split(store: Store, words: str) -> "tuple[str, Contact, str]":
    """Return the title, the contact and the amount of a line without its fields.

    A title may have “for” in it: the last one before a known contact counts.
    """
    places = [(each.start(), each.end()) for each in _FOR.finditer(words)]
    if not places:
        raise UsageError("no contact given", f"Write “for” and a name: {EXAMPLE}")
    problem: CardcrmError | None = None
    for start, end in reversed(places):
        title = words[:start].strip()
        try:
            contact, amount = _split_amount(store, words[end:].strip())
        except AmbiguousError:
            raise
        except NotFoundError as error:
            problem = problem or error
            continue
        return title, contact, amount
    assert problem is not None
    raise problem


def _split_amount(store: Store, text: str) -> "tuple[Contact, str]":
    """Return the contact that a text begins with, and the amount in the rest of it."""
    words = text.split()
    names = [(text, "")]  # such as “Studio 54”
    for count in range(1, min(len(words), 3)):  # an amount has one word or two: 500 EUR
        amount = " ".join(words[-count:])
        if _is_amount(store, amount):
            names.append((" ".join(words[:-count]), amount))
    for name, amount in names:
        contact = resolve_or_none(store, name)
        if contact is not None:
            return contact, amount
    name, amount = names[min(len(names) - 1, 1)]
    return resolve(store, name), amount


def _is_amount(store: Store, text: str) -> bool:
    """Return whether a text is an amount; one of two words has its currency apart: ``500 EUR``."""
    if not any(each.isdigit() for each in text):
        return False
    field = DEAL.field("amount")
    assert isinstance(field, MoneyAmount)
    try:
        field.parse(text, store)
    except UsageError:
        return False
    return True
