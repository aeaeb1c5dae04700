"""Read the property X-ANDROID-CUSTOM, in which phones keep the rows that vCards have no place for.

Its parts are the kind of the row and its columns; a number says which of the platform's labels it
has, and 0 that the label is spelled out.
"""

from typing import Final, NamedTuple

_KIND: Final = "vnd.android.cursor.item/"
_EVENTS: Final = {"1": "anniversary", "2": "other", "3": "birthday"}
_RELATIONS: Final = {
    "1": "assistant", "2": "brother", "3": "child", "4": "domestic partner", "5": "father",
    "6": "friend", "7": "manager", "8": "mother", "9": "parent", "10": "partner",
    "11": "referred by", "12": "relative", "13": "sister", "14": "spouse",
}  # fmt: skip


class AndroidRow(NamedTuple):
    """One row: its kind (``nickname``, ``event``, ``relation``), its value and its label."""

    kind: str
    value: str
    label: str


def read_android(parts: list[str]) -> AndroidRow | None:
    """Return the row that the parts of a property make; None for a row of another kind."""
    kind, value, type_, label, *_ = [*parts, "", "", "", ""]
    name = kind.strip().lower().removeprefix(_KIND)
    if not value:
        return None
    if name == "nickname":
        return AndroidRow(name, value, "")
    if name == "contact_event":
        return AndroidRow("event", value, label or _EVENTS.get(type_, "other"))
    if name == "relation":
        return AndroidRow("relation", value, label or _RELATIONS.get(type_, "relative"))
    return None
