"""`demo`: a sample box to try things in."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.common import session_of
from cardcrm.errors import ConflictError, UsageError
from cardcrm.sheet import Column, Sheet

app = typer.Typer()

TOUR = ("due", "show eleanor", "value")
TO_TRY = (
    ("cardcrm find tag:vip", "words and filters"),
    ("cardcrm log eleanor wants an arch, too --in", "what happened"),
    ('cardcrm remind marcus "confirm the trees" --due fri', "what comes next"),
    ("cardcrm due", "the day's work"),
    ("cardcrm undo", "take it back"),
    ("cardcrm", "all of it on a screen"),
)


@app.command("demo")
def demo(
    ctx: typer.Context,
    path: Annotated[
        str,
        typer.Option(metavar="FILE", help="Where to make it (default: a temporary folder)."),
    ] = "",
    tour: Annotated[
        bool, typer.Option("--tour", help="Show what is due, one card and the best customers too.")
    ] = False,
) -> None:
    """Fill a sample box to try things in.

    It holds forty cards of an invented flower shop, with days around today. Your own box is left
    alone.

    Examples:
        cardcrm demo --tour

        cardcrm demo --path sample.db

    """
    session = session_of(ctx)
    if "db" in session.flags:
        raise UsageError("demo makes a box of its own", "Say where with --path FILE.")
    box = _fresh(path)
    cards = _fill(box)
    session.answer(f"made a sample box of {cards} cards: {_shop()}", lambda: _told(box, cards))
    if tour:
        _show_around(box)
    session.say(_how_to_go_on(box))


def _shop() -> str:
    from cardcrm.records.sample import SHOP

    return SHOP


def _fresh(path: str) -> Path:
    """Where the box goes. Raises ConflictError for a file that is there already."""
    if not path:
        return Path(tempfile.mkdtemp(prefix="cardcrm-demo-")) / "petal-and-stem.db"
    box = Path(path).expanduser()
    if box.exists():
        raise ConflictError(f"{box} is there already", "It was left alone; name another file.")
    return box


def _fill(box: Path) -> int:
    """Make the box and fill it; how many cards it holds. A failure leaves no half-made file."""
    from cardcrm import query
    from cardcrm.records import sample, settings
    from cardcrm.records.query_sql import columns
    from cardcrm.store import Locale, open_store

    locale = Locale(sample.REGION, sample.CURRENCY)
    store = open_store(box, user=sample.KEEPER, create=True, locale=locale)
    try:
        settings.found(store, locale.region, locale.currency)
        sample.fill(store)
        return columns.count(store, query.ALL)
    finally:
        store.close()


def _told(box: Path, cards: int) -> Sheet:
    return Sheet(
        (Column("path", "path"), Column("cards", "cards")), [(str(box), cards)], ids="path"
    )


def _show_around(box: Path) -> None:
    """Run a few commands on the box, each under its command line."""
    from cardcrm.cli.run import main

    for line in TOUR:
        sys.stderr.flush()
        typer.echo(f"\n$ cardcrm {line}\n")
        main(["--db", str(box), *line.split()])
        sys.stdout.flush()


def _how_to_go_on(box: Path) -> str:
    import shlex
    import shutil

    width = max(len(line) for line, _ in TO_TRY)
    lines = [f"{line:{width}}  # {what}" for line, what in TO_TRY]
    lines.insert(0, f"export CARDCRM_DB={shlex.quote(str(box))}")
    if shutil.which("cardcrm") is None:  # run from a folder of its own, as `make demo` does
        lines.insert(0, f'export PATH={shlex.quote(str(Path(sys.prefix) / "bin"))}:"$PATH"')
    return "\n  ".join(("\nTo go on in this box:", *lines))
