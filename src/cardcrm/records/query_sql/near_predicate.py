"""The filter ``near:leeds<25km``.

It is apart from the other predicates, so that a query without it loads no gazetteer.
"""

from cardcrm.errors import UsageError
from cardcrm.geodesy import parse_length
from cardcrm.query import Term
from cardcrm.records.places.find_place import find_place
from cardcrm.records.places.nearby import Circle, within_sql
from cardcrm.records.query_sql.predicates import QueryContext, is_any, is_none
from cardcrm.store import Store

DEFAULT_KM = 25.0


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
