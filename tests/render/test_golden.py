"""Compare every format with its golden file.

Run ``CARDCRM_GOLDEN=write pytest tests/render`` to write the golden files again.
"""

import datetime as dt
import io
import os
from pathlib import Path

import pytest

from cardcrm.money import Money
from cardcrm.render import FORMATS, render
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet

GOLDEN = Path(__file__).parent / "golden"

COLUMNS = (
    Column("id", "Id"),
    Column("name", "Name", style="bold"),
    Column("city", "City"),
    Column("note", "Note", wide=True),
    Column("value", "Value"),
    Column("share", "Share", digits=1),
    Column("last", "Last"),
    Column("vip", "VIP"),
)
NOON = dt.datetime.combine(dt.date(2026, 5, 1), dt.time(12, 30))
LINK = '=HYPERLINK("http://x")'
ROWS: tuple[tuple[Cell, ...], ...] = (
    (1, "Jane Doe", "Leeds", "Wants the quote by Friday", Money(123450, "EUR"), 61.25,
     dt.date(2026, 5, 29), True),
    (12, "Łukasz Müller", "Kraków", "two\nlines | a pipe", Money(-500, "GBP"), 0.5, None, False),
    (103, "東京商事", "東京", LINK, Money(9800, "JPY"), None, NOON, None),
    (104, "[red]Rich[/red]", "\x1b[31mRed\x1b[0m", "<b>bold</b> & *stars*", None, 38.0, None, True),
)  # fmt: skip
RADIATORS = "Radiators, six of them, with thermostats and fitting at the workshop in Hunslet"
NOTE = (
    "Prefers to be called before ten; her assistant Tom answers in the afternoon and knows the "
    "order numbers. [bold]Never[/bold] on Mondays."
)
ASKED = (
    "Asked for a quote for a second boiler, and whether we could fit it before the school "
    "holidays begin"
)


def sheet() -> Sheet:
    return Sheet(COLUMNS, iter(ROWS), title="Customers", note="4 of 1,203 cards")


def card() -> Card:
    orders = Sheet(
        (Column("on", "Date"), Column("what", "Product", wide=True), Column("sum", "Amount")),
        (
            (dt.date(2026, 5, 2), "Boiler service", Money(18000, "GBP")),
            (dt.date(2025, 11, 14), RADIATORS, Money(231000, "GBP")),
        ),
        note="2 sales, 2,490.00 GBP in all",
    )  # fmt: skip
    return Card(
        title="Jane Doe",
        subtitle="Head of Buying at Acme Heating Ltd",
        corner="#12",
        tags=("vip", "plumber"),
        status=(("stage", "customer"), ("owner", "ann"), ("every", "30 days")),
        facts=(
            ("phone", "+44 113 496 0123  work"),
            ("", "+44 7700 900123  mobile"),
            ("e-mail", "jane@acme.example"),
            ("address", "14 Mill Lane\nLeeds LS1 4AP\nUnited Kingdom"),
            ("birthday", "14 March, in 9 days"),
            ("note", NOTE),
        ),
        sections=(
            Section("To do", (
                Line("!", "Fri 29 May", "Send the quote for the second boiler", "red",
                     "promised, 3 days late"),
                Line("•", "Tue 9 Jun", "Ask about the workshop in Hunslet", "", "every 2 weeks"),
            )),
            Section("Timeline", (
                Line("call", "28 May 14:05", ASKED, "", "12 min"),
                Line("mail", "2 May", "Sent the invoice"),
                Line("meeting", "14 Nov 2025", "At the trade fair with Łukasz Müller and 東京商事"),
            )),
            Section("Sales", sheet=orders),
            Section("Relations", (Line("", "works at", "Acme Heating Ltd", "", "#3"),)),
        ),
        data={"id": 12, "name": "Jane Doe", "value": Money(249000, "GBP"),
              "last": dt.date(2026, 5, 28), "tags": ("vip", "plumber")},
    )  # fmt: skip


def rendered(what: Sheet | Card, fmt: str, *, color: bool = False, width: int = 0) -> str:
    stream = io.StringIO()
    render(what, fmt, stream=stream, color=color, width=width)
    return stream.getvalue()


def check(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("CARDCRM_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        assert text == file.read()


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_sheet(fmt: str) -> None:
    check(f"sheet.{fmt}", rendered(sheet(), fmt))


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_card(fmt: str) -> None:
    check(f"card.{fmt}", rendered(card(), fmt))


def test_a_sheet_on_a_terminal() -> None:
    check("sheet.terminal", rendered(sheet(), "table", color=True, width=70))


def test_a_card_on_a_terminal() -> None:
    check("card.terminal", rendered(card(), "table", color=True, width=80))


def test_a_card_on_a_narrow_terminal() -> None:
    check("card.narrow", rendered(card(), "table", width=44))


def test_a_card_on_an_ascii_terminal() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="")
    render(card(), "table", stream=stream, color=False, width=80)
    stream.flush()
    check("card.ascii", raw.getvalue().decode("ascii"))
