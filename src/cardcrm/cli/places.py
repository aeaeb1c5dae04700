"""`places`: the gazetteer that locates addresses, without asking any service."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.places_output import list_gazetteer, list_open, pick_towns, report_located
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cardcrm.formats.places.geonames import PlacesFile
    from cardcrm.records.places.loading import Entry, Loaded
    from cardcrm.records.places.relocating import Located

app = typer.Typer()
T = TypeVar("T")

CREDIT = "Places: GeoNames (geonames.org), CC BY 4.0"
_EXAMPLE = "For example: cardcrm places load cities500.zip"


@app.command("load")
def load(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="GeoNames files, also zipped."),
    ] = [],
    builtin: Annotated[
        bool, typer.Option("--builtin", help="Load the towns of the package geopointdb.")
    ] = False,
) -> Result:
    """Load towns and postal codes, and locate all addresses with them.

    Download the files from https://download.geonames.org: cities500.zip has the towns of the world,
    and GB.zip the postal codes of Great Britain. A newer version of a file replaces the older data.
    If one of several files is damaged, none is loaded. Nothing is sent anywhere.

    Examples:
        cardcrm places load cities500.zip

        cardcrm places load cities500.zip GB.zip

        cardcrm places load --builtin

    """
    from cardcrm.formats.places.builtin_towns import open_builtin
    from cardcrm.formats.places.geonames import open_file

    session = session_of(ctx)
    if bool(files) == builtin:
        problem = "use either files or --builtin, not both" if builtin else "no file given"
        raise UsageError(problem, _EXAMPLE)
    sources = [open_builtin()] if builtin else [open_file(each) for each in files]
    loaded = load_sources(session, sources)
    message = "; ".join(map(_describe, loaded))
    return Result(lambda: list_gazetteer(session.store()), message, notes=(CREDIT,))


def load_sources(session: Session, sources: "Sequence[PlacesFile]") -> "list[Loaded]":
    """Load all sources of places or none, with a bar."""
    from cardcrm.records.places.loading import load_places
    from cardcrm.render.progress import progress_bar

    store = session.store(create=True)
    with progress_bar(sum(each.size for each in sources), "loading places") as progress:

        def open_source(number: int) -> "Iterator[Entry]":
            before = sum(each.size for each in sources[:number])
            return sources[number].read(lambda done: progress(before + done))

        return load_places(store, [partial(open_source, each) for each in range(len(sources))])


def _describe(loaded: "Loaded") -> str:
    noun = "postal code" if loaded.kind == "postcode" else "town"
    countries = f"{loaded.countries:,} countr{'y' if loaded.countries == 1 else 'ies'}"
    return f"loaded {pluralize(loaded.places, noun)} of {countries}"


def ensure_places(session: Session) -> tuple[str, ...]:
    """Load the installed towns where no places are loaded yet; return a note about it."""
    from cardcrm.formats.places.builtin_towns import is_installed, open_builtin
    from cardcrm.records.places.loading import has_places

    if has_places(session.store()) or not is_installed():
        return ()
    (loaded,) = load_sources(session, [open_builtin()])
    return (f"{_describe(loaded)}. {CREDIT}",)


def retry_with_places(session: Session, find: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
    """Return what is found, after the installed towns were loaded if it is unknown; and notes."""
    try:
        return find(), ()
    except NotFoundError:
        notes = ensure_places(session)
        if not notes:
            raise
        return find(), notes


@app.command("list")
def list_places(ctx: typer.Context) -> Result:
    """List the loaded towns and postal codes by country.

    Examples:
        cardcrm places list

    """
    from cardcrm.records.places.find_place import LOAD_HINT

    session = session_of(ctx)
    found = list_gazetteer(session.store())
    return Result(found, notes=(CREDIT if found.rows else f"no places are loaded. {LOAD_HINT}",))


@app.command("locate", context_settings={"ignore_unknown_options": True})
def locate(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters; without any, all contacts.",
            autocompletion=complete_query,
        ),
    ] = [],
) -> Result:
    """Locate addresses, and list the towns that stay open.

    If several towns share a name, the country, region or postal code of the address decides;
    otherwise the address stays open. On a terminal you choose the town; in a script the open towns
    are listed. A choice is remembered for all such addresses, and can be undone.

    Examples:
        cardcrm places locate

        cardcrm places locate tag:vip --json

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    notes = ensure_places(session)
    ids = _find_owners(session, " ".join(query))
    found = _locate(session, ids)
    if found.open and session.can_ask and session.format == "table":
        chosen = pick_towns(session, found)
        found = _locate(session, ids) if chosen else found
    return Result(list_open(found), notes=(report_located(found), *notes))


def _find_owners(session: Session, query: str) -> list[int]:
    from cardcrm.records.places.relocating import list_owners
    from cardcrm.records.query_sql import columns, contact_query

    store = session.store()
    if not query:
        return list_owners(store)
    return columns.find_ids(store, contact_query.parse(store, query), sort="id")


def _locate(session: Session, ids: "Collection[int]") -> "Located":
    from cardcrm.records.places.relocating import locate_contacts
    from cardcrm.render.progress import progress_bar

    with progress_bar(len(ids), "locating addresses") as progress:
        return locate_contacts(session.store(), ids, progress)


@app.command("choose")
def choose(
    ctx: typer.Context,
    town: Annotated[
        str, typer.Argument(metavar="TOWN", help="Town as written in addresses, such as Newcastle.")
    ],
    place: Annotated[
        str,
        typer.Argument(metavar="PLACE", help="Town with its region or country, or coordinates."),
    ],
    region: Annotated[
        str, typer.Option(metavar="TEXT", help="Only addresses with this region.")
    ] = "",
    country: Annotated[
        str, typer.Option(metavar="TEXT", help="Only addresses with this country.")
    ] = "",
) -> Result:
    """Choose the town that addresses mean, among several with the same name.

    The choice applies to addresses with exactly this town, region and country.

    Examples:
        cardcrm places choose Newcastle "Newcastle upon Tyne"

        cardcrm places choose Springfield "Springfield, IL" --country USA

    """
    from cardcrm.records.places.find_place import find_place
    from cardcrm.records.places.gazetteer import AddressText
    from cardcrm.records.places.relocating import TownChoice, choose_towns
    from cardcrm.sheet import Card

    session = session_of(ctx)
    store = session.store()
    found = find_place(store, place)
    choice = TownChoice(AddressText(town, region, "", country), found.label, found.position)
    changed = choose_towns(store, [choice])
    latitude, longitude = found.position
    data = {"town": town, "place": found.label, "latitude": latitude, "longitude": longitude}
    message = f"{town} is {found.label}" if changed else f"no change: {town} is {found.label}"
    return Result(Card(town, data=data), message)
