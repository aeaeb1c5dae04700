"""Snapshots of the pages and forms.

`pytest tests/tui/test_pages.py --snapshot-update` updates them.
"""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from rich.color import Color, ColorSystem
from textual.widgets import Input, TextArea

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.invoices import invoices
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.sequences import enrollments
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.store import open_store
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.screens.call_mode import CallScreen
from tests.support.screen import LOCALE, ScreenPilot, create_app, running

SMALL, LARGE = (80, 24), (200, 60)
PAGES = {
    "today": (),
    "contacts": ("2", "M"),
    "value": ("3",),
    "journal": ("4",),
    "insights": ("5",),
    "deals": ("6",),
}
OTHERS = {
    "help": ("question_mark",),
    "card": ("2", "enter", "down", "down"),
    "done": ("d",),
    "add": ("a",),
    "log": ("l",),
    "edit": ("2", "M", "e"),
    "edit-below": ("2", "M", "e", "pagedown", "pagedown", "pagedown", "down", "down"),
    "sale": ("2", "M", "m"),
    "grid": ("3", "g", "down", "left"),
    "insights-list": ("5", "down", "enter", "down"),
    "deals-table": ("6", "v"),
    "deal": ("6", "e"),
    "lose": ("6", "p", "x"),
    "call-mode": ("enter", *"ok > tue ask !"),
    "call-mode-error": ("enter", *"5 > 3"),
    "call-mode-end": ("space", "space", "enter", "f2", "f3"),
    "calls": ("8",),
    "inbox": ("9",),
    "mail": ("9", "down", "enter"),
    "map": ("2", "at", *["minus"] * 4),
}


@pytest.fixture
def looks(snap_compare: Any, shop: Path) -> Any:
    """Return a function that compares the screen after some keys with its snapshot."""

    def same(
        keys: tuple[str, ...], size: tuple[int, int], theme: str, records_of: str = ""
    ) -> bool:
        app = create_app(shop, theme=theme)

        async def run(_pilot: Any) -> None:
            pilot = ScreenPilot(app)
            await pilot.settle()
            if records_of:
                app.open_records(records_of)
                await pilot.settle()
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.15)  # what is started by a timer has begun by then
                await pilot.settle()
            for field in app.screen.query(Input):
                field.cursor_blink = False
            for area in app.screen.query(TextArea):
                area.cursor_blink = False
            if isinstance(app.screen, CallScreen):
                app.screen.restart_time()
            app.clear_notifications()
            await pilot.settle()
            # A blink that was on its way when the blinking was stopped has come by now.
            if isinstance(app.focused, Input | TextArea):
                app.focused._cursor_visible = True
            await pilot.settle()

        is_same: bool = snap_compare(app, terminal_size=size, run_before=run)
        app.database.close()
        return is_same

    return same


@pytest.mark.parametrize("theme", ["dark", "light", "plain"])
@pytest.mark.parametrize("page", PAGES)
def test_page_at_80_by_24(looks, page, theme):
    assert looks(PAGES[page], SMALL, theme)


@pytest.mark.parametrize("page", PAGES)
def test_page_at_200_by_60(looks, page):
    assert looks(PAGES[page], LARGE, "dark")


@pytest.mark.parametrize("size", [(120, 40), (160, 50)], ids=["120x40", "160x50"])
@pytest.mark.parametrize("theme", ["dark", "plain"])
def test_desk(looks, size, theme):
    assert looks((), size, theme)


@pytest.mark.parametrize("size", [SMALL, (120, 40)], ids=["80x24", "120x40"])
def test_search_for_everything(looks, size):
    assert looks(("ctrl+p", *"eleanor"), size, "dark")


@pytest.mark.parametrize("page", OTHERS)
def test_form_or_help_over_a_page(looks, page):
    assert looks(OTHERS[page], SMALL, "dark")


@pytest.fixture
def offers(shop: Path) -> None:
    """Add two quotes to the first deal of the board, and two invoices, one paid in part."""
    with contextlib.closing(open_store(shop, user="rosa", locale=LOCALE)) as store:
        first = [
            parse_quote_line("40 x Posy @ 4.50 tax 20%", "GBP"),
            parse_quote_line("1 x Tall vase @ 12 tax 20%", "GBP", optional=True),
        ]
        quote = quotes.add(store, {"deal": "#14"}, first).record.id
        quotes.send(store, quote)
        quotes.refuse(store, quote, "too dear")
        quotes.add(store, {"deal": "#14"}, [parse_quote_line("40 x Posy @ 4 -5% tax 20%", "GBP")])
        texts = {"contact": "12", "amount": "90", "text": "deposit", "due": "2026-11-10",
                 "on": "2026-11-01"}  # fmt: skip
        deposit = records.add(store, INVOICE, texts).id
        records.add(store, INVOICE, {"contact": "12", "amount": "420", "text": "garlands"})
        day = DayTime(dt.date(2026, 11, 18))
        invoices.pay(store, deposit, Money(2000, "GBP"), day)


@pytest.mark.parametrize("size", [SMALL, (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("6", "quotation_mark"), id="quotes"),
        pytest.param(("6", "quotation_mark", "e"), id="quote"),
        pytest.param(("6", "dollar_sign"), id="invoices"),
    ],
)
def test_quotes_and_invoices(looks, offers, keys, size):
    assert looks(keys, size, "dark")


@pytest.fixture
def welcome(shop: Path) -> None:
    """Add the sequence of the examples, with contacts at two of its steps."""
    steps = Path("examples/sequences/welcome.toml").read_text(encoding="utf-8")
    with contextlib.closing(open_store(shop, user="rosa", locale=LOCALE)) as store:
        tips = {"name": "tips", "subject": "How to keep flowers", "text": "Cut the stems."}
        records.add(store, TEMPLATE, tips)
        sequence = records.add(store, SEQUENCE, {"name": "welcome", "steps": steps})
        enrollments.enroll(store, sequence, (3, 9, 12))


@pytest.mark.parametrize("size", [SMALL, (120, 40)], ids=["80x24", "120x40"])
def test_sequences(looks, welcome, size):
    assert looks((), size, "dark", records_of="sequence")


@pytest.mark.parametrize("size", [SMALL, (120, 40)], ids=["80x24", "120x40"])
def test_cases(looks, size):
    assert looks((), size, "dark", records_of="case")


@pytest.fixture
def zoe_twice(shop: Path) -> None:
    """Add one person twice, with different roles."""
    with contextlib.closing(open_store(shop, user="colleague", locale=LOCALE)) as store:
        points = (
            ContactPointDraft("email", "zoe@quill.example"),
            ContactPointDraft("phone", "020 7946 0018"),
        )
        first = ContactDraft("Zoe Quill", title="Buyer", points=points, note="keeps bees")
        contacts.add(store, first)
        second = ContactDraft("Zoë Quill", title="Head of buying", org="Quill & Co",
                              points=points[:1], tags=("vip",))  # fmt: skip
        contacts.add(store, second)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("2", "equals_sign", "down", "right"), id="pair"),
        pytest.param(("2", "Q", "down", "space", "down", "space", "ampersand"), id="merge"),
    ],
)
def test_two_contacts_side_by_side(looks, zoe_twice, keys):
    assert looks(keys, SMALL, "dark")


@pytest.mark.parametrize("theme", ["light", "plain"])
def test_grid_in_other_themes(looks, theme):
    assert looks(OTHERS["grid"], SMALL, theme)


def test_grid_at_200_by_60(looks):
    assert looks(("3", "g"), LARGE, "dark")


def test_board_at_120_by_40(looks):
    assert looks(("6", "p"), (120, 40), "dark")


@pytest.mark.parametrize("size", [(120, 40), LARGE])
def test_call_mode_in_large_terminals(looks, size):
    assert looks(OTHERS["call-mode"], size, "dark")


@pytest.mark.parametrize("theme", ["light", "plain"])
def test_call_mode_in_other_themes(looks, theme):
    assert looks(OTHERS["call-mode"], SMALL, theme)


@pytest.mark.parametrize("page", ["today", "contacts", "deals"])
def test_page_in_a_narrow_window(looks, page):
    assert looks(PAGES[page], (46, 16), "dark")


@pytest.mark.parametrize("theme", ["light", "plain"])
def test_contact_form_in_other_themes(looks, theme):
    assert looks(OTHERS["edit-below"], SMALL, theme)


def test_contact_form_at_200_by_60(looks):
    assert looks(OTHERS["edit"], LARGE, "dark")


@pytest.mark.engines("sqlite", "postgresql")
async def test_journal_describes_a_step_in_words(open_app):
    async with open_app(size=(200, 40)) as pilot:
        await pilot.press("s", *"fri", "enter", "u", "4")
        assert "Undone: Promise changed · Priya Raman: price for a bigger foyer" in pilot.text()
        assert "promise changed · Priya Raman: price for a bigger foyer arrangement" in pilot.text()
        assert "due  Fri 27 Nov → Sun 15 Nov" in pilot.text()
        assert "due_on" not in pilot.text()


async def test_journal_of_a_new_database_explains_itself(tmp_path):
    async with running(create_app(tmp_path / "new.db")) as pilot:
        await pilot.press("4")
        assert "No changes yet" in pilot.text()


async def test_journal_fits_80_columns(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("s", *"fri", "enter", "u", "4")
        lines = [line[:44].rstrip() for line in pilot.text().split("\n")[1:4]]
        assert lines[:2] == [
            " ↶  10:00 Undone: Promise changed · Priya…",
            " ✗  10:00 Promise changed · Priya Raman:…",
        ]
        assert lines[2].startswith("    10:00 Custom field fav")
        assert lines[2].endswith("…")
        assert "Undone: Promise changed" in pilot.text().split("\n")[2][44:]


@pytest.mark.parametrize("theme", [each for each in tui_theme.THEMES if each.name != "plain"])
def test_colors_survive_256_color_terminals(theme):
    def seen(name):
        colour = theme.variables.get(name) or getattr(theme, name)
        return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()

    for ground in ("paper", "background", "surface", "panel"):
        red, green, _ = seen(ground)
        assert red == green
    red, green, blue = seen("head")
    assert (red > 100, green, blue) == (True, 0, 0)
