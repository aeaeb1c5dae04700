"""The contacts that a report of drivers is about, and those they are compared with."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.errors import UsageError
from cardcrm.query import Node, Not, Term, Word
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.sales.rfm import boundary_ranks
from cardcrm.reports.scope import Scope
from cardcrm.store import Store
from cardcrm.text import fold

LAPSED = "lapsed"
HIGH_VALUE = "high-value"
_NAMES = {
    "lapsed": LAPSED,
    "lost": LAPSED,
    "high-value": HIGH_VALUE,
    "high value": HIGH_VALUE,
    "best": HIGH_VALUE,
}
_CUSTOMERS = (
    "SELECT v.contact_id FROM contact_value v "
    "WHERE v.currency = :currency AND v.own = 1 AND v.orders > 0 AND v.first_on <= :today"
)
# The behavior that a filter of queries decides, and that its result therefore does not explain.
_DECIDED = {
    "bought": "days since the last order",
    "since": "days since the first order",
    "value": "revenue",
    "orders": "purchases",
    "last": "days since the last touch",
    "touched": "days since the last touch",
}


@dataclass(frozen=True)
class Target:
    """A group of contacts ``c`` by an SQL condition ``hit``, among those of the condition ``base``.

    ``words`` names the group and ``others`` the rest. ``decided`` are the factors that the target
    itself decides: a field, or a field and a value.
    """

    words: str
    others: str
    hit: str
    base: str
    params: dict[str, Any] = field(default_factory=dict)
    decided: frozenset[tuple[str, str]] = frozenset()

    @property
    def table(self) -> str:
        """SQL for the table ``base`` of contacts, with 1 in the column ``hit`` for the target."""
        return (
            f"base AS MATERIALIZED (SELECT c.id, CASE WHEN {self.hit} THEN 1 ELSE 0 END AS hit "
            f"FROM contact c WHERE {self.base})"
        )

    def decides(self, name: str, value: str = "") -> bool:
        """Return whether the target itself decides a field, or one value of it."""
        return (name, "") in self.decided or (name, fold(value)) in self.decided


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
    if name == LAPSED:
        return _lapsed(ctx, customers, scope.today)
    if name == HIGH_VALUE:
        return _high_value(ctx, customers)
    if product := _find_product(store, text):
        node: Node = Term("product", ":", product, is_literal=True)
        hit = contact_query.compile_node(ctx, node)
        words = f"customers who bought {product}"
        decided = frozenset({("product", fold(product))})
        return Target(words, "other customers", hit, customers, ctx.params, decided)
    if not text.strip():
        raise UsageError("no target given", "For example: cardcrm report drivers lapsed")
    node = contact_query.parse(store, text)
    hit = _compile(ctx, node)
    decided = frozenset(_list_decided(node))
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
    decided = frozenset({("days since the last order", "")})
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
    decided = frozenset({("revenue", ""), ("average order", ""), ("purchases", "")})
    return Target("high-value customers", "other customers", hit, customers, ctx.params, decided)


def _find_product(store: Store, text: str) -> str:
    """Return the product of ``bought:PRODUCT``; empty for other texts, such as ``bought>90d``."""
    head, colon, name = text.strip().partition(":")
    if fold(head) not in ("bought", "product") or not colon:
        return ""
    key = fold(name.strip().strip('"'))
    sql = "SELECT name, name_key FROM product ORDER BY id"
    names = {row["name_key"]: row["name"] for row in store.rows(sql)} if key else {}
    near = [name for each, name in names.items() if key in each]
    return str(names.get(key) or (near[0] if len(near) == 1 else ""))


def _list_decided(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the fields and values that a query filters by."""
    if isinstance(node, Word):
        return
    if isinstance(node, Term):
        name = {"tag": "tag", "product": "product"}.get(node.field, "")
        yield (name, fold(node.value)) if name else (_DECIDED.get(node.field, node.field), "")
        return
    for each in (node.node,) if isinstance(node, Not) else node.nodes:
        yield from _list_decided(each)
