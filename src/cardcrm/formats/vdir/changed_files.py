"""Read the files of a folder that are new or have changed since the last sync."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.folder import FileStat, Left, Scan, UnreadableError
from cardcrm.formats.vdir.item_kind import Ignored, Item, ItemKind
from cardcrm.records.syncing.sync_states import Base, FileState, Parts, read_bases
from cardcrm.store import Store


class ReadFile(NamedTuple):
    """A file as it was read."""

    name: str
    stat: FileStat
    hash: str
    text: str
    item: Item


class ChangedFiles(NamedTuple):
    """The files of a folder by their names, as far as they had to be read.

    ``touched`` files have another time and the same content. ``unusable`` ones exist and are left
    as they are; ``left`` gives the reasons.
    """

    read: dict[str, ReadFile]
    touched: dict[str, FileStat]
    unusable: set[str]
    left: list[Left]


def read_changed(
    store: Store, kind: ItemKind, path: Path, scan: Scan, states: Mapping[str, FileState]
) -> ChangedFiles:
    """Read the files that are new or have changed."""
    found = ChangedFiles({}, {}, {each.file for each in scan.left}, [*scan.left])
    changed = [name for name, stat in scan.files.items() if _may_differ(states.get(name), stat)]
    bases = read_bases(store, [states[name] for name in changed if name in states])
    for name in changed:
        state = states.get(name)
        file = _read(store, kind, path, name, scan.files[name], state, bases)
        if isinstance(file, ReadFile):
            found.read[name] = file
        elif isinstance(file, FileStat):
            found.touched[name] = file
        else:
            found.unusable.add(name)
            if file:
                found.left.append(Left(name, file))
    return found


def _may_differ(state: FileState | None, found: FileStat) -> bool:
    return state is None or state.pending or (state.size, state.mtime) != found


def _read(
    store: Store,
    kind: ItemKind,
    path: Path,
    name: str,
    stat: FileStat,
    state: FileState | None,
    bases: Mapping[int, Base],
) -> ReadFile | FileStat | str:
    """Return a file, its new time if nothing else has changed, or why it is left."""
    try:
        content = files.read_file(path, name)
    except UnreadableError as error:
        return error.message
    hash_ = files.hash_content(content)
    if state is not None and state.hash == hash_ and not state.pending:
        return stat
    base = bases.get(state.id) if state is not None else None
    return _parse(store, kind, name, stat, content, base.file if base else None)


def _parse(
    store: Store, kind: ItemKind, name: str, stat: FileStat, content: bytes, base: Parts | None
) -> ReadFile | str:
    text = decode(content)
    item = kind.parse(store, text, base)
    if isinstance(item, Ignored):
        return item.reason
    return ReadFile(name, stat, files.hash_content(content), text, item)


def load_file(
    store: Store, kind: ItemKind, path: Path, name: str, base: Parts | None
) -> ReadFile | str:
    """Return a file whose record has changed in the database, or why it is left."""
    stat = files.stat_file(path, name)
    if stat is None:
        return "it has vanished"
    try:
        content = files.read_file(path, name)
    except UnreadableError as error:
        return error.message
    return _parse(store, kind, name, stat, content, base)


def decode(content: bytes) -> str:
    """Return the text of a file, with the line ends that it has; other bytes are surrogates."""
    return content.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the content of a file; see `decode`."""
    return text.encode("utf-8", "surrogateescape")
