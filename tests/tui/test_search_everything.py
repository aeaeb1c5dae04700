"""The search for everything: what its keys and the mouse open, and what it shows meanwhile."""

import pytest
from textual.geometry import Offset

from cardcrm.records import records, registry
from cardcrm.records.deals import moves
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.search.search_rank import Rank
from cardcrm.tui.screens.search_everything import SearchScreen
from cardcrm.tui.widgets.found_list import Item, arrange

LOBBY, LOST = 1, 13  # deals of the shop


async def search(pilot, text):
    await pilot.press("ctrl+p")
    await pilot.paste(text)
    return pilot.app.screen


def titles(pilot, kind):
    return [each.title for each in pilot.app.screen.found.items if each.kind == kind]


def test_kinds_are_arranged_by_their_best_match():
    items = [
        Item("contact", 1, "a", rank=Rank.ELSEWHERE),
        Item("deal", 1, "b", rank=Rank.PART),
        Item("contact", 2, "c", rank=Rank.PART),
        Item("action", 0, "d", rank=Rank.WHOLE),
    ]
    assert [each.title for each in arrange(items)] == ["d", "a", "c", "b"]


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_is_found_shown_and_opened(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("slash", *"eleanor")
        await pilot.pause(0.2)
        await pilot.settle()
        assert "wedding planner at Whitcombe Weddings" in pilot.text()  # the preview
        await pilot.press("enter")
        page = pilot.app.page
        assert (page.mode_name, page.selected_contact()) == ("contacts", 9)
        await pilot.press("backspace")
        assert pilot.app.page.mode_name == "today"


async def test_keys_typed_at_once_are_all_searched_for(open_app):
    async with open_app() as pilot:
        await pilot.press_only("slash", *"d1", "enter")
        await pilot.settle()
        assert pilot.app.page.mode_name == "deals"
        assert pilot.app.page.selected_deal.id == LOBBY


@pytest.mark.engines("sqlite", "postgresql")
async def test_deal_is_opened_on_the_board_of_its_pipeline(open_app, store):
    deal = next(
        each
        for each in records.select(store, DEAL)
        if each.columns["status"] == "open" and each.values["pipeline"] == "Weddings"
    )
    async with open_app(size=(120, 40)) as pilot:
        await search(pilot, deal.values["title"])
        assert titles(pilot, "deal")[0] == deal.values["title"]
        await pilot.press("enter")
        page = pilot.app.page
        assert (page.mode_name, page.selected_deal.id) == ("deals", deal.id)
        assert page.data.pipeline.name == "Weddings"


async def test_deal_is_opened_from_another_board_with_a_filter(open_app):
    async with open_app(size=(120, 40)) as pilot:
        await pilot.press("6", "f3", *"tree", "enter")
        await search(pilot, "d6")
        await pilot.press("enter")
        assert pilot.app.page.selected_deal.id == 6
        assert pilot.app.page.query_text == ""


async def test_deal_closed_long_ago_is_opened_in_the_list(open_app):
    async with open_app(size=(140, 40)) as pilot:
        await search(pilot, f"d{LOST}")
        await pilot.press("enter")
        page = pilot.app.page
        assert page.mode_name == "records"
        assert page.list.selected.id == LOST


@pytest.mark.parametrize(("text", "noun"), [("p2", "product"), ("l13", "lead")])
async def test_other_records_are_opened_in_their_lists(open_app, text, noun):
    async with open_app(size=(140, 40)) as pilot:
        await search(pilot, text)
        await pilot.press("enter")
        page = pilot.app.page
        assert (page.type.name, page.list.selected.id) == (noun, int(text[1:]))
        assert page.query_input.value == f"id:{text[1:]}"
        await pilot.press("backspace")
        assert pilot.app.page.mode_name == "today"


async def test_quote_and_invoice_are_opened_in_their_lists(open_app, store):
    for noun, texts in (
        ("quote", {"deal": f"{LOBBY}", "title": "Lobby, two trees"}),
        ("invoice", {"contact": "#9", "amount": "12", "text": "two trees"}),
    ):
        records.add(store, registry.record_type(noun), texts)
    async with open_app(size=(140, 40)) as pilot:
        for noun in ("quote", "invoice"):
            await search(pilot, f"{noun[0]}1")
            await pilot.press("enter")
            assert pilot.app.page.type.name == noun


async def test_segment_filters_the_contacts(open_app):
    async with open_app() as pilot:
        await search(pilot, "vips")
        await pilot.press("enter")
        page = pilot.app.page
        assert (page.mode_name, page.contacts.words) == ("contacts", "segment:vips")
        assert page.contacts.count == 4


async def test_action_is_run_on_the_page(open_app):
    async with open_app() as pilot:
        await search(pilot, "postpone")
        assert titles(pilot, "action") == ["Snooze"]
        await pilot.press("enter")
        assert "Snooze:" in pilot.text()


async def test_slash_on_the_contacts_page_is_the_filter_of_the_list(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        assert pilot.app.page.search_input.has_focus
        await pilot.press("escape", "ctrl+p")
        assert isinstance(pilot.app.screen, SearchScreen)


async def test_what_was_opened_last_comes_first(open_app):
    async with open_app() as pilot:
        for text in ("d1", "priya"):
            await search(pilot, text)
            await pilot.press("enter")
        await pilot.press("ctrl+p")
        first, second = pilot.app.screen.found.items[:2]
        assert (first.title, second.title) == ("Priya Raman", "Lobby garland and tree")
        assert "Undo" in titles(pilot, "action")


async def test_record_that_is_gone_is_not_offered_again(open_app, store):
    async with open_app() as pilot:
        await search(pilot, "d1")
        await pilot.press("enter")
        records.remove(store, registry.record_type("deal"), [LOBBY])
        await pilot.press("ctrl+p")
        assert "Lobby garland and tree" not in titles(pilot, "deal")


async def test_deal_deleted_meanwhile_is_reported(open_app, store):
    async with open_app() as pilot:
        await search(pilot, "d1")
        records.remove(store, registry.record_type("deal"), [LOBBY])
        await pilot.press("enter")
        assert any("deal 1" in note for note in pilot.notices)
        assert pilot.app.page.mode_name == "today"


async def test_lost_deal_is_dim_and_last(open_app, store):
    moves.lose(store, LOBBY, "pricing")
    async with open_app() as pilot:
        await search(pilot, "marcus adeyemi")
        deals = [each for each in pilot.app.screen.found.items if each.kind == "deal"]
        assert deals[-1].is_done


async def test_cursor_selects_among_all_kinds(open_app):
    async with open_app() as pilot:
        screen = await search(pilot, "wedding")
        await pilot.press("down", "down", "up")
        assert screen.found.cursor == 1
        await pilot.press("pagedown")
        assert screen.found.cursor > 5
        await pilot.press("pageup", "up")
        assert screen.found.cursor == 0
        assert screen.box.value == "wedding"


async def test_misspelled_text_finds_similar_ones(open_app):
    async with open_app() as pilot:
        await search(pilot, "weding")
        found = titles(pilot, "deal")
        assert found
        assert all("wedding" in each.lower() for each in found)


async def test_nothing_found_is_said_and_enter_stays(open_app):
    async with open_app() as pilot:
        screen = await search(pilot, "qqqqqq")
        assert "Nothing found for “qqqqqq”" in pilot.text()
        await pilot.press("enter")
        assert pilot.app.screen is screen
        await pilot.press("escape")
        assert pilot.app.screen is pilot.app.page


async def test_click_opens_and_a_click_beside_closes(open_app):
    async with open_app(size=(120, 40)) as pilot:
        screen = await search(pilot, "d1")
        await pilot.click(screen.found, offset=Offset(15, 0))
        await pilot.settle()
        assert pilot.app.page.mode_name == "deals"
        screen = await search(pilot, "d1")
        await pilot.click(screen, offset=Offset(0, 39))
        await pilot.settle()
        assert pilot.app.screen is pilot.app.page


async def test_later_answer_of_an_older_text_is_dropped(open_app):
    async with open_app() as pilot:
        await pilot.press("ctrl+p")
        await pilot.press_only(*"marcus")
        pilot.app.screen.box.value = "d1"
        await pilot.settle()
        assert titles(pilot, "deal") == ["Lobby garland and tree"]
        assert titles(pilot, "contact") == []


async def test_search_follows_the_size_of_the_terminal(open_app):
    async with open_app(size=(140, 40)) as pilot:
        screen = await search(pilot, "eleanor")
        await pilot.pause(0.2)
        await pilot.settle()
        beside = screen.query_one("#preview").region
        assert beside.x > screen.found.region.right - 1
        await pilot.resize_terminal(80, 24)
        await pilot.settle()
        below = screen.query_one("#preview").region
        assert below.y >= screen.found.region.bottom


@pytest.mark.engines("sqlite", "postgresql")
async def test_article_is_opened_to_be_read(open_app, store):
    texts = {"title": "Watering orchids", "text": "Once a week.\n" * 60 + "Never at noon."}
    article = records.add(store, registry.record_type("article"), texts).id
    async with open_app(size=(120, 40)) as pilot:
        await search(pilot, "noon never")
        assert titles(pilot, "article") == ["Watering orchids"]
        await pilot.press("enter")
        assert f"article {article}, version 1" in pilot.text()
        assert "Once a week." in pilot.text()
        await pilot.press("end")
        assert "Never at noon." in pilot.text()
        await pilot.press("escape")
        assert pilot.app.page.mode_name == "today"
        await pilot.press("ctrl+p")
        await pilot.settle()
        assert titles(pilot, "article")[0] == "Watering orchids"
