"""Draw the output of commands as pictures of a terminal."""

import io
import re

from docs.generator.pages import DOCS
from docs.generator.sample import sample_database

FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
WIDTH = 84


def pictures() -> dict[str, str]:
    """Return SVG pictures of two commands by their file names."""
    with sample_database() as path:
        from cardcrm.cli.contact_output import read_card
        from cardcrm.dates import today
        from cardcrm.render import card, digest
        from cardcrm.reports.due import digest as compute_digest
        from cardcrm.store import Locale, open_store

        store = open_store(path, locale=Locale("GB", "GBP", "Europe/London"))
        try:
            due = compute_digest(store, today("Europe/London"), ahead=2, limit=2)
            shown = card.draw(read_card(store, 9, timeline=3), color=True, width=WIDTH, boxes=True)
        finally:
            store.close()
    return {
        "due.svg": draw("cardcrm due", digest.text(due, color=True, width=WIDTH)),
        "show.svg": draw("cardcrm show eleanor", shown),
    }


def draw(title: str, text: str) -> str:
    """Draw colored text as a picture that loads no fonts."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    console.print(Text.from_ansi(text.rstrip()), soft_wrap=True)
    svg = console.export_svg(title=title, unique_id=re.sub(r"\W+", "-", title))
    svg = re.sub(r"\s*@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)


def write() -> None:
    """Write the pictures."""
    for name, svg in pictures().items():
        (DOCS / "images" / name).write_text(svg, encoding="utf-8")
