"""The distance from the place of a query, as a column of the list that it finds."""

from collections.abc import Iterator

from cardcrm.query import Node, Not, Term, Word
from cardcrm.records.contacts.query_fields import QueryField
from cardcrm.records.fields import Field
from cardcrm.records.places.nearby import Circle, square_sql
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.records.query_sql.near_predicate import parse_circle
from cardcrm.records.query_sql.predicates import is_any, is_none
from cardcrm.store import Store

_MAX_DEPTH = 20  # segments inside segments


def build_distance_column(store: Store, field: Field, node: Node) -> QueryField:
    """Return the column of the distance from the first place in a query; empty without one."""
    circle = find_circle(store, node)
    if circle is None:
        return QueryField(field, listed="CAST(NULL AS DOUBLE PRECISION)")
    square = square_sql(circle.center, "l", repr)  # columns have no parameters of their own
    return QueryField(
        field, listed=f"(SELECT min({square}) FROM location l WHERE l.contact_id = c.id)"
    )


def find_circle(store: Store, node: Node) -> Circle | None:
    """Return the first circle that a query asks for, also inside its segments; or None."""
    terms = _find_terms(store, node, _MAX_DEPTH)
    return next((parse_circle(store, each.value) for each in terms), None)


def _find_terms(store: Store, node: Node, depth: int) -> Iterator[Term]:
    if isinstance(node, Term):
        if node.field == "near" and not (is_any(node) or is_none(node)):
            yield node
        elif node.field == "segment" and depth:
            yield from _find_in_segment(store, node, depth)
    elif not isinstance(node, Word | Not):
        for each in node.nodes:
            yield from _find_terms(store, each, depth)


def _find_in_segment(store: Store, term: Term, depth: int) -> Iterator[Term]:
    if not (is_any(term) or is_none(term)):
        text = segments.get(store, term.value).query
        yield from _find_terms(store, contact_query.parse(store, text), depth - 1)
