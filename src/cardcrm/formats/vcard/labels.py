"""Convert between vCard types and labels: ``TYPE=WORK,FAX`` is ``work fax``."""

import re
from functools import lru_cache
from typing import Final

# Types that describe a technique or a preference; they do not become labels.
_IGNORED: Final = frozenset(
    [
        "pref",
        "internet",
        "voice",
        "text",
        "msg",
        "x400",
        "postal",
        "parcel",
        "dom",
        "intl",
        "isdn",
        "bbs",
        "modem",
        "video",
        "uri",
    ]
)
_LABELS: Final = {
    "cell": "mobile",
    "iphone": "mobile",
    "tty-tdd": "textphone",
    "ttytdd": "textphone",
}
_PREFIX: Final = re.compile(r"^x-(?:evolution-|mozilla-)?")
_PLACE_LABELS: Final = ("home", "work", "other")
_TYPES: Final = {"mobile": "cell"}
_STANDARD_TYPES: Final = {
    "TEL": frozenset(["home", "work", "other", "cell", "fax", "pager", "main", "car", "textphone"]),
    "EMAIL": frozenset(_PLACE_LABELS),
    "ADR": frozenset(_PLACE_LABELS),
    "URL": frozenset(_PLACE_LABELS),
    # Apple's own properties have Apple's own labels.
    "X-ABDATE": frozenset(),
    "X-ABRELATEDNAMES": frozenset(),
    "RELATED": frozenset(
        [
            "contact",
            "acquaintance",
            "friend",
            "met",
            "co-worker",
            "colleague",
            "co-resident",
            "neighbor",
            "child",
            "parent",
            "sibling",
            "spouse",
            "kin",
            "muse",
            "crush",
            "date",
            "sweetheart",
            "me",
            "agent",
            "emergency",
        ]
    ),
}
_TOKEN: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_APPLE: Final = re.compile(r"_\$!<(.*)>!\$_", re.DOTALL)


@lru_cache(maxsize=1024)  # the contacts of a file repeat them
def to_label(types: tuple[str, ...]) -> str:
    """Return the label for the types of a property, in lower case."""
    names = (_PREFIX.sub("", word) for word in types)
    words = [_LABELS.get(word, word) for word in names if word not in _IGNORED]
    if "mobile" in words and "home" in words:
        words.remove("home")  # phones mark every mobile number as home
    words.sort(key=lambda word: word not in _PLACE_LABELS)
    return " ".join(dict.fromkeys(words))


def to_types(prop: str, label: str) -> list[str]:
    """Return the types for a label in a property; empty if no types express the label."""
    types = [_TYPES.get(word, word) for word in label.split(" ")]
    known = _STANDARD_TYPES.get(prop)
    fits = bool(_TOKEN.fullmatch(label)) if known is None else known.issuperset(types)
    return types if fits and to_label(tuple(types)) == label else []


def unwrap_apple_label(label: str) -> str:
    """Return the text of an ``X-ABLabel``; Apple wraps its own labels in ``_$!<…>!$_``."""
    packed = _APPLE.fullmatch(label)
    if packed is None:
        return label
    name = packed[1].lower()
    return f"{name[:-3]} fax" if name.endswith("fax") and len(name) > 3 else name
