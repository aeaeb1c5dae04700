"""Records are edited and deleted on the card; deletions by others lose no text."""

import pytest

from cardcrm.errors import NotFoundError
from cardcrm.money import Money
from cardcrm.records import record_diff, records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.contacts import contacts
from cardcrm.records.registry import record_type
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import LineDraft
from cardcrm.store import journal
from cardcrm.tui.forms import record_form
from cardcrm.tui.forms.conflict_dialog import ConflictDialog
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.page import Page

PRIYA = 12
GET = {"reminder": reminders.get, "interaction": interactions.get, "sale": sales.get}
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
    """Record a sale to Priya, so that her card has one record of each kind."""
    sales.sell(store, PRIYA, Money(4900, "GBP"), lines=[LineDraft("Rose bouquet", 2000)])


async def to(pilot, kind):
    """Go to the first record of a kind on Priya's card; return its id."""
    card = pilot.app.page.card
    await pilot.press("tab")
    for _ in range(40):
        if card.target is not None and card.target.kind == kind:
            return card.target.id
        await pilot.press("down")
    raise AssertionError(f"no {kind} on the card:\n{pilot.text()}")


async def instead(pilot, name, text):
    widget = pilot.app.screen.fields.widget(name)
    if hasattr(widget, "text"):
        widget.text = text
    else:
        widget.value = text
    await pilot.settle()


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_record_is_edited_on_the_card_and_undone(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await pilot.press("e")
        assert f"{kind.capitalize()} {seen['id']} with Priya Raman" in pilot.text()
        await instead(pilot, "text", "quite another thing")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        lines = pilot.app.page.card.lines
        assert "another" in " ".join(span.text for line in lines for span in line.spans)
        assert GET[kind](store, seen["id"]).text == "quite another thing"
        assert f"Changed {kind} {seen['id']}: " in pilot.notices[-1]
        assert pilot.notices[-1].endswith("→ quite another thing")
        await pilot.press("u")
    assert GET[kind](store, seen["id"]) == seen["before"]


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_record_is_deleted_after_confirmation_and_undone(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        seen["before"] = GET[kind](store, seen["id"])
        await pilot.press("delete")
        assert f"Delete the {kind}" in pilot.text()
        await pilot.press("n")
        assert GET[kind](store, seen["id"]) == seen["before"]
        await pilot.press("delete", "y")
        with pytest.raises(NotFoundError):
            GET[kind](store, seen["id"])
        await pilot.press("u")
    assert GET[kind](store, seen["id"]) == seen["before"]
    assert contacts.get(store, PRIYA).name == "Priya Raman"


@pytest.mark.parametrize("kind", ["interaction", "sale"])
async def test_enter_opens_the_record(open_app, kind):
    async with open_app() as pilot:
        await to(pilot, kind)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Form)


async def test_delete_in_the_days_list_deletes_the_reminder(open_app, store):
    async with open_app() as pilot:
        reminder = pilot.app.page.list.selected.id
        await pilot.press("delete", "y")
        with pytest.raises(NotFoundError):
            reminders.get(store, reminder)


async def test_delete_without_a_selection_changes_nothing(open_app, store):
    cards = store.value("SELECT count(*) FROM contact")

    async with open_app() as pilot:
        await pilot.press("3", "delete")
        assert any("Select an interaction" in note for note in pilot.notices)
    assert store.value("SELECT count(*) FROM contact") == cards


async def test_all_fields_of_an_interaction_can_be_edited(open_app, store):
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
            "no_answer": "yes",
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
        "no_answer": "yes",
        "with": f"#{PRIYA}",
    }


async def test_all_fields_of_a_sale_can_be_edited(open_app, store):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "sale")
        await pilot.press("e")
        form = pilot.app.screen
        lines = [name for name in form.fields.fields if name.startswith("lines-")]
        for name in lines:
            await instead(pilot, name, "")
        await instead(pilot, "lines-0-text", "2 x Rose bouquet @ 20")
        await instead(pilot, "lines-1-text", "Vase @ 8")
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
async def test_sale_of_several_products_is_recorded(open_app, store):
    async with open_app() as pilot:
        await pilot.press("m")
        await instead(pilot, "lines-0-text", "2 x Rose bouquet @ 20")
        await instead(pilot, "lines-1-text", "Vase @ 8")
        await pilot.press("ctrl+o")
        assert pilot.notices[-1].startswith("Sold to Priya Raman: 48.00 GBP")
        await pilot.press("m")
        await pilot.paste("-12")
        await pilot.press("enter")
        assert pilot.notices[-1] == "Refunded Priya Raman: 12.00 GBP"
    refund, sale = sales.of_contact(store, PRIYA)[:2]
    assert [line.product for line in sales.lines_of(store, sale.id)] == ["Rose bouquet", "Vase"]
    assert (sale.amount.minor, refund.amount.minor) == (4800, -1200)


@pytest.mark.parametrize(
    ("amount", "lines", "summary"),
    [
        ("", "", ""),
        ("49.5", "", "Total 49.50 GBP"),
        ("-12", "", "Refund of 12.00 GBP"),
        ("", "3 x Rose bouquet @ 20 -10%", "Total 54.00 GBP"),
        ("", "2 x Rose bouquet @ 20\nVase @ 8", "Total 48.00 GBP; new in the catalog: Vase"),
        ("", "Rose bouqet @ 20", "Total 20.00 GBP; new in the catalog: Rose bouqet (not Rose bouq"),
        ("30", "3 x Rose bouquet", "Total 30.00 GBP"),
        ("50", "Rose bouquet @ 20", "The lines add up to 20.00 GBP, not to 50.00 GBP"),
        ("1.2.3", "", ""),
        ("", "1000 x Screw @ 0.045", "Total 45.00 GBP; new in the catalog: Screw"),
    ],
)
def test_summary_of_a_sale_is_its_total_and_its_new_products(store, amount, lines, summary):
    blank = dict.fromkeys(("cost", "on", "text", "ref", "channel", "tax_rate", "code"), "")
    texts = {**blank, "amount": amount, "lines": lines}
    said = record_form.form_of("sale").summarize(store, texts)
    assert said.startswith(summary) if summary else said == ""


@pytest.fixture
def promotion(store):
    """A code that takes 10% off once, this month."""
    given = {"code": "SPRING10", "discount": "10%", "max_uses": "1", "from": "2026-11-01"}
    return records.add(store, record_type("promotion"), given).id


async def test_a_sale_redeems_a_code(open_app, store, promotion):
    async with open_app() as pilot:
        await pilot.press("m")
        await instead(pilot, "lines-0-text", "2 x Rose bouquet @ 20")
        await instead(pilot, "code", "spring10")
        assert "Total 36.00 GBP" in pilot.text()
        await pilot.press("ctrl+o")
        assert "36.00 GBP" in pilot.notices[-1]
        row = store.row("SELECT id, amount, promotion_id FROM sale ORDER BY id DESC")
        assert (row["amount"], row["promotion_id"]) == (3600, promotion)
        await pilot.press("m")
        await instead(pilot, "amount", "9")
        await instead(pilot, "code", "SPRING10")
        await pilot.press("ctrl+o")
        assert "SPRING10 is used up: it was redeemed 1 time" in pilot.text()
        await instead(pilot, "code", "SPRING1")
        await pilot.press("ctrl+o")
        assert "unknown promotion “SPRING1”" in pilot.text()


def test_the_code_of_a_sale_is_changed_and_taken_off(store, promotion):
    form = record_form.form_of("sale")
    sale, _ = sales.sell(store, PRIYA, Money(900, "GBP"))
    before = form.texts(store, sale.id)
    assert before["code"] == ""
    form.revise(store, sale.id, before, {**before, "code": "spring10"})
    after = form.texts(store, sale.id)
    assert (after["code"], after["amount"]) == ("SPRING10", "9.00")
    form.revise(store, sale.id, after, {**after, "text": "roses"})
    assert form.texts(store, sale.id)["code"] == "SPRING10"
    form.revise(store, sale.id, after, {**after, "code": ""})
    assert form.texts(store, sale.id)["code"] == ""


async def test_total_of_a_sale_is_shown_while_it_is_typed(open_app):
    async with open_app() as pilot:
        await pilot.press("m")
        await instead(pilot, "lines-0-text", "2 x Rose bouquet @ 20")
        assert "Total 40.00 GBP" in pilot.text()
        await instead(pilot, "lines-1-text", "Vase @ 8")
        assert "Total 48.00 GBP; new in the catalog: Vase" in pilot.text()
        await pilot.press("ctrl+o")
        assert pilot.notices[-1] == "Sold to Priya Raman: 48.00 GBP; new in the catalog: Vase"


async def test_next_step_of_an_interaction_may_be_a_promise(open_app, store):
    async with open_app() as pilot:
        await pilot.press("l")
        await pilot.paste("asked for a quote")
        await instead(pilot, "promise", "yes")
        await pilot.press("ctrl+o")
        assert "a promise needs a next step. Fill in “next”." in pilot.text()
        await instead(pilot, "next", "send the quote")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page), pilot.text()
    newest = max(reminders.open_of(store, PRIYA), key=lambda each: each.id)
    assert (newest.text, newest.promise) == ("send the quote", True)


async def test_reminder_may_recur_from_the_day_it_is_done(open_app, store):
    async with open_app() as pilot:
        number = await to(pilot, "reminder")
        await pilot.press("e")
        await instead(pilot, "every", "2w after done")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page), pilot.text()
        assert reminders.get(store, number).rule == "FREQ=WEEKLY;INTERVAL=2;AFTER=DONE"


async def test_declared_form_words_its_hints_and_errors_as_the_others_do(open_app):
    async with open_app() as pilot:
        pilot.app.open_records("product")
        await pilot.settle()
        await pilot.press("a")
        assert "article number" in pilot.text()
        assert "Article number." not in pilot.text()
        await pilot.press("enter")
        assert "A product needs a name." in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("mine", [True, False])
async def test_edits_of_one_record_field_are_a_conflict(open_app, store, kind, mine):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        await pilot.press("e")
        await instead(pilot, "text", "mine")
        before = TEXTS[kind](store, GET[kind](store, seen["id"]))
        MEND[kind](store, seen["id"], before, before | {"text": "theirs"})
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, ConflictDialog)
        await pilot.press(*(() if mine else ("right",)), "ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    assert GET[kind](store, seen["id"]).text == ("mine" if mine else "theirs")


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("kind", THINGS)
async def test_record_deleted_meanwhile_can_be_saved_as_new(open_app, store, kind):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, kind)
        await pilot.press("e")
        await instead(pilot, "text", "not to be lost")
        records.remove(store, record_type(kind), [seen["id"]])
        await pilot.press("ctrl+o", "b")
        assert pilot.app.screen.value("text") == "not to be lost"
        await pilot.press("ctrl+o", "c")
        assert "not to be lost" in pilot.app.clipboard
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    count = store.value(f"SELECT count(*) FROM {kind} WHERE text = 'not to be lost'")
    assert count == 1


# contacts deleted under a form

FORMS = {
    "l": ("interaction", {"text": "not to be lost"}),
    "n": ("reminder", {"text": "not to be lost", "due": "fri"}),
    "m": ("sale", {"text": "not to be lost", "amount": "12"}),
    "d": ("interaction", {"text": "not to be lost"}),
}


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("key", FORMS)
async def test_contact_deleted_under_a_form_can_be_recreated(open_app, store, key):
    table, texts = FORMS[key]

    async with open_app() as pilot:
        await pilot.press(key)
        for name, text in texts.items():
            await instead(pilot, name, text)
        contacts.remove(store, [PRIYA])
        await pilot.press("ctrl+o")
        if key == "d":  # first the reminder is missing, then the contact
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
async def test_reminder_deleted_under_snooze_can_be_recreated(open_app, store):
    was = reminders.get(store, 1)

    async with open_app() as pilot:
        await pilot.press("s")
        await instead(pilot, "due", "2w")
        records.remove(store, REMINDER, [1])
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    made = [each for each in reminders.open_of(store, PRIYA) if each.text == was.text]
    assert [(each.due_on, each.promise) for each in made] == [("2026-12-05", was.promise)]


@pytest.mark.engines("sqlite", "postgresql")
async def test_reminder_deleted_under_done_can_be_logged(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d")
        await instead(pilot, "text", "she said yes")
        records.remove(store, REMINDER, [1])
        await pilot.press("ctrl+o", "n")
        assert isinstance(pilot.app.screen, Page)
    assert interactions.timeline(store, PRIYA)[0].text == "she said yes"


async def test_edit_keeps_the_exact_time_of_an_interaction(open_app, store):
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


async def test_participants_are_added_and_removed_in_the_form(open_app, store):
    seen = {}

    async with open_app() as pilot:
        seen["id"] = await to(pilot, "interaction")
        await pilot.press("e")
        form = pilot.app.screen
        assert form.fields.text_of("with-0-who") == "Priya Raman"
        form.go("with-1-who")
        await pilot.settle()
        await pilot.paste("no such person")
        await pilot.press("enter")
        assert "no contact matches “no such person”" in pilot.text()
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


async def test_suggested_participant_is_logged(open_app, store):
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
async def test_recreated_interaction_keeps_other_participants(open_app, store):
    async with open_app() as pilot:
        seen = await to(pilot, "interaction")
        interactions.edit(store, seen, joined=[10])
        await pilot.press("e")
        await instead(pilot, "text", "we met")
        contacts.remove(store, [PRIYA])
        records.remove(store, INTERACTION, [seen])
        await pilot.press("ctrl+o", "n", "n")
        assert isinstance(pilot.app.screen, Page)
    told = store.value("SELECT max(id) FROM interaction")
    assert sorted(participants(store, told)) == ["Marcus Adeyemi", "Priya Raman"]
