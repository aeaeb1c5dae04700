"""Choose the price or the discount that a contact gets for a product.

The rule that is nearest to the customer counts: one for the contact, else for its organization,
else for a segment, else for all. Among equally near ones it is the one with the lowest price.
"""

import datetime as dt
from dataclasses import replace
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.money import UnitPrice
from cardcrm.query import Term
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.fields import read_price
from cardcrm.records.quotes.offered_line import OfferedLine
from cardcrm.records.sales import products
from cardcrm.records.sales.products import Product
from cardcrm.store import Store
from cardcrm.text import fold

_ALL: Final = 100_000  # thousandths of a percent
_CANDIDATES: Final = (
    "SELECT r.id, r.product_id, r.category, r.contact_id, r.segment_id, r.price, r.price_rest, "
    "r.currency, r.discount, r.reason FROM price r WHERE (r.product_id IS NULL OR "
    "r.product_id = :product) AND (r.contact_id IS NULL OR r.contact_id IN (:contact, :org)) "
    "AND (r.from_on IS NULL OR r.from_on <= :day) AND (r.until_on IS NULL OR r.until_on >= :day) "
    "AND (r.quantity IS NULL OR r.quantity <= :quantity) ORDER BY r.id"
)


class _Chosen(NamedTuple):
    """A rule that fits a line, with how near it is to the customer and its price of one."""

    nearness: int
    parts: int
    price: UnitPrice
    discount: int
    reason: str


def apply_rules(store: Store, deal: Deal, offered: OfferedLine) -> OfferedLine:
    """Return a line with the price or discount of the customer, unless it has its own."""
    draft = offered.draft
    known = products.find(store, draft.product)
    if known is None or draft.price is not None or draft.discount or draft.amount is not None:
        return offered
    found = _list_fitting(store, deal, known, draft.quantity)
    if not found:
        return offered
    best = max(found, key=lambda each: (each.nearness, -each.parts))
    draft = replace(draft, price=best.price, discount=best.discount)
    return offered._replace(draft=draft, reason=offered.reason or best.reason)


def _list_fitting(store: Store, deal: Deal, product: Product, quantity: int) -> list[_Chosen]:
    row = store.row("SELECT category FROM product WHERE id = :id", id=product.id)
    category = fold(row["category"]) if row else ""
    given = {
        "product": product.id,
        "contact": deal.contact_id,
        "org": deal.org_id or deal.contact_id,
        "day": dates.today(store.locale.zone).isoformat(),
        "quantity": quantity,
    }
    members: dict[int, bool] = {}
    found = []
    for rule in store.rows(_CANDIDATES, **given):
        if rule["category"] and fold(rule["category"]) != category:
            continue
        if rule["segment_id"] is not None and not _is_member(store, deal, rule, members):
            continue
        chosen = _price_of(rule, product, deal)
        if chosen is not None:
            found.append(chosen)
    return found


def _is_member(store: Store, deal: Deal, rule: Any, members: dict[int, bool]) -> bool:
    """Return whether the contact or the organization of a deal is in the segment of a rule."""
    from cardcrm.records.query_sql.contact_query import compile_query

    segment_id = rule["segment_id"]
    if segment_id not in members:
        name = store.value("SELECT name FROM segment WHERE id = :id", id=segment_id)
        where, params = compile_query(store, Term("segment", ":", name))
        sql = f"SELECT 1 FROM contact c WHERE c.id IN (:own, :org) AND ({where}) LIMIT 1"
        own = {"own": deal.contact_id, "org": deal.org_id or deal.contact_id}
        members[segment_id] = bool(store.rows(sql, **params, **own))
    return members[segment_id]


def _price_of(rule: Any, product: Product, deal: Deal) -> _Chosen | None:
    """Return a rule with its price of one; None for one in another currency."""
    discount = rule["discount"] or 0
    price = read_price(rule, "price") if rule["price"] is not None else product.price
    known = deal.amount.currency if deal.amount is not None else ""
    if price is None or (known and price.currency != known):
        return None
    if rule["contact_id"] is not None:
        nearness = 3 if rule["contact_id"] == deal.contact_id else 2
    else:
        nearness = 1 if rule["segment_id"] is not None else 0
    parts = price.parts * (_ALL - discount)
    return _Chosen(nearness, parts, price, discount, rule["reason"])


def check_rule(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a rule. Raises UsageError for what contradicts or is missing."""
    row = store.row("SELECT * FROM price WHERE id = :id", id=row_id) if row_id else None
    now = {**(dict(zip(row.keys(), row, strict=True)) if row else {}), **columns}
    has_price, has_discount = now.get("price") is not None, now.get("discount") is not None
    if has_price == has_discount:
        raise UsageError(
            "a price list needs either a price or a discount",
            "Give --price 20 for a product, or --discount 10%.",
        )
    if has_price and now.get("product_id") is None:
        raise UsageError("a price needs a product", "Add it: --product NAME")
    if has_discount and not now.get("reason"):
        raise UsageError("a discount needs a reason", "Write it in words: cardcrm price add loyal")
    if now.get("contact_id") is not None and now.get("segment_id") is not None:
        raise UsageError(
            "a price is either for a contact or for a segment", "Add one price for each."
        )
    start, end = now.get("from_on"), now.get("until_on")
    if start and end and dt.date.fromisoformat(end) < dt.date.fromisoformat(start):
        raise UsageError(f"the last day {end} is before the first, {start}", "Change one of them.")
    return columns
