"""Read the assets in use and the running contracts of a contact."""

from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.store import Query
from cardcrm.store.engine import Row


class CardAsset(NamedTuple):
    """An asset that is in use."""

    id: int
    product: str
    serial: str
    warranty_on: str | None
    due_on: str | None


class CardContract(NamedTuple):
    """A contract that has not ended."""

    id: int
    text: str
    end_on: str | None
    renewal: str
    status: str
    per: str
    price: Money | None


def asset_query(contact_id: int) -> Query[tuple[CardAsset, ...]]:
    """Build the query for the assets of a contact, the next service first."""
    sql = (
        "SELECT a.id, p.name, a.serial, a.warranty_on, a.due_on FROM asset a "
        "JOIN product p ON p.id = a.product_id WHERE a.contact_id = :id AND a.retired_on IS NULL "
        "ORDER BY coalesce(a.due_on, '9'), a.id"
    )
    return Query(sql, {"id": contact_id}, lambda rows: tuple(CardAsset(*row) for row in rows))


def contract_query(contact_id: int) -> Query[tuple[CardContract, ...]]:
    """Build the query for the contracts of a contact that have not ended."""
    sql = (
        "SELECT id, text, end_on, renewal, status, per, price, currency FROM contract "
        "WHERE contact_id = :id AND ended_on IS NULL ORDER BY coalesce(end_on, '9'), id"
    )
    return Query(sql, {"id": contact_id}, lambda rows: tuple(map(_to_contract, rows)))


def _to_contract(row: Row) -> CardContract:
    price = None if row["price"] is None else Money(row["price"], row["currency"])
    return CardContract(
        row["id"], row["text"], row["end_on"], row["renewal"], row["status"], row["per"], price
    )
