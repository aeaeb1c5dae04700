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
    "reminder": record_diff.revise_reminder,
    "interaction": record_diff.revise_interaction,
    "sale": record_diff.revise_sale,
}
THINGS = list(GET)


@pytest.fixture(autouse=True)
def sale(store):
    """Something that Priya has bought, so that there is one of each thing on her card."""
    sales.sell(store, PRIYA, Money(4900, "GBP"), lines=[LineDraft("Rose bouquet", 2000)])


async def to(pilot, kind):
    """Go to Priya's card, and on it to the first thing of a kind; its id."""
    card = pilot.app.page.card
    await pilot.press("enter")
    for _ in range(40):
        if card.target is not None and card.target.kind == kind:
            return card.target.id
        await pilot.press("down")
    raise AssertionError(f"no {kind} on the card:\n{pilot.text()}")


async def instead(pilot, name, text):
    widget = pilot.app.screen.paper.widget(name)
    if hasattr(widget, "text"):
        widget.text = text
    else:
        widget.value = text
    await pilot.settle()


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_it_is_chosen_on_the_card_mended_and_undone(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await pilot.press("e")
        assert f"{kind.capitalize()} {seen['id']} with Priya Raman" in pilot.text()
        await instead(pilot, "text", "quite another thing")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        lines = pilot.app.page.card._lines
        assert "another" in " ".join(span.text for line in lines for span in line.spans)
        assert GET[kind](store, seen["id"]).text == "quite another thing"
        await pilot.press("u")
    assert GET[kind](store, seen["id"]) == seen["before"]


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_it_is_removed_after_a_yes_and_brought_back(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await pilot.press("delete")
        assert f"Remove the {kind}" in pilot.text()
        await pilot.press("n")
        assert GET[kind](store, seen["id"]) == seen["before"]
        await pilot.press("delete", "y")
        with pytest.raises(NotFoundError):
            GET[kind](store, seen["id"])
        await pilot.press("u")
    assert GET[kind](store, seen["id"]) == seen["before"]
    assert contacts.get(store, PRIYA).name == "Priya Raman"


@pytest.mark.parametrize("kind", ["interaction", "sale"])
async def test_enter_opens_it_too(open_app, kind):
    async with open_app() as pilot:
        await to(pilot, kind)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Form)


async def test_the_days_list_removes_its_reminder(open_app, store):
    async with open_app() as pilot:
        reminder = pilot.app.page.list.chosen.id
        await pilot.press("delete", "y")
        with pytest.raises(NotFoundError):
            reminders.get(store, reminder)


async def test_where_nothing_is_chosen_nothing_is_removed(open_app, store):
    cards = store.value("SELECT count(*) FROM contact")

    async with open_app() as pilot:
        await pilot.press("3", "delete")
        assert any("choose an interaction" in note for note in pilot.notices)
    assert store.value("SELECT count(*) FROM contact") == cards


async def test_all_of_an_interaction_can_be_mended(open_app, store):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "interaction")
        await pilot.press("e")
        for name, text in {
            "kind": "visit",
            "direction": "in",
            "on": "3 nov 15:30",
            "minutes": "45",
            "outcome": "fine",
        }.items():
            await instead(pilot, name, text)
        await pilot.press("ctrl+o")
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


async def test_all_of_a_sale_can_be_mended(open_app, store):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "sale")
        await pilot.press("e")
        form = pilot.app.screen
        lines = [name for name in form.paper.fields if name.startswith("line-")]
        for name in lines:
            await instead(pilot, name, "")
        await instead(pilot, "line-0-text", "2 x Rose bouquet @ 20")
        await instead(pilot, "line-1-text", "Vase @ 8")
        for name, text in {"amount": "48", "on": "3 nov", "cost": "12", "ref": "A77"}.items():
            await instead(pilot, name, text)
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page), pilot.text()
    told = record_diff.sale_texts(store, sales.get(store, seen["id"]))
    assert told["lines"] == "2 x Rose bouquet @ 20.00\nVase @ 8.00"
    assert (told["amount"], told["on"], told["cost"], told["ref"]) == (
        "48.00",
        "2026-11-03",
        "12.00",
        "A77",
    )


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_sale_of_several_products_is_noted(open_app, store):
    async with open_app() as pilot:
        await pilot.press("m")
        await instead(pilot, "line-0-text", "2 x Rose bouquet @ 20")
        await instead(pilot, "line-1-text", "Vase @ 8")
        await pilot.press("ctrl+o")
    sale = sales.of_contact(store, PRIYA)[0]
    assert [line.product for line in sales.lines_of(store, sale.id)] == ["Rose bouquet", "Vase"]
    assert sale.amount.minor == 4800


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("mine", [True, False])
async def test_where_two_mend_the_same_the_second_is_asked(open_app, store, kind, mine):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        await pilot.press("e")
        await instead(pilot, "text", "mine")
        before = TEXTS[kind](store, GET[kind](store, seen["id"]))
        MEND[kind](store, seen["id"], before, before | {"text": "theirs"})
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Which)
        await pilot.press(*(() if mine else ("right",)), "ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    assert GET[kind](store, seen["id"]).text == ("mine" if mine else "theirs")


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_what_was_removed_meanwhile_is_kept_and_may_be_noted_anew(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        await pilot.press("e")
        await instead(pilot, "text", "not to be lost")
        REMOVE[kind](store, [seen["id"]])
        await pilot.press("ctrl+o", "b")
        assert pilot.app.screen.value("text") == "not to be lost"
        await pilot.press("ctrl+o", "c")
        assert "not to be lost" in pilot.app.clipboard
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    count = store.value(f"SELECT count(*) FROM {kind} WHERE text = 'not to be lost'")
    assert count == 1


# the card under a form is removed

FORMS = {
    "l": ("interaction", {"text": "not to be lost"}),
    "n": ("reminder", {"text": "not to be lost", "due": "fri"}),
    "m": ("sale", {"text": "not to be lost", "amount": "12"}),
    "d": ("interaction", {"text": "not to be lost"}),
}


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("key", FORMS)
async def test_a_card_removed_under_a_form_can_be_made_anew_with_what_was_written(
    open_app, store, key
):
    table, texts = FORMS[key]

    async with open_app() as pilot:
        await pilot.press(key)
        for name, text in texts.items():
            await instead(pilot, name, text)
        contacts.remove(store, [PRIYA])
        await pilot.press("ctrl+o")
        if key == "d":  # first the reminder is missed, then the card
            await pilot.press("n")
        await pilot.press("b")
        assert pilot.app.screen.value("text") == "not to be lost"
        await pilot.press("ctrl+o")
        if key == "d":
            await pilot.press("n")
        await pilot.press("n")
        assert isinstance(pilot.app.screen, Page)
    made = store.row("SELECT id, name FROM contact ORDER BY id DESC LIMIT 1")
    assert (made["name"], made["id"] > PRIYA) == ("Priya Raman", True)
    assert store.value(f"SELECT count(*) FROM {table} WHERE text = 'not to be lost'") == 1
    assert journal.steps(store, 1)[0].author == "rosa"


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_reminder_removed_under_its_snooze_can_be_planned_anew(open_app, store):
    was = reminders.get(store, 1)

    async with open_app() as pilot:
        await pilot.press("s")
        await instead(pilot, "due", "2w")
        reminders.remove(store, [1])
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    made = [each for each in reminders.open_of(store, PRIYA) if each.text == was.text]
    assert [(each.due_on, each.promise) for each in made] == [("2026-12-05", was.promise)]


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_reminder_removed_while_it_is_ticked_off_can_still_be_logged(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d")
        await instead(pilot, "text", "she said yes")
        reminders.remove(store, [1])
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    assert interactions.timeline(store, PRIYA)[0].text == "she said yes"


async def test_the_time_of_an_interaction_stays_to_the_second_when_something_else_is_mended(
    open_app, store
):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "interaction")
        seen["at"] = interactions.get(store, seen["id"]).at
        await pilot.press("e")
        await instead(pilot, "outcome", "fine")
        await pilot.press("ctrl+o")
    told = interactions.get(store, seen["id"])
    assert (told.at, told.outcome) == (seen["at"], "fine")


def participants(store, interaction_id):
    return [name for _, name in interactions.participants(store, interaction_id)]


async def test_who_took_part_is_put_in_and_taken_out_in_the_form(open_app, store):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "interaction")
        await pilot.press("e")
        form = pilot.app.screen
        assert form.paper.text_of("with-0-who") == "Priya Raman"
        form.go("with-1-who")
        await pilot.settle()
        await pilot.paste("nobody at all")
        await pilot.press("enter")
        assert "no contact matches “nobody at all”" in pilot.text()
        await instead(pilot, "with-1-who", "Marcus Ad")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert participants(store, seen["id"]) == ["Priya Raman", "Marcus Adeyemi"]
        await pilot.press("e")
        await pilot.pause(0.1)
        await instead(pilot, "with-0-who", "")
        await pilot.press("ctrl+o")
    assert participants(store, seen["id"]) == ["Marcus Adeyemi"]
    assert journal.steps(store, 1)[0].command.startswith(f"tui: interaction edit {seen['id']}")


async def test_a_talk_is_logged_with_somebody_else_who_is_found_while_one_types(open_app, store):
    async with open_app() as pilot:
        await pilot.press("l")
        await pilot.paste("all three of us")
        pilot.app.screen.go("with-0-who")
        await pilot.settle()
        await pilot.paste("Marcus")
        await pilot.press("down", "enter", "ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    told = interactions.timeline(store, PRIYA)[0]
    assert participants(store, told.id) == ["Priya Raman", "Marcus Adeyemi"]


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_talk_whose_card_went_is_kept_anew_with_the_others(open_app, store):
    async with open_app() as pilot:
        seen = await to(pilot, "interaction")
        interactions.edit(store, seen, joined=[10])
        await pilot.press("e")
        await instead(pilot, "text", "we met")
        contacts.remove(store, [PRIYA])
        interactions.remove(store, [seen])
        await pilot.press("ctrl+o", "n", "n")
        assert isinstance(pilot.app.screen, Page)
    told = store.value("SELECT max(id) FROM interaction")
    assert sorted(participants(store, told)) == ["Marcus Adeyemi", "Priya Raman"]
