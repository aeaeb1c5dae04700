"""The columns and the order of the contact list."""

import datetime as dt

import pytest

from cardcrm.records.contacts import update
from cardcrm.records.contacts.listing import ContactSummary
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.text import cell_width
from cardcrm.tui.widgets.contact_blocks import _read_contacts
from cardcrm.tui.widgets.contact_columns import SORTS, flip_sort, lay_out, next_sort, row_spans

ORDERS = [each for each in SORTS if each != "name"]


def listed_ids(pilot):
    lines = pilot.app.page.contacts
    return [lines.contact_at(row).id for row in range(lines.count)]


def expected_ids(store, sort, query=""):
    return columns.find_ids(store, contact_query.parse(store, query), sort)


def heading(pilot):
    return str(pilot.app.page.headings.render())


@pytest.mark.engines("sqlite", "postgresql")
async def test_sort_key_goes_through_all_orders_of_the_list(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2")
        for sort in [*ORDERS, "name"]:
            await pilot.press("b")
            assert pilot.app.page.contacts.sort == sort
            assert listed_ids(pilot) == expected_ids(store, sort)
            assert pilot.app.page.contacts.cursor == 0
            assert pilot.app.page.card.card.details.contact.id == listed_ids(pilot)[0]


@pytest.mark.parametrize("sort", ORDERS)
async def test_search_in_another_order_lists_the_matches_in_it(open_app, store, sort):
    async with open_app() as pilot:
        await pilot.press("2")
        pilot.app.page.action_sort(sort)
        await pilot.press("slash", *"stage:customer", "enter")
        await pilot.settle()
        assert listed_ids(pilot) == expected_ids(store, sort, "stage:customer")
        await pilot.press("escape", "slash", "escape")
        assert listed_ids(pilot) == expected_ids(store, sort)


async def test_error_in_a_query_is_shown_in_any_order(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "b", "slash", *"value>much", "enter")
        await pilot.pause(0.8)
        assert "much" in str(pilot.app.page._error.render())


async def test_letter_returns_to_the_order_of_the_names(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "b", "S")
        assert pilot.app.page.contacts.sort == "name"
        assert pilot.app.page.contacts.selected.sort_key.startswith("s")
        assert pilot.app.page.card.contact_id == pilot.app.page.contacts.selected_id


async def test_cursor_stays_on_its_contact_in_any_order_when_the_list_is_read_again(
    open_app, store
):
    async with open_app() as pilot:
        await pilot.press("2", "b", "down", "down", "down")
        before = pilot.app.page.contacts.selected_id
        update.edit(
            store, expected_ids(store, "org")[:1], update.Edit(values=(("title", "Owner"),))
        )
        await pilot.look_for_changes()
        assert pilot.app.page.contacts.selected_id == before


async def test_click_on_a_heading_sorts_by_it_and_again_in_reverse(open_app, store):
    async with open_app(size=(200, 60)) as pilot:
        await pilot.press("2")
        at = heading(pilot).index("Value")
        for sort, arrow in (("-value", "↓"), ("value", "↑")):
            await pilot.click("#headings", offset=(at, 0))
            await pilot.settle()
            assert listed_ids(pilot) == expected_ids(store, sort)
            assert f"Value {arrow}" in heading(pilot)


@pytest.mark.parametrize(
    ("columns_", "expected"),
    [(59, False), (60, True), (80, True), (120, True), (200, True)],
)
async def test_headings_are_shown_from_60_columns_on(open_app, columns_, expected):
    async with open_app(size=(columns_, 24)) as pilot:
        await pilot.press("2")
        assert ("Name ↑" in pilot.text()) is expected


@pytest.mark.parametrize(
    ("width", "sort", "fields"),
    [
        (20, "name", "name+org"),
        (35, "name", "name+org last"),
        (35, "-value", "name+org value"),
        (35, "city", "name+city last"),
        (55, "name", "name org last"),
        (55, "city", "name city last"),
        (62, "name", "name org city last"),
        (90, "name", "name org city value last"),
    ],
)
def test_columns_are_those_with_room_and_the_one_sorted_by(width, sort, fields):
    shown = lay_out(width, sort)
    assert fields == " ".join(
        f"{each.field}+{each.detail}" if each.detail else each.field for each in shown
    )


@pytest.mark.parametrize("width", range(12, 140, 7))
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", ["Ann", "漢字" * 30, "Robin van Persie"])
def test_every_line_is_as_wide_as_the_list(width, sort, name):
    contact = ContactSummary(
        1, "person", name, "a", "Petal & Daughters", "Owner", "2026-11-03", "Leeds", 123_456_789_00
    )
    shown = lay_out(width, sort)
    spans = row_spans(contact, shown, is_marked=True, today=dt.date(2026, 11, 21), currency="GBP")
    assert cell_width("".join(each.text for each in spans)) == width


@pytest.mark.parametrize(
    ("sort", "field", "after"),
    [
        ("name", "org", "org"),
        ("org", "org", "-org"),
        ("-org", "org", "org"),
        ("name", "value", "-value"),
        ("-value", "value", "value"),
        ("org", "last", "-last"),
        ("-last", "last", "last"),
        ("name", "name", "-name"),
    ],
)
def test_clicked_heading_gives_the_usual_order_then_the_other(sort, field, after):
    assert flip_sort(sort, field) == after


def test_order_that_only_a_click_gives_is_followed_by_that_of_the_names():
    assert next_sort("-org") == "name"


def test_contact_deleted_by_others_is_listed_as_such_until_the_list_is_read(store):
    ((first, gone),) = _read_contacts([[1, 9999]], store)
    assert (first.id, gone.id, gone.name) == (1, 9999, "deleted")
