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


async def click(pilot, widget, x, y=0, times=1):
    assert await pilot.click(widget, offset=(x, y), times=times)
    await pilot.settle()


async def wheel(pilot, widget, event, times=1):
    for _ in range(times):
        await pilot._post_mouse_events([event], widget=widget, offset=(3, 3), button=0)
    await pilot.pause(0.05)
    await pilot.settle()


def column(pilot, bar, text):
    """The column in a bar where some text stands."""
    return pilot.app.screen.query_one(bar).render().plain.index(text)


@pytest.mark.parametrize("size", [(100, 30), (46, 16)], ids=["usual", "narrow"])
async def test_tabs_lead_to_the_pages(open_app, size):
    async with open_app(size=size) as pilot:
        for title in ("Cards", "Value", "Journal", "Today"):
            await click(pilot, Top, column(pilot, Top, title) + 1)
            assert pilot.app.page.here == title.lower()


async def test_a_letter_leads_to_its_cards(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        for letter in ("S", "A", "Z"):
            row = pilot.app.page.query_one(Letters)
            await click(pilot, Letters, row.render().plain.index(letter) + 1)
            key = pilot.app.page.drawer.chosen.sort_key
            assert key.startswith(letter.lower())


async def test_a_click_chooses_a_row_and_the_card_follows(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        drawer = pilot.app.page.drawer
        await click(pilot, Drawer, 5, 7)
        assert drawer.cursor == 7
        assert pilot.app.page.card.card.details.contact.id == drawer.chosen.id
        await click(pilot, Drawer, 5, 7, times=2)
        assert pilot.app.page.card.has_focus  # two clicks open it


async def test_in_the_days_list_a_heading_cannot_be_chosen_and_a_task_can(open_app):
    async with open_app() as pilot:
        days = pilot.app.page.list
        lines = [n for n in range(days.count) if days.can_choose(n)]
        await click(pilot, days, 5, lines[2])
        assert days.cursor == lines[2]
        heading = next(n for n in range(lines[2]) if not days.can_choose(n))
        await click(pilot, days, 5, heading)
        assert days.cursor == lines[2]


async def test_two_clicks_on_the_card_open_what_the_line_names(open_app):
    async with open_app() as pilot:
        await pilot.press("2")  # Marcus Adeyemi, who works at a hotel
        card = pilot.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card._line(n)) and here.target and here.target.kind == "card"
        )  # fmt: skip
        assert line < card.size.height
        name = card._line(line).target.text
        await click(pilot, CardView, 8, line, times=2)
        assert pilot.app.page.drawer.chosen.name == name
        assert card.card.details.contact.name == name


async def test_two_clicks_on_a_number_give_it_to_the_configured_program(open_app, tmp_path):
    told, program = tmp_path / "told", tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async with open_app(open_command=str(program)) as pilot:
        await pilot.press("2")
        card = pilot.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card._line(n)) and here.target and here.target.kind == "point"
        )  # fmt: skip
        await click(pilot, CardView, 20, line, times=2)
    assert told.read_text() == "tel:+441134960111\n"


async def test_the_keys_in_the_last_line_can_be_clicked(open_app, store):
    async with open_app(size=(120, 30)) as pilot:
        await click(pilot, Foot, column(pilot, Foot, "help"))
        assert isinstance(pilot.app.screen, Help)
        await pilot.press("escape")
        await click(pilot, Foot, column(pilot, Foot, "done"))
        assert "how it went" in pilot.text()
        await pilot.press("enter")
        assert reminders.get(store, 1).done_at is not None
        await click(pilot, Foot, column(pilot, Foot, "find"))
        assert pilot.app.page.here == "cards"
        assert pilot.app.page.query_one("#words").has_focus


async def test_marks_are_set_by_the_last_line_too(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        await click(pilot, Foot, column(pilot, Foot, "mark"))
        assert len(pilot.app.page.drawer.marked) == 1


async def test_the_wheel_scrolls_list_and_card_without_moving_the_cursor(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("2")
        for widget in (pilot.app.page.drawer, pilot.app.page.card):
            cursor = widget.cursor
            await wheel(pilot, widget, events.MouseScrollDown, 4)
            assert widget.scroll_offset.y > 0
            assert widget.cursor == cursor
            await wheel(pilot, widget, events.MouseScrollUp, 8)
            assert widget.scroll_offset.y == 0


async def test_after_the_wheel_a_click_takes_the_row_that_is_seen(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("2")
        drawer = pilot.app.page.drawer
        await wheel(pilot, drawer, events.MouseScrollDown, 3)
        top = drawer.scroll_offset.y
        await click(pilot, Drawer, 5, 2)
        assert drawer.cursor == top + 2


async def test_the_journal_is_clicked_and_scrolled_as_well(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("4")
        await click(pilot, pilot.app.page.steps, 5, 1)
        assert pilot.app.page.steps.cursor == min(1, pilot.app.page.steps.count - 1)
        await wheel(pilot, pilot.app.page.changes, events.MouseScrollDown, 2)
        assert pilot.app.page.changes.scroll_offset.y > 0


async def test_a_form_takes_clicks_on_its_fields_and_words(open_app):
    async with open_app() as pilot:
        await pilot.press("l")
        form = pilot.app.screen
        choice = form.paper.widget("kind")
        assert isinstance(choice, Choice)
        await pilot.settle()
        at = choice.render().plain.index("visit")
        await click(pilot, choice, at + 1)
        assert form.value("kind") == "visit"
        await click(pilot, form.paper.line_of("outcome"), 20)
        await pilot.paste("they bought")
        assert form.value("outcome") == "they bought"
        await pilot.press("escape")
        slip = pilot.app.screen
        assert isinstance(slip, Confirm)
        await click(pilot, slip.query(Answer).last(), 1)  # no
        assert isinstance(pilot.app.screen, Form)
        await pilot.press("escape")
        await click(pilot, pilot.app.screen.query(Answer).first(), 1)  # yes
        assert isinstance(pilot.app.screen, Page)


async def test_a_click_beside_help_closes_it(open_app):
    async with open_app() as pilot:
        await pilot.press("question_mark")
        await pilot.click(offset=(0, 29))
        await pilot.settle()
        assert isinstance(pilot.app.screen, Page)
