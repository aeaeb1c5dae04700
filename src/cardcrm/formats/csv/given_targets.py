"""Parse the fields that a user assigns to columns: ``--map 'Column=field'``."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.formats.csv.cell_handlers import SINGLE_VALUES
from cardcrm.formats.csv.consent_words import parse_permit
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.header_match import UNKNOWN, find_known, match_header
from cardcrm.formats.csv.headers import COLUMNS, Target
from cardcrm.text import find_similar

FORGET: Final = "auto"  # takes a remembered column back
IGNORE: Final[Target] = ("ignore", "")
_IGNORE_WORDS: Final = frozenset(("ignore", "skip", "none", "no", ""))
_LABELLED: Final = frozenset(
    ("email", "phone", "web", "social", "street", "city", "region", "postcode", "country",
     "day", "relation")
)  # fmt: skip
_OTHERS: Final[Mapping[str, Target]] = {
    "optout": ("optout", "email"),
    "unsubscribed": ("optout", "email"),
    "consent": ("consent", "email"),
    "invalid": ("invalid", "email"),
    "cadence": ("every", ""),
    "reference": ("ref", ""),
    "address": ("street", ""),
    "organization": ("org", ""),
    "role": ("title", ""),
}


def parse_pairs(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return columns with their fields, each written as ``Column=field``. Raises UsageError."""
    found = []
    for text in texts:
        column, sign, target = text.rpartition("=")
        if not sign or not column.strip():
            raise UsageError(
                f"“{text}” assigns no column", "For example: --map 'Mobile No=phone mobile'"
            )
        found.append((column.strip(), target.strip()))
    return tuple(found)


def find_column(headers: Sequence[str], column: str) -> str:
    """Return the folded header of a column that a user names. Raises UsageError."""
    key = fold_header(column)
    if key in map(fold_header, headers):
        return key
    near = find_similar(column, headers)
    shown = ", ".join(filter(None, headers[:20]))
    raise UsageError(
        f"the file has no column “{column}”",
        f"Did you mean {near[0]}?" if near else f"Columns: {shown}.",
    )


def parse_target(text: str, fields: Collection[str] = ()) -> Target:
    """Return the meaning of a field that a user names; ``fields`` are labels of custom fields.

    ``field:LABEL`` is a custom field, ``ignore`` none. A kind of contact point, a part of an
    address, a ``day`` and a ``relation`` may have a label: ``email work``, ``day:name day``.
    Raises UsageError.
    """
    word, _, label = text.replace(":", " ", 1).strip().partition(" ")
    word, label = word.lower(), label.strip()
    if text.strip().lower() in _IGNORE_WORDS:
        return IGNORE
    if word == "field":
        return "field", label
    own = next((each for each in fields if fold_header(each) == fold_header(text)), "")
    if own:
        return "field", own
    if word == "consent" and label:
        return _parse_consent(label)
    if word in _LABELLED and label:
        return word, label.lower()
    return _find_named(text)


def _parse_consent(text: str) -> Target:
    """Return the target of a consent: a purpose, then perhaps the part of it. Raises UsageError."""
    target = parse_permit(text.lower().split())
    if target is None:
        remedy = "Use a word, such as newsletter; then date, source, basis or proof for a part."
        raise UsageError(f"invalid purpose “{text}”", remedy)
    return target


def _find_named(text: str) -> Target:
    key = fold_header(text)
    if key in SINGLE_VALUES:
        return key, ""
    if key in _OTHERS:
        return _OTHERS[key]
    known = find_known(key)
    target = known if known != UNKNOWN else match_header(text).target
    if target != UNKNOWN and target[1] != "#" and target[0] != "label":
        return target
    names = sorted({what for what, _ in COLUMNS} - {"label", "formatted", "birth", "kind_flag"})
    near = find_similar(text, names)
    raise UsageError(
        f"unknown field “{text}”",
        (f"Did you mean {near[0]}? " if near else "")
        + f"For a custom field: field:{text}. To leave the column out: ignore.",
    )
