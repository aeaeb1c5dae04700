"""Write changes of a contact into the text of its vCard, and leave the rest of it alone."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from cardcrm.formats.vcard.escapes import escape
from cardcrm.formats.vcard.writer import fold_line
from cardcrm.formats.vdir.text_units import Document, Unit, renumber, split_document
from cardcrm.records.conflicts import Texts
from cardcrm.records.syncing.sync_states import Part

Read = Callable[[Unit, str], Collection[Part]]

_FRAME = frozenset({"BEGIN", "END", "VERSION", "PRODID", "UID", "REV"})
# Properties that a vCard has once, whatever their value.
_SINGLE: Mapping[str, tuple[str, ...]] = {
    "name": ("FN",),
    "org": ("ORG",),
    "title": ("TITLE",),
    "note": ("NOTE",),
    "prefix": ("N",), "given": ("N",), "middle": ("N",), "family": ("N",), "suffix": ("N",),
    "sort_as": ("SORT-STRING", "N"),
    "kind": ("KIND", "X-ABSHOWAS", "X-ADDRESSBOOKSERVER-KIND", "ORG"),
}  # fmt: skip
_ASCII = re.compile(r"[\x20-\x7e]*")


def patch_vcard(
    text: str, changes: Mapping[Part, Texts | None], new: str, uid: str, read: Read
) -> str:
    """Return a vCard with some changes; ``new`` is the vCard of the whole contact.

    ``read`` returns the parts that a unit of a vCard says.
    """
    document = split_document(text)
    version = find_version(text)
    old = list(_read_units(document, version, read))
    fresh = _convert(split_document(new), version)
    wanted = [(unit, _parts_of(unit, find_version(new), read)) for unit in fresh]
    stale = {number for number, (_, parts) in enumerate(old) if not parts.isdisjoint(changes)}
    # A line that says several things, such as CATEGORIES, is written with all of them.
    said = set[Part]().union(
        *(parts for number, (_, parts) in enumerate(old) if number not in stale)
    )
    needed = set(changes) | set[Part]().union(*(old[number][1] for number in stale)) - said
    gone = {part for part, texts in changes.items() if texts is None}
    added = [unit for unit, parts in wanted if parts & (needed - gone)]
    units = _replace(document, stale, added)
    return document.join(_finish(units, uid, version))


def _read_units(document: Document, version: str, read: Read) -> Iterator[tuple[Unit, set[Part]]]:
    """Yield the units with the parts that they say.

    A second title or organization says nothing of the first one, which alone is changed; several
    notes are one.
    """
    seen: set[str] = set()
    for unit in document.units:
        parts = _parts_of(unit, version, read)
        if unit.name in seen and unit.name != "NOTE":
            parts = {part for part in parts if part[0] != "head"}
        seen.add(unit.name)
        yield unit, parts


def find_version(text: str) -> str:
    """Return the version of a vCard; 3.0 if it states none."""
    found = re.search(r"^VERSION:[ \t]*([0-9.]+)", text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else "3.0"


def _parts_of(unit: Unit, version: str, read: Read) -> set[Part]:
    if unit.name in _FRAME or not unit.name:
        return set()
    parts = set(read(unit, version))
    for key, names in _SINGLE.items():
        if unit.name in names:
            parts.add(("head", key))
    return parts


def _convert(document: Document, version: str) -> list[Unit]:
    """Return the units of a new vCard, of version 3.0, as a file of another version has them."""
    units = [unit for unit in document.units if unit.name not in _FRAME]
    if version != "2.1":
        return units
    return [unit._replace(lines=tuple(map(_to_old, _unfold(unit.lines)))) for unit in units]


def _unfold(lines: Sequence[str]) -> list[str]:
    whole: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and whole:
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return whole


def _to_old(line: str) -> str:
    """Return a line for version 2.1, where escapes and characters beyond ASCII are encoded."""
    head, _, value = line.partition(":")
    plain = value.replace("\\,", ",")
    if _ASCII.fullmatch(plain) and "\\" not in plain:
        return f"{head}:{plain}"
    plain = plain.replace("\\n", "\n").replace("\\\\", "\\")
    octets = plain.replace("\n", "\r\n").encode()
    encoded = "".join(
        chr(each) if 32 <= each < 127 and each != 61 else f"={each:02X}" for each in octets
    )
    return f"{head};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{encoded}"


def _replace(document: Document, stale: set[int], added: Sequence[Unit]) -> list[Unit]:
    """Return the units of a file with the stale ones replaced, each by one of its own name."""
    taken = {
        unit.group.lower()
        for number, unit in enumerate(document.units)
        if unit.group and number not in stale
    }
    waiting = list(added)
    units: list[Unit] = []
    for number, unit in enumerate(document.units):
        if unit.name == "END":
            units += [renumber(each, taken) for each in waiting]
            waiting = []
        if number not in stale:
            units.append(unit)
            continue
        like = next((each for each in waiting if each.name == unit.name), None)
        if like is not None:
            waiting.remove(like)
            units.append(renumber(like, taken))
    return units


def _finish(units: Sequence[Unit], uid: str, version: str) -> Iterator[Unit]:
    """Yield the units with the permanent id, and the time of the change where a file has one."""
    for unit in units:
        if unit.name == "UID" and uid:
            continue
        if unit.name == "REV":
            now = dt.datetime.now(dt.UTC)
            yield unit._replace(lines=(f"REV:{now:%Y%m%dT%H%M%SZ}",))
            continue
        yield unit
        if unit.name == "VERSION" and uid:
            value = "".join((";VALUE=text:" if version == "4.0" else ":", escape(uid)))
            lines = fold_line(f"UID{value}").split("\r\n")
            yield Unit("UID", "", tuple(lines))
