"""What stands on a card is mended and removed there; what goes meanwhile loses no word."""

import pytest

from cardcrm.errors import NotFoundError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, record_diff, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import LineDraft
from cardcrm.store import journal
from cardcrm.tui.forms.conflict_dialog import Which
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.page import Page

PRIYA = 12
GET = {"reminder": reminders.get, "interaction": interactions.get, "sale": sales.get}
REMOVE = {"reminder": reminders.remove, "interaction": interactions.remove, "sale": sales.remove}
TEXTS = {
    "reminder": record_diff.reminder_texts,
    "interaction": record_diff.interaction_texts,
    "sale": record_diff.sale_texts,
}
MEND = {
    "reminder": record_diff.mend_reminder,
    "interaction": record_diff.mend_interaction,
    "sale": record_diff.mend_sale,
}
THINGS = list(GET)


@pytest.fixture(autouse=True)
def sale(store):
    """Something that Priya has bought, so that there is one of each thing on her card."""
    sales.sell(store, PRIYA, Money(4900, "GBP"), lines=[LineDraft("Rose bouquet", 2000)])


async def to(hands, kind):
    """Go to Priya's card, and on it to the first thing of a kind; its id."""
    card = hands.app.page.card
    await hands.press("enter")
    for _ in range(40):
        if card.target is not None and card.target.kind == kind:
            return card.target.id
        await hands.press("down")
    raise AssertionError(f"no {kind} on the card:\n{hands.text()}")


async def instead(hands, name, text):
    widget = hands.app.screen.paper.widget(name)
    if hasattr(widget, "text"):
        widget.text = text
    else:
        widget.value = text
    await hands.settle()


@pytest.mark.parametrize("kind", THINGS)
def test_it_is_chosen_on_the_card_mended_and_undone(drive, store, kind):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await hands.press("e")
        assert f"{kind.capitalize()} {seen['id']} with Priya Raman" in hands.text()
        await instead(hands, "text", "quite another thing")
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        lines = hands.app.page.card._lines
        assert "another" in " ".join(span.text for line in lines for span in line.spans)
        assert GET[kind](store, seen["id"]).text == "quite another thing"
        await hands.press("u")

    drive(script)
    assert GET[kind](store, seen["id"]) == seen["before"]


@pytest.mark.parametrize("kind", THINGS)
def test_it_is_removed_after_a_yes_and_brought_back(drive, store, kind):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await hands.press("delete")
        assert f"Remove the {kind}" in hands.text()
        await hands.press("n")
        assert GET[kind](store, seen["id"]) == seen["before"]
        await hands.press("delete", "y")
        with pytest.raises(NotFoundError):
            GET[kind](store, seen["id"])
        await hands.press("u")

    drive(script)
    assert GET[kind](store, seen["id"]) == seen["before"]
    assert contacts.get(store, PRIYA).name == "Priya Raman"


@pytest.mark.parametrize("kind", ["interaction", "sale"])
def test_enter_opens_it_too(drive, kind):
    async def script(hands):
        await to(hands, kind)
        await hands.press("enter")
        assert isinstance(hands.app.screen, Form)

    drive(script)


def test_the_days_list_removes_its_reminder(drive, store):
    async def script(hands):
        reminder = hands.app.page.list.chosen.id
        await hands.press("delete", "y")
        with pytest.raises(NotFoundError):
            reminders.get(store, reminder)

    drive(script)


def test_where_nothing_is_chosen_nothing_is_removed(drive, store):
    cards = store.value("SELECT count(*) FROM contact")

    async def script(hands):
        await hands.press("3", "delete")
        assert any("choose an interaction" in note for note in hands.notices)

    drive(script)
    assert store.value("SELECT count(*) FROM contact") == cards


def test_all_of_an_interaction_can_be_mended(drive, store):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, "interaction")
        await hands.press("e")
        for name, text in {
            "kind": "visit",
            "direction": "in",
            "on": "3 nov 15:30",
            "minutes": "45",
            "outcome": "fine",
        }.items():
            await instead(hands, name, text)
        await hands.press("ctrl+o")

    drive(script)
    told = record_diff.interaction_texts(store, interactions.get(store, seen["id"]))
    del told["text"]
    assert told == {
        "kind": "visit",
        "direction": "in",
        "on": "2026-11-03 15:30",
        "minutes": "45",
        "outcome": "fine",
        "with": f"#{PRIYA}",
    }


def test_all_of_a_sale_can_be_mended(drive, store):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, "sale")
        await hands.press("e")
        form = hands.app.screen
        lines = [name for name in form.paper.fields if name.startswith("line-")]
        for name in lines:
            await instead(hands, name, "")
        await instead(hands, "line-0-text", "2 x Rose bouquet @ 20")
        await instead(hands, "line-1-text", "Vase @ 8")
        for name, text in {"amount": "48", "on": "3 nov", "cost": "12", "ref": "A77"}.items():
            await instead(hands, name, text)
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page), hands.text()

    drive(script)
    told = record_diff.sale_texts(store, sales.get(store, seen["id"]))
    assert told["lines"] == "2 x Rose bouquet @ 20.00\nVase @ 8.00"
    assert (told["amount"], told["on"], told["cost"], told["ref"]) == (
        "48.00",
        "2026-11-03",
        "12.00",
        "A77",
    )


def test_a_sale_of_several_products_is_noted(drive, store):
    async def script(hands):
        await hands.press("m")
        await instead(hands, "line-0-text", "2 x Rose bouquet @ 20")
        await instead(hands, "line-1-text", "Vase @ 8")
        await hands.press("ctrl+o")

    drive(script)
    sale = sales.of_contact(store, PRIYA)[0]
    assert [line.product for line in sales.lines_of(store, sale.id)] == ["Rose bouquet", "Vase"]
    assert sale.amount.minor == 4800


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("mine", [True, False])
def test_where_two_mend_the_same_the_second_is_asked(drive, store, kind, mine):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, kind)
        await hands.press("e")
        await instead(hands, "text", "mine")
        before = TEXTS[kind](store, GET[kind](store, seen["id"]))
        MEND[kind](store, seen["id"], before, before | {"text": "theirs"})
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Which)
        await hands.press(*(() if mine else ("right",)), "ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    assert GET[kind](store, seen["id"]).text == ("mine" if mine else "theirs")


@pytest.mark.parametrize("kind", THINGS)
def test_what_was_removed_meanwhile_is_kept_and_may_be_noted_anew(drive, store, kind):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, kind)
        await hands.press("e")
        await instead(hands, "text", "not to be lost")
        REMOVE[kind](store, [seen["id"]])
        await hands.press("ctrl+o", "b")
        assert hands.app.screen.value("text") == "not to be lost"
        await hands.press("ctrl+o", "c")
        assert "not to be lost" in hands.app.clipboard
        await hands.press("ctrl+o", "n")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    count = store.value(f"SELECT count(*) FROM {kind} WHERE text = 'not to be lost'")
    assert count == 1


# the card under a form is removed

FORMS = {
    "l": ("interaction", {"text": "not to be lost"}),
    "n": ("reminder", {"text": "not to be lost", "due": "fri"}),
    "m": ("sale", {"text": "not to be lost", "amount": "12"}),
    "d": ("interaction", {"text": "not to be lost"}),
}


@pytest.mark.parametrize("key", FORMS)
def test_a_card_removed_under_a_form_can_be_made_anew_with_what_was_written(drive, store, key):
    table, texts = FORMS[key]

    async def script(hands):
        await hands.press(key)
        for name, text in texts.items():
            await instead(hands, name, text)
        contacts.remove(store, [PRIYA])
        await hands.press("ctrl+o")
        if key == "d":  # first the reminder is missed, then the card
            await hands.press("n")
        await hands.press("b")
        assert hands.app.screen.value("text") == "not to be lost"
        await hands.press("ctrl+o")
        if key == "d":
            await hands.press("n")
        await hands.press("n")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    made = store.row("SELECT id, name FROM contact ORDER BY id DESC LIMIT 1")
    assert (made["name"], made["id"] > PRIYA) == ("Priya Raman", True)
    assert store.value(f"SELECT count(*) FROM {table} WHERE text = 'not to be lost'") == 1
    assert journal.steps(store, 1)[0].author == "rosa"


def test_a_reminder_removed_under_its_snooze_can_be_planned_anew(drive, store):
    was = reminders.get(store, 1)

    async def script(hands):
        await hands.press("s")
        await instead(hands, "due", "2w")
        reminders.remove(store, [1])
        await hands.press("ctrl+o", "n")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    made = [each for each in reminders.open_of(store, PRIYA) if each.text == was.text]
    assert [(each.due_on, each.promise) for each in made] == [("2026-12-05", was.promise)]


def test_a_reminder_removed_while_it_is_ticked_off_can_still_be_logged(drive, store):
    async def script(hands):
        await hands.press("d")
        await instead(hands, "text", "she said yes")
        reminders.remove(store, [1])
        await hands.press("ctrl+o", "n")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    assert interactions.timeline(store, PRIYA)[0].text == "she said yes"


def test_the_time_of_an_interaction_stays_to_the_second_when_something_else_is_mended(drive, store):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, "interaction")
        seen["at"] = interactions.get(store, seen["id"]).at
        await hands.press("e")
        await instead(hands, "outcome", "fine")
        await hands.press("ctrl+o")

    drive(script)
    told = interactions.get(store, seen["id"])
    assert (told.at, told.outcome) == (seen["at"], "fine")


def participants(store, interaction_id):
    return [name for _, name in interactions.participants(store, interaction_id)]


def test_who_took_part_is_put_in_and_taken_out_in_the_form(drive, store):
    seen = {}

    async def script(hands):
        seen["id"] = await to(hands, "interaction")
        await hands.press("e")
        form = hands.app.screen
        assert form.paper.text_of("with-0-who") == "Priya Raman"
        form.go("with-1-who")
        await hands.settle()
        await hands.write("nobody at all")
        await hands.press("enter")
        assert "no card for “nobody at all”" in hands.text()
        await instead(hands, "with-1-who", "Marcus Ad")
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        assert participants(store, seen["id"]) == ["Priya Raman", "Marcus Adeyemi"]
        await hands.press("e")
        await hands.pilot.pause(0.1)
        await instead(hands, "with-0-who", "")
        await hands.press("ctrl+o")

    drive(script)
    assert participants(store, seen["id"]) == ["Marcus Adeyemi"]
    assert journal.steps(store, 1)[0].command.startswith(f"tui: interaction edit {seen['id']}")


def test_a_talk_is_logged_with_somebody_else_who_is_found_while_one_types(drive, store):
    async def script(hands):
        await hands.press("l")
        await hands.write("all three of us")
        hands.app.screen.go("with-0-who")
        await hands.settle()
        await hands.write("Marcus")
        await hands.press("down", "enter", "ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    told = interactions.timeline(store, PRIYA)[0]
    assert participants(store, told.id) == ["Priya Raman", "Marcus Adeyemi"]


def test_a_talk_whose_card_went_is_kept_anew_with_the_others(drive, store):
    async def script(hands):
        seen = await to(hands, "interaction")
        interactions.edit(store, seen, joined=[10])
        await hands.press("e")
        await instead(hands, "text", "we met")
        contacts.remove(store, [PRIYA])
        interactions.remove(store, [seen])
        await hands.press("ctrl+o", "n", "n")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    told = store.value("SELECT max(id) FROM interaction")
    assert sorted(participants(store, told)) == ["Marcus Adeyemi", "Priya Raman"]
