"""Every text on every screen can be read: its contrast is at least 4.5:1, as WCAG 2.2 asks for.

It is measured in the cells that are painted. Lines and blocks that only decorate are left out.
"""

from collections.abc import Iterator

import pytest
from rich.segment import Segment
from textual.widgets import Input, TextArea

from tests.support.screen import ScreenPilot

LEAST = 4.5
DECORATION = range(0x2500, 0x25A0)  # box drawing and block elements
SCREENS = {
    "today": (),
    "card of today": ("tab",),
    "call mode": ("enter",),
    "error in call mode": ("enter", ">"),
    "calls": ("8",),
    "done": ("d",),
    "snooze": ("s", *"fri"),
    "log": ("l", *"said"),
    "log without a text": ("l", "ctrl+o"),
    "discard": ("l", "x", "escape"),
    "suggestions": ("l", *["tab"] * 6, *"ken"),
    "notice": ("d", "enter"),
    "contacts": ("2", "M"),
    "marked": ("2", "space", "space"),
    "search": ("2", "slash", *"tag:v"),
    "search everything": ("ctrl+p", *"wedding"),
    "search everything for nothing": ("ctrl+p", *"qqqq"),
    "search error": ("2", "slash", *"tag>1", "enter"),
    "card": ("2", "enter", "down", "down"),
    "map": ("2", "at", *["minus"] * 4),
    "deletion": ("2", "delete"),
    "add": ("a",),
    "edit": ("2", "M", "e"),
    "edit below": ("2", "M", "e", "pagedown", "pagedown", "pagedown", "down", "down"),
    "sale": ("2", "M", "m"),
    "products": ("m", "tab", "tab", *"ros"),
    "value": ("3",),
    "grid": ("3", "g", "down", "left"),
    "journal": ("4",),
    "details": ("4", "enter"),
    "help": ("question_mark",),
    "palette": ("colon",),
}


def luminance(color: tuple[int, int, int]) -> float:
    """Return the relative luminance of a color, as WCAG 2.2 defines it."""
    parts = [each / 255 for each in color]
    red, green, blue = [
        each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast ratio of two colors, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard():
    assert round(contrast((0, 0, 0), (255, 255, 255)), 2) == 21.0
    assert round(contrast((118, 118, 118), (255, 255, 255)), 2) == 4.54
    assert contrast((9, 9, 9), (9, 9, 9)) == 1.0


def texts(pilot: ScreenPilot) -> Iterator[Segment]:
    """Yield the painted segments that have text."""
    for line in pilot.app.screen._compositor.render_strips():
        for segment in line:
            if any(not each.isspace() and ord(each) not in DECORATION for each in segment.text):
                yield segment


def colors(segment: Segment) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    style = segment.style
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    assert not style.dim, segment  # a terminal would take contrast away
    return style.color.get_truecolor(), style.bgcolor.get_truecolor()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_every_text_has_enough_contrast(open_app, theme, screen):
    async with open_app(theme=theme, size=(120, 40)) as pilot:
        await pilot.press(*SCREENS[screen])
        found = [(contrast(*colors(each)), each) for each in texts(pilot)]
        assert found
        assert [each for each in found if each[0] < LEAST] == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("noun", ["reminder", "interaction"])
async def test_every_text_in_the_list_of_a_noun_has_enough_contrast(open_app, theme, noun):
    async with open_app(theme=theme, size=(120, 40)) as pilot:
        pilot.app.open_records(noun)
        await pilot.settle()
        await pilot.press("f3", *"due<", "enter")
        assert [each for each in texts(pilot) if contrast(*colors(each)) < LEAST] == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "keys", [("l",), ("s",), ("e",), ("slash",), ("l", *"ab"), ("e", "home")], ids="-".join
)
async def test_caret_is_seen_in_its_field(open_app, theme, keys):
    async with open_app(theme=theme) as pilot:
        await pilot.press(*keys)
        field = pilot.app.focused
        assert isinstance(field, Input | TextArea)
        field.cursor_blink = False
        field._cursor_visible = True
        await pilot.settle()
        area, row = field.region, field.cursor_screen_offset.y
        strip = pilot.app.screen._compositor.render_strips()[row].crop(area.x, area.right)
        line = [each for each in strip if each.style.color is not None]  # without the padding
        caret, ground = sorted(line, key=lambda each: len(each.text))[:: len(line) - 1]
        assert len(caret.text) == 1
        assert contrast(colors(caret)[1], colors(ground)[1]) >= LEAST


async def test_plain_theme_leaves_colors_to_the_terminal(open_app):
    async with open_app(theme="plain") as pilot:
        for keys in (), ("2", "M"), ("e",), ("escape", "l"), ("escape", "3"):
            await pilot.press(*keys)
            styles = [each.style for each in texts(pilot)]
            assert all(each.color is None or each.color.is_default for each in styles)


@pytest.mark.parametrize("keys", [("l",), ("s",), ("m",), ("a",), ("2",)])
async def test_placeholder_of_the_plain_theme_does_not_look_like_data(open_app, keys):
    async with open_app(theme="plain", size=(120, 40)) as pilot:
        await pilot.press(*keys)
        hints = ("the result", "tue 14:00", "invoice number", "plumber city:leeds", "jane@")
        found = [each for each in texts(pilot) if any(hint in each.text for hint in hints)]
        assert found
        assert all(each.style.dim and each.style.italic for each in found)
