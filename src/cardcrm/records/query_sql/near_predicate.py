"""The filter ``near:leeds<25km``, and the distance as a column of the list that it finds.

It is apart from the other predicates, so that a query without it loads no gazetteer.
"""

from collections.abc import Iterator

from cardcrm.errors import UsageError
from cardcrm.geodesy import parse_length
from cardcrm.query import Node, Not, Term, Word
from cardcrm.records.contacts.query_fields import QueryField
from cardcrm.records.fields import Field
from cardcrm.records.places.find_place import find_place
from cardcrm.records.places.nearby import Circle, square_sql, within_sql
from cardcrm.records.query_sql.predicates import QueryContext, is_any, is_none
from cardcrm.store import Store

DEFAULT_KM = 25.0
_MAX_DEPTH = 20  # segments inside segments


def parse_circle(store: Store, text: str) -> Circle:
    """Return the circle of ``leeds<25km``; without a distance it has 25 km. Raises UsageError."""
    place, less, length = text.partition("<")
    km = parse_length(length.removeprefix("=")) if less else DEFAULT_KM
    return Circle(find_place(store, place.strip().strip('"')).position, km)


def near(ctx: QueryContext, term: Term) -> str:
    """Return SQL: an address of the contact is within a distance of a place."""
    if term.op not in (":", "="):
        raise UsageError(f"near takes no {term.op}", "Write near:leeds<25km.")
    if is_any(term) or is_none(term):
        found = ctx.exists("location", "1 = 1")
        return f"NOT {found}" if is_none(term) else found
    circle = parse_circle(ctx.store, term.value)
    return ctx.has("location", within_sql(circle.center, circle.km, "x", ctx.param))


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
    from cardcrm.records.query_sql import contact_query, segments

    if not (is_any(term) or is_none(term)):
        text = segments.get(store, term.value).query
        yield from _find_terms(store, contact_query.parse(store, text), depth - 1)
