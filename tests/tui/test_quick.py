"""What is done so that the screen is quick changes nothing of what it shows."""

import asyncio
import time

from tests.tui.conftest import LOCALE, Hands, app_of
from textual.screen import Screen

from cardcrm.records.query_sql import compiler
from cardcrm.records.search.result_page import find_page
from cardcrm.store import open_store
from cardcrm.tui import queries, search_controller
from cardcrm.tui.app import CardApp
from cardcrm.tui.screens.contacts import SEARCHING
from cardcrm.tui.worker import Desk


def shown(box, app) -> str:
    """What stands on the first screen once it is settled."""

    async def session() -> str:
        async with app.run_test(size=(100, 30)) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            return hands.text()

    try:
        return asyncio.run(session())
    finally:
        app.desk.close()


def test_the_first_screen_read_beforehand_is_the_one_that_is_read_later(box):
    asked = []

    def first(store):
        asked.append(time.monotonic())
        return queries.read_opening(store, 7)

    desk = Desk(lambda: open_store(box, locale=LOCALE), first=first)
    desk.wait()
    asyncio.run(desk.ask(lambda _store: None))  # by now the first question is answered
    early = shown(box, CardApp(desk, box="petal"))
    assert len(asked) == 1
    assert "Priya Raman" in early
    assert "+44 113 496 0119" in early  # her card stands beside the list
    assert early == shown(box, app_of(box))


def test_counts_are_the_same_however_many_rows_are_read(store):
    few, all_ = (queries.read_day(store, 60, most) for most in (1, queries.MOST))
    for one, other in zip(queries.parts_of(few), queries.parts_of(all_), strict=True):
        assert (one.total, one.exact) == (other.total, other.exact)
        assert one.rows == other.rows[:1]


def test_filters_and_words_together_find_what_find_finds(drive, store):
    text = "kind:person call"
    wanted = [each.id for each in find_page(store, compiler.parse(store, text), 100).contacts]
    assert 1 < len(wanted) < 42

    async def script(hands):
        await hands.press("slash")
        await hands.write(text)
        page = hands.app.page
        assert [page.drawer.slip(n).id for n in range(page.drawer.count)] == wanted

    drive(script)


def test_a_long_answer_comes_bit_by_bit_and_whole(drive, store, monkeypatch):
    monkeypatch.setattr(search_controller, "SCREENFUL", 2)
    monkeypatch.setattr(search_controller.scan, "LATER_TIME", 0.0)
    monkeypatch.setattr(search_controller.scan, "CHUNK", 3)
    monkeypatch.setattr(search_controller, "look_closer", lambda _store, _answer: None)
    text = "has:email a"
    wanted = [each.id for each in find_page(store, compiler.parse(store, text), 100).contacts]

    async def script(hands):
        await hands.press("slash")
        await hands.write(text)
        page = hands.app.page
        assert [page.drawer.slip(n).id for n in range(page.drawer.count)] == wanted
        assert not page.drawer.more_to_find
        assert page.card.contact_id == wanted[0]

    drive(script)


def test_neither_a_letter_nor_the_next_card_moves_anything_on_the_screen(drive, monkeypatch):
    laid_out, lay_out = [], Screen._refresh_layout

    def counted(screen, *args, **words):
        laid_out.append(screen)
        return lay_out(screen, *args, **words)

    async def script(hands):
        await hands.press("2", "slash")
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        for letter in "ma stage:customer":
            await hands.write(letter)
        await hands.press("enter", *["right_square_bracket"] * 8)
        assert len(hands.app.page.drawer.chosen.name) > 0
        assert not laid_out

    drive(script)


def test_of_a_long_search_one_sees_the_end(drive):
    async def script(hands):
        await hands.press("2", "slash")
        await hands.write("last>90d " * 6)
        await hands.write("last>90d " * 6 + "xyz")
        assert "xyz" in hands.text()
        await hands.press("home")
        assert "xyz" not in hands.text()

    drive(script)


def test_a_search_that_takes_its_time_says_so(drive, monkeypatch):
    look = search_controller.look
    let_go = []

    def slowly(store, text, lens):
        while not let_go:
            time.sleep(0.01)
        return look(store, text, lens)

    monkeypatch.setattr(search_controller, "look", slowly)

    async def script(hands):
        await hands.press("slash")
        await hands.pilot.press("e")
        for _ in range(200):
            if SEARCHING in hands.text():
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(hands.text())
        let_go.append(True)
        await hands.settle()
        assert SEARCHING not in hands.text()
        assert f"{hands.app.page.drawer.count} card" in hands.text()

    drive(script)
