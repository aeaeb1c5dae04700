"""`route`: a short order of visits, with the distances between them."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Force, session_of
from cardcrm.cli.map import Html, write_map_file
from cardcrm.cli.places import retry_with_places
from cardcrm.cli.result import Result
from cardcrm.cli.route_day import TIMES, RouteDay, read_day
from cardcrm.cli.selected_contacts import Contacts, Where, resolve_targets
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.places.find_place import FoundPlace, find_place
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.session import Session
    from cardcrm.geodesy import Position
    from cardcrm.records.places.located_contacts import LocatedContact
    from cardcrm.reports.places.route import Leg
    from cardcrm.store import Store

app = typer.Typer()

_MAX_STOPS = 300  # more take minutes to order
_PLACE_HELP = "Town, postal code, 53.80,-1.55 or a contact."


@app.command("route")
def route(
    ctx: typer.Context,
    who: Contacts = [],
    where: Where = "",
    start: Annotated[
        str, typer.Option(metavar="PLACE", help=f"Where the round starts. {_PLACE_HELP}")
    ] = "",
    end: Annotated[
        str, typer.Option(metavar="PLACE", help="Where it ends (default: at the last visit).")
    ] = "",
    leave: Annotated[
        str,
        typer.Option(metavar="WHEN", help="When you leave; shows the time of each visit."),
    ] = "",
    stay: Annotated[
        str, typer.Option(metavar="TIME", help="Length of a visit, with --leave (default: 30m).")
    ] = "",
    speed: Annotated[
        float | None,
        typer.Option(metavar="KM/H", help="Speed on the road, with --leave (default: 50)."),
    ] = None,
    html: Html = None,
    force: Force = False,
) -> Result:
    """Find a short route for visits.

    Distances are straight lines; roads are about a third longer. For up to nine visits the order is
    the shortest possible, for more it is a short one. Each stop has a geo: link, which phones open
    in their map app.

    With --leave, as many visits as possible begin within the opening hours, a custom field of the
    contact or its organization. The others are marked as closed.

    Examples:
        cardcrm route jane bob acme --start Leeds

        cardcrm route --where "near:leeds<25km tag:visit" --start Leeds --end York

        cardcrm route 4,7,12 --start 53.80,-1.55 --json

        cardcrm route --where tag:visit --start Leeds --html round.html

        cardcrm route --where tag:visit --start Leeds --leave 8:30 --stay 20m

    """
    from cardcrm.reports.places.route import plan_route

    session = session_of(ctx)
    store = session.store()
    if not start.strip():
        raise UsageError("a route needs a start", "Add it: --start Leeds")
    ids = resolve_targets(session, who, where)
    first, notes = retry_with_places(session, lambda: find_place(store, start))
    last = find_place(store, end) if end.strip() else None
    stops = _read_stops(store, ids)
    day = read_day(session, [each.id for each in stops], leave, stay, speed)
    legs = plan_route(
        first.position,
        [each.position for each in stops],
        last.position if last else None,
        day.timetable if day else None,
    )
    summary = _describe(first, last, stops, legs)
    notes = (*notes, *(day.describe(legs) if day else ()))
    if html is None:
        return Result(_list(session, stops, legs, last, day), notes=(summary, *notes))
    ordered = [stops[leg.stop] for leg in legs if leg.stop is not None]
    ends = [last.position] if last else []
    way = [first.position, *(each.position for each in ordered), *ends]
    return write_map_file(html, "Route", ordered, replace=force, way=way, notes=(summary, *notes))


def _read_stops(store: "Store", ids: "Sequence[int]") -> "list[LocatedContact]":
    """Return the contacts with their locations. Raises NotFoundError for those without one."""
    from cardcrm.records.places.located_contacts import list_located

    if len(ids) > _MAX_STOPS:
        raise UsageError(f"too many stops: {len(ids):,}", f"A route has at most {_MAX_STOPS}.")
    found = list(list_located(store, ids))
    missing = sorted(set(ids) - {each.id for each in found})
    if missing:
        names = ", ".join(map(str, missing[:5])) + (", …" if len(missing) > 5 else "")
        raise NotFoundError(
            f"{pluralize(len(missing), 'contact')} without a location: {names}",
            f"Set it: cardcrm edit {missing[0]} --pin 53.80,-1.55. Or see cardcrm places locate.",
        )
    return found


def _describe(
    first: FoundPlace,
    last: FoundPlace | None,
    stops: "Sequence[LocatedContact]",
    legs: "Sequence[Leg]",
) -> str:
    total = legs[-1].total if legs else 0.0
    to = f" to {last.label}" if last else ""
    way = f"from {first.label}{to}"
    return f"{pluralize(len(stops), 'stop')} {way}: {total:,.1f} km in straight lines"


def _describe_stop(
    at: "LocatedContact | FoundPlace | None",
) -> "tuple[int | None, str, str | None, str | None, str, Position]":
    """Return the number, name, street, town, accuracy and position of a stop or of the end."""
    assert at is not None
    if isinstance(at, FoundPlace):
        return at.contact_id, at.label, None, None, at.accuracy, at.position
    return at.id, at.name, at.street or None, at.city or None, at.accuracy, at.position


def _list(
    session: "Session",
    stops: "Sequence[LocatedContact]",
    legs: "Sequence[Leg]",
    last: FoundPlace | None,
    day: RouteDay | None,
) -> Sheet:
    """Return the stops in their order, and the end; with their times if the round has any."""
    digits = 1 if session.is_for_people else 3
    columns = (
        Column("stop", "stop", "right"),
        Column("id", "id", "right"),
        Column("name", "name", wide=True),
        Column("street", "street", wide=True),
        Column("city", "city"),
        Column("km", "km", "right", digits=digits),
        Column("total_km", "total", "right", digits=digits),
        *(TIMES if day else ()),
        Column("accuracy", "located"),
        Column("latitude", "latitude", "right", digits=5),
        Column("longitude", "longitude", "right", digits=5),
        Column("geo", "link"),
    )
    times = day.list_times(legs, is_for_people=session.is_for_people) if day else [()] * len(legs)
    rows = []
    for number, (leg, time) in enumerate(zip(legs, times, strict=True), 1):
        *what, accuracy, position = _describe_stop(
            stops[leg.stop] if leg.stop is not None else last
        )
        link = f"geo:{position.latitude:.6f},{position.longitude:.6f}"
        way = (round(leg.km, 3), round(leg.total, 3))
        rows.append((number, *what, *way, *time, accuracy, *position, link))
    if session.is_for_people:  # without the coordinates, which the link has
        return Sheet((*columns[:-3], columns[-1]), [(*row[:-3], row[-1]) for row in rows])
    return Sheet(columns, rows)
