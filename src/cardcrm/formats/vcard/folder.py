"""Write a folder of vCards, one file for each contact, as khard and vdirsyncer keep them."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from cardcrm.errors import ConflictError
from cardcrm.formats.atomic_write import check_folder, write_atomically
from cardcrm.formats.export_formats import ExportOptions
from cardcrm.formats.vcard.writer import format_card
from cardcrm.paths import is_device
from cardcrm.records.contacts.stored_drafts import read_drafts, read_uids
from cardcrm.store import Store
from cardcrm.store.private_files import create_folder

ENDING: Final = ".vcf"
# Names that every file system takes: neither a path, nor an option, nor a hidden file.
_SAFE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}(?<!\.)", re.ASCII)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_@+-]+", re.ASCII)


def write_folder(
    store: Store,
    ids: Sequence[int],
    folder: Path,
    options: ExportOptions,
    track: Callable[[Sequence[int]], Iterable[int]],
    *,
    replace: bool,
) -> int:
    """Write contacts into a folder, which is created if it is missing, and return their number.

    Raises ConflictError if one of the files exists and ``replace`` is false, NotFoundError for a
    missing folder above, StorageError, OSError.
    """
    names = _choose_names(read_uids(store, ids))
    if not folder.is_dir():
        check_folder(folder.resolve().parent)
        create_folder(folder)
    elif not replace:
        _refuse_taken(folder, names.values())
    count = 0
    for draft in read_drafts(store, track(ids)):
        with write_atomically(folder / names[draft.uid], replace=replace) as stream:
            stream.write(format_card(draft, options.vcard_version))
        count += 1
    return count


def _choose_names(uids: Iterable[str]) -> dict[str, str]:
    """Return the file names of permanent ids, which differ by more than their case."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for uid in uids:
        names[uid] = name = choose_name(uid, taken)
        taken.add(name.casefold())
    return names


def _refuse_taken(folder: Path, names: Iterable[str]) -> None:
    there = {path.name.casefold() for path in folder.iterdir()}
    taken = next((name for name in names if name.casefold() in there), None)
    if taken is not None:
        raise ConflictError(
            f"{folder / taken} already exists", "Name another folder, or add --force."
        )


def choose_name(uid: str, taken: Collection[str] = ()) -> str:
    """Return the name of the file of a contact: its permanent id, made safe for a file name.

    An id that is not safe, or whose name is ``taken`` (in lower case), gets its hash at the end.
    """
    if _SAFE.fullmatch(uid) and not is_device(uid):
        name = f"{uid}{ENDING}"
        if name.casefold() not in taken:
            return name
    digest = hashlib.sha256(uid.encode("utf-8", "replace")).hexdigest()[:16]
    start = _UNSAFE.sub("-", uid)[:40].strip("-")
    return f"{start or 'contact'}-{digest}{ENDING}"
