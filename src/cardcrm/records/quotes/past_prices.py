"""Read what a customer was offered and paid before for the products of a quote."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from cardcrm.money import UnitPrice, format_money, format_quantity
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.fields import read_price
from cardcrm.records.sales import products
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
_PRODUCT = "SELECT p.id, p.name, p.price, p.price_rest, p.currency FROM product p WHERE p.id = :id"
_NEWEST: Final = 2**62  # the id of a new quote


class _Customer(NamedTuple):
    """A contact and its organization, and the sale that came of the quote itself."""

    contact: int
    org: int
    sale: int = 0


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
    customer = _Customer(who["contact"], who["org"], who["sale"])
    return _list(store, customer, store.rows(_PRODUCTS, quote=quote_id), quote_id)


def list_for_deal(store: Store, deal: Deal, names: Iterable[str]) -> list[PastPrice]:
    """Return the past prices of products, by their names, for the customer of a deal."""
    known = (products.find(store, each) for each in dict.fromkeys(names))
    rows = [store.row(_PRODUCT, id=each.id) for each in known if each is not None]
    org_id = deal.org_id or store.value(
        "SELECT org_id FROM contact WHERE id = :id", id=deal.contact_id
    )
    customer = _Customer(deal.contact_id, org_id or deal.contact_id)
    return _list(store, customer, filter(None, rows), _NEWEST)


def describe(past: PastPrice) -> str:
    """Return past prices in a sentence: “roof: offered 480.00 GBP in Q-0001 v1, refused”."""
    offered, paid = past.offered, past.paid
    facts = [
        f"offered {describe_price(offered)} in {offered.origin}" if offered else "",
        f"paid {describe_price(paid)} on {paid.on_date}" if paid else "",
    ]
    return f"{past.product}: {'; '.join(filter(None, facts))}"


def describe_price(price: Price) -> str:
    """Return a price with its discount: “450.00 GBP -10%”."""
    less = f" -{format_quantity(price.discount)}%" if price.discount else ""
    return f"{format_money(price.price)}{less}"


def _list(store: Store, customer: _Customer, rows: Iterable[Row], before: int) -> list[PastPrice]:
    """Return the past prices of products, offered in quotes with a lower id than ``before``."""
    found = []
    for product in rows:
        given = {"product": product["id"], "contact": customer.contact, "org": customer.org}
        offered = store.row(_OFFERED, **given, quote=before)
        paid = store.row(_PAID, **given, sale=customer.sale)
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
