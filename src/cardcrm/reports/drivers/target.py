"""The contacts that a report of drivers is about, and those they are compared with."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.errors import UsageError
from cardcrm.query import Node, Term
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.sales.rfm import boundary_ranks
from cardcrm.reports.drivers.decided import (
    HIGH_VALUE,
    LAPSED,
    NOTHING,
    Decided,
    decide,
    decide_products,
    find_decided,
    find_products,
)
from cardcrm.reports.scope import Scope
from cardcrm.store import Store
from cardcrm.text import fold

_LAPSED, _HIGH_VALUE = "lapsed", "high-value"
_NAMES = {
    "lapsed": _LAPSED,
    "lost": _LAPSED,
    "high-value": _HIGH_VALUE,
    "high value": _HIGH_VALUE,
    "best": _HIGH_VALUE,
}
_CUSTOMERS = (
    "SELECT v.contact_id FROM contact_value v "
    "WHERE v.currency = :currency AND v.own = 1 AND v.orders > 0 AND v.first_on <= :today"
)


@dataclass(frozen=True)
class Target:
    """A group of contacts ``c`` by an SQL condition ``hit``, among those of the condition ``base``.

    ``words`` names the group and ``others`` the rest. ``decided`` are the factors that the target
    itself decides.
    """

    words: str
    others: str
    hit: str
    base: str
    params: dict[str, Any] = field(default_factory=dict)
    decided: Decided = NOTHING

    @property
    def table(self) -> str:
        """SQL for the table ``base`` of contacts, with 1 in the column ``hit`` for the target."""
        return (
            f"base AS MATERIALIZED (SELECT c.id, CASE WHEN {self.hit} THEN 1 ELSE 0 END AS hit "
            f"FROM contact c WHERE {self.base})"
        )


def parse_target(store: Store, scope: Scope, text: str) -> Target:
    """Return the target of a text: lapsed, high-value, bought:PRODUCT or any query.

    Lapsed customers have no order in the last 12 months. High-value customers are the fifth with
    the highest revenue. Other customers are compared with them; with a query, all other contacts.
    Raises UsageError.
    """
    ctx = QueryContext(store)
    ctx.params |= {"currency": scope.currency, "today": scope.today.isoformat()}
    base = "1 = 1" if scope.where is None else contact_query.compile_node(ctx, scope.where)
    customers = f"({base}) AND c.id IN ({_CUSTOMERS})"
    name = _NAMES.get(fold(text))
    if name == _LAPSED:
        return _lapsed(ctx, customers, scope.today)
    if name == _HIGH_VALUE:
        return _high_value(ctx, customers)
    if product := _find_product(store, text):
        id_, name = product
        hit = contact_query.compile_node(ctx, Term("product", ":", name, is_literal=True))
        decided = decide_products(store, [id_])
        words = f"customers who bought {name}"
        return Target(words, "other customers", hit, customers, ctx.params, decided)
    if not text.strip():
        raise UsageError("no target given", "For example: cardcrm report drivers lapsed")
    node = contact_query.parse(store, text)
    hit = _compile(ctx, node)
    decided = find_decided(store, node)
    return Target(f"contacts of {text.strip()}", "other contacts", hit, base, ctx.params, decided)


def _compile(ctx: QueryContext, node: Node) -> str:
    """Return the condition of a query. Raises UsageError, with a hint for an unknown product."""
    try:
        return contact_query.compile_node(ctx, node)
    except UsageError as error:
        if isinstance(node, Term) and node.field == "bought":
            message = f"no product and no day is named “{node.value}”"
            raise UsageError(message, "To see the catalog: cardcrm product list") from error
        raise


def _lapsed(ctx: QueryContext, customers: str, today: dt.date) -> Target:
    ctx.params["year_ago"] = add_years(today, -1).isoformat()
    hit = f"c.id NOT IN ({_CUSTOMERS} AND v.last_on > :year_ago)"
    decided = decide(*LAPSED)
    return Target("lapsed customers", "other customers", hit, customers, ctx.params, decided)


def _high_value(ctx: QueryContext, customers: str) -> Target:
    """Return the customers above the 80th percentile of revenue, by nearest rank."""
    found = "contact_value v WHERE v.currency = :currency AND v.own = 1 AND v.contact_id IN ({})"
    among = found.format(f"SELECT c.id FROM contact c WHERE {customers}")
    count = int(ctx.store.value(f"SELECT count(*) FROM {among}", **ctx.params))
    rank = boundary_ranks(count)[-1] if count else 0
    sql = f"SELECT v.revenue FROM {among} ORDER BY v.revenue LIMIT 1 OFFSET :rank"
    ctx.params["limit"] = ctx.store.value(sql, **ctx.params, rank=rank) or 0
    hit = f"c.id IN ({_CUSTOMERS} AND v.revenue > :limit)"
    decided = decide(*HIGH_VALUE)
    return Target("high-value customers", "other customers", hit, customers, ctx.params, decided)


def _find_product(store: Store, text: str) -> tuple[int, str] | None:
    """Return the product of ``bought:PRODUCT``; None for other texts, such as ``bought>90d``."""
    head, colon, name = text.strip().partition(":")
    found = find_products(store, name) if fold(head) in ("bought", "product") and colon else []
    if len(found) != 1:
        return None
    return found[0], str(store.value("SELECT name FROM product WHERE id = :id", id=found[0]))
