"""`db`: looking after the card box: what it holds, copies of it, whether it is sound, and SQL."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from cardcrm.cli.common import Session, pairs, session_of
from cardcrm.cli.phones import phones
from cardcrm.errors import CardError, UsageError
from cardcrm.sheet import Card, Cell, Column, Sheet
from cardcrm.store import open_store, server_address

app = typer.Typer()

PATTERN = "In scripts and cron"


@app.command("info")
def info(ctx: typer.Context) -> None:
    """Show where the box is, what is in it and when it was last changed.

    Example:
        cardcrm db info

    """
    session = session_of(ctx)
    facts = _facts(session)
    shown = tuple((name, _words(value)) for name, value in facts.items() if value is not None)
    session.show(Card(_title(session), facts=shown, data=facts))


def _title(session: Session) -> str:
    """The box's name: its file's, or its server's address."""
    place = session.location
    return place.name if isinstance(place, Path) else server_address.hide_password(place)


def _words(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _facts(session: Session) -> dict[str, object]:
    from cardcrm.store import journal, migrations
    from cardcrm.store.integrity import count_records

    store = session.store()
    path = session.location
    last = journal.steps(store, 1)
    size = store.engine.maintenance.database_size()
    return {
        "path": store.engine.location,
        "server": store.engine.maintenance.server_location(),
        "engine": f"{store.engine.name} {store.engine.version}",
        "layout": migrations.VERSION,
        "size": size if session.format != "table" else _size(size),
        "connections": store.engine.maintenance.count_connections(),
        "clock": _clock(session, store.engine.maintenance.clock_offset()),
        **count_records(store),
        "last change": f"{_local(session, last[0].at)} {last[0].command}" if last else None,
        "region": store.locale.region,
        "currency": store.locale.currency,
        "backups": len(list((path.parent / "backups").glob(f"{path.stem}-*.db")))
        if isinstance(path, Path)
        else None,
    }


def _size(count: int) -> str:
    """Bytes as people read them."""
    size, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


_CLOCKS = 5  # seconds; so far apart, the clocks of two machines hardly matter


def _clock(session: Session, ahead: float | None) -> object:
    """How far the server's clock is from this machine's, where that is worth a word."""
    if ahead is None or (abs(ahead) <= _CLOCKS and session.format == "table"):
        return None
    if session.format != "table":
        return round(ahead, 1)
    minutes, seconds = divmod(round(abs(ahead)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    far = " ".join(f"{count:,} {unit}" for count, unit in parts if count)
    return f"the server's is {far} {'ahead of' if ahead > 0 else 'behind'} this machine's"


def _local(session: Session, instant: str) -> str:
    from cardcrm import dates

    return f"{dates.from_instant(instant, session.config.get('timezone')):%Y-%m-%d %H:%M}"


@app.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]", help="The new file, or a folder; default: backups/ beside the box."
        ),
    ] = "",
    keep: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Afterwards remove all but the newest N that this command named.",
            min=0,
            show_default=False,
            rich_help_panel=PATTERN,
        ),
    ] = 0,
) -> None:
    """Copy the box while others go on using it, and check the copy.

    No file is ever overwritten.

    Examples:
        cardcrm db backup --keep 30

        cardcrm db backup /mnt/stick/cards.db

    """
    from cardcrm import dates
    from cardcrm.store import backup as store_backup
    from cardcrm.store import private_files

    session = session_of(ctx)
    box, given = session.file, Path(file).expanduser()
    store = session.store()
    folder = given if file and given.is_dir() else store_backup.backup_folder(box)
    named = bool(file) and folder != given
    if named and keep:
        raise UsageError("--keep goes with a folder, not with a file", "Leave one of them out.")
    if not named:
        private_files.create_folder(folder)
    today = dates.today(store.locale.zone)
    made = store_backup.create_backup(
        store, given if named else store_backup.next_backup_path(box, folder, today)
    )
    gone = store_backup.delete_old_backups(box, folder, keep) if keep else []
    words = f"wrote {made.path} ({_size(made.size)}, {made.rows:,} rows, checked)"
    session.answer(
        words + (f"; removed {len(gone)} older" if gone else ""),
        lambda: Card(
            made.path.name,
            data={
                "path": str(made.path),
                "size": made.size,
                "rows": made.rows,
                "removed": [str(path) for path in gone],
            },
        ),
    )


@app.command("restore")
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A copy made by `db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a copy in the place of the box; the old box is kept beside it.

    Example:
        cardcrm db restore ~/.local/share/cardcrm/backups/cards-2026-11-21.db

    """
    from cardcrm import dates
    from cardcrm.store import backup as store_backup

    session = session_of(ctx)
    copy = Path(file).expanduser()
    found = store_backup.check_backup(copy)
    cards, steps = found.counts["contact"], found.counts["step"]
    words = (
        f"{copy} ({cards:,} card{'s' * (cards != 1)}, {steps:,} journal step{'s' * (steps != 1)})"
    )
    session.confirm(f"Put {words} in the place of {session.file}?", yes=yes)
    today = dates.today(session.config.get("timezone"))
    old = store_backup.restore(session.file, copy, today, session.config.number("lock-wait"))
    session.say(f"restored {words}" + (f"; the old box is now {old}" if old else ""))


@app.command("copy")
def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="A box: a file or a server.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty place: a file or server.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a copy that was broken off.")
    ] = False,
) -> None:
    """Copy a box into a new one, from file to server or back.

    Ids, journal and search index come along, and in the end both are compared. The new box is
    as the old one was at the moment when the copy began.

    Examples:
        cardcrm db copy ~/.local/share/cardcrm/cards.db postgresql://shop@db/cards

        cardcrm db copy service=cards cards.db --resume

    """
    from cardcrm.render.progress import bar
    from cardcrm.store import database_copy

    session = session_of(ctx)
    for each in (source, target):
        server_address.refuse_password(each, "the command line")
    if source == target:
        raise UsageError("that is the same box twice", "Name another place to copy it to.")
    wait = session.config.number("lock-wait")
    with (
        closing(open_store(server_address.parse_location(source), wait=wait)) as one,
        closing(open_store(server_address.parse_location(target), wait=wait, create=True)) as other,
    ):
        rows = database_copy.count_steps(one)
        try:
            with bar(rows, "copying") as tell:
                compared = database_copy.copy_database(one, other, tell, resume=resume)
        except KeyboardInterrupt:
            session.say("stopped: what was copied so far stays; --resume goes on with it")
            raise
    columns = (
        Column("table", "table"),
        Column("rows", "rows"),
        Column("hash", "hash", wide=True),
    )
    session.answer(
        f"copied {sum(each.rows for each in compared):,} rows; both boxes are the same",
        lambda: Sheet(
            columns, [(each.table, each.rows, each.hash) for each in compared], ids="table"
        ),
    )


@app.command("check")
def check(
    ctx: typer.Context,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Make search index, sums and days anew where they are wrong."
        ),
    ] = False,
) -> None:
    """Check that the file is sound and that index and sums agree with the cards.

    Exits 1 when something is wrong.

    Example:
        cardcrm db check --repair

    """
    from cardcrm.store import integrity

    session = session_of(ctx)
    store = session.store()
    found = integrity.check_database(store, lambda step: session.say(f"checking {step} …"))
    if repair and any(finding.is_repairable for finding in found):
        session.say("making index, sums and days anew …")
        integrity.repair_database(store)
        found = integrity.check_database(store, lambda _step: None)
        session.say("mended" if not found else "not everything could be mended")
    if not found:
        session.answer(f"{store.engine.location} is sound", lambda: _findings(found))
        return
    session.show(_findings(found))
    mends = any(finding.is_repairable for finding in found)
    raise CardError(
        f"{store.engine.location} is not sound",
        "Try `cardcrm db check --repair`."
        if mends and not repair
        else "Keep a copy, then restore the last backup: `cardcrm db restore FILE`.",
    )


def _findings(found: Sequence[Any]) -> Sheet:
    columns = (Column("area", "where"), Column("problem", "what is wrong", wide=True))
    return Sheet(columns, [(each.area, each.message) for each in found], ids="area")


app.command("phones")(phones)


@app.command("sql")
def sql(
    ctx: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="One SELECT; - reads it from standard input.")
    ],
    param: Annotated[
        list[str],
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="A value for :NAME in the query."),
    ] = [],
    nl: Annotated[bool, typer.Option("--nl", help="One JSON object a line.")] = False,
    fmt: Annotated[
        str,
        typer.Option(metavar="STYLE", help="A table drawn by tabulate: grid, rst, github, latex …"),
    ] = "",
) -> None:
    """Ask the box a question in SQL; it can only read.

    Examples:
        cardcrm db sql "select stage, count(*) from contact group by stage"

        cardcrm db sql "select * from sale where amount > :least" -p least=9900

    """
    session = session_of(ctx)
    text = sys.stdin.read() if query == "-" else query
    names, rows = _asked(session, text, dict(pairs(param, "--param")))
    cells = [tuple(_cell(value) for value in row) for row in rows]
    if nl:
        _write_lines(names, cells)
    elif fmt:
        _tabulate(names, cells, fmt)
    else:
        columns = tuple(Column(name, name, wide=True) for name in names)
        session.show(Sheet(columns, cells, ids=names[0]))


def _asked(
    session: Session, query: str, params: dict[str, str]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    wait = session.config.number("lock-wait")
    place = session.location
    if isinstance(place, Path):
        from cardcrm.store.sqlite.adhoc_query import run_query

        return run_query(place, query, params, wait)
    from cardcrm.store.postgresql.adhoc_query import run_query as run_server_query

    return run_server_query(place, query, params, wait)


def _cell(value: object) -> Cell:
    """A value as one of ours: bytes are written as hexadecimal numbers, the unknown as text."""
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | float | str | None) else str(value)


def _write_lines(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    import json

    for row in rows:
        sys.stdout.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")


def _tabulate(names: Sequence[str], rows: Sequence[Sequence[Cell]], style: str) -> None:
    import tabulate

    from cardcrm.render.streams import writer
    from cardcrm.text import clean

    if style not in tabulate.tabulate_formats:
        raise UsageError(
            f"there is no style “{style}”", f"There are: {', '.join(tabulate.tabulate_formats)}."
        )
    safe = [[clean(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    drawn = tabulate.tabulate(safe, headers=list(names), tablefmt=style)
    writer(sys.stdout)(drawn + "\n")
