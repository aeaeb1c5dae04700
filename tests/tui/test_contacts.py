"""The contacts page: letters, search, marks, flipping, and the card beside the list."""

import asyncio
import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from cardcrm.dates import DayTime
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.records.search.result_page import find_page
from cardcrm.store import journal
from cardcrm.text import cell_width, sanitize
from cardcrm.tui import search_controller
from cardcrm.tui.screens import contacts as screens_contacts
from cardcrm.tui.widgets import contact_blocks
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.search_box import QuerySuggester
from cardcrm.tui.worker import DatabaseWorker


def name(pilot):
    return pilot.app.page.contacts.selected.name


async def test_capital_letter_goes_to_its_contacts(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "S")
        assert pilot.app.page.contacts.selected.sort_key.startswith("s")
        assert pilot.app.page.card.card.details.contact.name == name(pilot)


async def test_home_end_and_page_keys_move_in_the_list(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "end")
        assert pilot.app.page.contacts.cursor == pilot.app.page.contacts.count - 1 == 87
        await pilot.press("home")
        assert name(pilot) == "Marcus Adeyemi"
        await pilot.press("pagedown")
        assert pilot.app.page.contacts.cursor > 10


@pytest.mark.engines("sqlite", "postgresql")
async def test_search_filters_at_every_letter(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.press(*"elean")
        assert name(pilot) == "Eleanor Whitcombe"
        await pilot.press("escape")
        assert pilot.app.page.contacts.count == 88


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("text", ["elenor", "elenor kind:person"])
async def test_a_search_without_results_offers_near_names(open_app, text):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste(text)
        await shown(pilot, "No matching contacts")
        await shown(pilot, "Did you mean Eleanor Whitcombe?")


async def test_filter_errors_are_shown_after_a_pause(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("tag:vip")
        assert 0 < pilot.app.page.contacts.count < 88
        await pilot.press("escape", "slash")
        await pilot.paste("tagg:vip")
        assert "unknown field" not in pilot.text()  # not while typing
        await shown(pilot, "unknown field “tagg”")
        assert "Did you mean tag" in pilot.text()


async def shown(pilot, text):
    """Wait until a text is on the screen."""
    await pilot.wait_until(lambda: text in pilot.text())


async def test_incomplete_filter_keeps_the_list(open_app, monkeypatch):
    monkeypatch.setattr(screens_contacts, "TYPING_PAUSE", 60)
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("tag:vip")
        vips = pilot.app.page.contacts.count
        for begun in (" or", " -", " stage:", " stage:cust", " (city:leeds", ' "wed'):
            await pilot.paste(begun)
            assert pilot.app.page.contacts.count == vips
            assert not pilot.app.page.query_one("#error").display
            for _ in begun:
                await pilot.press("backspace")
        assert pilot.app.page.contacts.words == "tag:vip"
        assert pilot.app.page.contacts.count == vips


async def test_incomplete_filter_is_searched_after_a_pause_or_enter(open_app, store, monkeypatch):
    without = store.value(
        "SELECT count(*) FROM contact WHERE id NOT IN (SELECT contact_id FROM tag)"
    )
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("tag:")
        assert pilot.app.page.contacts.count == 88
        await shown(pilot, f" {without} contact")
        monkeypatch.setattr(screens_contacts, "TYPING_PAUSE", 60)
        await pilot.press("escape", "slash")
        await pilot.paste("stage:cust")
        assert pilot.app.page.contacts.count == 88
        await pilot.press("escape", "slash")
        await pilot.paste("tag:")
        await pilot.press("enter")
        assert pilot.app.page.contacts.count == without


@pytest.mark.engines("sqlite", "postgresql")
async def test_matches_are_counted_and_all_can_be_reached(open_app, monkeypatch, store):
    node = contact_query.parse(store, "example")
    wanted = {each.id for each in find_page(store, node, 100).contacts}
    monkeypatch.setattr(search_controller, "BEST_MATCHES", 5)
    monkeypatch.setattr(search_controller, "PAGE_SIZE", 5)

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("example")
        await shown(pilot, f" {len(wanted)} contacts")
        list_ = pilot.app.page.contacts
        assert list_.count == 5
        await pilot.press("down")
        for _ in range(30):
            await pilot.press("end")
        assert {list_.contact_at(n).id for n in range(list_.count)} == wanted
        assert list_.count == len(wanted) > 10


async def test_slow_count_shows_a_plus_sign(open_app, monkeypatch):
    monkeypatch.setattr(search_controller, "BEST_MATCHES", 5)
    monkeypatch.setattr(search_controller, "count", lambda *_: None)

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("example")
        await shown(pilot, " 5+ contacts")


async def test_fields_and_tags_are_completed(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("ta")
        await pilot.press("right")
        await pilot.paste("vi")
        await pilot.press("right", "enter")
        assert pilot.app.page.contacts.words == "tag:vip"


async def test_long_pasted_search_shows_its_end(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "/")
        await pilot.paste(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in pilot.text()
        assert "word0 " not in pilot.text()


async def test_tab_accepts_the_first_value_of_a_field(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("segment:")
        await pilot.press("tab", "enter")
        assert pilot.app.page.contacts.words == "segment:contracts"
        assert pilot.app.page.contacts.count == 3


async def test_replacing_a_segment_needs_confirmation(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "v")
        await pilot.paste("Contracts")
        await pilot.press("tab")
        await pilot.paste("tag:vip")
        await pilot.press("enter")
        assert "Segment contracts already exists: tag:contract" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("query") == "tag:vip"
        await pilot.press("enter", "y")
    assert segments.get(store, "contracts").query == "tag:vip"


async def test_invalid_search_is_not_saved(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "v")
        await pilot.paste("odd")
        await pilot.press("tab")
        await pilot.paste("tagg:vip")
        await pilot.press("enter")
        assert "unknown field" in pilot.text()
    assert "odd" not in [each.name for each in segments.list_segments(store)]


async def test_last_date_of_another_year_shows_the_year(open_app, store):
    katya = store.value("SELECT id FROM contact WHERE name = 'Katya Morozova'")
    interactions.log(store, [katya], "Asked for lilies", when=DayTime(dt.date(2025, 12, 9)))
    async with open_app() as pilot:
        await pilot.press("2", "K")
        assert "Dec’25" in pilot.text()


async def test_flip_open_relation_and_go_back(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        first = name(pilot)
        await pilot.press("greater_than_sign")
        assert name(pilot) != first
        await pilot.press("less_than_sign", "enter")
        card = pilot.app.page.card
        while card.target.kind != "contact" or card.target.text != "Eleanor Whitcombe":
            await pilot.press("down")
        await pilot.press("enter")
        assert card.card.details.contact.name == "Eleanor Whitcombe"
        assert name(pilot) == "Eleanor Whitcombe"
        await pilot.press("backspace")
        assert card.card.details.contact.name == first


@pytest.mark.engines("sqlite", "postgresql")
async def test_marked_contacts_are_tagged_and_undone_as_one_step(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space")
        assert "3 marked" in pilot.text()
        ids = list(pilot.app.page.contacts.marked)
        await pilot.press("t")
        await pilot.paste("spring -vip")
        await pilot.press("enter")
        assert "Tag 3 contacts?" in pilot.text()
        await pilot.press("y")
        assert all("spring" in contacts.tags_of(store, each) for each in ids)
        assert journal.steps(store, 1)[0].command == "tui: tag 3 contacts spring -vip"
        await pilot.press("u")
        assert not any("spring" in contacts.tags_of(store, each) for each in ids)


async def test_answering_no_changes_nothing(open_app, store):
    before = journal.steps(store, 1)[0].id

    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space", "t")
        await pilot.paste("spring")
        await pilot.press("enter", "n")
        assert "nothing was changed" in pilot.text()
    assert journal.steps(store, 1)[0].id == before


async def test_marked_contacts_are_assigned_reminded_and_exported(open_app, store, tmp_path):
    target = tmp_path / "two.csv"

    async with open_app() as pilot:
        await pilot.press("2", "space", "space")
        ids = list(pilot.app.page.contacts.marked)
        await pilot.press("w")
        await pilot.paste("ann")
        await pilot.press("enter")
        assert {contacts.get(store, each).owner for each in ids} == {"ann"}
        await pilot.press("n")
        await pilot.paste("call")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("enter")
        for each in ids:
            assert "call" in [plan.text for plan in reminders.open_of(store, each)]
        await pilot.press("x")
        pilot.app.screen.query_one("#field-path").value = str(target)
        await pilot.press("enter")
    assert len(target.read_text(encoding="utf-8").splitlines()) >= 3
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_deletion_needs_confirmation_and_can_be_undone(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "delete")
        assert "Delete Marcus Adeyemi, with all interactions" in pilot.text()
        await pilot.press("y")
        assert name(pilot) != "Marcus Adeyemi"
        assert store.value("SELECT count(*) FROM contact") == 87
        await pilot.press("u")
        assert store.value("SELECT count(*) FROM contact") == 88


async def read_names(pilot):
    return await pilot.app.database.read(
        lambda store: [row[0] for row in store.rows("SELECT name FROM contact ORDER BY id")]
    )


@pytest.mark.engines("sqlite", "postgresql")
async def test_forgetting_asks_twice_and_erases_for_good(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("marcus")  # the search opens a second connection
        await pilot.press("enter", "exclamation_mark")
        assert "Forget Marcus Adeyemi, which cannot be undone?" in pilot.text()
        assert "would be erased: contacts (1)" in pilot.text()
        await pilot.press("y")
        await pilot.paste("Marcus")
        await pilot.press("enter")
        assert "not the name Marcus Adeyemi" in pilot.text()
        assert "Marcus Adeyemi" in await read_names(pilot)
        await pilot.paste("  adeyemi")
        await pilot.press("enter")
        await pilot.pause()
        assert "Marcus Adeyemi" not in await read_names(pilot)
        await pilot.press("escape", "u")
        assert "Marcus Adeyemi" not in await read_names(pilot)


async def test_nothing_is_forgotten_without_the_name_or_beside_another_program(open_app, store):
    before = store.value("SELECT count(*) FROM contact")
    async with open_app() as pilot:
        await pilot.press("2", "exclamation_mark", "n", "exclamation_mark", "y", "escape")
        assert store.value("SELECT count(*) FROM contact") == before
        await pilot.press("exclamation_mark", "y")
        await pilot.paste(name(pilot))
        await pilot.press("enter")
        assert "another program" in pilot.text()
        assert store.value("SELECT count(*) FROM contact") == before


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("words", ["", "stage:customer"])
async def test_cursor_returns_to_an_undeleted_contact(open_app, words):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste(words)
        await pilot.press("enter", "down", "down")
        contact_list = pilot.app.page.contacts
        ids = [contact_list.contact_at(n).id for n in range(contact_list.count)]
        await pilot.press("delete", "y")
        assert contact_list.selected.id == ids[3]
        await pilot.press("delete", "y")
        assert contact_list.selected.id == ids[4]
        await pilot.press("u")
        assert contact_list.selected.id == ids[3]
        await pilot.press("u")
        assert contact_list.selected.id == ids[2]
        await pilot.press("delete", "y", "down", "u")  # a cursor that has moved stays
        assert contact_list.selected.id == ids[4]


@pytest.mark.engines("sqlite", "postgresql")
async def test_cursor_returns_to_a_reminder_after_undo(open_app):
    async with open_app() as pilot:
        await pilot.press("down")
        list_ = pilot.app.page.list
        first = list_.selected.id
        await pilot.press("d", "enter")
        assert list_.selected.id != first
        await pilot.press("u")
        assert list_.selected.id == first


@pytest.mark.engines("sqlite", "postgresql")
async def test_change_elsewhere_keeps_a_cursor_far_down(open_app, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async with open_app() as pilot:
        for words in ("tag:many", "zed"):
            await pilot.press("2", "slash")
            pilot.app.page.query_one(Input).value = ""
            await pilot.paste(words)
            await pilot.press("enter")
            await shown(pilot, "450 contacts")
            contact_list = pilot.app.page.contacts
            while contact_list.count < 450:
                await pilot.press("end")
            await pilot.press("pageup")
            chosen = contact_list.selected.id
            interactions.log(store, [10], f"called about {words}")
            await pilot.look_for_changes()
            assert contact_list.selected.id == chosen, words


async def test_cursor_at_the_end_stays_while_counting(open_app, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        pilot.app.post_message(events.Paste("tag:many or tag:none"))
        await pilot.pause()
        await pilot.press_only("enter")
        contact_list = pilot.app.page.contacts
        while contact_list.count < 200:
            await pilot.pause(0.01)
        await pilot.press_only("end")
        while contact_list.count == 200:
            await pilot.pause(0.01)
        at = contact_list.cursor
        await pilot.settle()
        assert (contact_list.count > 200, contact_list.cursor) == (True, at)


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("words", ["", "stage:customer"])
async def test_moves_during_a_reload_are_kept(open_app, store, monkeypatch, words):
    """Move at different moments while answers are slow."""
    ask = DatabaseWorker.read

    async def slow(database, question):
        answer = await ask(database, question)
        await asyncio.sleep(0.05)
        return answer

    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste(words)
        await pilot.press("enter", "down")
        contact_list = pilot.app.page.contacts
        monkeypatch.setattr(DatabaseWorker, "read", slow)
        for number in range(8):
            was = contact_list.selected.sort_key
            contacts.add(store, ContactDraft(f"Aaron {number:03}", stage="customer"))
            pilot.app.watcher.poll()
            await pilot.pause(0.02 + 0.05 * number)
            await pilot.press_only("down")
            await pilot.settle()
            assert contact_list.selected.sort_key > was, number
            assert contact_list.contact_at(contact_list.cursor - 1).sort_key == was, number


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("turns", range(0, 60, 12))
async def test_key_after_a_contact_is_opened_is_for_it_although_others_change_data(
    open_app, store, turns
):
    """Read the page again at different moments while it goes to the contact."""
    wanted = store.value("SELECT id FROM contact WHERE name = :name", name="Peter Mallinson")
    async with open_app() as pilot:
        pilot.app.go_to_contact(wanted)
        for _ in range(turns):
            await asyncio.sleep(0)
        pilot.app.refresh_data()
        await pilot.press_only("e")
        await pilot.settle()
        assert pilot.app.screen.heading == f"Peter Mallinson #{wanted}"
        assert pilot.app.page.contacts.selected_id == wanted


@pytest.mark.engines("sqlite", "postgresql")
async def test_rows_that_move_while_a_contact_is_looked_up_do_not_mislead(
    open_app, store, monkeypatch
):
    wanted = store.value("SELECT id FROM contact WHERE name = :name", name="Peter Mallinson")
    async with open_app() as pilot:
        await pilot.press("2")
        page, find_row = pilot.app.page, contact_blocks.LetterIndex.find_row

        async def find_and_reload(index, database, contact_id):
            row = await find_row(index, database, contact_id)
            monkeypatch.setattr(contact_blocks.LetterIndex, "find_row", find_row)
            contacts.add(store, ContactDraft("Aaron Aaronson"))
            await page.contacts.open(page.contacts.selected_id)
            return row

        monkeypatch.setattr(contact_blocks.LetterIndex, "find_row", find_and_reload)
        pilot.app.go_to_contact(wanted)
        await pilot.settle()
        assert page.contacts.selected_id == wanted


async def test_copy_number_and_filter_timeline(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "y")
        assert pilot.app.clipboard == "+44 113 496 0111"
        await pilot.press("f")
        assert "Timeline: calls only" in pilot.notices


async def test_open_reports_a_missing_program(open_app):
    async with open_app(open_command="/nowhere/opener") as pilot:
        await pilot.press("2", "o")
        assert any("can't start" in note for note in pilot.notices)


async def test_open_starts_the_configured_program(open_app, tmp_path):
    told = tmp_path / "told"
    program = tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async with open_app(open_command=str(program)) as pilot:
        await pilot.press("2", "o")
    assert told.read_text() == "tel:+441134960111\n"


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_deleted_elsewhere_leaves_the_list(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "down")
        gone = pilot.app.page.contacts.selected
        contacts.remove(store, [gone.id])
        await pilot.look_for_changes()
        assert pilot.app.page.contacts.count == 87
        assert name(pilot) != gone.name
        await pilot.press("l", "escape")


async def test_odd_data_is_shown_safely_in_any_size(open_app, store):
    note = "\n".join(f"line {number} \x1b[31m 漢字 👩‍👩‍👧 שלום" for number in range(10_000))
    with store.transaction("test"):
        store.update("contact", 10, note=note)

    async with open_app() as pilot:
        await pilot.press("2")
        assert "\x1b" not in pilot.text()
        for size in ((20, 5), (200, 60), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.settle()
            for mode in "1234":
                await pilot.press(mode)


async def test_long_labels_wrap_on_a_narrow_card(open_app, store):
    async with open_app(size=(44, 40)) as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("eleanor")
        await pilot.press("enter", "enter")
        words = pilot.text().split()
        assert {"favourite", "flower", "referred"} <= set(words)
        assert "favourit…" not in words


def test_long_address_breaks_between_its_parts():
    assert wrap("priya@calderfinch.example.com", 26) == ["priya", "@calderfinch.example.com"]
    assert wrap("write to priya@calderfinch.example.com soon", 26) == [
        "write to",
        "priya",
        "@calderfinch.example.com",
        "soon",
    ]
    assert wrap("www.calderfinch.example/lilies/white", 26) == [
        "www.calderfinch.example/",
        "lilies/white",
    ]
    assert wrap("a" * 30, 26) == ["a" * 26, "aaaa"]


@given(st.text(st.sampled_from("ab.@/-日本é \u0301")), st.integers(4, 30))
def test_wrapping_keeps_all_text_and_fits(text, room):
    lines = wrap(text, room)
    assert "".join(lines).replace(" ", "") == sanitize(text).replace(" ", "")
    assert all(cell_width(line) <= room for line in lines)


async def test_letter_typed_while_the_list_opens_is_followed(open_app):
    async with open_app() as pilot:
        keys = [events.Key("2", "2"), events.Key("S", "S")]
        for key in keys:  # both come in one go, as from a quick hand
            pilot.app.post_message(key)
        await pilot.settle()
        assert name(pilot) == "Irene Schofield"
        await pilot.press("1")
        pilot.app.refresh_data()  # the contact list is reloaded when it is shown
        for key in (events.Key("2", "2"), events.Key("M", "M")):
            pilot.app.post_message(key)
        await pilot.settle()
        assert name(pilot) == "Peter Mallinson"


@pytest.mark.engines("sqlite", "postgresql")
async def test_moves_during_a_slow_count_are_kept(open_app, monkeypatch):
    counted = contact_blocks.count_range

    def slowly(part, store):
        time.sleep(0.02)
        return counted(part, store)

    async with open_app() as pilot:
        await pilot.press("2")
        monkeypatch.setattr(contact_blocks, "count_range", slowly)
        pilot.app.refresh_data()
        await asyncio.sleep(0.05)
        await pilot.press_only("down", "down")
        await pilot.settle()
        assert pilot.app.page.contacts.cursor == 2


async def test_footer_shows_the_keys_of_the_search_box(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        last = pilot.text().split("\n")[-1]
        assert "↓ go to the list" in last
        assert "esc clear search" in last
        assert "redo" not in last
        await pilot.press("down")
        assert "mark" in pilot.text().split("\n")[-1]


def test_or_between_filters_is_not_completed():
    async def offers():
        words = QuerySuggester()
        return [await words.get_suggestion(text) for text in ("or", "tag:vip or", "tag:vip ord")]

    assert asyncio.run(offers()) == ["orders:", None, "tag:vip orders:"]


async def test_selected_entry_scrolls_fully_into_view(open_app, store):
    text = "The garland is to hang above both doors, lights on the left one alone. " * 3
    interactions.log(store, [10], text + "Bill it to the hotel.", kind="call")

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "enter")
        while "call" not in pilot.app.page.card.line_at(pilot.app.page.card.cursor).spans[0].text:
            await pilot.press("down")
        assert "Bill it to the hotel." in pilot.text()
