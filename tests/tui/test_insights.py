"""Insights that are computed one after the other, and the lists behind them."""

import threading

import pytest

from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.sales import sales
from cardcrm.records.sales.sale_lines import LineDraft
from cardcrm.records.sales.sale_type import SALE
from cardcrm.reports.insights.insight_list import INSIGHTS
from cardcrm.store import open_store
from cardcrm.tui.screens import insights
from cardcrm.tui.theme import NAMES
from tests.support.screen import LOCALE


def shown(pilot):
    return pilot.app.page.tiles


@pytest.mark.engines("sqlite", "postgresql")
async def test_all_insights_are_drawn_and_their_lists_open(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5")
        assert [tile.insight.key for tile in shown(pilot)] == [each.key for each in INSIGHTS]
        for tile in shown(pilot):
            assert tile.is_computed
            assert bool(tile.insight.charts) != bool(tile.insight.reason)
        assert "Revenue to come" in pilot.text()
        await pilot.press("down", "enter")
        assert "at risk" in pilot.text()
        name = pilot.app.page.tiles[1].insight.rows[0]["name"]
        assert pilot.app.page.card.card.details.contact.name == name
        await pilot.press("enter")
        assert pilot.app.page.mode_name == "contacts"
        assert pilot.app.page.card.card.details.contact.name == name
        await pilot.press("backspace")
        assert pilot.app.page.mode_name == "insights"


@pytest.mark.parametrize(("size", "key"), [((80, 24), "down"), ((120, 40), "right")])
async def test_escape_on_a_contact_leads_back_to_the_list(open_app, size, key):
    async with open_app(size=size) as pilot:
        await pilot.press("5", key, "enter", "enter")
        assert pilot.app.page.mode_name == "contacts"
        await pilot.press("escape")
        page = pilot.app.page
        assert page.mode_name == "insights"
        assert page.rows.has_focus
        await pilot.press("enter")
        await pilot.press("up")
        await pilot.press("escape")  # on another contact there is no way back
        assert pilot.app.page.mode_name == "contacts"


async def test_lists_show_names_and_reasons_in_full_at_80_columns(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5", "down", "enter")
        for row in pilot.app.page.tiles[1].insight.rows:
            assert row["name"] in pilot.text()
            assert row["reason"] in pilot.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_sentence_above_a_list_is_shown_in_full(open_app, size):
    async with open_app(size=size) as pilot:
        await pilot.press("5", "enter")
        page = pilot.app.page
        assert len(page.tiles[0].insight.note) > 78
        assert page.tiles[0].insight.note in " ".join(pilot.text().split())
        await pilot.press("down")
        assert page.rows.cursor == (5 if size[0] == 80 else 4)
        await pilot.resize_terminal(*((120, 40) if size[0] == 80 else (80, 24)))
        await pilot.pause()
        assert page.rows.cursor == (4 if size[0] == 80 else 5)


async def test_escape_leads_from_the_card_to_the_list_to_the_insights(open_app):
    async with open_app(size=(110, 30)) as pilot:
        await pilot.press("5", "down", "enter")
        page = pilot.app.page
        assert page.rows.has_focus
        await pilot.press("right_square_bracket")
        assert page.rows.selected_contact == page.tiles[1].insight.contacts[1]
        page.focus_card()
        await pilot.press("escape")
        assert page.rows.has_focus
        await pilot.press("escape")
        assert page.tiles[1].has_focus
        assert not page.is_list_open


@pytest.mark.parametrize(("size", "step"), [((80, 24), 1), ((140, 40), 2)])
async def test_keys_move_between_the_insights(open_app, size, step):
    async with open_app(size=size) as pilot:
        await pilot.press("5")
        tiles = shown(pilot)
        for keys, expected in (
            (("up",), 0),
            (("down",), step),
            (("right",), step + 1),
            (("left", "up"), 0),
            (("end",), 7),
            (("down",), 7),
            (("home",), 0),
        ):
            await pilot.press(*keys)
            assert pilot.app.focused is tiles[expected], keys


async def test_the_selected_insight_is_in_view(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5", "end")
        assert "Customer equity by standing" in pilot.text()


async def test_page_is_painted_before_the_insights_are_computed(open_app, monkeypatch):
    may_go_on = threading.Event()
    real = insights._build

    def wait(*words):
        may_go_on.wait(20)
        return real(*words)

    monkeypatch.setattr(insights, "_build", wait)
    async with open_app(size=(80, 24)) as pilot:
        try:
            await pilot.press_only("5")
            for _ in range(100):
                await pilot.pause(0.02)
                if pilot.app.page.mode_name == "insights" and "Revenue to come" in pilot.text():
                    break
            assert "…" in pilot.text()
            assert not any(tile.is_computed for tile in shown(pilot))
        finally:
            may_go_on.set()
        await pilot.settle()
        assert all(tile.is_computed for tile in shown(pilot))


@pytest.mark.engines("sqlite", "postgresql")
async def test_insights_follow_a_sale_of_another_program(open_app, shop):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5", "down", "down", "enter")
        before = pilot.app.page.tiles[2].insight.rows
        store = open_store(shop, user="colleague", locale=LOCALE)
        contact = store.value("SELECT min(id) FROM contact")
        product = before[0]["product"]
        sales.sell(store, contact, None, lines=[LineDraft(product)])
        store.close()
        await pilot.look_for_changes()
        after = pilot.app.page.tiles[2].insight.rows
        assert after[0]["revenue"].minor > before[0]["revenue"].minor
        assert pilot.app.page.rows.insight is pilot.app.page.tiles[2].insight


async def test_currency_of_all_insights_is_switched(open_app, shop):
    store = open_store(shop, user="colleague", locale=LOCALE)
    contact = store.value("SELECT min(id) FROM contact")
    sales.sell(store, contact, Money(1234500, "USD"))
    store.close()
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5")
        assert " GBP" in pilot.text().partition("\n")[0]
        await pilot.press("c")
        assert " USD" in pilot.text().partition("\n")[0]
        assert shown(pilot)[0].insight.reason.startswith("No forecast")
        await pilot.press("c")
        assert " GBP" in pilot.text().partition("\n")[0]


async def test_an_insight_without_a_list_says_why(open_app, shop):
    store = open_store(shop, user="colleague", locale=LOCALE)
    records.remove(store, SALE, [row["id"] for row in store.rows("SELECT id FROM sale")])
    store.close()
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("5", "enter")
        assert not pilot.app.page.is_list_open
        assert "No forecast" in " ".join(pilot.notices)


async def test_actions_on_a_contact_wait_for_a_list_of_contacts(open_app):
    async with open_app(size=(110, 30)) as pilot:
        await pilot.press("5", "l")
        assert pilot.app.is_on_page  # no form: no contact is shown
        await pilot.press("down", "enter", "l")
        assert not pilot.app.is_on_page


@pytest.mark.parametrize("theme", NAMES)
async def test_every_theme_draws_every_insight(open_app, theme):
    async with open_app(size=(140, 60), theme=theme) as pilot:
        await pilot.press("5", "end")
        assert "Customer equity by standing" in pilot.text()
