"""Write a self-contained HTML page, for mail, printing and the browser."""

from html import escape as _escape

from cardcrm.render.cells import format_column, is_number, split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Card, Line, Section, Sheet
from cardcrm.text import sanitize

_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0}
th{text-align:left;border-bottom:2px solid #c33}
th,td{padding:.2rem .8rem .2rem 0;vertical-align:top}
td{border-bottom:1px solid #dde}
.n{text-align:right;font-variant-numeric:tabular-nums}
h1{margin:0}
h2{font-size:1.1rem;margin:1.5rem 0 .3rem}
.m,th.l{color:#666;font-weight:normal}
th.l{border:0;padding-right:1.5rem}
.card{border:1px solid #bbc;border-radius:.5rem;padding:1rem 1.5rem}
.card header{border-bottom:2px solid #c33}"""


def escape(text: str) -> str:
    """Escape text, with line breaks as ``<br>``."""
    return _escape(sanitize(text, newlines=True)).replace("\n", "<br>")


def write_sheet(sheet: Sheet, write: Write) -> None:
    """Write a page with one table."""
    _open_page(sheet.title or "cardcrm", write)
    if sheet.title:
        write(f"<h1>{escape(sheet.title)}</h1>\n")
    write_table(sheet, write)
    _close_page(write)


def _open_page(title: str, write: Write) -> None:
    write('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    write('<meta name="viewport" content="width=device-width">\n')
    write(f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n")


def _close_page(write: Write) -> None:
    write("</body>\n</html>\n")


def write_table(sheet: Sheet, write: Write) -> None:
    """Write the rows of a sheet, and its note."""
    heads = (f"<th{_align(c.align == 'right')}>{escape(c.title)}</th>" for c in sheet.columns)
    write(f"<table>\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n")
    for chunk in split_chunks(sheet.rows):
        columns = zip(sheet.columns, zip(*chunk, strict=True), strict=True)
        cells = [
            [
                f"<td{_align(column.align == 'right' or is_number(value))}>{_escape(text)}</td>"
                for value, text in zip(values, format_column(values, column.digits), strict=True)
            ]
            for column, values in columns
        ]
        write("".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*cells, strict=True)))
    write("</tbody>\n</table>\n")
    if sheet.note:
        write(f'<p class="m">{escape(sheet.note)}</p>\n')


def _align(right: bool) -> str:
    return ' class="n"' if right else ""


def write_card(card: Card, write: Write) -> None:
    """Write a page with one card."""
    _open_page(card.title, write)
    corner = f' <span class="m">{escape(card.corner)}</span>' if card.corner else ""
    write(f'<div class="card">\n<header>\n<h1>{escape(card.title)}{corner}</h1>\n')
    status = " · ".join(f"{label} {value}" for label, value in card.status if value)
    for text in filter(None, (card.subtitle, status, ", ".join(card.tags))):
        write(f"<div>{escape(text)}</div>\n")
    write("</header>\n")
    if card.facts:
        facts = (
            f'<tr><th class="l">{escape(label)}</th><td>{escape(value)}</td></tr>\n'
            for label, value in card.facts
        )
        write(f"<table>\n{''.join(facts)}</table>\n")
    for section in card.sections:
        write_section(section, write)
    write("</div>\n")
    _close_page(write)


def write_section(section: Section, write: Write, pictures: str = "") -> None:
    """Write a section; ``pictures`` are its charts as HTML, which only the page of a report has."""
    write(f"<h2>{escape(section.title)}</h2>\n{pictures}")
    if section.lines:
        write(f"<table>\n{''.join(map(_format_line, section.lines))}</table>\n")
    if section.sheet is not None:
        write_table(section.sheet, write)
    if section.note:
        write(f'<p class="m">{escape(section.note)}</p>\n')


def _format_line(line: Line) -> str:
    note = f' <span class="m">{escape(line.note)}</span>' if line.note else ""
    signs = f'<td>{escape(line.mark)}</td><td class="m">{escape(line.when)}</td>'
    return f"<tr>{signs}<td>{escape(line.text)}{note}</td></tr>\n"
