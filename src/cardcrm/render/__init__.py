"""Write a sheet or card in one of the output formats.

Rows are written as they arrive; no format keeps all of them in memory. This package sanitizes all
text from people and files.
"""

from typing import TYPE_CHECKING, Final, TextIO

from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.sheet import Card, Sheet

FORMATS: Final = ("table", "json", "csv", "tsv", "ids", "markdown", "html")


def render(
    result: "Sheet | Card",
    fmt: str,
    *,
    stream: TextIO,
    color: bool,
    width: int,
    header: bool = True,
) -> None:
    """Write ``result`` to ``stream`` in the format ``fmt``, one of ``FORMATS``.

    ``width`` is the width of the terminal in cells; 0 means a pipe, where nothing is shortened.
    ``color`` applies to ``table`` only, ``header`` to ``table``, ``csv`` and ``tsv``.
    Characters that the encoding of the stream lacks are
    replaced. Raises UsageError for an unknown format.
    """
    if fmt == "table":
        _render_table(result, stream, color=color, width=width, header=header)
    elif fmt in {"markdown", "html"}:
        _render_markup(result, fmt, stream)
    elif fmt in FORMATS:
        _render_data(result, fmt, stream, header=header)
    else:
        raise UsageError(f"unknown format “{fmt}”", f"Choose one of: {', '.join(FORMATS)}.")


def _render_table(
    result: "Sheet | Card", stream: TextIO, *, color: bool, width: int, header: bool
) -> None:
    from cardcrm.render.streams import is_unicode, make_writer
    from cardcrm.sheet import Sheet

    write = make_writer(stream)
    if isinstance(result, Sheet):
        from cardcrm.render import table

        table.write_sheet(result, write, color=color, width=width, header=header)
    elif not width:
        from cardcrm.render import plain_card

        write(plain_card.format_card(result))
    else:
        from cardcrm.render import card

        unicode = is_unicode(stream)
        write(card.draw_card(result, color=color, width=width, unicode=unicode))


def _render_markup(result: "Sheet | Card", fmt: str, stream: TextIO) -> None:
    from cardcrm.render import html, markdown
    from cardcrm.render.streams import make_writer
    from cardcrm.sheet import Sheet

    module = html if fmt == "html" else markdown
    write = make_writer(stream, "xmlcharrefreplace" if fmt == "html" else "")
    if isinstance(result, Sheet):
        module.write_sheet(result, write)
    else:
        module.write_card(result, write)


def _render_data(result: "Sheet | Card", fmt: str, stream: TextIO, *, header: bool) -> None:
    from cardcrm.render import data_formats
    from cardcrm.render.streams import make_writer
    from cardcrm.sheet import Sheet

    write = make_writer(stream, "json" if fmt == "json" else "")
    if fmt in {"csv", "tsv"}:
        data_formats.write_delimited(result, fmt, write, header=header)
    elif isinstance(result, Sheet):
        data_formats.SHEET_WRITERS[fmt](result, write)
    else:
        data_formats.CARD_WRITERS[fmt](result, write)
