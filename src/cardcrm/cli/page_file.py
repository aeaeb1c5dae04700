"""The page that `--html` writes in place of output on the terminal."""

import sys
from pathlib import Path

from cardcrm.cli.export_target import open_target
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import PageFile, Session
from cardcrm.errors import file_exists
from cardcrm.render.report_page import Document, write_page
from cardcrm.render.streams import make_writer
from cardcrm.sheet import Card, Column, Sheet

STANDARD_OUTPUT = Path("-")
_PATH = (Column("path", "path"),)


def write_page_file(session: Session, page: PageFile, result: Result) -> Result:
    """Write a result as a page; return what is left to show.

    Raises ConflictError for a file that exists, unless the page replaces it.
    """
    document = _make_document(session, result)
    path = page.path
    if path == STANDARD_OUTPUT:
        write_page(document, make_writer(sys.stdout, "xmlcharrefreplace"))
        return Result(warnings=result.warnings, error=result.error, exit_code=result.exit_code)
    if path.exists() and not page.replace:
        raise file_exists(path)
    with open_target(path, replace=page.replace) as stream:
        write_page(document, stream.write)
    return Result(
        Card(path.name, data={"path": str(path)}, row=Sheet(_PATH, [(str(path),)], ids="path")),
        f"wrote {path}",
        warnings=result.warnings,
        error=result.error,
        exit_code=result.exit_code,
    )


def _make_document(session: Session, result: Result) -> Document:
    from cardcrm import dates

    data = result.data() if callable(result.data) else result.data
    assert not isinstance(data, Page)
    notes = (result.message, *result.notes) if result.message else result.notes
    today = dates.today(session.store().locale.zone)
    made = f"cardcrm · {dates.format_day(today, today)} {today.year}"
    return Document(data, result.charts, notes, _name_command(session), made)


def _name_command(session: Session) -> str:
    words = [word for word in session.words if not word.startswith("-")]
    return " ".join(words[:2]) or "Report"
