"""Rendering of results and errors: data to standard output first, then messages for people."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from cardcrm.cli.result import Page
from cardcrm.cli.session import MAX_MESSAGE, DeclinedError, Session
from cardcrm.cli.terminal import is_terminal, paint, terminal_width, write_message
from cardcrm.errors import AmbiguousError, CardcrmError, IncompleteError, NotFoundError
from cardcrm.text import sanitize, shorten

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.cli.result import Data, Result


def write_result(session: Session, result: "Result") -> int:
    """Render the result of a command and return the exit code."""
    if session.page is not None:
        from cardcrm.cli.page_file import write_page_file

        result = write_page_file(session, session.page, result)
    if session.format == "table" and result.message:
        session.say(result.message)
    elif result.data is not None:
        data = result.data() if callable(result.data) else result.data
        _write_data(session, _add_warnings(session, data, result.warnings), result.charts)
    for note in result.notes:
        session.say(note)
    _write_warnings(session, result.warnings)
    if result.error is None:
        return result.exit_code
    write_error(session, result.error)
    return result.error.exit_code


def _add_warnings(session: Session, data: "Data", warnings: Sequence[str]) -> "Data":
    """Return the result of a command; in JSON each object has the warnings as well."""
    if not warnings or session.format != "json":
        return data
    from cardcrm.sheet import Card, Column, Sheet

    texts: Any = list(map(sanitize, warnings))
    if isinstance(data, Card):
        return data._replace(data={**data.data, "warnings": texts})
    if isinstance(data, Sheet):
        rows = [(*row, texts) for row in data.rows]
        return data._replace(columns=(*data.columns, Column("warnings", "warnings")), rows=rows)
    return data


def _write_warnings(session: Session, warnings: Sequence[str]) -> None:
    """Write warnings to standard error in every format."""
    start = "  " if session.format == "table" else "warning: "
    for warning in warnings:
        write_message(f"{start}{sanitize(warning, newlines=True)}")


def _write_data(session: Session, data: "Data", charts: "Sequence[Chart]") -> None:
    out = sys.stdout
    if not is_terminal(out):
        _draw(session, data, out)
        return
    from cardcrm.cli.pager import page_output

    with page_output(out, session.config.get("pager")) as paged:
        if charts and session.format == "table" and session.config.get("charts") == "yes":
            _draw_charts(session, charts, paged)
        _draw(session, data, paged)


def _draw_charts(session: Session, charts: "Sequence[Chart]", out: TextIO) -> None:
    from cardcrm.render.streams import is_unicode, make_writer
    from cardcrm.render.terminal_charts import format_charts

    color, width = session.uses_color(sys.stdout), terminal_width(sys.stdout)
    write = make_writer(out)
    for line in format_charts(charts, color=color, width=width, unicode=is_unicode(out)):
        write(f"{line}\n")


def _draw(session: Session, data: "Data", out: TextIO) -> None:
    """Render data for standard output, which may be shown by a pager."""
    color, width = session.uses_color(sys.stdout), terminal_width(sys.stdout)
    if isinstance(data, Page):
        from cardcrm.render.streams import make_writer

        make_writer(out, data.fallback)(data.draw(color, width))
        return
    from cardcrm.render import render

    for each in data if isinstance(data, list) else (data,):
        render(
            each, session.format, stream=out, color=color, width=width, header=session.has_header
        )


def write_error(session: Session, error: CardcrmError) -> None:
    """Report an error: a line with a hint, or a JSON object if JSON is the format."""
    if _is_json(session):
        write_message(_to_json(error))
    elif isinstance(error, DeclinedError):
        write_message(error.message)
    else:
        write_message(_to_text(error, color=_uses_color(session)))


def _to_text(error: CardcrmError, *, color: bool) -> str:
    lines = [f"{paint('error:', 31, color=color)} {_shorten(error.message)}"]
    lines += [f"  {row}" for row in _candidates(error)]
    if error.hint:
        lines.append(f"{paint('hint:', 36, color=color)} {_shorten(error.hint)}")
    return "\n".join(lines)


def _shorten(text: str) -> str:
    return shorten(sanitize(text), MAX_MESSAGE)


def _is_json(session: Session) -> bool:
    try:
        return session.format == "json"
    except CardcrmError:  # the settings may be the cause of the error
        return session.flags.get("format") == "json"


def _uses_color(session: Session) -> bool:
    try:
        return session.uses_color(sys.stderr)
    except CardcrmError:
        return False


def _candidates(error: CardcrmError) -> list[str]:
    if isinstance(error, AmbiguousError):
        rows = (f"{id_}  {name}  {detail}" for id_, name, detail in error.candidates)
        return [sanitize(row).rstrip() for row in rows]
    if isinstance(error, NotFoundError) and error.near:
        return [sanitize(f"Did you mean {', '.join(error.near)}?")]
    return []


def _to_json(error: CardcrmError) -> str:
    import json

    fields: dict[str, object] = {
        "code": error.code,
        "message": shorten(error.message, MAX_MESSAGE),
        "hint": shorten(error.hint, MAX_MESSAGE),
    }
    if isinstance(error, AmbiguousError):
        fields["candidates"] = [
            {"id": id_, "name": name, "detail": detail} for id_, name, detail in error.candidates
        ]
    if isinstance(error, NotFoundError):
        fields["near"] = list(error.near)
    if isinstance(error, IncompleteError):
        fields["missing_fields"] = list(error.missing_fields)
    return json.dumps({"error": fields})
