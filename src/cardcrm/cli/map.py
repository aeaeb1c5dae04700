"""`map`: contacts on a map, on the terminal or as a page of HTML."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Force, complete_query, refuse_options, session_of
from cardcrm.cli.result import Page, Result
from cardcrm.errors import file_exists
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.geodesy import Position
    from cardcrm.records.places.located_contacts import LocatedContact, MapPoint

app = typer.Typer()

_WIDTH = 80  # cells, without a terminal
_HEIGHTS = (12, 40)  # lines, the least and the most

Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write the map as a page to a file.", dir_okay=False
    ),
]


@app.command("map", context_settings={"ignore_unknown_options": True})
def show_map(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters; without any, all contacts.",
            autocompletion=complete_query,
        ),
    ] = [],
    html: Html = None,
    force: Force = False,
) -> Result:
    """Show contacts on a map, or write it as a page.

    A number stands for that many contacts close together, followed by the town where most of them
    are. With --html the map is a page that you can zoom; it needs no network and sends nothing
    anywhere.

    Examples:
        cardcrm map

        cardcrm map "near:leeds<50km" stage:customer

        cardcrm map tag:vip --html vips.html

    """
    from cardcrm.records.places.located_contacts import list_located, list_points
    from cardcrm.records.query_sql import columns, contact_query

    session = session_of(ctx)
    refuse_options(ctx, query)
    text = " ".join(query)
    store = session.store()
    ids = columns.find_ids(store, contact_query.parse(store, text))
    if html is not None:
        located = list(list_located(store, ids))
        title = f"Contacts: {text}" if text else "Contacts"
        notes = (_describe(len(located), len(ids) - len(located)),)
        return write_map_file(html, title, located, replace=force, notes=notes)
    found = list_points(store, ids)
    summary = _describe(len(found), len(ids) - len(found))
    if session.format != "table":
        return Result(list_positions(found), notes=(summary,))
    page = Page(lambda color, width: _draw(found, color=color, width=width))
    return Result(page if found else None, notes=(summary,))


def _describe(located: int, missing: int) -> str:
    shown = f"{pluralize(located, 'contact')} on the map"
    hint = "; see cardcrm places locate" if not located else ""
    return f"{shown}; {missing:,} without a location{hint}" if missing else shown


def _draw(found: "Sequence[MapPoint]", *, color: bool, width: int) -> str:
    import sys
    from shutil import get_terminal_size

    from cardcrm.render.maps.braille_map import draw_map, fit_cells
    from cardcrm.render.maps.clusters import ClusterIndex
    from cardcrm.render.maps.view import find_extent
    from cardcrm.render.streams import is_unicode
    from cardcrm.render.terminal_charts import format_line

    cells = width or _WIDTH
    lines = get_terminal_size((_WIDTH, 24)).lines - 4 if width else cells // 3
    height = min(max(lines, _HEIGHTS[0]), _HEIGHTS[1], cells // 2)
    view = fit_cells(find_extent(found), cells, height)
    clusters = ClusterIndex(found).find_clusters(view)
    drawn = draw_map(view, clusters, unicode=is_unicode(sys.stdout))
    return "".join(f"{format_line(line, color=color)}\n" for line in drawn.lines)


def list_positions(found: "Sequence[MapPoint]") -> Sheet:
    """Return contacts with their coordinates."""
    columns = (
        Column("id", "id", "right"),
        Column("name", "name"),
        Column("city", "city"),
        Column("accuracy", "located"),
        Column("latitude", "latitude", "right", digits=5),
        Column("longitude", "longitude", "right", digits=5),
    )
    rows = [
        (each.id, each.name, each.city or None, each.accuracy, each.latitude, each.longitude)
        for each in found
    ]
    return Sheet(columns, rows)


def write_map_file(
    path: Path,
    title: str,
    found: "Sequence[LocatedContact]",
    *,
    replace: bool,
    way: "Sequence[Position]" = (),
    notes: "Sequence[str]" = (),
) -> Result:
    """Write a map as a page. Raises ConflictError for a file that exists."""
    from cardcrm.cli.export_target import open_target
    from cardcrm.render.maps.html_map import write_map

    if path.exists() and not replace:
        raise file_exists(path)
    with open_target(path, replace=replace) as stream:
        write_map(title, found, stream.write, way, notes)
    data = {"path": str(path), "contacts": len(found)}
    return Result(Card(path.name, data=data), f"wrote {path}", notes=tuple(notes))
