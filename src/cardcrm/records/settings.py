"""What a box says of itself: the region and currency it was made for, so that cron and shell agree."""

from cardcrm.store import Store


def read(store: Store) -> dict[str, str]:
    """The box's own settings."""
    return {row["name"]: row["value"] for row in store.rows("SELECT name, value FROM setting")}


def found(store: Store, region: str, currency: str) -> None:
    """Write into a new box what it is made for; no step to undo, as a box always has a currency."""
    store.engine.begin()
    for name, value in (("region", region), ("currency", currency)):
        store.engine.insert("setting", {"name": name, "value": value})
    store.engine.commit()
