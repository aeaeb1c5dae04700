"""Draw the output of commands as pictures of a terminal."""

import io
import re

from docs.generator.pages import DOCS
from docs.generator.sample import run, run_on_terminal, sample_database

FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
WIDTH = 84
_AT_THE_COAST = (
    ("Sea View Hotel", "Scarborough", "54.2831,-0.3998"),
    ("Humber Events", "Hull", "53.7443,-0.3325"),
    ("Mersey Weddings", "Liverpool", "53.4084,-2.9916"),
    ("Tyne Playhouse", "Newcastle", "54.9738,-1.6132"),
)
_REQUEST = "the roses have brown edges"
_CALL = ("script", "run", "complaint", "eleanor", "--case", "7")
_ANSWERS = (_REQUEST, "recent", "Monday at 9")


def pictures() -> dict[str, str]:
    """Return SVG pictures of commands by their file names."""
    with sample_database() as path:
        from cardcrm.cli.contact_output import read_card
        from cardcrm.dates import today
        from cardcrm.render import card, digest
        from cardcrm.reports.due import build_digest as compute_digest
        from cardcrm.store import Locale, open_store

        store = open_store(path, locale=Locale("GB", "GBP", "Europe/London"))
        try:
            due = compute_digest(store, today("Europe/London"), ahead=2, limit=2)
            shown = card.draw_card(
                read_card(store, 9, timeline=3), color=True, width=WIDTH, unicode=True
            )
        finally:
            store.close()
    return {
        "due.svg": draw("cardcrm due", digest.format_digest(due, color=True, width=WIDTH)),
        "show.svg": draw("cardcrm show eleanor", shown),
        "map.svg": draw("cardcrm map", _draw_map()),
        "script-run.svg": draw(" ".join(("cardcrm", *_CALL)), _walk_script()),
    }


def _draw_map() -> str:
    """Return the map of the sample's contacts, and of some near both coasts."""
    with sample_database():
        for name, city, pin in _AT_THE_COAST:
            run("add", name, "--city", city, "--pin", pin)
        return run("map", "--color", "always")


def _walk_script() -> str:
    """Return what the terminal shows during a call by the sample's script."""
    with sample_database():
        run("case", "open", "eleanor", _REQUEST)
        return run_on_terminal(_CALL, _ANSWERS, WIDTH)


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
