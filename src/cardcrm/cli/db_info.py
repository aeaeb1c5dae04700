"""`db info`: where the database is and what it contains."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Card
from cardcrm.store import server_address

if TYPE_CHECKING:
    from cardcrm.store.journal_rows import Step

_CLOCK_TOLERANCE = 5  # seconds between two clocks that hardly matter


def info(ctx: typer.Context) -> Result:
    """Show where the database is, what it contains and when it was last changed.

    Example:
        cardcrm db info

    """
    session = session_of(ctx)
    facts = _collect_facts(session)
    show = str if session.format in ("csv", "tsv") else _format
    shown = tuple(
        (name if session.format in ("csv", "tsv") else _label(name), show(value))
        for name, value in facts.items()
        if value is not None
    )
    return Result(Card(_title(session), facts=shown, data=facts))


def _label(name: str) -> str:
    """Return the name of a fact for people: “contacts” for the number of contacts."""
    noun = name.removesuffix("_count")
    return (noun if noun == name else f"{noun}s").replace("_", " ")


def _title(session: Session) -> str:
    """Return the name of the file, or the address of the server."""
    location = session.location
    return location.name if isinstance(location, Path) else server_address.hide_password(location)


def _format(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _collect_facts(session: Session) -> dict[str, object]:
    from cardcrm.store import journal, schema_version
    from cardcrm.store.integrity import count_records

    store = session.store()
    last = journal.steps(store, 1)
    size = store.engine.maintenance.database_size()
    return {
        "path": store.engine.location,
        "server": store.engine.maintenance.server_location(),
        "engine": f"{store.engine.name} {store.engine.version}",
        "schema_version": schema_version.VERSION,
        "size": size if session.format != "table" else format_size(size),
        "connections": store.engine.maintenance.count_connections(),
        "clock": _describe_clock(session, store.engine.maintenance.clock_offset()),
        **{f"{name}_count": count for name, count in count_records(store).items()},
        **_describe_last(session, last[0] if last else None),
        "region": store.locale.region,
        "currency": store.locale.currency,
        "backup_count": _count_backups(session.location),
    }


def _describe_last(session: Session, step: "Step | None") -> dict[str, object]:
    """Return the last change: one line for people; for programs its instant and its command."""
    if session.format in ("json", "csv", "tsv"):
        at, command = (step.at, step.command) if step else (None, None)
        return {"last_change": at, "last_command": command}
    return {"last_change": f"{_local_time(session, step.at)} {step.command}" if step else None}


def _count_backups(location: Path | str) -> int | None:
    if isinstance(location, str):
        return None
    return len(list((location.parent / "backups").glob(f"{location.stem}-*.db")))


def format_size(count: int) -> str:
    """Return a number of bytes in the largest fitting unit."""
    size, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def _describe_clock(session: Session, ahead: float | None) -> object:
    """Return by how much the server's clock differs, if that matters."""
    if ahead is None or (abs(ahead) <= _CLOCK_TOLERANCE and session.format == "table"):
        return None
    if session.format != "table":
        return round(ahead, 1)
    minutes, seconds = divmod(round(abs(ahead)), 60)
    hours, minutes = divmod(minutes, 60)
    units = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    difference = " ".join(f"{count:,} {unit}" for count, unit in units if count)
    direction = "ahead of" if ahead > 0 else "behind"
    return f"the server's clock is {difference} {direction} this machine's"


def _local_time(session: Session, instant: str) -> str:
    from cardcrm import dates

    return f"{dates.from_instant(instant, session.config.get('timezone')):%Y-%m-%d %H:%M}"
