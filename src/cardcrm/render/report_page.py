"""Write a report as one HTML page: tables and charts, for the screen and for paper.

The page needs no network and runs no script. A content security policy allows nothing but its own
style, so that no text in it can load anything.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from cardcrm.chart import Chart
from cardcrm.render.html import escape, write_section, write_table
from cardcrm.render.page_style import STYLE
from cardcrm.render.streams import Write
from cardcrm.render.svg.picture import draw_figure
from cardcrm.sheet import Card, Sheet


class Document(NamedTuple):
    """The content of a page: a sheet or cards, with charts above and notes below.

    ``title`` is the heading unless the sheet or the card has one. ``footer`` is a line at the end.
    """

    data: Sheet | Card | Sequence[Card] | None
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = ()
    title: str = "Report"
    footer: str = ""


def write_page(document: Document, write: Write) -> None:
    """Write the page. The rows of a sheet are written as they are read."""
    title = _find_title(document)
    write(_head(title))
    write(f"<header>\n<h1>{escape(title)}</h1>\n")
    cards = _list_cards(document.data)
    if len(cards) == 1 and cards[0].subtitle:
        write(f"<p>{escape(cards[0].subtitle)}</p>\n")
    write("</header>\n<main>\n")
    numbers = count(1)
    write(_draw_figures(document.charts, numbers))
    if isinstance(document.data, Sheet):
        write("<section>\n")
        write_table(document.data, write)
        write("</section>\n")
    for card in cards:
        _write_card(card, numbers, write, is_only=len(cards) == 1)
    for note in document.notes:
        write(f'<p class="note">{escape(note)}</p>\n')
    write(f"</main>\n<footer>{escape(document.footer)}</footer>\n</body>\n</html>\n")


def _find_title(document: Document) -> str:
    data = document.data
    if isinstance(data, Sheet | Card) and data.title:
        return data.title
    return document.title


def _list_cards(data: Sheet | Card | Sequence[Card] | None) -> Sequence[Card]:
    if data is None or isinstance(data, Sheet):
        return ()
    return (data,) if isinstance(data, Card) else data


def _head(title: str) -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _draw_figures(charts: Iterable[Chart], numbers: Iterator[int]) -> str:
    return "".join(f"{draw_figure(chart, next(numbers))}\n" for chart in charts)


def _write_card(card: Card, numbers: Iterator[int], write: Write, *, is_only: bool) -> None:
    if not is_only:
        write(f"<h2>{escape(card.title)}</h2>\n")
    if card.facts:
        write('<dl class="facts">\n')
        for label, value in card.facts:
            write(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>\n")
        write("</dl>\n")
    for section in card.sections:
        write("<section>\n")
        write_section(section, write, _draw_figures(section.charts, numbers))
        write("</section>\n")
