"""Forms: the shell's checks while one types, doubles, and nothing thrown away without a word."""

import pytest
from textual import events

from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import products, sales
from cardcrm.tui.forms.fields import Offers
from cardcrm.tui.screens.page import Page


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_new_card_is_checked_for_doubles_and_then_shown(open_app, store):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Priya Rama")
        assert "possible duplicate: 12 Priya Raman" in pilot.text()
        for _ in range(4):
            await pilot.press("tab")
        await pilot.paste("new@example.com")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.card.card.details.contact.name == "Priya Rama"
    card = contacts.get(store, 43)
    assert (card.name, contacts.points_of(store, 43)[0].value) == ("Priya Rama", "new@example.com")


async def test_a_form_that_was_changed_asks_before_it_is_left(open_app, store):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Jo")
        await pilot.press("escape")
        assert "Throw away what you wrote?" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("name") == "Jo"
        await pilot.press("escape", "y")
        assert isinstance(pilot.app.screen, Page)
    assert store.value("SELECT count(*) FROM contact") == 42


async def test_a_form_with_a_long_text_names_the_key_of_the_editor_and_others_say_that_enter_saves(
    open_app,
):
    async with open_app() as pilot:
        await pilot.press("l")
        assert "f4 $EDITOR" in pilot.text()
        assert "enter saves" not in pilot.text()
        await pilot.press("escape", "m")
        assert "enter saves" in pilot.text()
        assert "f4" not in pilot.text()


async def test_one_that_was_not_changed_is_left_at_once(open_app):
    async with open_app() as pilot:
        await pilot.press("a", "escape")
        assert isinstance(pilot.app.screen, Page)


async def test_leaving_the_program_asks_as_well(open_app):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Jo")
        await pilot.press_only("ctrl+c")
        await pilot.settle()
        assert "Throw away what you wrote?" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("name") == "Jo"


@pytest.mark.engines("sqlite", "postgresql")
async def test_edit_changes_only_what_was_changed(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e", "tab", "tab", "tab")
        await pilot.paste(" and banquets")
        await pilot.press("ctrl+o")
    assert contacts.get(store, 10).title == "events manager and banquets"
    changed = [row["new"] for row in store.rows("SELECT new FROM change ORDER BY id DESC LIMIT 1")]
    assert not any("name" in text for text in changed)


async def test_what_is_wrong_is_said_while_one_types(open_app):
    async with open_app() as pilot:
        await pilot.press("m")
        await pilot.paste("12,3,4")
        assert "“12,3,4” is no amount of money" in pilot.text()
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Page)


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_sale_is_noted(open_app, store):
    async with open_app() as pilot:
        await pilot.press("m")
        await pilot.paste("49.50")
        assert "49.50 GBP" in pilot.text()
        await pilot.press("tab")
        await pilot.paste("posies")
        await pilot.press("enter")
    sale = sales.of_contact(store, 12)[0]
    assert (sale.amount.minor, sale.text) == (4950, "posies")


async def test_a_long_text_pasted_into_an_empty_field_shows_its_end(open_app):
    async with open_app() as pilot:
        await pilot.press("n")
        await pilot.paste(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in pilot.text()
        assert "word0 " not in pilot.text()


async def test_products_are_offered_while_a_line_of_a_sale_is_typed(open_app, store):
    products.add(store, "Seasonal bouquet, large", price=Money(3900, "GBP"))

    async with open_app() as pilot:
        await pilot.press("m", "tab", "tab")
        await pilot.paste("2 x bouq")
        assert "2 x Seasonal bouquet  28.00 GBP" in pilot.text()
        assert "#0" not in pilot.text()
        await pilot.press("down", "down", "enter")
        assert pilot.app.screen.value("line-0-text") == "2 x Seasonal bouquet"
        assert not pilot.app.screen.query(Offers)  # though a longer name begins so
        await pilot.paste(" @ 25")
        assert not pilot.app.screen.query(Offers)
        await pilot.press("enter")
    assert sales.of_contact(store, 12)[0].amount.minor == 5000


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_card_deleted_while_its_form_is_open_loses_no_word(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "l")
        await pilot.paste("a long talk")
        contacts.remove(store, [10])
        await pilot.press("ctrl+o")
        assert "The card of Marcus Adeyemi was removed" in pilot.text()
        await pilot.press("escape")
        assert pilot.app.screen.value("text") == "a long talk"


async def test_a_box_that_is_locked_loses_no_word(open_app, store):
    async with open_app(wait=0.05) as pilot:
        await pilot.press("l")
        await pilot.paste("a long talk")
        store.engine.begin()
        await pilot.press("ctrl+o")
        assert pilot.app.screen.value("text") == "a long talk"
        store.engine.rollback()
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    assert store.value("SELECT count(*) FROM interaction WHERE text = 'a long talk'") == 1


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("a", *"Dora Quill", "enter"), "Dora Quill"),
        (("l", *"asked for qq", "ctrl+o"), "asked for qq"),
        (("n", *"all quiet?", "tab", *"fri", "enter"), "all quiet?"),
    ],
    ids=["card", "talk", "reminder"],
)
async def test_what_is_typed_while_a_form_opens_stands_in_it(open_app, store, keys, text):
    """All keys are there at once, as from somebody who does not wait for the form."""

    async with open_app() as pilot:
        for key in keys:
            named = {" ": "space", "?": "question_mark"}.get(key, key)
            pilot.app.post_message(events.Key(named, key if len(key) == 1 else None))
        await pilot.settle()
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.is_running
    kept = {
        "contact": store.value("SELECT count(*) FROM contact WHERE name = :text", text=text),
        "interaction": store.value(
            "SELECT count(*) FROM interaction WHERE text = :text", text=text
        ),
        "reminder": store.value("SELECT count(*) FROM reminder WHERE text = :text", text=text),
    }
    assert sum(kept.values()) == 1


async def test_keys_for_a_form_that_does_not_open_do_nothing_else(open_app, store):
    async with open_app() as pilot:
        contacts.remove(store, [pilot.app.page.card.contact_id])
        for key in ("l", *"quit"):
            pilot.app.simulate_key(key)
        await pilot.settle()
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, Page)
        await pilot.press("2")  # and then keys are heard again
        assert pilot.app.page.here == "cards"
    assert store.value("SELECT max(id) FROM step WHERE author = 'rosa' AND kind = 'undo'") is None


@pytest.mark.parametrize(
    "keys", [(*"a", *"Dora", "enter", "2"), (*"l", *"asked", "ctrl+o", "2")], ids=str
)
async def test_what_is_typed_after_saving_is_for_the_page_and_not_for_the_form(
    open_app, store, keys
):
    async with open_app() as pilot:
        await at_once(pilot, *keys)
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.here == "cards"
    names = store.value("SELECT count(*) FROM contact WHERE name = 'Dora'")
    assert names + store.value("SELECT count(*) FROM interaction WHERE text = 'asked'") == 1


async def test_what_is_typed_after_saving_goes_to_nobody_where_the_form_stays(open_app):
    async with open_app() as pilot:
        await pilot.press("n")
        await at_once(pilot, *"call", "tab", *"no day", "enter", *"qq")
        form = pilot.app.screen
        assert form.value("due") == "no day"
        await pilot.press("x")  # and then keys are heard again
        assert form.value("due") == "no dayx"


async def test_what_is_typed_before_a_question_is_no_answer_to_it(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "space", "down", "space", "down", "space", "t")
        await at_once(pilot, *"spring", "enter", "y", "y")
        await pilot.pause(0.2)
        assert "Tag 3 cards?" in pilot.text()
        await pilot.press("n")
    assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") == 0


async def at_once(pilot, *keys):
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.settle()


async def test_what_is_typed_after_going_on_is_written_where_one_went(open_app):
    async with open_app() as pilot:
        await pilot.press("a")
        await at_once(
            pilot, *"Nina", "pagedown", *"nina", "tab", *"work", "pagedown", *"vip", "up", *"x"
        )
        form = pilot.app.screen
        assert form.value("name") == "Nina"
        assert form.value("email-0-value") == "nina"
        assert form.value("email-0-label") == "work"
        assert form.value("tags") == "vip"
        assert form.value("address-0-region") == "x"


async def test_the_arrow_and_page_keys_lead_out_of_a_text_at_its_edges_alone(open_app):
    async with open_app() as pilot:
        await pilot.press("l")
        form = pilot.app.screen
        await pilot.paste("one\ntwo")
        await pilot.press("up")
        assert form.focused.id == "field-text"
        await pilot.press("up", "down", "down", "down")
        assert form.focused.id == "field-direction"
        await pilot.press("up", "up", "pagedown")
        assert form.focused.id == "field-next"
        form.go("text")
        await pilot.settle()
        await pilot.paste("\nmore" * 30)
        await pilot.press("pageup")
        assert form.focused.id == "field-text"


async def test_what_is_typed_right_after_the_slash_is_searched_for(open_app):
    async with open_app() as pilot:
        await at_once(pilot, "slash", *"priya", "enter")
        page = pilot.app.page
        assert page.drawer.words == "priya"
        assert page.card.card.details.contact.name == "Priya Raman"
        await at_once(pilot, "slash", *"xyz")
        assert page.drawer.words == "xyz"  # what was there is written over


async def test_all_answers_to_a_question_can_be_read(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "l", *"hi")
        contacts.remove(store, [pilot.app.page.chosen()])
        await pilot.press("ctrl+o")
        text = " ".join(pilot.text().split())
        assert "n save it on a new card of Marcus Adeyemi" in text
        assert "c copy what you wrote" in text
        await pilot.resize_terminal(30, 20)
        await pilot.settle()
        text = " ".join(pilot.text().split())
        assert "n save it on a new card of Marcus Adeyemi c copy what you wrote b back" in text


async def test_who_took_part_and_a_mention_that_names_nobody_are_told(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "l")
        await pilot.paste("met @eleanor and @nobodyhere")
        await pilot.press("ctrl+o")
        said = pilot.notices[-1]
        assert said.startswith("logged call with Marcus Adeyemi and Eleanor Whitcombe;")
        assert "@nobodyhere is no card" in said
        await pilot.press("l")
        await pilot.paste("met the others")
        await pilot.press("ctrl+o")
        assert pilot.notices[-1] == "logged call with Marcus Adeyemi"


async def test_a_day_to_come_and_impossible_minutes_are_told_as_in_the_shell(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "l", *"hi", "tab", "tab", "tab", *"2027-01-01")
        assert "2027-01-01 is yet to come. What is to come is a reminder." in pilot.text()
        await pilot.press("tab", *"-3")
        assert "minutes must be between 0 and 100,000" in pilot.text()


@pytest.mark.parametrize("theme", ["dark", "plain"])
@pytest.mark.parametrize(
    "size", [(20, 5), (30, 7), (40, 11)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_the_field_one_is_in_is_seen_on_the_smallest_terminal(open_app, size, theme):
    async with open_app(size=size, theme=theme) as pilot:
        for key in ("l", "n", "m", "s", "a"):
            await pilot.press(key)
            form = pilot.app.screen
            for field, each in list(form.paper.fields.items())[:12]:
                if each.kind == "choice":
                    continue  # it has no cursor
                form.go(field)
                await pilot.settle()
                spot = form.find_widget(form.focused).visible_region
                column, line = form.focused.cursor_screen_offset
                assert spot.contains(column, line), (key, field)
            await pilot.press("escape")


async def test_what_is_wrong_with_a_field_does_not_hide_it_on_the_smallest_terminal(open_app):
    async with open_app(size=(20, 5)) as pilot:
        await pilot.press("m")
        await pilot.paste("12,3,4")
        assert "12,3,4 " in pilot.text()
        assert "“12,3,4” is no" in pilot.text()


async def test_what_is_offered_stands_below_its_field_on_the_smallest_terminal(open_app):
    def words(pilot):
        return pilot.text().split("\n")

    async with open_app(size=(20, 5)) as pilot:
        await pilot.press("a", "tab", "tab")
        await pilot.paste("ca")
        at = next(n for n, line in enumerate(words(pilot)) if line.startswith("works at ca"))
        assert "Ca" in words(pilot)[at + 1]
        for _ in range(4):
            await pilot.press("down")
        offers = pilot.app.screen.query_one(Offers)
        assert offers.cards[offers.at][1][:6] in pilot.text()
        await pilot.press("enter")
        assert any(line.startswith("works at") for line in words(pilot))
        await pilot.press("escape")
        assert "y yes" in pilot.text()
