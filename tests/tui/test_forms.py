"""Forms: checks while typing, possible duplicates, and no text discarded without asking."""

import pytest
from textual import events
from textual.widgets import Static

from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import products, sales
from cardcrm.tui.forms.completion_popup import CompletionList
from cardcrm.tui.screens.page import Page


@pytest.mark.engines("sqlite", "postgresql")
async def test_new_contact_is_checked_for_duplicates_and_shown(open_app, store):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Priya Rama")
        assert "Possible duplicate: Priya Raman #12" in pilot.text()
        for _ in range(4):
            await pilot.press("tab")
        await pilot.paste("new@example.com")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.card.card.details.contact.name == "Priya Rama"
    card = contacts.get(store, 89)
    assert (card.name, contacts.points_of(store, 89)[0].value) == ("Priya Rama", "new@example.com")


async def test_changed_form_asks_before_closing(open_app, store):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Jo")
        await pilot.press("escape")
        assert "Discard changes?" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("name") == "Jo"
        await pilot.press("escape", "escape")
        assert pilot.app.screen.value("name") == "Jo"
        await pilot.press("escape", "y")
        assert isinstance(pilot.app.screen, Page)
    assert store.value("SELECT count(*) FROM contact") == 88


async def test_key_line_names_the_editor_or_enter(
    open_app,
):
    async with open_app() as pilot:
        await pilot.press("l")
        assert "F4 $EDITOR" in pilot.text()
        assert "Enter or ^O save" not in pilot.text()
        await pilot.press("escape", "m")
        assert "Enter or ^O save" in pilot.text()
        assert "F4" not in pilot.text()


async def test_unchanged_form_closes_at_once(open_app):
    async with open_app() as pilot:
        await pilot.press("a", "escape")
        assert isinstance(pilot.app.screen, Page)


async def test_quitting_asks_about_a_changed_form(open_app):
    async with open_app() as pilot:
        await pilot.press("a")
        await pilot.paste("Jo")
        await pilot.press_only("ctrl+c")
        await pilot.settle()
        assert "Discard changes?" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("name") == "Jo"


@pytest.mark.engines("sqlite", "postgresql")
async def test_edit_writes_only_changed_fields(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e", "tab", "tab", "tab")
        await pilot.paste(" and banquets")
        await pilot.press("ctrl+o")
    assert contacts.get(store, 10).title == "events manager and banquets"
    changed = [row["new"] for row in store.rows("SELECT new FROM change ORDER BY id DESC LIMIT 1")]
    assert not any("name" in text for text in changed)


async def test_errors_are_shown_while_typing(open_app):
    async with open_app() as pilot:
        await pilot.press("m")
        await pilot.paste("12,3,4")
        assert "invalid amount “12,3,4”" in pilot.text()
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, Page)


@pytest.mark.engines("sqlite", "postgresql")
async def test_sale_is_recorded(open_app, store):
    async with open_app() as pilot:
        await pilot.press("m")
        await pilot.paste("49.50")
        assert "49.50 GBP" in pilot.text()
        await pilot.press("tab")
        await pilot.paste("posies")
        await pilot.press("enter")
    sale = sales.of_contact(store, 12)[0]
    assert (sale.amount.minor, sale.text) == (4950, "posies")


async def test_long_pasted_text_shows_its_end(open_app):
    async with open_app() as pilot:
        await pilot.press("n")
        await pilot.paste(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in pilot.text()
        assert "word0 " not in pilot.text()


async def test_products_are_suggested_in_a_sale_line(open_app, store):
    products.add(store, "Seasonal bouquet, large", price=Money(3900, "GBP"))

    async with open_app() as pilot:
        await pilot.press("m", "tab", "tab")
        await pilot.paste("2 x bouq")
        assert "2 x Seasonal bouquet  28.00 GBP" in pilot.text()
        assert "#0" not in pilot.text()
        await pilot.press("down", "down", "enter")
        assert pilot.app.screen.value("lines-0-text") == "2 x Seasonal bouquet"
        assert not pilot.app.screen.query(CompletionList)  # a prefix of a longer name
        await pilot.paste(" @ 25")
        assert not pilot.app.screen.query(CompletionList)
        await pilot.press("enter")
    assert sales.of_contact(store, 12)[0].amount.minor == 5000


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_deleted_under_a_form_keeps_its_text(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "l")
        await pilot.paste("a long talk")
        contacts.remove(store, [10])
        await pilot.press("ctrl+o")
        assert "The contact Marcus Adeyemi was deleted" in pilot.text()
        await pilot.press("escape")
        assert pilot.app.screen.value("text") == "a long talk"


async def test_locked_database_keeps_the_form(open_app, store):
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
async def test_keys_typed_while_a_form_opens_go_to_it(open_app, store, keys, text):
    """Send all keys at once, without waiting for the form."""

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


async def test_keys_for_a_form_that_does_not_open_are_dropped(open_app, store):
    async with open_app() as pilot:
        contacts.remove(store, [pilot.app.page.card.contact_id])
        for key in ("l", *"quit"):
            pilot.app.simulate_key(key)
        await pilot.settle()
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, Page)
        await pilot.press("2")  # and then keys are heard again
        assert pilot.app.page.mode_name == "contacts"
    assert store.value("SELECT max(id) FROM step WHERE author = 'rosa' AND kind = 'undo'") is None


@pytest.mark.parametrize(
    "keys", [(*"a", *"Dora", "enter", "2"), (*"l", *"asked", "ctrl+o", "2")], ids=str
)
async def test_keys_after_saving_go_to_the_page(open_app, store, keys):
    async with open_app() as pilot:
        await at_once(pilot, *keys)
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.mode_name == "contacts"
    names = store.value("SELECT count(*) FROM contact WHERE name = 'Dora'")
    assert names + store.value("SELECT count(*) FROM interaction WHERE text = 'asked'") == 1


async def test_keys_after_a_failed_save_are_dropped(open_app):
    async with open_app() as pilot:
        await pilot.press("n")
        await at_once(pilot, *"call", "tab", *"no day", "enter", *"qq")
        form = pilot.app.screen
        assert form.value("due") == "no day"
        await pilot.press("x")  # and then keys are heard again
        assert form.value("due") == "no dayx"


async def test_keys_before_a_question_do_not_answer_it(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "space", "down", "space", "down", "space", "t")
        await at_once(pilot, *"spring", "enter", "y", "y")
        await pilot.pause(0.2)
        assert "Tag 3 contacts?" in pilot.text()
        await pilot.press("n")
    assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") == 0


async def at_once(pilot, *keys):
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.settle()


async def test_keys_after_moving_go_to_the_new_field(open_app):
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
        assert form.value("address-0-latitude") == "x"


async def test_arrow_keys_leave_a_text_only_at_its_edges(open_app):
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


async def test_keys_after_the_slash_are_searched_for(open_app):
    async with open_app() as pilot:
        await at_once(pilot, "slash", *"priya", "enter")  # everything, then the contact
        assert pilot.app.page.card.card.details.contact.name == "Priya Raman"
        await at_once(pilot, "slash", *"priya", "enter")  # the list of contacts
        page = pilot.app.page
        assert page.contacts.words == "priya"
        assert page.card.card.details.contact.name == "Priya Raman"
        await at_once(pilot, "slash", *"xyz")
        assert page.contacts.words == "xyz"  # what was there is written over


async def test_all_answers_are_visible_in_a_narrow_window(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "l", *"hi")
        contacts.remove(store, [pilot.app.page.selected_contact()])
        await pilot.press("ctrl+o")
        text = " ".join(pilot.text().split())
        assert "n save it on a new contact named Marcus Adeyemi" in text
        assert "c copy the text" in text
        await pilot.resize_terminal(30, 20)
        await pilot.settle()
        text = " ".join(pilot.text().replace("│", "").split())
        assert "n save it on a new contact named Marcus Adeyemi c copy the text b back" in text


async def test_participants_and_unknown_mentions_are_reported(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "l")
        await pilot.paste("met @eleanor and @unknownname")
        await pilot.press("ctrl+o")
        said = pilot.notices[-1]
        assert said.startswith("Logged call with Marcus Adeyemi and Eleanor Whitcombe;")
        assert "@unknownname matches no contact" in said
        await pilot.press("l")
        await pilot.paste("met the others")
        await pilot.press("ctrl+o")
        assert pilot.notices[-1] == "Logged call with Marcus Adeyemi"


async def test_future_date_and_invalid_minutes_are_reported(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "l", *"hi", "tab", "tab", "tab", *"2027-01-01")
        feedback = pilot.app.screen.query_one("#feedback", Static)
        assert "is in the future. Use a reminder for the future." in str(feedback.render())
        await pilot.press("tab", *"-3")
        assert "minutes must be between 0 and 100,000" in str(feedback.render())


@pytest.mark.parametrize("theme", ["dark", "plain"])
@pytest.mark.parametrize(
    "size", [(20, 5), (30, 7), (40, 11)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_focused_field_is_visible_on_the_smallest_terminal(open_app, size, theme):
    async with open_app(size=size, theme=theme) as pilot:
        for key in ("l", "n", "m", "s", "a"):
            await pilot.press(key)
            form = pilot.app.screen
            for field, each in list(form.fields.fields.items())[:12]:
                if each.kind == "choice":
                    continue  # it has no cursor
                form.go(field)
                await pilot.settle()
                spot = form.find_widget(form.focused).visible_region
                column, line = form.focused.cursor_screen_offset
                assert spot.contains(column, line), (key, field)
            await pilot.press("escape")


async def test_error_does_not_hide_its_field_on_the_smallest_terminal(open_app):
    async with open_app(size=(20, 5)) as pilot:
        await pilot.press("m")
        await pilot.paste("12,3,4")
        assert "12,3,4 " in pilot.text()
        assert "invalid amount " in pilot.text()


async def test_suggestions_are_visible_on_the_smallest_terminal(open_app):
    def words(pilot):
        return pilot.text().split("\n")

    async with open_app(size=(20, 5)) as pilot:
        await pilot.press("a", "tab", "tab")
        await pilot.paste("ca")
        at = next(n for n, line in enumerate(words(pilot)) if line.startswith("works at ca"))
        assert "Ca" in words(pilot)[at + 1]
        for _ in range(4):
            await pilot.press("down")
        offers = pilot.app.screen.query_one(CompletionList)
        assert offers.suggestions[offers.selected][1][:6] in pilot.text()
        await pilot.press("enter")
        assert any(line.startswith("works at") for line in words(pilot))
        await pilot.press("escape")
        assert "y yes" in pilot.text()
