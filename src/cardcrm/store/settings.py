"""Settings of a database: the region and currency it was made for, so that cron and shell agree."""

from cardcrm.store.engine import transaction
from cardcrm.store.store import Store

# Marks of a database itself: an unfinished copy, an erasure that is not complete, and the last
# refresh of alerts.
_OF_THE_FILE = frozenset({"copying", "erasing", "alerts_refreshed"})


def read(store: Store) -> dict[str, str]:
    """Return the settings that the database holds."""
    return {row["name"]: row["value"] for row in store.rows("SELECT name, value FROM setting")}


def initialize(store: Store, region: str, currency: str) -> dict[str, str]:
    """Write the settings of a new database, unless another program just did; return them.

    This is not a step to undo, as a database always has a currency.
    """
    with transaction(store.engine):
        stored = read(store)
        for name, value in (("region", region), ("currency", currency)):
            if name not in stored:
                store.engine.insert("setting", {"name": name, "value": value})
    return read(store)


def list_kept(store: Store) -> dict[str, str]:
    """Return the settings that a file with everything carries, by name."""
    return only_kept(read(store))


def only_kept(values: dict[str, str]) -> dict[str, str]:
    """Return settings without the marks of a database itself, by name."""
    return {name: values[name] for name in sorted(values) if name not in _OF_THE_FILE}


def replace(store: Store, values: dict[str, str]) -> None:
    """Write settings in place of those of the same names, inside a transaction."""
    for name, value in values.items():
        params = {"name": name, "value": value}
        if not store.engine.execute("UPDATE setting SET value = :value WHERE name = :name", params):
            store.engine.insert("setting", params)
