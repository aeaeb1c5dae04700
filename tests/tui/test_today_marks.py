"""Marks on the day's list: what is done to all marked items at once."""

import pytest

from cardcrm.reports.due_rows import DueReminder, OverdueContact
from cardcrm.tui.screens.page import Page


def marked(pilot):
    return list(pilot.app.page.list.marked.values())


def footer(pilot):
    return str(pilot.app.page.footer.render())


def due_of(store, ids):
    return [store.value("SELECT due_on FROM reminder WHERE id = :id", id=each) for each in ids]


async def open_and_mark(pilot, count):
    await pilot.press(*["space"] * count)
    return [each.id for each in marked(pilot)]


async def test_space_marks_an_item_moves_on_and_marks_it_no_longer_at_the_second_time(open_app):
    async with open_app() as pilot:
        first = pilot.app.page.list.selected
        await pilot.press("space")
        assert marked(pilot) == [first]
        assert pilot.app.page.list.selected != first
        assert f"✓ {first.contact.name[:5]}" in pilot.text()
        await pilot.press("up", "space")
        assert marked(pilot) == []


async def test_footer_names_the_keys_for_the_marked_items(open_app):
    async with open_app() as pilot:
        assert "edit" in footer(pilot)
        await pilot.press("space")
        assert "edit" not in footer(pilot)
        assert "1 marked" in pilot.text().partition("\n")[0]
        await pilot.press("escape")
        assert "marked" not in pilot.text()
        assert "edit" in footer(pilot)
        assert marked(pilot) == []


@pytest.mark.engines("sqlite", "postgresql")
async def test_marked_reminders_are_snoozed_in_one_step(open_app, store):
    async with open_app() as pilot:
        ids = await open_and_mark(pilot, 3)
        before = due_of(store, ids)
        await pilot.press("s")
        assert pilot.app.screen.heading == "Snooze: 3 reminders"
        await pilot.press(*"2026-12-24", "enter")
        assert pilot.app.screen.question == "Snooze 3 reminders?"
        await pilot.press("y")
        assert due_of(store, ids) == ["2026-12-24"] * 3
        assert pilot.notices[-1].startswith("Snoozed until Thu 24 Dec")
        assert marked(pilot) == []
        await pilot.press("u")
        assert due_of(store, ids) == before


@pytest.mark.engines("sqlite", "postgresql")
async def test_marked_reminders_are_done_and_logged_in_one_step(open_app, store):
    async with open_app() as pilot:
        ids = await open_and_mark(pilot, 2)
        await pilot.press("d")
        assert pilot.app.screen.heading == "Done: 2 reminders"
        await pilot.press(*"all agreed", "enter")
        is_done = "SELECT count(*) FROM reminder WHERE id IN (:a, :b) AND done_at IS NOT NULL"
        logged = "SELECT count(*) FROM interaction WHERE text = 'all agreed'"
        assert store.value(is_done, a=ids[0], b=ids[1]) == 2
        assert store.value(logged) == 2
        await pilot.press("u")
        assert store.value(is_done, a=ids[0], b=ids[1]) == 0
        assert store.value(logged) == 0


async def test_marked_reminders_are_deleted_after_asking(open_app, store):
    count = "SELECT count(*) FROM reminder"
    before = store.value(count)
    async with open_app() as pilot:
        await open_and_mark(pilot, 3)
        await pilot.press("delete")
        assert pilot.app.screen.question == "Delete 3 reminders?"
        await pilot.press("y")
        assert store.value(count) == before - 3
        await pilot.press("u")
        assert store.value(count) == before


@pytest.mark.parametrize(("key", "title"), [("d", "Done: {}"), ("s", "Snooze: {}")])
async def test_single_mark_counts_although_the_cursor_is_elsewhere(open_app, key, title):
    async with open_app() as pilot:
        first = pilot.app.page.list.selected
        await pilot.press("space", key)
        assert pilot.app.screen.heading == title.format(f"{first.text} ({first.contact.name})")


@pytest.mark.parametrize("key", ["m", "e", "y", "o"])
async def test_action_for_one_item_is_refused_while_three_are_marked(open_app, key):
    async with open_app() as pilot:
        await open_and_mark(pilot, 3)
        await pilot.press(key)
        assert isinstance(pilot.app.screen, Page)
        assert "3 marked items at once; esc removes the marks" in pilot.notices[-1]


@pytest.mark.parametrize(
    ("key", "title"),
    [("l", "Log an interaction with"), ("n", "Reminder for"), ("t", "Tags of")],
)
async def test_action_for_several_contacts_is_for_those_of_the_marked_items(open_app, key, title):
    async with open_app() as pilot:
        await open_and_mark(pilot, 3)
        names = {each.contact.name for each in marked(pilot)}
        await pilot.press(key)
        assert pilot.app.screen.heading == f"{title} {len(names)} contacts"


async def test_all_items_are_marked_at_once(open_app):
    async with open_app() as pilot:
        await pilot.press("asterisk")
        assert marked(pilot) == [row.item for row in pilot.app.page.list.rows if row.item]
        tasks = sum(isinstance(each, DueReminder) for each in marked(pilot))
        touches = sum(isinstance(each, OverdueContact) for each in marked(pilot))
        await pilot.press("s")
        assert pilot.app.screen.heading == f"Snooze: {tasks} reminders and {touches} touches"


async def test_mark_of_an_item_that_others_have_done_is_gone(open_app, store):
    from cardcrm.records.activity import reminders

    async with open_app() as pilot:
        ids = await open_and_mark(pilot, 2)
        reminders.done(store, ids[0])
        await pilot.look_for_changes()
        assert [each.id for each in marked(pilot)] == ids[1:]


async def test_items_without_a_contact_are_refused_for_actions_on_contacts(open_app, store):
    import datetime as dt

    from cardcrm.dates import DayTime
    from cardcrm.records.activity import reminders

    reminders.add(store, None, "order ribbon", DayTime(dt.date(2026, 11, 21)))
    async with open_app() as pilot:
        rows = pilot.app.page.list.rows
        pilot.app.page.list.cursor = next(
            n
            for n, row in enumerate(rows)
            if row.item and getattr(row.item, "text", "") == "order ribbon"
        )
        await pilot.press("space", "l")
        assert pilot.notices[-1] == "No contact among the 1 marked item"
