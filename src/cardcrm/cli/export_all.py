"""`export --all` and `export --person`: everything, or everything about one contact."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from cardcrm.cli.export_target import open_target
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError, file_exists
from cardcrm.sheet import Card

STANDARD_OUTPUT = "-"
_PERSON_FORMATS = {
    ".md": "markdown", ".txt": "markdown", ".html": "html", ".htm": "html", ".json": "json",
}  # fmt: skip


def export_all(session: Session, to: str, *, replace: bool) -> Result:
    """Write everything in the database to a file of JSON lines, or to standard output."""
    from cardcrm.formats import archive
    from cardcrm.records.archive import dump
    from cardcrm.render.progress import progress_bar

    store = session.store()
    if to == STANDARD_OUTPUT:
        if session.has_reader:
            raise UsageError("a terminal cannot show the whole database", "Name a file.")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        archive.write(store, sys.stdout, lambda _lines: None)
        return Result()
    path = Path(to)
    if path.suffix.lower() not in (".jsonl", ".ndjson") and not path.is_char_device():
        raise UsageError(
            f"“{to}” is not a name for a file of everything", "End it with .jsonl: cards.jsonl"
        )
    total = sum(dump.count_lines(store).values()) + 1
    with progress_bar(total, "writing everything") as advance:
        lines = _write_file(path, lambda stream: archive.write(store, stream, advance), replace)
    data = {"exported": lines - 1, "path": to}
    return Result(Card(path.name, data=data), f"wrote {lines - 1:,} rows to {to}")


def _write_file(path: Path, write: Callable[[Any], int], replace: bool) -> int:
    if path.exists() and not replace:
        raise file_exists(path)
    with open_target(path, replace=replace) as stream:
        return write(stream)


def export_person(session: Session, who: str, to: str, *, replace: bool) -> Result:
    """Write all that is held on one contact: to a file, or to standard output."""
    from cardcrm.reports.person_card import build_card

    contact = session.find_contact(who)
    store = session.store()
    if not to or to == STANDARD_OUTPUT:
        return Result(lambda: build_card(store, contact.id))
    path = Path(to)
    wanted = session.format if session.format != "table" else ""
    name = _PERSON_FORMATS.get(path.suffix.lower(), "")
    if not (wanted or name):
        raise UsageError(
            f"unknown file format “{path.name}”", "End it with .md, .txt, .html or .json."
        )

    def write(stream: TextIO) -> int:
        from cardcrm.render import render

        card = build_card(store, contact.id)
        render(card, wanted or name, stream=stream, color=False, width=0)
        return 1

    _write_file(path, write, replace)
    data = {"exported": 1, "path": to}
    return Result(Card(path.name, data=data), f"wrote all that is held on {contact.name} to {to}")
