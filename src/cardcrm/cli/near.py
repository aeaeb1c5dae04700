"""`near`: contacts near a town, postal code, position or contact."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Limit, complete_query, refuse_options, session_of
from cardcrm.cli.places import retry_with_places
from cardcrm.cli.result import Result
from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.session import Session
    from cardcrm.records.places.find_place import FoundPlace
    from cardcrm.records.places.nearby import Neighbor
    from cardcrm.store import Store

app = typer.Typer()

_MAX_WORDS = 4  # of a place without quotes
_SECOND_HALF = re.compile(r"[0-9][A-Za-z]{2}")  # of a British postal code

_PLACE = "Town, postal code, 53.80,-1.55 or a contact, then words and filters as in `find`."


@app.command("near", context_settings={"ignore_unknown_options": True})
def near(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="PLACE [QUERY…]", help=_PLACE, autocompletion=complete_query),
    ],
    km: Annotated[
        str, typer.Option("--km", metavar="DISTANCE", help="Distance: 25, or 15mi.")
    ] = "25",
    limit: Limit = 0,
) -> Result:
    """List the contacts near a place, the nearest first.

    The distance is a straight line to the nearest address of the contact. In any query, segment or
    campaign, you can write `near:leeds<25km`.

    Examples:
        cardcrm near Leeds

        cardcrm near "LS1 4AP" --km 10 stage:lead

        cardcrm near 53.80,-1.55 --km 5 --json

        cardcrm near "Jane Doe" --km 10 stage:lead

    """
    from cardcrm.geodesy import parse_length
    from cardcrm.records.places.nearby import Circle, find_neighbors
    from cardcrm.records.query_sql import contact_query

    session = session_of(ctx)
    refuse_options(ctx, [each for each in words if not re.match(r"-[0-9.]", each)])
    length = parse_length(km)
    store = session.store()
    (place, query), notes = retry_with_places(session, lambda: split_place(store, words))
    node = contact_query.parse(store, " ".join(query))
    where, params = contact_query.compile_query(store, node)
    found = find_neighbors(store, Circle(place.position, length), where, params)
    found = [each for each in found if each.contact_id != place.contact_id]
    shown = found[: limit or None]
    summary = f"{pluralize(len(found), 'contact')} within {length:.4g} km of {place.label}"
    return Result(_list(session, shown), notes=(f"{summary} ({place.accuracy})", *notes))


def _list(session: "Session", found: "Sequence[Neighbor]") -> Sheet:
    columns = (
        Column("id", "id", "right"),
        Column("name", "name", wide=True),
        Column("city", "city"),
        Column("km", "km", "right", digits=1 if session.is_for_people else 2),
        Column("accuracy", "located"),
        Column("latitude", "latitude", "right", digits=5),
        Column("longitude", "longitude", "right", digits=5),
    )
    rows = [
        (
            each.contact_id, each.name, each.city or None, round(each.km, 2), each.accuracy,
            each.latitude, each.longitude,
        )
        for each in found
    ]  # fmt: skip
    if session.is_for_people:
        return Sheet(columns[:5], [row[:5] for row in rows])
    return Sheet(columns, rows)


def split_place(store: "Store", words: "Sequence[str]") -> "tuple[FoundPlace, list[str]]":
    """Return the place that the first word or words name, and the remaining words."""
    from cardcrm.records.places.find_place import find_place

    if not words:
        raise UsageError("no place given", "Name a town, a postal code, 53.80,-1.55 or a contact.")
    start = 1 + (len(words) > 1 and _SECOND_HALF.fullmatch(words[1]) is not None)
    try:
        return find_place(store, " ".join(words[:start])), list(words[start:])
    except (AmbiguousError, NotFoundError) as error:
        for count in range(start + 1, min(len(words), _MAX_WORDS) + 1):
            if place := _find_or_none(store, " ".join(words[:count])):
                return place, list(words[count:])
        raise error from None


def _find_or_none(store: "Store", text: str) -> "FoundPlace | None":
    from cardcrm.records.places.find_place import find_place

    try:
        return find_place(store, text)
    except (AmbiguousError, NotFoundError, UsageError):
        return None
