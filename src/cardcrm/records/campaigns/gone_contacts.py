"""Contacts who are deceased or closed, and get nothing any more."""

from collections.abc import Iterable

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


def find_gone(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the contacts that are deceased or closed, with that word."""
    sql = "SELECT id, status FROM contact WHERE status <> 'active' AND id IN ({})"
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }
