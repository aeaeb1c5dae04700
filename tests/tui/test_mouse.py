"""The mouse: whatever is shown can be clicked, two clicks open, and the wheel scrolls."""

import pytest
from textual import events

from cardcrm.records.activity import reminders
from cardcrm.tui.forms.confirm_dialog import Answer, Confirm
from cardcrm.tui.forms.form import Choice, Form
from cardcrm.tui.screens.help import Help
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.alphabet_tabs import Letters
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.contact_list import Drawer
from cardcrm.tui.widgets.header_footer import Foot, Top


async def click(hands, widget, x, y=0, times=1):
    assert await hands.pilot.click(widget, offset=(x, y), times=times)
    await hands.settle()


async def wheel(hands, widget, event, times=1):
    for _ in range(times):
        await hands.pilot._post_mouse_events([event], widget=widget, offset=(3, 3), button=0)
    await hands.pilot.pause(0.05)
    await hands.settle()


def column(hands, bar, text):
    """The column in a bar where some text stands."""
    return hands.app.screen.query_one(bar).render().plain.index(text)


@pytest.mark.parametrize("size", [(100, 30), (46, 16)], ids=["usual", "narrow"])
def test_tabs_lead_to_the_pages(drive, size):
    async def script(hands):
        for title in ("Cards", "Value", "Journal", "Today"):
            await click(hands, Top, column(hands, Top, title) + 1)
            assert hands.app.page.here == title.lower()

    drive(script, size=size)


def test_a_letter_leads_to_its_cards(drive):
    async def script(hands):
        await hands.press("2")
        for letter in ("S", "A", "Z"):
            row = hands.app.page.query_one(Letters)
            await click(hands, Letters, row.render().plain.index(letter) + 1)
            key = hands.app.page.drawer.chosen.sort_key
            assert key.startswith(letter.lower())

    drive(script)


def test_a_click_chooses_a_row_and_the_card_follows(drive):
    async def script(hands):
        await hands.press("2")
        drawer = hands.app.page.drawer
        await click(hands, Drawer, 5, 7)
        assert drawer.cursor == 7
        assert hands.app.page.card.card.details.contact.id == drawer.chosen.id
        await click(hands, Drawer, 5, 7, times=2)
        assert hands.app.page.card.has_focus  # two clicks open it

    drive(script)


def test_in_the_days_list_a_heading_cannot_be_chosen_and_a_task_can(drive):
    async def script(hands):
        days = hands.app.page.list
        lines = [n for n in range(days.count) if days.can_choose(n)]
        await click(hands, days, 5, lines[2])
        assert days.cursor == lines[2]
        heading = next(n for n in range(lines[2]) if not days.can_choose(n))
        await click(hands, days, 5, heading)
        assert days.cursor == lines[2]

    drive(script)


def test_two_clicks_on_the_card_open_what_the_line_names(drive):
    async def script(hands):
        await hands.press("2")  # Marcus Adeyemi, who works at a hotel
        card = hands.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card._line(n)) and here.target and here.target.kind == "card"
        )  # fmt: skip
        assert line < card.size.height
        name = card._line(line).target.text
        await click(hands, CardView, 8, line, times=2)
        assert hands.app.page.drawer.chosen.name == name
        assert card.card.details.contact.name == name

    drive(script)


def test_two_clicks_on_a_number_give_it_to_the_configured_program(drive, tmp_path):
    told, program = tmp_path / "told", tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async def script(hands):
        await hands.press("2")
        card = hands.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card._line(n)) and here.target and here.target.kind == "point"
        )  # fmt: skip
        await click(hands, CardView, 20, line, times=2)

    drive(script, open_command=str(program))
    assert told.read_text() == "tel:+441134960111\n"


def test_the_keys_in_the_last_line_can_be_clicked(drive, store):
    async def script(hands):
        await click(hands, Foot, column(hands, Foot, "help"))
        assert isinstance(hands.app.screen, Help)
        await hands.press("escape")
        await click(hands, Foot, column(hands, Foot, "done"))
        assert "how it went" in hands.text()
        await hands.press("enter")
        assert reminders.get(store, 1).done_at is not None
        await click(hands, Foot, column(hands, Foot, "find"))
        assert hands.app.page.here == "cards"
        assert hands.app.page.query_one("#words").has_focus

    drive(script, size=(120, 30))


def test_marks_are_set_by_the_last_line_too(drive):
    async def script(hands):
        await hands.press("2")
        await click(hands, Foot, column(hands, Foot, "mark"))
        assert len(hands.app.page.drawer.marked) == 1

    drive(script)


def test_the_wheel_scrolls_list_and_card_without_moving_the_cursor(drive):
    async def script(hands):
        await hands.press("2")
        for widget in (hands.app.page.drawer, hands.app.page.card):
            cursor = widget.cursor
            await wheel(hands, widget, events.MouseScrollDown, 4)
            assert widget.scroll_offset.y > 0
            assert widget.cursor == cursor
            await wheel(hands, widget, events.MouseScrollUp, 8)
            assert widget.scroll_offset.y == 0

    drive(script, size=(80, 16))


def test_after_the_wheel_a_click_takes_the_row_that_is_seen(drive):
    async def script(hands):
        await hands.press("2")
        drawer = hands.app.page.drawer
        await wheel(hands, drawer, events.MouseScrollDown, 3)
        top = drawer.scroll_offset.y
        await click(hands, Drawer, 5, 2)
        assert drawer.cursor == top + 2

    drive(script, size=(80, 16))


def test_the_journal_is_clicked_and_scrolled_as_well(drive):
    async def script(hands):
        await hands.press("4")
        await click(hands, hands.app.page.steps, 5, 1)
        assert hands.app.page.steps.cursor == min(1, hands.app.page.steps.count - 1)
        await wheel(hands, hands.app.page.changes, events.MouseScrollDown, 2)
        assert hands.app.page.changes.scroll_offset.y > 0

    drive(script, size=(80, 16))


def test_a_form_takes_clicks_on_its_fields_and_words(drive):
    async def script(hands):
        await hands.press("l")
        form = hands.app.screen
        choice = form.paper.widget("kind")
        assert isinstance(choice, Choice)
        await hands.settle()
        at = choice.render().plain.index("visit")
        await click(hands, choice, at + 1)
        assert form.value("kind") == "visit"
        await click(hands, form.paper.line_of("outcome"), 20)
        await hands.write("they bought")
        assert form.value("outcome") == "they bought"
        await hands.press("escape")
        slip = hands.app.screen
        assert isinstance(slip, Confirm)
        await click(hands, slip.query(Answer).last(), 1)  # no
        assert isinstance(hands.app.screen, Form)
        await hands.press("escape")
        await click(hands, hands.app.screen.query(Answer).first(), 1)  # yes
        assert isinstance(hands.app.screen, Page)

    drive(script)


def test_a_click_beside_help_closes_it(drive):
    async def script(hands):
        await hands.press("question_mark")
        await hands.pilot.click(offset=(0, 29))
        await hands.settle()
        assert isinstance(hands.app.screen, Page)

    drive(script)
