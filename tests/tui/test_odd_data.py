"""Odd data on the screen: escapes, markup, wide and right-to-left letters, and very long notes."""

import re

import pytest

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.tui.screens.page import Page

ODD = {
    "steering": "\x1b[31mR\x1b[0m\x1b]0;t\x07\x9b2J\r[b]B[/b] [@click=app.quit]h[/] [/x] a\tb\x00"
    "\u202ee\u2066x",
    "letters": "漢字 ｆｕｌｌ 👩\u200d👩\u200d👧 ❤️ 🇬🇧 e\u0301 שלום \ud7ff",
}
# Characters that move the cursor, change the color, reverse text, or take no cells.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def spoil(store, text):
    """Write a text into every field, as another program might have."""
    text = text if store.engine.name == "sqlite" else text.replace("\x00", "")
    name = contacts.get(store, 12).name
    reminders.get(store, 1)
    with store.transaction("test"):
        store.update("contact", 12, name=f"{text} {name}", title=text, note=text, owner=text)
        store.update("reminder", 1, text=f"{text} price")
        for row in store.rows("SELECT id FROM point WHERE contact_id = 12"):
            store.update("point", row["id"], label=text, value=f"{text}@example.com")
        store.insert("tag", contact_id=12, name=text)
    interactions.log(store, [12], "spoken")
    with store.transaction(f"test {text}"):
        told = interactions.timeline(store, 12)[0]
        store.update("interaction", told.id, text=text, outcome=text)


def is_safe(pilot):
    """Check that every line fills the screen and holds no control characters."""
    width = pilot.app.size.width
    for line in pilot.app.screen._compositor.render_strips():
        assert line.cell_length == width
        for segment in line:
            assert not STEERING.search(segment.text), repr(segment.text)


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_odd_text_is_shown_as_text_everywhere(open_app, store, text):
    spoil(store, text)

    async with open_app() as pilot:
        for keys in ("1", "l", "n", "d", "s", "e", "t", "m"):
            await pilot.press(keys)
            is_safe(pilot)
            if not isinstance(pilot.app.screen, Page):
                await pilot.press("escape")
        await pilot.press("tab", "down", "down", "y")
        is_safe(pilot)
        await pilot.press("2", "slash")
        await pilot.paste("priya")
        await pilot.press("enter")
        is_safe(pilot)
        await pilot.press("delete")
        is_safe(pilot)
        await pilot.press("n", "x")
        is_safe(pilot)
        await pilot.press("escape", "4", "enter")
        is_safe(pilot)
        await pilot.press("3", "question_mark")
        is_safe(pilot)
        assert pilot.app.is_running


async def test_markup_is_shown_as_text(open_app, store):
    spoil(store, "[b]Bold[/b]")

    async with open_app(size=(160, 40)) as pilot:
        assert "[b]Bold[/b]" in pilot.text()
        assert "[b]Bold[/b] Priya Raman" in pilot.text()
        await pilot.press("d")
        assert "[b]Bold[/b] price" in pilot.text()
        await pilot.press("enter")
        assert any("[b]Bold[/b]" in note for note in pilot.notices)
        assert "[b]Bold[/b]" in pilot.text()


async def test_long_note_is_cut_on_the_card_but_not_in_the_form(open_app, store):
    note = "\n".join(f"line {number} 漢字 👩‍👩‍👧 שלום \x1b[2J" for number in range(10_000))
    with store.transaction("test"):
        store.update("contact", 10, note=note)

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "enter")
        card = pilot.app.page.card
        assert card.card.details.contact.id == 10
        card.jump(card.count)
        await pilot.settle()
        is_safe(pilot)
        card.jump(100)
        await pilot.settle()
        assert re.search(r"line \d\d ", pilot.text())
        await pilot.press("e")
        is_safe(pilot)
        assert pilot.app.screen.value("note").count("\n") == 9_999
        await pilot.press("escape", "greater_than_sign")
        is_safe(pilot)


def without_bars(text):
    """Return a text without the ends of scroll bars, which are drawn in eighths."""
    return re.sub("[▁▂▃▄▅▆▇█]", " ", text)


STATES = {
    "today": ("1",), "cards": ("2", "down", "down"), "card": ("2", "enter", "down"),
    "value": ("3",), "grid": ("3", "g", "down"), "journal": ("4", "down"),
    "form": ("l", "a", "b"), "help": ("question_mark",), "question": ("2", "delete"),
    "search": ("2", "slash", "t", "a", "g", "g", "colon"),
    "everything": ("ctrl+p", "w", "e", "d"),
}  # fmt: skip


@pytest.mark.parametrize("keys", STATES.values(), ids=STATES)
async def test_resizing_to_tiny_and_back_restores_the_screen(open_app, keys):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        # An invalid filter is reported only after a pause.
        await pilot.pause(1.6 if "slash" in keys else 0.2)
        await pilot.settle()
        before = without_bars(pilot.text())
        focused = pilot.app.focused
        for size in ((20, 5), (1, 1), (200, 100), (20, 5), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.settle()
            is_safe(pilot)
        await pilot.pause(0.1)
        await pilot.settle()
        assert without_bars(pilot.text()) == before
        assert pilot.app.focused is focused


async def test_tiny_window_is_usable(open_app, store):
    async with open_app(size=(20, 5)) as pilot:
        await pilot.press("2", "down", "enter", "backspace", "1", "d")
        await pilot.paste("yes")
        await pilot.press("enter")
    assert reminders.get(store, 1).done_at
