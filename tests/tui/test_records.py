"""The list of a noun: open records first, and the same forms as on a card."""

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.sales import sales
from cardcrm.tui.screens.records import RecordsPage

PRIYA = 12


async def open_list(pilot, noun):
    pilot.app.open_records(noun)
    await pilot.settle()
    assert isinstance(pilot.app.screen, RecordsPage)
    return pilot.app.screen


async def test_reminders_that_are_done_are_listed_on_request(open_app, store):
    reminders.done(store, 1)
    async with open_app() as pilot:
        page = await open_list(pilot, "reminder")
        assert "filter open reminders" in pilot.text()
        count = page.list.count
        assert 1 not in [each.id for each in page.list.records]
        await pilot.press("v")
        assert "filter all reminders" in pilot.text()
        assert page.list.count == count + 1
        await pilot.press("v")
        assert page.list.count == count


async def test_interaction_added_to_the_list_has_its_contact(open_app, store):
    async with open_app() as pilot:
        await open_list(pilot, "interaction")
        assert "all or open" not in pilot.text()
        await pilot.press("a", "enter")
        assert "Name the contact of the interaction." in pilot.text()
        await pilot.paste("Priya Raman")
        pilot.app.screen.go("text")
        await pilot.settle()
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert pilot.notices[-1] == "Logged call with Priya Raman"
    assert interactions.timeline(store, PRIYA)[0].text == "a long talk"


async def test_sale_edited_in_the_list_keeps_its_lines(open_app, store):
    async with open_app() as pilot:
        page = await open_list(pilot, "sale")
        sale_id = page.list.selected.id
        before = sales.lines_of(store, sale_id)
        assert before
        await pilot.press("enter")
        assert before[0].product in pilot.text()
        pilot.app.screen.go("ref")
        await pilot.settle()
        await pilot.paste("A77")
        await pilot.press("enter")
        assert pilot.app.screen is page
    assert sales.get(store, sale_id).ref.endswith("A77")
    assert sales.lines_of(store, sale_id) == before


async def test_deletion_in_the_list_is_undone(open_app, store):
    async with open_app() as pilot:
        page = await open_list(pilot, "reminder")
        count, reminder = page.list.count, page.list.selected
        await pilot.press("delete", "y")
        assert page.list.count == count - 1
        assert pilot.notices[-1].startswith(f"Deleted the reminder “{reminder.values['text']}”")
        await pilot.press("u")
        assert page.list.count == count
