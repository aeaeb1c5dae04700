"""Market sizes that are kept in the database, by field and value."""

from collections.abc import Mapping

from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


def list_sizes(store: Store, field: str) -> dict[str, str]:
    """Return the sizes of the groups of a field, by their folded names."""
    sql = "SELECT name, size FROM market_size WHERE field = :field ORDER BY name"
    return {row["name"]: row["size"] for row in store.rows(sql, field=field)}


@retry_transaction
def remember_sizes(store: Store, field: str, sizes: Mapping[str, str]) -> None:
    """Keep the sizes of some groups of a field; an empty size is forgotten."""
    with store.transaction():
        known = {
            row["name"]: row["id"]
            for row in store.rows("SELECT id, name FROM market_size WHERE field = :f", f=field)
        }
        for name, size in sizes.items():
            if name in known and size:
                store.update("market_size", known[name], size=size)
            elif name in known:
                store.delete("market_size", known[name])
            elif size:
                store.insert("market_size", field=field, name=name, size=size)
