"""Write changes of a reminder into the text of its calendar file, and leave the rest alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from cardcrm.formats.vdir.text_units import Unit, split_document
from cardcrm.records.syncing.reminder_changes import DONE, DUE, PRIORITY, RULE, TEXT
from cardcrm.records.syncing.sync_states import Part

_TIMES = frozenset({"DUE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"})
_STATUS = frozenset({"STATUS", "COMPLETED", "PERCENT-COMPLETE"})
_STAMPS = frozenset({"DTSTAMP", "LAST-MODIFIED", "SEQUENCE"})
_PROPERTIES: Mapping[Part, frozenset[str]] = {
    TEXT: frozenset({"SUMMARY"}),
    PRIORITY: frozenset({"PRIORITY"}),
    DUE: _TIMES | _STATUS,
    RULE: _TIMES | _STATUS,
    DONE: _TIMES | _STATUS,
}


def patch_calendar(text: str, changes: Collection[Part], new: str, uid: str, kind: str) -> str:
    """Return a calendar file with some changes; ``new`` is the file of the whole reminder.

    ``kind`` is the name of its component. Turns of a series that another program has stored apart
    are dropped when the series moves on.
    """
    names = _STAMPS.union(*(_PROPERTIES.get(part, frozenset()) for part in changes))
    if uid:
        names |= {"UID"}
    document, fresh = split_document(text), split_document(new)
    wanted = list(_own_units(fresh.units, kind, names))
    blocks = list(_blocks(document.units))
    moves = not _TIMES.isdisjoint(names)
    known = {
        _zone_name(block) for block in blocks if block[0].lines[0].upper() == "BEGIN:VTIMEZONE"
    }
    units: list[Unit] = []
    for block in blocks:
        if not _begins(block, kind):
            units += block
        elif not any(unit.name == "RECURRENCE-ID" for unit in block):
            units += _needed_zones(fresh.units, wanted, known)
            units += _replace(block, wanted, names)
        elif not moves:
            units += block
    return document.join(units)


def _blocks(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield the components inside of a calendar, each with its units, and its own units."""
    depth, block = 0, list[Unit]()
    for unit in units:
        begins, ends = unit.name == "BEGIN", unit.name == "END"
        is_frame = (begins or ends) and unit.lines[0].upper().endswith(":VCALENDAR")
        if is_frame or (depth == 0 and not begins):
            yield [unit]
            continue
        block.append(unit)
        depth += begins - ends
        if depth == 0:
            yield block
            block = []
    if block:
        yield block


def _begins(block: Sequence[Unit], kind: str) -> bool:
    return block[0].lines[0].strip().upper() == f"BEGIN:{kind}"


def _own_units(units: Sequence[Unit], kind: str, names: Collection[str]) -> Iterator[Unit]:
    """Yield the units of the first component of a kind, without those of its alarms."""
    for block in _blocks(units):
        if _begins(block, kind):
            depth = 0
            for unit in block:
                depth += unit.name == "BEGIN"
                if depth == 1 and unit.name in names:
                    yield unit
                depth -= unit.name == "END"
            return


def _replace(block: Sequence[Unit], wanted: Sequence[Unit], names: Collection[str]) -> list[Unit]:
    """Return a component with some properties in place of its own."""
    waiting = list(wanted)
    units: list[Unit] = []
    depth = 0
    for unit in block:
        depth += unit.name == "BEGIN"
        if depth == 1 and unit.name in names:
            like = next((each for each in waiting if each.name == unit.name), None)
            if like is not None:
                waiting.remove(like)
                units.append(_raise_sequence(unit, like))
        else:
            units.append(unit)
        depth -= unit.name == "END"
    units[1:1] = waiting
    return units


def _raise_sequence(old: Unit, new: Unit) -> Unit:
    """Return the new unit; the number of changes only grows, on both sides."""
    if new.name != "SEQUENCE":
        return new
    numbers = [each.lines[0].partition(":")[2].strip() for each in (old, new)]
    counts = [int(each) if each.isascii() and each.isdigit() else 0 for each in numbers]
    return new._replace(lines=(f"SEQUENCE:{max(counts[0] + 1, counts[1])}",))


def _zone_name(block: Sequence[Unit]) -> str:
    return next((each.lines[0] for each in block if each.name == "TZID"), "")


def _needed_zones(fresh: Sequence[Unit], wanted: Sequence[Unit], known: set[str]) -> Iterator[Unit]:
    """Yield the time zones that new times name and the file lacks."""
    if not any("TZID=" in each.lines[0].upper() for each in wanted):
        return
    for block in _blocks(fresh):
        if _begins(block, "VTIMEZONE") and _zone_name(block) not in known:
            yield from block
