"""Merge a file and the database, each against what it was when both were last in step.

File and database may write one value differently: a phone number as typed, and in international
form. Each side is therefore compared with its own former texts, and only what changed there moves
to the other side.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cardcrm.records.conflicts import Texts, merge_edits
from cardcrm.records.syncing.sync_states import Base, Part, Parts

Changes = dict[Part, Texts | None]


class Clash(NamedTuple):
    """A part that both sides have changed differently; None is a removal.

    ``is_file`` tells that the text of the file was taken.
    """

    part: Part
    file: Texts | None
    database: Texts | None
    is_file: bool = False


class Merged(NamedTuple):
    """The changes that the database takes over from the file, and the parts that clashed."""

    to_database: Changes
    clashes: tuple[Clash, ...]


def find_common(file: Mapping[Part, Texts], database: Mapping[Part, Texts]) -> Base:
    """Return the base of two sides that have never been in step: what both have.

    An address is the same under another label.
    """
    base = Base({}, {})
    for part, texts in file.items():
        if part in database:
            same = tuple(
                mine if mine == theirs else ""
                for mine, theirs in zip(texts, database[part], strict=True)
            )
            base.file[part] = base.database[part] = same
    lost = {texts[1:]: part for part, texts in database.items() if _is_other_address(part, file)}
    for part, texts in file.items():
        if _is_other_address(part, database) and texts[1:] in lost:
            twin = lost[texts[1:]]
            base.file[part], base.database[twin] = texts, database[twin]
    return base


def _is_other_address(part: Part, other_side: Mapping[Part, Texts]) -> bool:
    return part[0] == "address" and part not in other_side


def merge(base: Base, file: Parts, database: Parts, prefers_file: Callable[[Part], bool]) -> Merged:
    """Return what the database takes over from the file.

    Where both sides have changed a part, ``prefers_file`` chooses; a text that only one side has
    left is taken in any case.
    """
    typed = _translate(base, file)
    write, conflicting = merge_edits(base.database, typed, database)
    clashes = []
    for part in conflicting:
        mine, theirs = typed.get(part), database.get(part)
        is_file = theirs is None or (mine is not None and prefers_file(part))
        clashes.append(Clash(part, mine, theirs, is_file))
        kept = mine if is_file else _keep_database(base.database.get(part), mine, theirs)
        write.pop(part, None)
        if kept != theirs:
            write[part] = kept
    return Merged(write, tuple(clashes))


def _translate(base: Base, file: Parts) -> Parts:
    """Return the texts of the database with the changes of the file."""
    typed = dict(base.database)
    for part in dict.fromkeys([*base.file, *file]):
        texts = file.get(part)
        if texts == base.file.get(part):
            continue
        if texts is None:
            typed.pop(part, None)
        else:
            typed[part] = texts
    return typed


def _keep_database(
    before: Texts | None, file: Texts | None, database: Texts | None
) -> Texts | None:
    """Return the texts of the database, with those of the file that it has left alone."""
    if before is None or file is None or database is None:
        return database
    if not len(before) == len(file) == len(database):
        return database
    pairs = zip(before, file, database, strict=True)
    return tuple(mine if theirs == old else theirs for old, mine, theirs in pairs)


def find_changes(base: Base, merged: Parts, file: Parts) -> Changes:
    """Return what the file has to take over, given the state of the database after a merge."""
    parts = dict.fromkeys([*base.database, *merged])
    changed = [part for part in parts if base.database.get(part) != merged.get(part)]
    return {part: merged.get(part) for part in changed if file.get(part) != merged.get(part)}


def hold_back(merged: Parts, changes: Changes, before: Parts) -> Parts:
    """Return the state of the database without the changes that the file lacks yet."""
    known = {part: texts for part, texts in merged.items() if part not in changes}
    return known | {part: before[part] for part in changes if part in before}
