"""Two open deals with one customer about one product, which is likely the same work twice.

The products of a deal are those of its lines, and those of its quotes that are neither refused nor
replaced. The customer is the contact, or the organization.
"""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.records.quotes.quote_status import REFUSED, REPLACED
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class DoubleDeal(NamedTuple):
    """Another open deal, and the products that both are about."""

    id: int
    title: str
    contact: str
    owner: str
    products: tuple[str, ...]


def _products_sql(deal: str) -> str:
    """Return SQL for the ids of the products of a deal."""
    return (
        f"SELECT l.product_id FROM deal_line l WHERE l.deal_id = {deal} UNION "
        "SELECT v.product_id FROM quote q JOIN quote_line v ON v.quote_id = q.id "
        f"WHERE q.deal_id = {deal} AND q.status NOT IN ('{REFUSED}', '{REPLACED}')"
    )


def _deals_of_customer_sql(deal: str) -> str:
    """Return SQL for the ids of the deals with the contact or the organization of a deal."""
    # Each half reads its own index; with OR, SQLite would read the index of all open deals.
    return " UNION ".join(
        f"SELECT s.id FROM deal m JOIN deal s ON s.{column} IN (m.contact_id, m.org_id) "
        f"WHERE m.id = {deal}"
        for column in ("contact_id", "org_id")
    )


def double_sql(alias: str) -> str:
    """Return SQL of the condition that a deal is open and another one is about its product."""
    return (
        f"{alias}.status = 'open' AND EXISTS (SELECT 1 FROM "
        f"({_deals_of_customer_sql(f'{alias}.id')}) n JOIN deal o ON o.id = n.id "
        f"WHERE o.status = 'open' AND o.id <> {alias}.id AND EXISTS ("
        f"SELECT 1 FROM product p WHERE p.id IN ({_products_sql(f'{alias}.id')}) "
        f"AND p.id IN ({_products_sql('o.id')})))"
    )


def find_doubles(store: Store, deal_id: int) -> list[DoubleDeal]:
    """Return the other open deals with the customer of an open deal about one of its products."""
    return store.fetch(doubles_query(deal_id))


def doubles_query(deal_id: int) -> Query[list[DoubleDeal]]:
    """Build the query for the other open deals with a customer about a product of an open deal."""
    sql = (  # CROSS JOIN keeps SQLite from reading all open deals first
        "SELECT o.id, o.title, c.name AS contact, o.owner, p.name AS product FROM deal d "
        f"CROSS JOIN ({_deals_of_customer_sql(':id')}) n CROSS JOIN deal o "
        "JOIN contact c ON c.id = o.contact_id "
        f"JOIN product p ON p.id IN ({_products_sql('d.id')}) "
        f"AND p.id IN ({_products_sql('o.id')}) "
        "WHERE d.id = :id AND d.status = 'open' AND o.id = n.id AND o.id <> d.id "
        "AND o.status = 'open' ORDER BY o.id, p.name"
    )
    return Query(sql, {"id": deal_id}, _to_doubles)


def _to_doubles(rows: Sequence[Row]) -> list[DoubleDeal]:
    found: dict[int, DoubleDeal] = {}
    for id_, title, contact, owner, product in rows:
        before = found.get(id_, DoubleDeal(id_, title, contact, owner, ()))
        found[id_] = before._replace(products=(*before.products, product))
    return list(found.values())


def describe_double(double: DoubleDeal) -> str:
    """Return a warning about another open deal."""
    owner = f", owner {double.owner}" if double.owner else ""
    products = ", ".join(double.products)
    return (
        f"deal {double.id} {double.title} ({double.contact}{owner}) is open for "
        f"{products} as well; see: cardcrm deal show {double.id}"
    )
