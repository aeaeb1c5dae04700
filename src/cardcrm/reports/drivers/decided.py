"""The factors that a target decides itself.

A query by stage finds contacts of a stage, and customers without an order for a year have not
ordered lately: such differences say nothing new, so they are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cardcrm.query import Node, Not, Term, Word
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.store import Store
from cardcrm.text import fold

_AMOUNTS = ("revenue", "average order", "purchases")
_LAST_ORDER = "days since the last order"
_LAST_TOUCH = ("days since the last touch", "interactions", "channel")
_PLACE = ("city", "region", "country")
_BIRTHDAY = ("age", "has a known birthday")
_KIND = ("kind", "gender", *_BIRTHDAY, "works at an organization")
# The factors that a filter decides, beside that of its own name.
_OF_FILTERS = {
    "bought": (_LAST_ORDER,),
    "since": ("days since the first order",),
    "value": _AMOUNTS,
    "margin": _AMOUNTS,
    "orders": _AMOUNTS,
    "rfm": (*_AMOUNTS, _LAST_ORDER),
    "last": _LAST_TOUCH,
    "touched": _LAST_TOUCH,
    "cadence": _LAST_TOUCH,
    "text": _LAST_TOUCH,
    "kind": _KIND,
    "gender": _KIND,
    "birthday": (*_BIRTHDAY, "kind"),
    "org": ("works at an organization", "kind"),
    "email": ("has an email address",),
    "phone": ("has a phone number",),
    "opted-out": ("has opted out",),
    "relation": ("has a relation",),
    **dict.fromkeys(("city", "region", "country", "postcode", "street"), _PLACE),
    "status": ("stage",),
}
# Targets of a name of their own. Users state by the stage who is still a customer.
LAPSED = (_LAST_ORDER, "stage")
HIGH_VALUE = _AMOUNTS
_BY_VALUE = ("tag", "product", "category")  # fields of which a filter decides one value


@dataclass(frozen=True)
class Decided:
    """The names of the factors that a target decides, and single values of fields."""

    names: frozenset[str] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()

    def includes(self, name: str, value: str = "") -> bool:
        """Return whether a factor is decided, or one value of it."""
        return fold(name) in self.names or (name, fold(value)) in self.values


NOTHING = Decided()


def decide(*names: str) -> Decided:
    """Return the factors of some names as decided."""
    return Decided(frozenset(map(fold, names)))


def decide_products(store: Store, ids: list[int]) -> Decided:
    """Return products as decided, and the categories that they are in."""
    rows = store.rows("SELECT id, name, category FROM product ORDER BY id")
    found = [row for row in rows if row["id"] in ids]
    names = {("product", fold(row["name"])) for row in found}
    return Decided(values=frozenset(names | {("category", fold(row["category"])) for row in found}))


def find_decided(store: Store, node: Node) -> Decided:
    """Return the factors that a query decides, also by the queries of segments in it."""
    names: set[str] = set()
    values: set[tuple[str, str]] = set()
    for term in _list_terms(store, node):
        if term.field == "product":
            values |= decide_products(store, find_products(store, term.value)).values
        elif term.field in _BY_VALUE:
            values.add((term.field, fold(term.value)))
        else:
            names |= {fold(term.field), *map(fold, _OF_FILTERS.get(term.field, ()))}
    return Decided(frozenset(names), frozenset(values))


def find_products(store: Store, text: str) -> list[int]:
    """Return the product of a name, else those with the text in their name, by their ids."""
    key = fold(text.strip().strip('"'))
    rows = store.rows("SELECT id, name_key FROM product ORDER BY id") if key else ()
    exact = [row["id"] for row in rows if row["name_key"] == key]
    return exact or [row["id"] for row in rows if key in row["name_key"]]


def _list_terms(store: Store, node: Node) -> Iterator[Term]:
    """Yield the filters of a query, also those of the segments that it names."""
    if isinstance(node, Term):
        yield from _resolve(store, node)
    elif not isinstance(node, Word):
        for each in (node.node,) if isinstance(node, Not) else node.nodes:
            yield from _list_terms(store, each)


def _resolve(store: Store, term: Term) -> Iterator[Term]:
    """Yield a filter, or the filters that it stands for; the query is known to be valid."""
    if term.field == "segment":
        query = segments.get(store, term.value).query
        yield from _list_terms(store, contact_query.parse(store, query))
    elif term.field == "has":
        yield Term(fold(term.value), ":", "any")
    else:
        yield term
