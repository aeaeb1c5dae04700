"""The won deals that became sales: a deal and its sale keep the same contact, amount and lines."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.records.sales import line_rows
from cardcrm.records.sales.line_rows import SALE_LINES
from cardcrm.records.sales.sale_lines import SaleLine
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold

_SHARED: Final = ("contact_id", "amount", "currency")


def find_sold_deals(store: Store, sale_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles of the deals that became some sales, by their ids."""
    found: dict[int, str] = {}
    for marks, params in chunks(set(sale_ids)):
        sql = f"SELECT id, title FROM deal WHERE sale_id IN ({marks}) ORDER BY id"
        found |= {row[0]: row[1] for row in store.rows(sql, **params)}
    return found


def sold_deal_error(deal_id: int, sale_id: int) -> UsageError:
    """Return the error for a change by which a won deal and its sale would differ."""
    return UsageError(
        f"deal {deal_id} became sale {sale_id}, which would differ from it",
        f"Write cardcrm deal reopen {deal_id}, change it, and win it again.",
    )


def refuse_other_values(store: Store, sale_id: int, columns: Mapping[str, Any]) -> None:
    """Raise UsageError for columns that make a sale differ from the deal that became it."""
    if columns.keys().isdisjoint(_SHARED):
        return
    names = ", ".join(f"s.{each}" for each in _SHARED)
    sql = f"SELECT d.id, {names} FROM sale s JOIN deal d ON d.sale_id = s.id WHERE s.id = :id"
    for row in store.rows(sql, id=sale_id):
        if any(columns.get(each, row[each]) != row[each] for each in _SHARED):
            raise sold_deal_error(row["id"], sale_id)


def refuse_other_lines(store: Store, sale_id: int, before: Iterable[SaleLine]) -> None:
    """Raise UsageError if a sale has other goods than ``before``, and its deal has lines."""
    sql = (
        "SELECT d.id FROM deal d WHERE d.sale_id = :id "
        "AND EXISTS (SELECT 1 FROM deal_line l WHERE l.deal_id = d.id)"
    )
    for row in store.rows(sql, id=sale_id):
        if _name_goods(before) != _name_goods(line_rows.lines_of(store, SALE_LINES, sale_id)):
            raise sold_deal_error(row["id"], sale_id)


def _name_goods(lines: Iterable[SaleLine]) -> list[tuple[str, int, int]]:
    return [(fold(each.product), each.quantity, each.amount.minor) for each in lines]
