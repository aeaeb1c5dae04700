"""How a vCard's types and cardcrm's labels match: ``TYPE=WORK,FAX`` is ``work fax``."""

import re
from typing import Final

# Types that say how a number is reached at all, or which to prefer; no label tells them.
_NOISE: Final = frozenset(
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
_OURS: Final = {"cell": "mobile", "iphone": "mobile"}
_PLACES: Final = ("home", "work", "other")
_THEIRS: Final = {"mobile": "cell"}
_KNOWN: Final = {
    "TEL": frozenset(["home", "work", "other", "cell", "fax", "pager", "main", "car", "textphone"]),
    "EMAIL": frozenset(_PLACES),
    "ADR": frozenset(_PLACES),
    "URL": frozenset(_PLACES),
    # Apple's own properties are labelled Apple's own way.
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


def label_of(types: list[str]) -> str:
    """The label for a property's types, in any case."""
    words = [_OURS.get(word, word) for word in map(str.lower, types) if word not in _NOISE]
    if "mobile" in words and "home" in words:
        words.remove("home")  # phones say of every mobile number that it is at home
    words.sort(key=lambda word: word not in _PLACES)
    return " ".join(dict.fromkeys(words))


def types_of(prop: str, label: str) -> list[str]:
    """The types that say this label in that property; none if it needs words of its own."""
    types = [_THEIRS.get(word, word) for word in label.split(" ")]
    known = _KNOWN.get(prop)
    fits = bool(_TOKEN.fullmatch(label)) if known is None else known.issuperset(types)
    return types if fits and label_of(types) == label else []


def own_words(label: str) -> str:
    """What a label line (``X-ABLabel``) says; Apple packs its own labels into signs."""
    packed = _APPLE.fullmatch(label)
    return packed[1].lower() if packed else label
