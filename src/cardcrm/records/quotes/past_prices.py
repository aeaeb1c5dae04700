"""Read what a customer was offered and paid before for the products of a quote."""

from typing import NamedTuple

from cardcrm.money import UnitPrice
from cardcrm.records.fields import read_price
from cardcrm.store import Store
from cardcrm.store.engine import Row


class Price(NamedTuple):
    """A unit price before its discount, the discount in thousandths of a percent, and the day.

    ``origin`` is the number of the quote and its status; empty for a sale.
    """

    price: UnitPrice
    discount: int
    on_date: str
    origin: str = ""


class PastPrice(NamedTuple):
    """The last prices of a product for a customer, and that of the catalog."""

    product: str
    offered: Price | None
    paid: Price | None
    catalog: UnitPrice | None


_OFFERED = (
    "SELECT l.price, l.price_rest, q.currency, l.discount, q.quoted_on AS on_date, q.number, "
    "q.version, q.status FROM quote_line l JOIN quote q ON q.id = l.quote_id "
    "WHERE l.product_id = :product AND q.id < :quote AND q.status <> 'draft' AND q.contact_id IN "
    "(:contact, :org) ORDER BY q.id DESC, l.id DESC LIMIT 1"
)
_PAID = (
    "SELECT l.price, l.price_rest, s.currency, l.discount, s.on_date FROM sale_line l "
    "JOIN sale s ON s.id = l.sale_id WHERE l.product_id = :product AND s.amount > 0 "
    "AND s.id <> :sale AND s.contact_id IN (:contact, :org) "
    "ORDER BY s.on_date DESC, s.id DESC LIMIT 1"
)
_PRODUCTS = (
    "SELECT p.id, p.name, p.price, p.price_rest, p.currency FROM product p WHERE p.id IN "
    "(SELECT l.product_id FROM quote_line l WHERE l.quote_id = :quote) ORDER BY p.name, p.id"
)


def list_past_prices(store: Store, quote_id: int) -> list[PastPrice]:
    """Return the past prices of the products of a quote, for its contact and organization.

    A product that the customer never had is left out. The sale of the quote itself does not count.
    """
    who = store.row(
        "SELECT q.contact_id AS contact, coalesce(d.sale_id, 0) AS sale, "
        "coalesce(d.org_id, c.org_id, q.contact_id) AS org "
        "FROM quote q JOIN contact c ON c.id = q.contact_id JOIN deal d ON d.id = q.deal_id "
        "WHERE q.id = :quote",
        quote=quote_id,
    )
    if who is None:
        return []
    found = []
    for product in store.rows(_PRODUCTS, quote=quote_id):
        given = {"product": product["id"], "contact": who["contact"], "org": who["org"]}
        offered = store.row(_OFFERED, **given, quote=quote_id)
        paid = store.row(_PAID, **given, sale=who["sale"])
        if offered is not None or paid is not None:
            catalog = read_price(product, "price") if product["price"] is not None else None
            found.append(PastPrice(product["name"], _offer(offered), _price(paid), catalog))
    return found


def _price(row: Row | None, origin: str = "") -> Price | None:
    if row is None:
        return None
    price = read_price(row, "price")
    assert price is not None
    return Price(price, row["discount"], row["on_date"], origin)


def _offer(row: Row | None) -> Price | None:
    if row is None:
        return None
    return _price(row, f"{row['number']} v{row['version']}, {row['status']}")
