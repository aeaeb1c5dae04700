"""Measures for speed, which must not change the screen."""

import asyncio
import time

import pytest
from textual.screen import Screen

from cardcrm.records.query_sql import contact_query
from cardcrm.records.search.result_page import find_page
from cardcrm.store import open_store
from cardcrm.tui import queries, search_controller
from cardcrm.tui.app import CardApp
from cardcrm.tui.screens.call_keys import CallKeys
from cardcrm.tui.screens.contacts import SEARCHING
from cardcrm.tui.worker import DatabaseWorker
from tests.support.screen import LOCALE, create_app, running


async def first_text(app) -> str:
    """Return the text of the first page."""
    async with running(app) as pilot:
        return pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_first_page_read_early_equals_a_later_reading(shop):
    asked = []

    def first(store):
        asked.append(time.monotonic())
        return queries.read_first_page(store, 7)

    database = DatabaseWorker(lambda: open_store(shop, locale=LOCALE), first_query=first)
    database.wait_until_open()
    await database.read(lambda _store: None)  # by now the first question is answered
    early = await first_text(CardApp(database, database_name="petal"))
    assert len(asked) == 1
    assert "Priya Raman" in early
    assert "+44 113 496 0119" in early  # her card is beside the list
    assert early == await first_text(create_app(shop))


@pytest.mark.engines("sqlite", "postgresql")
def test_totals_do_not_depend_on_the_rows_read(store):
    few, all_ = (queries.read_day(store, 60, most) for most in (1, queries.MAX_ROWS))
    for one, other in zip(queries.sections_of(few), queries.sections_of(all_), strict=True):
        assert (one.total, one.exact) == (other.total, other.exact)
        assert one.rows == other.rows[:1]


@pytest.mark.engines("sqlite", "postgresql")
async def test_search_finds_the_contacts_that_the_query_finds(open_app, store):
    text = "kind:person call"
    wanted = [each.id for each in find_page(store, contact_query.parse(store, text), 100).contacts]
    assert 1 < len(wanted) < 88

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste(text)
        page = pilot.app.page
        assert [page.contacts.contact_at(n).id for n in range(page.contacts.count)] == wanted


async def test_long_answer_arrives_in_parts_and_completely(open_app, store, monkeypatch):
    monkeypatch.setattr(search_controller, "SCREENFUL", 2)
    monkeypatch.setattr(search_controller.scan, "LATER_TIME", 0.0)
    monkeypatch.setattr(search_controller.scan, "CHUNK", 3)
    monkeypatch.setattr(search_controller, "answer_by_index", lambda _store, _answer: None)
    text = "has:email a"
    wanted = [each.id for each in find_page(store, contact_query.parse(store, text), 100).contacts]

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste(text)
        page = pilot.app.page
        assert [page.contacts.contact_at(n).id for n in range(page.contacts.count)] == wanted
        assert not page.contacts.has_more
        assert page.card.contact_id == wanted[0]


@pytest.fixture
def count(monkeypatch):
    """Return a function that keeps a list of the calls of a method of the screen from now on."""

    def begin(name):
        calls, method = [], getattr(Screen, name)

        def counted(screen, *args, **words):
            calls.append(screen)
            return method(screen, *args, **words)

        monkeypatch.setattr(Screen, name, counted)
        return calls

    return begin


async def test_typing_and_flipping_cause_no_layout(open_app, count):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        laid_out = count("_refresh_layout")
        for letter in "ma stage:customer":
            await pilot.paste(letter)
        await pilot.press("enter", *["right_square_bracket"] * 8)
        assert len(pilot.app.page.contacts.selected.name) > 0
        assert not laid_out


async def test_a_turn_in_call_mode_paints_once_without_a_layout(open_app, count, monkeypatch):
    monkeypatch.setattr(CallKeys, "seconds", 0)  # the clock paints the head each second
    async with open_app() as pilot:
        await pilot.press("8", "enter")
        await pilot.press(*"hello")
        laid_out, painted = count("_refresh_layout"), count("_compositor_refresh")
        await pilot.press("enter")
        assert "2 of " in pilot.text()
        assert not laid_out
        assert len(painted) == 1


async def test_a_moved_deal_and_the_sums_are_painted_together(open_app, count):
    async with open_app() as pilot:
        await pilot.press("6")
        page = pilot.app.page
        deal = page.selected_deal
        painted = count("_compositor_refresh")
        await pilot.press("greater_than_sign")
        assert page.selected_deal.id == deal.id
        assert page.selected_deal.stage_id != deal.stage_id
        assert len(painted) == 1


async def test_long_search_shows_its_end(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("last>90d " * 6)
        await pilot.paste("last>90d " * 6 + "xyz")
        assert "xyz" in pilot.text()
        await pilot.press("home")
        assert "xyz" not in pilot.text()


async def test_slow_search_says_so(open_app, monkeypatch):
    look = search_controller.answer_quickly
    let_go = []

    def slowly(store, text, lens):
        while not let_go:
            time.sleep(0.01)
        return look(store, text, lens)

    monkeypatch.setattr(search_controller, "answer_quickly", slowly)

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.press_only("e")
        for _ in range(200):
            if SEARCHING in pilot.text():
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(pilot.text())
        let_go.append(True)
        await pilot.settle()
        assert SEARCHING not in pilot.text()
        assert f"{pilot.app.page.contacts.count} contact" in pilot.text()
