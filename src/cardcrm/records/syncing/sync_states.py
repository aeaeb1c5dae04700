"""The folders that are in step with the database, and the last common state of each file.

States are written outside of the journal; see `store.sync_migration`.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from cardcrm.records.conflicts import Texts
from cardcrm.records.syncing.kinds import CONTACTS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

Part = tuple[str, str]
Parts = dict[Part, Texts]


class Base(NamedTuple):
    """The texts of one contact or reminder as a file and the database had them last.

    Parts that mentioned a forgotten contact are left out; ``struck`` are keyed hashes of what they
    were, by which the file's are known.
    """

    file: Parts
    database: Parts
    struck: frozenset[str] = frozenset()


class FileState(NamedTuple):
    """The last common state of a file, without its texts; see `sync_type` for the fields."""

    id: int
    name: str
    uid: str
    size: int = 0
    mtime: int = 0
    hash: str = ""
    matched: bool = False
    pending: bool = False


class SyncFolder(NamedTuple):
    """A folder or calendar that is in step with the database; ``id`` is 0 for a new one."""

    id: int
    path: str
    kind: str = CONTACTS
    query: str = ""
    read_to: int = 0


_FOLDER = "SELECT id, path, kind, query, read_to FROM sync_folder"


def find_folder(store: Store, path: str) -> SyncFolder | None:
    """Return what is known of a folder on this machine, or None."""
    row = store.row(f"{_FOLDER} WHERE host = :host AND path = :path", host=_host(store), path=path)
    return SyncFolder(*row) if row else None


def list_folders(store: Store) -> list[SyncFolder]:
    """Return the known folders and calendars on this machine."""
    rows = store.rows(f"{_FOLDER} WHERE host = :host ORDER BY path", host=_host(store))
    return [SyncFolder(*row) for row in rows]


def save_folder(store: Store, folder: SyncFolder) -> SyncFolder:
    """Write a folder in the transaction under way, and return it with its id."""
    values = folder._asdict()
    del values["id"]
    if not folder.id:
        row_id = store.engine.insert("sync_folder", {"host": _host(store), **values})
        return folder._replace(id=row_id)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    store.engine.execute(
        f"UPDATE sync_folder SET {sets} WHERE id = :id", {**values, "id": folder.id}
    )
    return folder


def forget_folder(store: Store, folder: SyncFolder) -> None:
    """Remove a folder with the states of its files, in the transaction under way."""
    params = {"id": folder.id}
    store.engine.execute("DELETE FROM sync_file WHERE folder_id = :id", params)
    store.engine.execute("DELETE FROM sync_folder WHERE id = :id", params)


def _host(store: Store) -> str:
    return store.author.host


_FILE = "SELECT id, name, uid, size, mtime, hash, matched, pending FROM sync_file"


def list_states(store: Store, folder: SyncFolder) -> dict[str, FileState]:
    """Return the states of the files of a folder by their names."""
    rows = store.rows(f"{_FILE} WHERE folder_id = :id ORDER BY name", id=folder.id)
    found = (FileState(*row) for row in rows)
    return {
        each.name: each._replace(matched=bool(each.matched), pending=bool(each.pending))
        for each in found
    }


def read_bases(store: Store, states: Iterable[FileState]) -> dict[int, Base]:
    """Return the texts of the last common state of some files by the ids of their states."""
    found: dict[int, Base] = {}
    for marks, params in chunks([each.id for each in states]):
        for row in store.rows(f"SELECT id, base FROM sync_file WHERE id IN ({marks})", **params):
            found[row[0]] = _load_base(row[1])
    return found


def save_state(store: Store, folder_id: int, state: FileState, base: Base | None) -> FileState:
    """Write the state of a file in the transaction under way, and return it with its id.

    Without a base, the texts stay.
    """
    values: dict[str, Any] = state._asdict()
    del values["id"]
    values |= {"matched": int(state.matched), "pending": int(state.pending)}
    if base is not None:
        values["base"] = _dump_base(base)
    if not state.id:
        row_id = store.engine.insert("sync_file", {"folder_id": folder_id, **values})
        return state._replace(id=row_id)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    store.engine.execute(f"UPDATE sync_file SET {sets} WHERE id = :id", {**values, "id": state.id})
    return state


def remove_states(store: Store, ids: Collection[int]) -> None:
    """Remove the states of files in the transaction under way."""
    for marks, params in chunks(ids):
        store.engine.execute(f"DELETE FROM sync_file WHERE id IN ({marks})", params)


def remove_states_of(store: Store, uids: Collection[str]) -> None:
    """Remove the states of the files of some records, in the transaction under way."""
    for marks, params in chunks(uids):
        store.engine.execute(f"DELETE FROM sync_file WHERE uid IN ({marks})", params)


def remove_texts(
    store: Store, finds: Callable[[str], bool], hash_text: Callable[[str], str]
) -> None:
    """Leave hashes of the parts with a find in all states, in the transaction under way.

    The files wait then for the text that the database has now.
    """
    for state_id, text in list(store.rows("SELECT id, base FROM sync_file")):
        base = _load_base(text)
        kept = Base(_without(base.file, finds), _without(base.database, finds), base.struck)
        if kept != base:
            lost = base.file.keys() - kept.file.keys()
            hashes = (hash_text(_join_part(part, base.file[part])) for part in lost)
            kept = kept._replace(struck=base.struck.union(hashes))
            sql = "UPDATE sync_file SET base = :base, pending = 1 WHERE id = :id"
            store.engine.execute(sql, {"base": _dump_base(kept), "id": state_id})


def restore_struck(base: Base, file: Parts, hash_text: Callable[[str], str]) -> Base:
    """Return a base with the parts of a file that were struck out of it, unless they changed."""
    if not base.struck:
        return base
    same = {
        part: texts
        for part, texts in file.items()
        if part not in base.file and hash_text(_join_part(part, texts)) in base.struck
    }
    return base._replace(file={**base.file, **same}, database={**base.database, **same})


def _join_part(part: Part, texts: Texts) -> str:
    return json.dumps([*part, *texts])


def _without(parts: Parts, finds: Callable[[str], bool]) -> Parts:
    return {part: each for part, each in parts.items() if not any(map(finds, (*part, *each)))}


def _dump_base(base: Base) -> str:
    sides: list[Any] = [_dump(base.file)]
    if base.database != base.file or base.struck:
        sides.append(_dump(base.database))
    if base.struck:
        sides.append(sorted(base.struck))
    return json.dumps(sides, ensure_ascii=False, separators=(",", ":"))


def _dump(parts: Mapping[Part, Texts]) -> list[Any]:
    return [[*part, *texts] for part, texts in parts.items()]


def _load_base(text: str) -> Base:
    """Return stored texts; nothing where they are missing."""
    sides = json.loads(text or "[]")
    if not sides:
        return Base({}, {})
    both = [_load(each) for each in sides[:2]]
    return Base(both[0], both[-1], frozenset(*sides[2:]))


def _load(rows: Iterable[list[str]]) -> Parts:
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}
