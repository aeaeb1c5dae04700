"""Remember the fields that a user has assigned to the columns of files with certain headers."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from cardcrm.errors import NotFoundError
from cardcrm.records.importing.import_column_type import IMPORT_COLUMN
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import shorten

_SHOWN = 80  # characters of the headers by which a person recognizes a file


def hash_headers(keys: Iterable[str]) -> str:
    """Return the hash of folded headers, in whatever order they are."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]


def list_names(store: Store) -> frozenset[str]:
    """Return the folded headers of all remembered columns."""
    return frozenset(row[0] for row in store.rows("SELECT name FROM import_column"))


def recall(store: Store, header_key: str) -> dict[str, str]:
    """Return the columns that were assigned in files with some headers, with their fields."""
    rows = store.rows(
        "SELECT name, target FROM import_column WHERE header_key = :key ORDER BY id", key=header_key
    )
    return {row[0]: row[1] for row in rows}


@retry_transaction
def remember(
    store: Store,
    headers: Sequence[str],
    header_key: str,
    targets: Mapping[str, str],
    step: int | None = None,
) -> None:
    """Remember the fields of columns in files with some headers; an empty field is forgotten."""
    known = {
        row[0]: (row[1], row[2])
        for row in store.rows(
            "SELECT name, id, target FROM import_column WHERE header_key = :key", key=header_key
        )
    }
    with store.continue_step(step):
        for name, target in targets.items():
            row_id, old = known.get(name, (None, ""))
            if row_id is None and target:
                shown = shorten(", ".join(headers), _SHOWN)
                store.insert(
                    "import_column", header_key=header_key, header=shown, name=name, target=target
                )
            elif row_id is not None and not target:
                store.delete("import_column", row_id)
            elif row_id is not None and target != old:
                store.update("import_column", row_id, target=target)


@retry_transaction
def forget(store: Store, ids: Sequence[int]) -> None:
    """Forget remembered columns. Raises NotFoundError."""
    known = {row[0] for row in store.rows("SELECT id FROM import_column")}
    for each in ids:
        if each not in known:
            raise NotFoundError(
                f"no {IMPORT_COLUMN.name.replace('_', ' ')} {each}", "See: cardcrm config columns"
            )
    with store.transaction():
        for each in ids:
            store.delete("import_column", each)
