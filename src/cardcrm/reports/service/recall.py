"""Find the owners of a product for a recall, perhaps only those of a range of serial numbers."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.query import Node
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.query_sql import record_query
from cardcrm.store import Store
from cardcrm.text import fold

SerialKey = list[str | int]


class Recalled(NamedTuple):
    """An asset in use that a recall concerns, with its owner and how to reach them."""

    id: int
    product: str
    serial: str
    since_on: str | None
    place: str
    contact_id: int
    contact: str
    phone: str
    email: str


class SerialRange(NamedTuple):
    """Serial numbers from one to another; an empty end is open."""

    first: str = ""
    last: str = ""

    def __contains__(self, serial: object) -> bool:
        """Return whether a serial number lies in the range; none lies in a closed one."""
        key = sort_key(str(serial))
        if not serial:
            return not (self.first or self.last)
        is_after = not self.first or sort_key(self.first) <= key
        return is_after and (not self.last or key <= sort_key(self.last))


def sort_key(serial: str) -> SerialKey:
    """Return the key by which serial numbers are in order: A9 is before A10."""
    parts = re.split(r"([0-9]+)", fold(serial))
    return [int(part) if at % 2 else part for at, part in enumerate(parts)]


def find_recalled(
    store: Store, product_id: int, serials: SerialRange, node: Node
) -> list[Recalled]:
    """Return the assets of a product in use that a range and a query find, by serial number."""
    where, params = record_query.condition(store, ASSET, record_query.only_open(ASSET, node))
    sql = (
        "SELECT r.id, p.name, r.serial, r.since_on, r.place, c.id, c.name, "
        f"{_reach('phone')}, {_reach('email')} FROM asset r "
        "JOIN product p ON p.id = r.product_id JOIN contact c ON c.id = r.contact_id "
        f"WHERE r.product_id = :recalled AND {where} ORDER BY r.id"
    )
    rows = store.rows(sql, recalled=product_id, **params)
    found = [Recalled(*row) for row in rows if row[2] in serials]
    return sorted(found, key=lambda each: (sort_key(each.serial), each.id))


def _reach(kind: str) -> str:
    """Return SQL for the first usable contact point of a kind, "" without one."""
    return (
        f"coalesce((SELECT q.value FROM point q WHERE q.contact_id = c.id AND q.kind = '{kind}' "
        "AND q.opted_out = 0 AND q.invalid = 0 ORDER BY q.id LIMIT 1), '')"
    )


def group_by_owner(found: Sequence[Recalled]) -> dict[int, list[str]]:
    """Return the serial numbers of each owner, by the id of the contact."""
    groups: dict[int, list[str]] = {}
    for each in found:
        groups.setdefault(each.contact_id, []).append(each.serial or f"asset {each.id}")
    return groups
