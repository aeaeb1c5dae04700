"""Split the text of a vCard or calendar into its properties, and put it together again.

Everything that is not changed stays byte for byte: unknown properties, pictures, the order of the
lines and where they are folded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_HEAD = re.compile(r"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w/-]+)(?P<params>[;:])", re.ASCII)
_QUOTED = "QUOTED-PRINTABLE"


class Unit(NamedTuple):
    """One property as a file has it: its name in capitals, its group, and its physical lines.

    The label of an Apple group is a line of the property that it labels.
    """

    name: str
    group: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The property as lines of a file that end in a line feed."""
        return "".join(f"{line}\n" for line in self.lines)


class Document(NamedTuple):
    """A text as its properties, BEGIN and END included, with the line end that it uses."""

    units: tuple[Unit, ...]
    line_end: str
    mark: str  # the byte order mark, or nothing

    def join(self, units: Iterable[Unit]) -> str:
        """Return the text of some units."""
        lines = (line for unit in units for line in unit.lines)
        return self.mark + "".join(f"{line}{self.line_end}" for line in lines)


def split_document(text: str) -> Document:
    """Return the properties of a text in their order."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text[len(mark) :].replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return Document(tuple(_group(list(_split(lines)))), line_end, mark)


def _split(lines: Sequence[str]) -> Iterator[Unit]:
    """Yield one unit for each property, folded and nested lines included."""
    name, group, own = "", "", list[str]()
    depth, goes_on = 0, False
    for line in lines:
        head = _HEAD.match(line)
        upper = line.upper()
        is_part = goes_on or line[:1] in (" ", "\t") or not head or depth
        if own and is_part:
            own.append(line)
        else:
            if own:
                yield Unit(name, group, tuple(own))
            name = head["name"].upper() if head else ""
            group, own = ((head["group"] or "") if head else ""), [line]
        if name == "AGENT" and upper.startswith("BEGIN:"):
            depth += 1
        elif depth and upper.startswith("END:"):
            depth -= 1
        goes_on = _QUOTED in own[0].upper() and line.endswith("=")
    if own:
        yield Unit(name, group, tuple(own))


def _group(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units with their labels."""
    labels: dict[str, list[str]] = {}
    owners = {each.group for each in units if each.group and each.name != "X-ABLABEL"}
    for each in units:
        if each.name == "X-ABLABEL" and each.group in owners:
            labels.setdefault(each.group, []).extend(each.lines)
    for each in units:
        if each.name == "X-ABLABEL" and each.group in owners:
            continue
        extra = labels.pop(each.group, []) if each.group else []
        yield each._replace(lines=(*each.lines, *extra))


def renumber(unit: Unit, taken: set[str]) -> Unit:
    """Return a unit in a group whose name no other unit of a file has."""
    if not unit.group or unit.group.lower() not in taken:
        return unit
    number = 1
    while f"item{number}" in taken:
        number += 1
    group = f"item{number}"
    taken.add(group)
    width = len(unit.group)
    start = f"{unit.group}.".lower()
    lines = (
        group + line[width:] if line.lower().startswith(start) else line for line in unit.lines
    )
    return unit._replace(group=group, lines=tuple(lines))
