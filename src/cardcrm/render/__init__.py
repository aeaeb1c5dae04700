"""The rooms that show one sheet or card as text, data or a page.

Rows are written as they come; no format holds them all. Text from people and files is made safe
here, once, whatever the format.
"""

from typing import Final, TextIO

from cardcrm.errors import UsageError
from cardcrm.sheet import Card, Sheet

FORMATS: Final = ("table", "json", "csv", "tsv", "ids", "markdown", "html")


def render(what: Sheet | Card, fmt: str, *, stream: TextIO, color: bool, width: int) -> None:
    """Write ``what`` to ``stream`` in the format ``fmt``, one of ``FORMATS``.

    ``width`` is the terminal's, in cells; 0 is a pipe, where nothing is shortened. ``color`` counts
    for ``table`` alone. Characters that the stream's encoding lacks are replaced, never raised
    over. Raises ``UsageError`` for an unknown format.
    """
    if fmt == "table":
        _render_table(what, stream, color=color, width=width)
    elif fmt in {"markdown", "html"}:
        _render_markup(what, fmt, stream)
    elif fmt in FORMATS:
        _render_data(what, fmt, stream)
    else:
        raise UsageError(f"There is no format '{fmt}'.", f"Formats: {', '.join(FORMATS)}.")


def _render_table(what: Sheet | Card, stream: TextIO, *, color: bool, width: int) -> None:
    from cardcrm.render.streams import is_unicode, make_writer

    write = make_writer(stream)
    if isinstance(what, Sheet):
        from cardcrm.render import table

        table.write_sheet(what, write, color=color, width=width)
    else:
        from cardcrm.render import card

        boxes = is_unicode(stream)
        write(card.draw_card(what, color=color, width=width or card.PIPE_WIDTH, boxes=boxes))


def _render_markup(what: Sheet | Card, fmt: str, stream: TextIO) -> None:
    from cardcrm.render import html, markdown
    from cardcrm.render.streams import make_writer

    room = html if fmt == "html" else markdown
    write = make_writer(stream, "xmlcharrefreplace" if fmt == "html" else "")
    if isinstance(what, Sheet):
        room.write_sheet(what, write)
    else:
        room.write_card(what, write)


def _render_data(what: Sheet | Card, fmt: str, stream: TextIO) -> None:
    from cardcrm.render import data
    from cardcrm.render.streams import make_writer

    write = make_writer(stream, "json" if fmt == "json" else "")
    if isinstance(what, Sheet):
        data.SHEET_WRITERS[fmt](what, write)
    else:
        data.CARD_WRITERS[fmt](what, write)
