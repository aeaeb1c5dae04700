"""Forms: the shell's checks while one types, doubles, and nothing thrown away without a word."""

import pytest
from textual import events

from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import products, sales
from cardcrm.tui.forms.fields import Offers
from cardcrm.tui.screens.page import Page


def test_a_new_card_is_checked_for_doubles_and_then_shown(drive, store):
    async def script(hands):
        await hands.press("a")
        await hands.write("Priya Rama")
        assert "maybe a double of 12 Priya Raman" in hands.text()
        for _ in range(4):
            await hands.press("tab")
        await hands.write("new@example.com")
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        assert hands.app.page.card.card.details.contact.name == "Priya Rama"

    drive(script)
    card = contacts.get(store, 43)
    assert (card.name, contacts.points_of(store, 43)[0].value) == ("Priya Rama", "new@example.com")


def test_a_form_that_was_changed_asks_before_it_is_left(drive, store):
    async def script(hands):
        await hands.press("a")
        await hands.write("Jo")
        await hands.press("escape")
        assert "Throw away what you wrote?" in hands.text()
        await hands.press("n")
        assert hands.app.screen.value("name") == "Jo"
        await hands.press("escape", "y")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    assert store.value("SELECT count(*) FROM contact") == 42


def test_a_form_with_a_long_text_names_the_key_of_the_editor_and_others_say_that_enter_saves(drive):
    async def script(hands):
        await hands.press("l")
        assert "f4 $EDITOR" in hands.text()
        assert "enter saves" not in hands.text()
        await hands.press("escape", "m")
        assert "enter saves" in hands.text()
        assert "f4" not in hands.text()

    drive(script)


def test_one_that_was_not_changed_is_left_at_once(drive):
    async def script(hands):
        await hands.press("a", "escape")
        assert isinstance(hands.app.screen, Page)

    drive(script)


def test_leaving_the_program_asks_as_well(drive):
    async def script(hands):
        await hands.press("a")
        await hands.write("Jo")
        await hands.pilot.press("ctrl+c")
        await hands.settle()
        assert "Throw away what you wrote?" in hands.text()
        await hands.press("n")
        assert hands.app.screen.value("name") == "Jo"

    drive(script)


def test_edit_changes_only_what_was_changed(drive, store):
    async def script(hands):
        await hands.press("2", "e", "tab", "tab", "tab")
        await hands.write(" and banquets")
        await hands.press("ctrl+o")

    drive(script)
    assert contacts.get(store, 10).title == "events manager and banquets"
    changed = [row["new"] for row in store.rows("SELECT new FROM change ORDER BY id DESC LIMIT 1")]
    assert not any("name" in text for text in changed)


def test_what_is_wrong_is_said_while_one_types(drive):
    async def script(hands):
        await hands.press("m")
        await hands.write("12,3,4")
        assert "“12,3,4” is no amount of money" in hands.text()
        await hands.press("enter")
        assert not isinstance(hands.app.screen, Page)

    drive(script)


def test_a_sale_is_noted(drive, store):
    async def script(hands):
        await hands.press("m")
        await hands.write("49.50")
        assert "49.50 GBP" in hands.text()
        await hands.press("tab")
        await hands.write("posies")
        await hands.press("enter")

    drive(script)
    sale = sales.of_contact(store, 12)[0]
    assert (sale.amount.minor, sale.text) == (4950, "posies")


def test_a_long_text_pasted_into_an_empty_field_shows_its_end(drive):
    async def script(hands):
        await hands.press("n")
        await hands.write(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in hands.text()
        assert "word0 " not in hands.text()

    drive(script)


def test_products_are_offered_while_a_line_of_a_sale_is_typed(drive, store):
    products.add(store, "Seasonal bouquet, large", price=Money(3900, "GBP"))

    async def script(hands):
        await hands.press("m", "tab", "tab")
        await hands.write("2 x bouq")
        assert "2 x Seasonal bouquet  28.00 GBP" in hands.text()
        assert "#0" not in hands.text()
        await hands.press("down", "down", "enter")
        assert hands.app.screen.value("line-0-text") == "2 x Seasonal bouquet"
        assert not hands.app.screen.query(Offers)  # though a longer name begins so
        await hands.write(" @ 25")
        assert not hands.app.screen.query(Offers)
        await hands.press("enter")

    drive(script)
    assert sales.of_contact(store, 12)[0].amount.minor == 5000


def test_a_card_deleted_while_its_form_is_open_loses_no_word(drive, store):
    async def script(hands):
        await hands.press("2", "l")
        await hands.write("a long talk")
        contacts.remove(store, [10])
        await hands.press("ctrl+o")
        assert "The card of Marcus Adeyemi was removed" in hands.text()
        await hands.press("escape")
        assert hands.app.screen.value("text") == "a long talk"

    drive(script)


def test_a_box_that_is_locked_loses_no_word(drive, store):
    async def script(hands):
        await hands.press("l")
        await hands.write("a long talk")
        store.engine.begin()
        await hands.press("ctrl+o")
        assert hands.app.screen.value("text") == "a long talk"
        store.engine.rollback()
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script, wait=0.05)
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
def test_what_is_typed_while_a_form_opens_stands_in_it(drive, store, keys, text):
    """All keys are there at once, as from somebody who does not wait for the form."""

    async def script(hands):
        for key in keys:
            named = {" ": "space", "?": "question_mark"}.get(key, key)
            hands.app.post_message(events.Key(named, key if len(key) == 1 else None))
        await hands.settle()
        assert isinstance(hands.app.screen, Page)
        assert hands.app.is_running

    drive(script)
    kept = {
        "contact": store.value("SELECT count(*) FROM contact WHERE name = :text", text=text),
        "interaction": store.value(
            "SELECT count(*) FROM interaction WHERE text = :text", text=text
        ),
        "reminder": store.value("SELECT count(*) FROM reminder WHERE text = :text", text=text),
    }
    assert sum(kept.values()) == 1


def test_keys_for_a_form_that_does_not_open_do_nothing_else(drive, store):
    async def script(hands):
        contacts.remove(store, [hands.app.page.card.contact_id])
        for key in ("l", *"quit"):
            hands.app.simulate_key(key)
        await hands.settle()
        assert hands.app.is_running
        assert isinstance(hands.app.screen, Page)
        await hands.press("2")  # and then keys are heard again
        assert hands.app.page.here == "cards"

    drive(script)
    assert store.value("SELECT max(id) FROM step WHERE author = 'rosa' AND kind = 'undo'") is None


@pytest.mark.parametrize(
    "keys", [(*"a", *"Dora", "enter", "2"), (*"l", *"asked", "ctrl+o", "2")], ids=str
)
def test_what_is_typed_after_saving_is_for_the_page_and_not_for_the_form(drive, store, keys):
    async def script(hands):
        await at_once(hands, *keys)
        assert isinstance(hands.app.screen, Page)
        assert hands.app.page.here == "cards"

    drive(script)
    names = store.value("SELECT count(*) FROM contact WHERE name = 'Dora'")
    assert names + store.value("SELECT count(*) FROM interaction WHERE text = 'asked'") == 1


def test_what_is_typed_after_saving_goes_to_nobody_where_the_form_stays(drive):
    async def script(hands):
        await hands.press("n")
        await at_once(hands, *"call", "tab", *"no day", "enter", *"qq")
        form = hands.app.screen
        assert form.value("due") == "no day"
        await hands.press("x")  # and then keys are heard again
        assert form.value("due") == "no dayx"

    drive(script)


def test_what_is_typed_before_a_question_is_no_answer_to_it(drive, store):
    async def script(hands):
        await hands.press("2", "space", "down", "space", "down", "space", "t")
        await at_once(hands, *"spring", "enter", "y", "y")
        await hands.pilot.pause(0.2)
        assert "Tag 3 cards?" in hands.text()
        await hands.press("n")

    drive(script)
    assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") == 0


async def at_once(hands, *keys):
    for key in keys:
        hands.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await hands.settle()


def test_what_is_typed_after_going_on_is_written_where_one_went(drive):
    async def script(hands):
        await hands.press("a")
        await at_once(
            hands, *"Nina", "pagedown", *"nina", "tab", *"work", "pagedown", *"vip", "up", *"x"
        )
        form = hands.app.screen
        assert form.value("name") == "Nina"
        assert form.value("email-0-value") == "nina"
        assert form.value("email-0-label") == "work"
        assert form.value("tags") == "vip"
        assert form.value("address-0-region") == "x"

    drive(script)


def test_the_arrow_and_page_keys_lead_out_of_a_text_at_its_edges_alone(drive):
    async def script(hands):
        await hands.press("l")
        form = hands.app.screen
        await hands.write("one\ntwo")
        await hands.press("up")
        assert form.focused.id == "field-text"
        await hands.press("up", "down", "down", "down")
        assert form.focused.id == "field-direction"
        await hands.press("up", "up", "pagedown")
        assert form.focused.id == "field-next"
        form.go("text")
        await hands.settle()
        await hands.write("\nmore" * 30)
        await hands.press("pageup")
        assert form.focused.id == "field-text"

    drive(script)


def test_what_is_typed_right_after_the_slash_is_searched_for(drive):
    async def script(hands):
        await at_once(hands, "slash", *"priya", "enter")
        page = hands.app.page
        assert page.drawer.words == "priya"
        assert page.card.card.details.contact.name == "Priya Raman"
        await at_once(hands, "slash", *"xyz")
        assert page.drawer.words == "xyz"  # what was there is written over

    drive(script)


def test_all_answers_to_a_question_can_be_read(drive, store):
    async def script(hands):
        await hands.press("2", "l", *"hi")
        contacts.remove(store, [hands.app.page.chosen()])
        await hands.press("ctrl+o")
        text = " ".join(hands.text().split())
        assert "n save it on a new card of Marcus Adeyemi" in text
        assert "c copy what you wrote" in text
        await hands.pilot.resize_terminal(30, 20)
        await hands.settle()
        text = " ".join(hands.text().split())
        assert "n save it on a new card of Marcus Adeyemi c copy what you wrote b back" in text

    drive(script, size=(80, 24))


def test_who_took_part_and_a_mention_that_names_nobody_are_told(drive):
    async def script(hands):
        await hands.press("2", "l")
        await hands.write("met @eleanor and @nobodyhere")
        await hands.press("ctrl+o")
        said = hands.notices[-1]
        assert said.startswith("logged call with Marcus Adeyemi and Eleanor Whitcombe;")
        assert "@nobodyhere is no card" in said
        await hands.press("l")
        await hands.write("met the others")
        await hands.press("ctrl+o")
        assert hands.notices[-1] == "logged call with Marcus Adeyemi"

    drive(script)


def test_a_day_to_come_and_impossible_minutes_are_told_as_in_the_shell(drive):
    async def script(hands):
        await hands.press("2", "l", *"hi", "tab", "tab", "tab", *"2027-01-01")
        assert "2027-01-01 is yet to come. What is to come is a reminder." in hands.text()
        await hands.press("tab", *"-3")
        assert "-3 minutes cannot be. From 0 to 100,000." in hands.text()

    drive(script)


@pytest.mark.parametrize("theme", ["dark", "plain"])
@pytest.mark.parametrize(
    "size", [(20, 5), (30, 7), (40, 11)], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_the_field_one_is_in_is_seen_on_the_smallest_terminal(drive, size, theme):
    async def script(hands):
        for key in ("l", "n", "m", "s", "a"):
            await hands.press(key)
            form = hands.app.screen
            for field, each in list(form.paper.fields.items())[:12]:
                if each.kind == "choice":
                    continue  # it has no cursor
                form.go(field)
                await hands.settle()
                spot = form.find_widget(form.focused).visible_region
                column, line = form.focused.cursor_screen_offset
                assert spot.contains(column, line), (key, field)
            await hands.press("escape")

    drive(script, size=size, theme=theme)


def test_what_is_wrong_with_a_field_does_not_hide_it_on_the_smallest_terminal(drive):
    async def script(hands):
        await hands.press("m")
        await hands.write("12,3,4")
        assert "12,3,4 " in hands.text()
        assert "“12,3,4” is no" in hands.text()

    drive(script, size=(20, 5))


def test_what_is_offered_stands_below_its_field_on_the_smallest_terminal(drive):
    def words(hands):
        return hands.text().split("\n")

    async def script(hands):
        await hands.press("a", "tab", "tab")
        await hands.write("ca")
        at = next(n for n, line in enumerate(words(hands)) if line.startswith("works at ca"))
        assert "Ca" in words(hands)[at + 1]
        for _ in range(4):
            await hands.press("down")
        offers = hands.app.screen.query_one(Offers)
        assert offers.cards[offers.at][1][:6] in hands.text()
        await hands.press("enter")
        assert any(line.startswith("works at") for line in words(hands))
        await hands.press("escape")
        assert "y yes" in hands.text()

    drive(script, size=(20, 5))
