"""Read the names of contacts that a report has ranked."""

from collections.abc import Iterable

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_MANY = 20_000  # contacts


def read_names(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of some contacts; of many those of all, which takes fewer queries."""
    ids = list(ids)
    if len(ids) > _MANY:
        return {row[0]: row[1] for row in store.rows("SELECT id, name FROM contact")}
    return _read(store, ids, "SELECT id, name FROM contact WHERE id IN ({})")


def read_active_names(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the active ones of some contacts: not deceased, not closed."""
    return _read(store, ids, "SELECT id, name FROM contact WHERE status = 'active' AND id IN ({})")


def _read(store: Store, ids: Iterable[int], sql: str) -> dict[int, str]:
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }
