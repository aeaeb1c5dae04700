"""Look up the rows of a noun by their permanent ids, many at once."""

from collections.abc import Collection

from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


def find_ids(store: Store, table: str, uids: Collection[str]) -> dict[str, int]:
    """Return the ids of the rows with some permanent ids, by these."""
    found: dict[str, int] = {}
    for marks, params in chunks(uids):
        sql = f"SELECT uid, id FROM {table} WHERE uid IN ({marks})"
        found |= {row[0]: row[1] for row in store.rows(sql, **params)}
    return found


def find_uids(store: Store, table: str, ids: Collection[int]) -> dict[int, str]:
    """Return the permanent ids of some rows, by their ids."""
    found: dict[int, str] = {}
    for marks, params in chunks(ids):
        sql = f"SELECT id, uid FROM {table} WHERE id IN ({marks})"
        found |= {row[0]: row[1] for row in store.rows(sql, **params)}
    return found


def select_contacts(store: Store, query: str) -> dict[str, int]:
    """Return the ids of the contacts that a query finds, by their permanent ids."""
    if not query:
        return {row[0]: row[1] for row in store.rows("SELECT uid, id FROM contact ORDER BY id")}
    ids = columns.find_ids(store, contact_query.parse(store, query), sort="id")
    return {uid: id_ for id_, uid in find_uids(store, "contact", ids).items()}
