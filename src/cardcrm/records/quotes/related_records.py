"""The quotes, sales and invoices that belong to a deal or a quote, named in a few words."""

from collections.abc import Iterable, Iterator
from typing import Any

from cardcrm.money import Money, format_money
from cardcrm.records.deals.stage_kinds import WON
from cardcrm.records.quotes.quote_status import ACCEPTED
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_INVOICES = "SELECT i.number, i.amount, i.currency FROM invoice i JOIN quote q ON q.id = i.quote_id"


def name_quotes(store: Store, deal_ids: Iterable[int]) -> list[str]:
    """Return the numbers of the quotes of some deals, each once."""
    sql = "SELECT number FROM quote WHERE deal_id IN ({}) ORDER BY id"
    return list(dict.fromkeys(row[0] for row in _rows(store, sql, deal_ids)))


def name_sales(store: Store, deal_ids: Iterable[int]) -> list[str]:
    """Return the sales that some deals became: “sale 1 over 500.00 GBP”."""
    sql = (
        "SELECT s.id, s.amount, s.currency FROM sale s JOIN deal d ON d.sale_id = s.id "
        "WHERE d.id IN ({}) ORDER BY s.id"
    )
    return [f"sale {_describe(row)}" for row in _rows(store, sql, deal_ids)]


def name_invoices(store: Store, deal_ids: Iterable[int]) -> list[str]:
    """Return the invoices for the quotes of some deals: “invoice R-0001 over 500.00 GBP”."""
    sql = f"{_INVOICES} WHERE q.deal_id IN ({{}}) ORDER BY i.id"
    return [f"invoice {_describe(row)}" for row in _rows(store, sql, deal_ids)]


def name_invoices_of_quotes(store: Store, quote_ids: Iterable[int]) -> list[str]:
    """Return the invoices for some quotes, as `name_invoices` does."""
    sql = f"{_INVOICES} WHERE q.id IN ({{}}) ORDER BY i.id"
    return [f"invoice {_describe(row)}" for row in _rows(store, sql, quote_ids)]


def find_accepted_deals(store: Store, quote_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles of the deals that some quotes won, by their ids."""
    sql = (
        "SELECT d.id, d.title FROM quote q JOIN deal d ON d.id = q.deal_id WHERE q.id IN ({}) "
        f"AND q.status = '{ACCEPTED}' AND d.status = '{WON}' ORDER BY d.id"
    )
    return {row[0]: row[1] for row in _rows(store, sql, quote_ids)}


def _rows(store: Store, sql: str, ids: Iterable[int]) -> Iterator[Any]:
    for marks, params in chunks(set(ids)):
        yield from store.rows(sql.format(marks), **params)


def _describe(row: Any) -> str:
    return f"{row[0]} over {format_money(Money(row['amount'], row['currency']))}"
