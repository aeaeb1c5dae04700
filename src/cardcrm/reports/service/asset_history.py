"""Read what happened to an asset: readings and services, cases and contracts."""

from typing import NamedTuple

from cardcrm.store import Store


class AssetEntry(NamedTuple):
    """A reading or a service with the text that was logged; readings are in thousandths."""

    kind: str
    on: str
    reading: int | None
    text: str
    interaction_id: int | None
    author: str


class AssetCase(NamedTuple):
    """A case about an asset."""

    id: int
    status: str
    text: str


class AssetContract(NamedTuple):
    """A contract about an asset."""

    id: int
    text: str
    ends_on: str | None
    status: str


def read_history(store: Store, asset_id: int) -> list[AssetEntry]:
    """Return the readings and services of an asset, the newest first."""
    sql = (
        "SELECT e.kind, e.on_date, e.reading, coalesce(i.text, ''), e.interaction_id, e.author "
        "FROM asset_entry e LEFT JOIN interaction i ON i.id = e.interaction_id "
        "WHERE e.asset_id = :id ORDER BY e.on_date DESC, e.id DESC"
    )
    return [AssetEntry(*row) for row in store.rows(sql, id=asset_id)]


def read_cases(store: Store, asset_id: int) -> list[AssetCase]:
    """Return the cases about an asset, the open ones first, then the newest."""
    sql = (
        "SELECT id, status, text FROM service_case WHERE asset_id = :id "
        "ORDER BY solved_at IS NOT NULL, id DESC"
    )
    return [AssetCase(*row) for row in store.rows(sql, id=asset_id)]


def read_contracts(store: Store, asset_id: int) -> list[AssetContract]:
    """Return the contracts about an asset, those that run first."""
    sql = (
        "SELECT id, text, end_on, status FROM contract WHERE asset_id = :id "
        "ORDER BY ended_on IS NOT NULL, id DESC"
    )
    return [AssetContract(*row) for row in store.rows(sql, id=asset_id)]
