"""What a box says of itself: the region and currency it was made for; cron and shell agree."""

from cardcrm.store import Store
from cardcrm.store.engine import transaction


def read(store: Store) -> dict[str, str]:
    """The box's own settings."""
    return {row["name"]: row["value"] for row in store.rows("SELECT name, value FROM setting")}


def found(store: Store, region: str, currency: str) -> dict[str, str]:
    """Write into a new box what it is made for, unless another program just did; what it says.

    No step to undo: a box always has a currency.
    """
    with transaction(store.engine):
        said = read(store)
        for name, value in (("region", region), ("currency", currency)):
            if name not in said:
                store.engine.insert("setting", {"name": name, "value": value})
    return read(store)
