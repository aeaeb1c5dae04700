"""The folder that a database was last exported to as a warehouse, remembered on this machine.

It is in the user's data folder and not in the database, which several machines may share.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cardcrm.config import app_folder
from cardcrm.store.server_address import hide_password, is_server


def remember_folder(database: Path | str, folder: Path) -> None:
    """Remember the folder of an export, unless the data folder cannot be written to."""
    path = _file()
    known = {**_read(path), _key(database): str(folder.absolute())}
    part = path.with_name(f".{path.name}-{os.getpid()}.part")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(known, indent=1), encoding="utf-8")
        part.replace(path)


def recall_folder(database: Path | str) -> Path | None:
    """Return the folder of the last export of a database, or None."""
    found = _read(_file()).get(_key(database))
    return Path(found) if isinstance(found, str) else None


def _file() -> Path:
    return app_folder("data") / "warehouses.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _key(database: Path | str) -> str:
    """Return a mark of a database, as its address may name a user."""
    text = str(database)
    place = hide_password(text) if is_server(text) else str(Path(text).absolute())
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
