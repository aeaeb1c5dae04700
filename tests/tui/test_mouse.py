"""The mouse: clicks select, double clicks open, and the wheel scrolls."""

import pytest
from textual import events

from cardcrm.records.activity import reminders
from cardcrm.tui.forms.choice_field import Choice
from cardcrm.tui.forms.confirm_dialog import Answer, ConfirmDialog
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.help import HelpScreen
from cardcrm.tui.screens.page import Page
from cardcrm.tui.screens.search_everything import SearchScreen
from cardcrm.tui.widgets.alphabet_tabs import AlphabetTabs
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.contact_list import ContactList
from cardcrm.tui.widgets.header_footer import Footer, Header


async def click(pilot, widget, x, y=0, times=1):
    assert await pilot.click(widget, offset=(x, y), times=times)
    await pilot.settle()


async def wheel(pilot, widget, event, times=1):
    for _ in range(times):
        await pilot._post_mouse_events([event], widget=widget, offset=(3, 3), button=0)
    await pilot.pause(0.05)
    await pilot.settle()


def column(pilot, bar, text):
    """Return the column of a text in a line."""
    return pilot.app.screen.query_one(bar).render().plain.index(text)


@pytest.mark.parametrize("size", [(100, 30), (46, 16)], ids=["usual", "narrow"])
async def test_tabs_open_their_pages(open_app, size):
    async with open_app(size=size) as pilot:
        for number, mode in (
            (2, "contacts"),
            (3, "value"),
            (4, "journal"),
            (5, "insights"),
            (6, "deals"),
            (7, "leads"),
            (8, "calls"),
            (9, "inbox"),
            (0, "cases"),
            (1, "today"),
        ):
            await click(pilot, Header, column(pilot, Header, f" {number} ") + 1)
            assert pilot.app.page.mode_name == mode


@pytest.mark.parametrize(
    ("width", "end"),
    [
        (80, " 3 Value 4 5 Insights 6 Deals 7 Leads 8 Calls 9 Inbox 0 Cases"),
        (90, " 9 Inbox 0 Cases"),
        (100, "Sat 21 Nov"),
        (140, " · Sat 21 Nov"),
    ],
)
async def test_top_line_has_all_pages_and_the_date_where_there_is_room(open_app, width, end):
    async with open_app(size=(width, 24)) as pilot:
        line = " ".join(pilot.app.screen.query_one(Header).render().plain.split())
        assert f" {line}".endswith(end)
        assert "2 Contacts 3 Value" in line


async def test_letter_tab_goes_to_its_contacts(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        for letter in ("S", "A", "Z"):
            row = pilot.app.page.query_one(AlphabetTabs)
            await click(pilot, AlphabetTabs, row.render().plain.index(letter) + 1)
            key = pilot.app.page.contacts.selected.sort_key
            assert key.startswith(letter.lower())


async def test_click_selects_a_row_and_shows_its_card(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        contact_list = pilot.app.page.contacts
        await click(pilot, ContactList, 5, 7)
        assert contact_list.cursor == 7
        assert pilot.app.page.card.card.details.contact.id == contact_list.selected.id
        await click(pilot, ContactList, 5, 7, times=2)
        assert pilot.app.page.card.has_focus  # two clicks open it


async def test_click_selects_a_reminder_but_no_heading(open_app):
    async with open_app() as pilot:
        days = pilot.app.page.list
        lines = [n for n in range(days.count) if days.can_choose(n)]
        await click(pilot, days, 5, lines[2] + days.lines_below)  # the first row has further lines
        assert days.cursor == lines[2]
        heading = next(n for n in range(lines[2]) if not days.can_choose(n))
        await click(pilot, days, 5, heading)
        assert days.cursor == lines[2]


async def test_double_click_opens_the_contact_named_on_the_card(open_app):
    async with open_app() as pilot:
        await pilot.press("2")  # Marcus Adeyemi, who works at a hotel
        card = pilot.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card.line_at(n)) and here.target and here.target.kind == "contact"
        )  # fmt: skip
        assert line < card.size.height
        name = card.line_at(line).target.text
        await click(pilot, CardView, 8, line, times=2)
        assert pilot.app.page.contacts.selected.name == name
        assert card.card.details.contact.name == name


async def test_double_click_on_a_number_opens_it(open_app, tmp_path):
    told, program = tmp_path / "told", tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async with open_app(open_command=str(program)) as pilot:
        await pilot.press("2")
        card = pilot.app.page.card
        line = next(
            n for n in range(card.count)
            if (here := card.line_at(n)) and here.target and here.target.kind == "point"
        )  # fmt: skip
        await click(pilot, CardView, 20, line, times=2)
    assert told.read_text() == "tel:+441134960111\n"


async def test_keys_in_the_footer_can_be_clicked(open_app, store):
    async with open_app(size=(120, 30)) as pilot:
        await click(pilot, Footer, column(pilot, Footer, "help"))
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await click(pilot, Footer, column(pilot, Footer, "done"))
        assert "how it went" in pilot.text()
        await pilot.press("enter")
        assert reminders.get(store, 1).done_at is not None
        await click(pilot, Footer, column(pilot, Footer, "find"))
        assert isinstance(pilot.app.screen, SearchScreen)


async def test_click_in_the_footer_marks_a_contact(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        await click(pilot, Footer, column(pilot, Footer, "mark"))
        assert len(pilot.app.page.contacts.marked) == 1


async def test_wheel_scrolls_without_moving_the_cursor(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("2")
        for widget in (pilot.app.page.contacts, pilot.app.page.card):
            cursor = widget.cursor
            await wheel(pilot, widget, events.MouseScrollDown, 4)
            assert widget.scroll_offset.y > 0
            assert widget.cursor == cursor
            await wheel(pilot, widget, events.MouseScrollUp, 8)
            assert widget.scroll_offset.y == 0


async def test_click_after_scrolling_selects_the_visible_row(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("2")
        contact_list = pilot.app.page.contacts
        await wheel(pilot, contact_list, events.MouseScrollDown, 3)
        top = contact_list.scroll_offset.y
        await click(pilot, ContactList, 5, 2)
        assert contact_list.cursor == top + 2


async def test_journal_can_be_clicked_and_scrolled(open_app):
    async with open_app(size=(80, 16)) as pilot:
        await pilot.press("4")
        await click(pilot, pilot.app.page.steps, 5, 1)
        assert pilot.app.page.steps.cursor == min(1, pilot.app.page.steps.count - 1)
        await wheel(pilot, pilot.app.page.details, events.MouseScrollDown, 2)
        assert pilot.app.page.details.scroll_offset.y > 0


async def test_form_takes_clicks_on_fields_and_choices(open_app):
    async with open_app() as pilot:
        await pilot.press("l")
        form = pilot.app.screen
        choice = form.fields.widget("kind")
        assert isinstance(choice, Choice)
        await pilot.settle()
        at = choice.render().plain.index("visit")
        await click(pilot, choice, at + 1)
        assert form.value("kind") == "visit"
        await click(pilot, form.fields.line_of("outcome"), 20)
        await pilot.paste("they bought")
        assert form.value("outcome") == "they bought"
        await pilot.press("escape")
        slip = pilot.app.screen
        assert isinstance(slip, ConfirmDialog)
        await click(pilot, slip.query(Answer).last(), 1)  # no
        assert isinstance(pilot.app.screen, Form)
        await pilot.press("escape")
        await click(pilot, pilot.app.screen.query(Answer).first(), 1)  # yes
        assert isinstance(pilot.app.screen, Page)


async def test_click_beside_help_closes_it(open_app):
    async with open_app() as pilot:
        await pilot.press("question_mark")
        await pilot.click(offset=(0, 29))
        await pilot.settle()
        assert isinstance(pilot.app.screen, Page)
