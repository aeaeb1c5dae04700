"""`demo`: create a sample database to try things in."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.result_writer import write_result
from cardcrm.cli.session import Session
from cardcrm.errors import ConflictError, UsageError
from cardcrm.paths import expand_path
from cardcrm.sheet import Card, Column, Sheet

app = typer.Typer()

TOUR = ("due", "show eleanor", "value")
TO_TRY = (
    ("cardcrm find tag:vip", "find contacts"),
    ("cardcrm log eleanor also wants an arch --in", "log an interaction"),
    ('cardcrm remind marcus "confirm the trees" --due fri', "add a reminder"),
    ("cardcrm due", "see what is due"),
    ("cardcrm undo", "undo the last command"),
    ("cardcrm", "open the screen"),
)


@app.command("demo")
def demo(
    ctx: typer.Context,
    path: Annotated[
        str, typer.Option(metavar="FILE", help="New file (default: in a temporary folder).")
    ] = "",
    tour: Annotated[
        bool, typer.Option("--tour", help="Also show reminders, a card and the best customers.")
    ] = False,
) -> Result:
    """Create a sample database to experiment with.

    It contains the contacts of an invented flower shop, with dates around today. Your own
    database stays untouched.

    Examples:
        cardcrm demo --tour

        cardcrm demo --path sample.db

    """
    from cardcrm.records.sample import SHOP

    session = session_of(ctx)
    if "db" in session.flags:
        raise UsageError("demo creates its own database", "Name the file with --path FILE.")
    file = _new_file(path)
    count = _create(file)
    keys, cells = ("path", "contact_count"), (str(file), count)
    row = Sheet(tuple(Column(key, key) for key in keys), [cells])
    data = Card(file.name, data=dict(zip(keys, cells, strict=True)), row=row)
    created = f"created a sample database with {count} contacts: {SHOP}"
    if not tour:
        return Result(data, created, (_describe_next_steps(file),))
    session.say(created)
    _run_tour(ctx, file)
    return Result(data, _describe_next_steps(file))


def _new_file(path: str) -> Path:
    """Return the path of the new database. Raises ConflictError if the file exists."""
    if not path:
        return Path(tempfile.mkdtemp(prefix="cardcrm-demo-")) / "petal-and-stem.db"
    file = expand_path(path)
    if file.exists():
        raise ConflictError(f"{file} already exists", "Name another file.")
    return file


def _create(file: Path) -> int:
    """Create the sample database and return its number of contacts."""
    from cardcrm import query
    from cardcrm.records import sample
    from cardcrm.records.query_sql import columns
    from cardcrm.store import Locale, open_store, settings

    locale = Locale(sample.REGION, sample.CURRENCY)
    store = open_store(file, user=sample.USER, create=True, locale=locale)
    try:
        settings.initialize(store, locale.region, locale.currency)
        sample.fill(store)
        return columns.count(store, query.ALL)
    finally:
        store.close()


def _run_tour(ctx: typer.Context, file: Path) -> None:
    """Run a few commands on the sample, each below its command line."""
    root: Any = ctx.find_root().command
    for line in TOUR:
        sys.stderr.flush()
        typer.echo(f"\n$ cardcrm {line}\n")
        session = Session({"db": str(file)}, line.split())
        try:
            result = root.main(
                line.split(), prog_name="cardcrm", standalone_mode=False, obj=session
            )
            write_result(session, result)
        finally:
            session.close()
        sys.stdout.flush()


def _describe_next_steps(file: Path) -> str:
    import shlex
    import shutil

    width = max(len(line) for line, _ in TO_TRY)
    lines = [f"{line:{width}}  # {meaning}" for line, meaning in TO_TRY]
    lines.insert(0, f"export CARDCRM_DB={shlex.quote(str(file))}")
    if shutil.which("cardcrm") is None:  # run from its folder, as `make demo` does
        lines.insert(0, f'export PATH={shlex.quote(str(Path(sys.prefix) / "bin"))}:"$PATH"')
    return "\n  ".join(("\nTo continue with this database:", *lines))
