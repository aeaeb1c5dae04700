"""The list of a noun: open records first, and the same forms as on a card."""

import pytest

from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.sales import sales
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.tui import palette
from cardcrm.tui.screens.records import RecordsPage, list_orders

PRIYA = 12
SCROLLBAR = " ▁▂▃▄▅▆▇█"


async def open_list(pilot, noun):
    pilot.app.open_records(noun)
    await pilot.settle()
    assert isinstance(pilot.app.screen, RecordsPage)
    return pilot.app.screen


@pytest.mark.engines("sqlite", "postgresql")
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


@pytest.mark.engines("sqlite", "postgresql")
async def test_interaction_added_to_the_list_has_its_contact(open_app, store):
    async with open_app() as pilot:
        await open_list(pilot, "interaction")
        assert "show all" not in pilot.text()
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


@pytest.mark.engines("sqlite", "postgresql")
async def test_deletion_in_the_list_is_undone(open_app, store):
    async with open_app() as pilot:
        page = await open_list(pilot, "reminder")
        count, reminder = page.list.count, page.list.selected
        await pilot.press("delete", "y")
        assert page.list.count == count - 1
        assert pilot.notices[-1].startswith(f"Deleted the reminder “{reminder.values['text']}”")
        await pilot.press("u")
        assert page.list.count == count


def lines_below(text, heading):
    """Return the heading that begins with a text, and the lines below it."""
    lines = [line.rstrip() for line in text.splitlines()]
    at = next(at for at, line in enumerate(lines) if line.strip().startswith(heading))
    return lines[at:]


async def test_reminders_in_80_columns_show_task_and_due_date(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await open_list(pilot, "reminder")
        heading, first, *_, timed = lines_below(pilot.text(), "id  contact")[:6]
        assert heading.split() == ["id", "contact", "what", "due"]
        assert first.split()[:3] == ["1", "Priya", "Raman"]
        assert "price for a bigger foyer arra…" in first
        assert first.endswith("Sun 15 Nov")
        assert timed.rstrip(SCROLLBAR).endswith("Sat 21 Nov 10:00")


async def test_sales_in_80_columns_show_amounts_under_their_heading(open_app):
    async with open_app(size=(80, 24)) as pilot:
        page = await open_list(pilot, "sale")
        heading, first = lines_below(pilot.text(), "id  on")[:2]
        assert heading.split() == ["id", "on", "contact", "amount", "cost", "for"]
        assert "28.00 GBP   11.50 GBP  Seasonal bouquet" in first
        assert first.index("28.00 GBP") + 9 == heading.index("amount") + 6
        assert page.card.region.y > page.list.region.y  # the card is below
        assert page.list.region.width == 80


async def test_card_is_beside_the_list_where_both_fit(open_app):
    async with open_app(size=(140, 24)) as pilot:
        page = await open_list(pilot, "sale")
        assert page.list.region.width <= 70 <= page.card.region.x
        assert "145.00 GBP" in pilot.text()


@pytest.mark.parametrize(
    ("noun", "shown"),
    [
        ("product", "AR-2     Arrangements   145.00 GBP   69.00 GBP"),
        ("segment", "tag:wedding stage:prospect"),
    ],
)
async def test_noun_without_contacts_takes_the_whole_width(open_app, noun, shown):
    async with open_app(size=(80, 24)) as pilot:
        page = await open_list(pilot, noun)
        assert shown in pilot.text()
        assert page.list.region.width == 80
        assert not page.card.display
        await pilot.press("l")
        assert pilot.app.screen is page
        assert "snooze" not in pilot.text()


async def test_columns_are_chosen_again_for_another_width(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await open_list(pilot, "reminder")
        assert "priority" not in pilot.text()
        before = pilot.text()
        await pilot.resize_terminal(130, 24)
        await pilot.settle()
        assert "priority" in pilot.text()
        await pilot.resize_terminal(200, 60)  # the card moves beside the list
        await pilot.settle()
        await pilot.resize_terminal(80, 24)
        await pilot.settle()
        assert pilot.text() == before


async def test_first_interaction_has_its_contact_at_once(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        page = await open_list(pilot, "interaction")
        (contact_id, name), *_ = interactions.participants(store, page.list.selected.id)
        assert page.card.contact_id == contact_id
        await pilot.press("l")
        assert f"Log an interaction with {name}" in pilot.text()


async def test_form_is_about_the_line_even_if_keys_come_faster_than_its_card(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await open_list(pilot, "interaction")
        await pilot.press_only("down", "down", "l")
        await pilot.settle()
        assert "Log an interaction with Marcus Adeyemi" in pilot.text()


async def test_reminder_of_the_line_is_marked_done_not_the_next_of_its_contact(open_app):
    async with open_app() as pilot:
        page = await open_list(pilot, "reminder")
        texts = [each.values["text"] for each in page.list.records]
        page.list.put_cursor(texts.index("wedding day"))
        await pilot.settle()
        await pilot.press("d")
        assert "Done: wedding day" in pilot.text()


async def test_refused_filter_stays_with_its_error_until_it_is_left(open_app):
    async with open_app(size=(80, 24)) as pilot:
        page = await open_list(pilot, "reminder")
        count = page.list.count
        await pilot.press("f3", *"priya", "enter")
        assert page.list.count == 1
        await pilot.press("f3")
        page.query_one("#query").value = "kind:call"
        await pilot.press("enter")
        assert "unknown field “kind”" in pilot.text()
        assert "kind:call" in pilot.text()
        assert page.list.count == 1
        await pilot.press("escape")
        assert "kind" not in pilot.text()
        assert page.query_one("#query").value == "priya"
        assert page.list.has_focus
        await pilot.press("f3")
        page.query_one("#query").value = ""
        await pilot.press("enter")
        assert page.list.count == count


async def test_retired_products_are_listed_on_request(open_app, store):
    records.edit(store, PRODUCT, [1], {"retired": "yes"})
    async with open_app(size=(100, 60)) as pilot:
        page = await open_list(pilot, "product")
        assert "filter products that are not retired" in pilot.text()
        count = page.list.count
        await pilot.press("v")
        assert "filter all products" in pilot.text()
        assert page.list.count == count + 1
        await pilot.press("question_mark")
        assert "add a record" in pilot.text()
        assert "delete the record" in pilot.text()
        assert "show or hide those that are done or retired" in pilot.text()
        assert "add a contact" not in pilot.text()


async def test_palette_says_which_records_a_list_shows(open_app):
    async with open_app() as pilot:
        help_of = {each.title: each.help for each in palette.entries(pilot.app)}
        assert help_of["List reminders"] == "open reminders, to filter and edit"
        assert help_of["List sales"] == "all sales, to filter and edit"
        await open_list(pilot, "sale")
        assert "add a record (a)" in [each.help for each in palette.entries(pilot.app)]


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("noun", ["product", "reminder", "sale", "interaction", "job"])
async def test_the_sort_key_goes_through_all_orders_of_a_list(open_app, noun):
    async with open_app() as pilot:
        page = await open_list(pilot, noun)
        orders = list_orders(page.type)
        first = [each.id for each in page.list.records]
        for order in (*orders[1:], orders[0]):
            await pilot.press("b")
            assert page.sort == order
            assert pilot.notices[-1].startswith("Sorted by ")
        assert [each.id for each in page.list.records] == first


async def test_a_list_is_sorted_by_a_column_and_the_other_way_round(open_app):
    async with open_app() as pilot:
        page = await open_list(pilot, "product")
        names = [each.values["name"] for each in page.list.records]
        assert names == sorted(names)
        await pilot.press("b")
        assert pilot.notices[-1] == "Sorted by product, in reverse"
        assert [each.values["name"] for each in page.list.records] == names[::-1]
