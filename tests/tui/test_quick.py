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


async def test_typing_and_flipping_cause_no_layout(open_app, monkeypatch):
    laid_out, lay_out = [], Screen._refresh_layout

    def counted(screen, *args, **words):
        laid_out.append(screen)
        return lay_out(screen, *args, **words)

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        for letter in "ma stage:customer":
            await pilot.paste(letter)
        await pilot.press("enter", *["right_square_bracket"] * 8)
        assert len(pilot.app.page.contacts.selected.name) > 0
        assert not laid_out


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
