"""The drawer: letters, search, marking, flipping, and the card that goes with it."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import compiler, segments
from cardcrm.records.search.result_page import find_page
from cardcrm.store import journal
from cardcrm.text import clean, width
from cardcrm.tui import search_controller
from cardcrm.tui.screens import contacts as screens_contacts
from cardcrm.tui.widgets import contact_list as drawn
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.search_box import Words as SearchWords
from cardcrm.tui.worker import Desk


def name(hands):
    return hands.app.page.drawer.chosen.name


def test_a_capital_letter_goes_to_its_cards_and_the_card_follows(drive):
    async def script(hands):
        await hands.press("2", "S")
        assert hands.app.page.drawer.chosen.sort_key.startswith("s")
        assert hands.app.page.card.card.details.contact.name == name(hands)

    drive(script)


def test_the_ends_and_pages_of_the_drawer(drive):
    async def script(hands):
        await hands.press("2", "end")
        assert hands.app.page.drawer.cursor == hands.app.page.drawer.count - 1 == 41
        await hands.press("home")
        assert name(hands) == "Marcus Adeyemi"
        await hands.press("pagedown")
        assert hands.app.page.drawer.cursor > 10

    drive(script)


def test_search_narrows_the_drawer_with_every_letter(drive):
    async def script(hands):
        await hands.press("slash")
        await hands.press(*"elean")
        assert name(hands) == "Eleanor Whitcombe"
        await hands.press("escape")
        assert hands.app.page.drawer.count == 42

    drive(script)


def test_filters_work_and_what_is_wrong_with_one_stands_below_it(drive):
    async def script(hands):
        await hands.press("slash")
        await hands.write("tag:vip")
        assert 0 < hands.app.page.drawer.count < 42
        await hands.press("escape", "slash")
        await hands.write("tagg:vip")
        assert "unknown field" not in hands.text()  # not while one types
        await shown(hands, "unknown field “tagg”")
        assert "Did you mean tag" in hands.text()

    drive(script)


async def shown(hands, text):
    """Wait until a text stands on the screen."""
    for _ in range(200):
        if text in hands.text():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(hands.text())


def test_what_is_only_begun_is_no_error_and_leaves_the_list_as_it_is(drive, monkeypatch):
    async def script(hands):
        await hands.press("slash")
        await hands.write("tag:vip")
        vips = hands.app.page.drawer.count
        for begun in (" or", " -", " stage:", " stage:cust", " (city:leeds", ' "wed'):
            await hands.write(begun)
            assert hands.app.page.drawer.count == vips
            assert not hands.app.page.query_one("#wrong").display
            for _ in begun:
                await hands.press("backspace")
        assert hands.app.page.drawer.words == "tag:vip"
        assert hands.app.page.drawer.count == vips

    monkeypatch.setattr(screens_contacts, "FINISHED", 60)
    drive(script)


def test_what_is_only_begun_is_taken_as_it_is_after_a_pause_or_enter(drive, monkeypatch):
    async def script(hands):
        await hands.press("slash")
        await hands.write("tag:")
        assert hands.app.page.drawer.count == 42
        await shown(hands, f" {without} card")
        monkeypatch.setattr(screens_contacts, "FINISHED", 60)
        await hands.press("escape", "slash")
        await hands.write("stage:cust")
        assert hands.app.page.drawer.count == 42
        await hands.press("escape", "slash")
        await hands.write("tag:")
        await hands.press("enter")
        assert hands.app.page.drawer.count == without

    without = 0

    def count(store):
        return store.value(
            "SELECT count(*) FROM contact WHERE id NOT IN (SELECT contact_id FROM tag)"
        )

    async def counted(hands):
        nonlocal without
        without = await hands.app.desk.ask(count)

    drive(counted)
    drive(script)


def test_how_many_cards_words_find_is_told_in_the_end_and_all_of_them_can_be_gone_to(
    drive, monkeypatch, store
):
    wanted = {each.id for each in find_page(store, compiler.parse(store, "example"), 100).contacts}
    monkeypatch.setattr(search_controller, "BEST", 5)
    monkeypatch.setattr(search_controller, "FIRST", 5)

    async def script(hands):
        await hands.press("slash")
        await hands.write("example")
        await shown(hands, f" {len(wanted)} cards")
        list_ = hands.app.page.drawer
        assert list_.count == 5
        await hands.press("down")
        for _ in range(30):
            await hands.press("end")
        assert {list_.slip(n).id for n in range(list_.count)} == wanted
        assert list_.count == len(wanted) > 10

    drive(script)


def test_a_count_that_takes_too_long_is_left_open(drive, monkeypatch):
    monkeypatch.setattr(search_controller, "BEST", 5)
    monkeypatch.setattr(search_controller, "count", lambda *_: None)

    async def script(hands):
        await hands.press("slash")
        await hands.write("example")
        await shown(hands, " 5+ cards")

    drive(script)


def test_fields_and_tags_are_completed(drive):
    async def script(hands):
        await hands.press("slash")
        await hands.write("ta")
        await hands.press("right")
        await hands.write("vi")
        await hands.press("right", "enter")
        assert hands.app.page.drawer.words == "tag:vip"

    drive(script)


def test_a_long_text_pasted_into_the_empty_search_box_shows_its_end(drive):
    async def script(hands):
        await hands.press("/")
        await hands.write(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in hands.text()
        assert "word0 " not in hands.text()

    drive(script)


def test_behind_a_field_its_first_value_is_offered_and_tab_takes_it(drive):
    async def script(hands):
        await hands.press("slash")
        await hands.write("segment:")
        await hands.press("tab", "enter")
        assert hands.app.page.drawer.words == "segment:contracts"
        assert hands.app.page.drawer.count == 2

    drive(script)


def test_a_name_that_is_taken_by_another_search_is_asked_about(drive, store):
    async def script(hands):
        await hands.press("2", "v")
        await hands.write("Contracts")
        await hands.press("tab")
        await hands.write("tag:vip")
        await hands.press("enter")
        assert "contracts is kept already: tag:contract" in hands.text()
        await hands.press("n")
        assert hands.app.screen.value("query") == "tag:vip"
        await hands.press("enter", "y")

    drive(script)
    assert segments.get(store, "contracts").query == "tag:vip"


def test_a_search_that_makes_no_sense_is_not_kept(drive, store):
    async def script(hands):
        await hands.press("2", "v")
        await hands.write("odd")
        await hands.press("tab")
        await hands.write("tagg:vip")
        await hands.press("enter")
        assert "unknown field" in hands.text()

    drive(script)
    assert "odd" not in [each.name for each in segments.list_segments(store)]


def test_a_day_of_another_year_is_not_taken_for_one_of_a_month(drive):
    async def script(hands):
        await hands.press("2", "K")
        assert "Dec’25" in hands.text()

    drive(script)


def test_flipping_and_relations_and_the_way_back(drive):
    async def script(hands):
        await hands.press("2")
        first = name(hands)
        await hands.press("greater_than_sign")
        assert name(hands) != first
        await hands.press("less_than_sign", "enter")
        card = hands.app.page.card
        while card.target.kind != "card" or card.target.text != "Eleanor Whitcombe":
            await hands.press("down")
        await hands.press("enter")
        assert card.card.details.contact.name == "Eleanor Whitcombe"
        assert name(hands) == "Eleanor Whitcombe"
        await hands.press("backspace")
        assert card.card.details.contact.name == first

    drive(script)


def test_marked_cards_are_tagged_together_after_a_yes_and_undone_together(drive, store):
    async def script(hands):
        await hands.press("2", "space", "space", "space")
        assert "3 marked" in hands.text()
        ids = list(hands.app.page.drawer.marked)
        await hands.press("t")
        await hands.write("spring -vip")
        await hands.press("enter")
        assert "Tag 3 cards?" in hands.text()
        await hands.press("y")
        assert all("spring" in contacts.tags_of(store, each) for each in ids)
        assert journal.steps(store, 1)[0].command == "tui: tag 3 cards spring -vip"
        await hands.press("u")
        assert not any("spring" in contacts.tags_of(store, each) for each in ids)

    drive(script)


def test_a_no_changes_nothing(drive, store):
    before = journal.steps(store, 1)[0].id

    async def script(hands):
        await hands.press("2", "space", "space", "space", "t")
        await hands.write("spring")
        await hands.press("enter", "n")
        assert "nothing was changed" in hands.text()

    drive(script)
    assert journal.steps(store, 1)[0].id == before


def test_assign_remind_and_export_the_marked(drive, store, tmp_path):
    target = tmp_path / "two.csv"

    async def script(hands):
        await hands.press("2", "space", "space")
        ids = list(hands.app.page.drawer.marked)
        await hands.press("w")
        await hands.write("ann")
        await hands.press("enter")
        assert {contacts.get(store, each).owner for each in ids} == {"ann"}
        await hands.press("n")
        await hands.write("call")
        await hands.press("tab")
        await hands.write("fri")
        await hands.press("enter")
        for each in ids:
            assert "call" in [plan.text for plan in reminders.open_of(store, each)]
        await hands.press("x")
        hands.app.screen.query_one("#field-path").value = str(target)
        await hands.press("enter")

    drive(script)
    assert len(target.read_text(encoding="utf-8").splitlines()) >= 3
    assert target.stat().st_mode & 0o077 == 0


def test_remove_asks_and_undo_brings_the_card_back(drive, store):
    async def script(hands):
        await hands.press("2", "delete")
        assert "Remove Marcus Adeyemi with everything on it?" in hands.text()
        await hands.press("y")
        assert name(hands) != "Marcus Adeyemi"
        assert store.value("SELECT count(*) FROM contact") == 41
        await hands.press("u")
        assert store.value("SELECT count(*) FROM contact") == 42

    drive(script)


@pytest.mark.parametrize("words", ["", "stage:customer"])
def test_a_card_that_comes_back_has_the_cursor_again(drive, words):
    async def script(hands):
        await hands.press("slash")
        await hands.write(words)
        await hands.press("enter", "down", "down")
        drawer = hands.app.page.drawer
        ids = [drawer.slip(n).id for n in range(drawer.count)]
        await hands.press("delete", "y")
        assert drawer.chosen.id == ids[3]
        await hands.press("delete", "y")
        assert drawer.chosen.id == ids[4]
        await hands.press("u")
        assert drawer.chosen.id == ids[3]
        await hands.press("u")
        assert drawer.chosen.id == ids[2]
        await hands.press("delete", "y", "down", "u")  # who has gone on is not led back
        assert drawer.chosen.id == ids[4]

    drive(script)


def test_a_reminder_that_comes_back_has_the_cursor_again(drive):
    async def script(hands):
        await hands.press("down")
        list_ = hands.app.page.list
        first = list_.chosen.id
        await hands.press("d", "enter")
        assert list_.chosen.id != first
        await hands.press("u")
        assert list_.chosen.id == first

    drive(script)


def test_a_change_elsewhere_leaves_the_cursor_far_down_in_what_was_found(drive, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async def script(hands):
        for words in ("tag:many", "zed"):
            await hands.press("slash")
            hands.app.page.query_one(Input).value = ""
            await hands.write(words)
            await hands.press("enter")
            await shown(hands, "450 cards")
            drawer = hands.app.page.drawer
            while drawer.count < 450:
                await hands.press("end")
            await hands.press("pageup")
            chosen = drawer.chosen.id
            interactions.log(store, [10], f"called about {words}")
            await hands.look()
            assert drawer.chosen.id == chosen, words

    drive(script)


def test_who_goes_to_the_end_before_all_is_counted_stays_there(drive, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async def script(hands):
        await hands.press("slash")
        hands.app.post_message(events.Paste("tag:many or tag:none"))
        await hands.pilot.pause()
        await hands.pilot.press("enter")
        drawer = hands.app.page.drawer
        while drawer.count < 200:
            await hands.pilot.pause(0.01)
        await hands.pilot.press("end")
        while drawer.count == 200:
            await hands.pilot.pause(0.01)
        at = drawer.cursor
        await hands.settle()
        assert (drawer.count > 200, drawer.cursor) == (True, at)

    drive(script)


@pytest.mark.parametrize("words", ["", "stage:customer"])
def test_who_goes_on_while_the_list_is_read_anew_is_not_led_back(drive, store, monkeypatch, words):
    """However slow the answers, and at whichever of them one goes on."""
    ask = Desk.ask

    async def slow(desk, question):
        answer = await ask(desk, question)
        await asyncio.sleep(0.05)
        return answer

    async def script(hands):
        await hands.press("slash")
        await hands.write(words)
        await hands.press("enter", "down")
        drawer = hands.app.page.drawer
        monkeypatch.setattr(Desk, "ask", slow)
        for number in range(8):
            was = drawer.chosen.sort_key
            contacts.add(store, ContactDraft(f"Aaron {number:03}", stage="customer"))
            hands.app.lookout.look()
            await hands.pilot.pause(0.02 + 0.05 * number)
            await hands.pilot.press("down")
            await hands.settle()
            assert drawer.chosen.sort_key > was, number
            assert drawer.slip(drawer.cursor - 1).sort_key == was, number

    drive(script)


def test_copy_takes_the_number_and_the_timeline_can_be_of_one_kind(drive):
    async def script(hands):
        await hands.press("2", "y")
        assert hands.app.clipboard == "+44 113 496 0111"
        await hands.press("k")
        assert "timeline: calls only" in hands.notices

    drive(script)


def test_open_says_which_program_is_missing(drive):
    async def script(hands):
        await hands.press("2", "o")
        assert any("cannot be started" in note for note in hands.notices)

    drive(script, open_command="/nowhere/opener")


def test_a_number_is_given_to_the_configured_program(drive, tmp_path):
    told = tmp_path / "told"
    program = tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async def script(hands):
        await hands.press("2", "o")

    drive(script, open_command=str(program))
    assert told.read_text() == "tel:+441134960111\n"


def test_a_card_removed_elsewhere_leaves_the_list_and_nothing_breaks(drive, store):
    async def script(hands):
        await hands.press("2", "down")
        gone = hands.app.page.drawer.chosen
        contacts.remove(store, [gone.id])
        await hands.look()
        assert hands.app.page.drawer.count == 41
        assert name(hands) != gone.name
        await hands.press("l", "escape")

    drive(script)


def test_odd_data_is_shown_safely_in_any_size(drive, store):
    note = "\n".join(f"line {number} \x1b[31m 漢字 👩‍👩‍👧 שלום" for number in range(10_000))
    with store.transaction("test"):
        store.update("contact", 10, note=note)

    async def script(hands):
        await hands.press("2")
        assert "\x1b" not in hands.text()
        for size in ((20, 5), (200, 60), (1, 1), (80, 24)):
            await hands.pilot.resize_terminal(*size)
            await hands.settle()
            for mode in "1234":
                await hands.press(mode)

    drive(script)


def test_on_a_narrow_card_long_labels_are_wrapped_and_not_cut(drive, store):
    async def script(hands):
        await hands.press("2", "slash")
        await hands.write("eleanor")
        await hands.press("enter", "enter")
        words = hands.text().split()
        assert {"favourite", "flower", "referred"} <= set(words)
        assert "favourit…" not in words

    drive(script, size=(44, 40))


def test_an_address_that_is_too_long_is_broken_between_its_parts():
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
def test_what_is_wrapped_loses_nothing_and_fits(text, room):
    lines = wrap(text, room)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")
    assert all(width(line) <= room for line in lines)


def test_a_letter_typed_right_after_the_key_of_the_drawer_leads_to_its_cards(drive):
    async def script(hands):
        keys = [events.Key("2", "2"), events.Key("S", "S")]
        for key in keys:  # both come in one go, as from a quick hand
            hands.app.post_message(key)
        await hands.settle()
        assert name(hands) == "Ingrid Solberg"
        await hands.press("1")
        hands.app.changed()  # the drawer is to be read anew when it is gone to
        for key in (events.Key("2", "2"), events.Key("M", "M")):
            hands.app.post_message(key)
        await hands.settle()
        assert name(hands) == "Peter Mallinson"

    drive(script)


def test_who_goes_on_while_the_drawer_is_read_anew_is_not_led_back(drive, monkeypatch):
    counted = drawn._count

    def slowly(part, store):
        time.sleep(0.02)
        return counted(part, store)

    async def script(hands):
        await hands.press("2")
        monkeypatch.setattr(drawn, "_count", slowly)
        hands.app.changed()
        await asyncio.sleep(0.05)
        await hands.pilot.press("down", "down")
        await hands.settle()
        assert hands.app.page.drawer.cursor == 2

    drive(script)


def test_in_the_search_box_the_last_line_says_what_leads_out_of_it(drive):
    async def script(hands):
        await hands.press("slash")
        last = hands.text().split("\n")[-1]
        assert "↓ to the list" in last
        assert "esc end the search" in last
        assert "redo" not in last
        await hands.press("down")
        assert "mark" in hands.text().split("\n")[-1]

    drive(script)


def test_an_or_between_filters_is_not_taken_for_the_beginning_of_a_field():
    async def offers():
        words = SearchWords()
        return [await words.get_suggestion(text) for text in ("or", "tag:vip or", "tag:vip ord")]

    assert asyncio.run(offers()) == ["orders:", None, "tag:vip orders:"]


def test_the_whole_of_what_is_chosen_on_a_card_is_brought_into_sight(drive, store):
    text = "The garland is to hang above both doors, lights on the left one alone. " * 3
    interactions.log(store, [10], text + "Bill it to the hotel.", kind="call")

    async def script(hands):
        await hands.press("2", "enter")
        while "call" not in hands.app.page.card._line(hands.app.page.card.cursor).spans[0].text:
            await hands.press("down")
        assert "Bill it to the hotel." in hands.text()

    drive(script, size=(80, 24))
