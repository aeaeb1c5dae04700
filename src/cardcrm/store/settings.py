"""Settings of a database: the region and currency it was made for, so that cron and shell agree."""

from cardcrm.store.engine import transaction
from cardcrm.store.store import Store


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
