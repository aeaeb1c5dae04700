"""The day's work on the screen: done, snoozed, logged and planned, and changes by others."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.due_contracts import DueContract
from cardcrm.store import journal


@pytest.mark.engines("sqlite", "postgresql")
async def test_screen_opens_on_today_with_the_first_card(open_app):
    async with open_app(size=(120, 30)) as pilot:
        text = pilot.text()
        assert text.index("Overdue") < text.index("Next 7 days") < text.index("Losing touch")
        assert "Priya Raman" in text
        assert "+44 113 496 0119" in text  # so that the call can be made
        assert "petal · Sat 21 Nov" in text


async def test_done_with_an_outcome_is_one_step(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d")
        await pilot.paste("she said yes")
        await pilot.press("enter")
        assert "price for a bigger" not in pilot.text()
    assert reminders.get(store, 1).done_at is not None
    assert interactions.timeline(store, 12)[0].text == "she said yes"
    step = journal.steps(store, 1)[0]
    assert (step.command, step.author) == ("tui: done 1 --log she said yes", "rosa")


async def test_done_logs_mentioned_contacts(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d")
        await pilot.paste("she said yes, @liam and @unknownname too")
        await pilot.press("enter")
        said = pilot.notices[-1]
        assert "; with Priya Raman and Liam Gaunt" in said
        assert "@unknownname matches no contact" in said
    who = interactions.participants(store, interactions.timeline(store, 12)[0].id)
    assert [name for _, name in who] == ["Priya Raman", "Liam Gaunt"]


async def test_done_without_an_outcome_logs_nothing(open_app, store):
    before = interactions.count(store, 12)

    async with open_app() as pilot:
        await pilot.press("d", "enter")
    assert reminders.get(store, 1).done_at is not None
    assert interactions.count(store, 12) == before


@pytest.mark.engines("sqlite", "postgresql")
async def test_undo_and_redo_a_done_reminder(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d", "enter", "u")
        assert reminders.get(store, 1).done_at is None
        assert any("Undone" in note for note in pilot.notices)
        await pilot.press("ctrl+r")
    assert reminders.get(store, 1).done_at is not None


async def test_snooze_shows_the_date_understood(open_app, store):
    async with open_app() as pilot:
        await pilot.press("s")
        await pilot.paste("2w")
        assert "Sat 5 Dec, in 2 weeks" in pilot.text()
        await pilot.press("enter")
    assert reminders.get(store, 1).due_on == "2026-12-05"


async def test_invalid_date_is_reported_and_kept(open_app, store):
    async with open_app() as pilot:
        await pilot.press("s")
        await pilot.paste("sometime")
        await pilot.press("enter")
        assert "invalid date “sometime”" in pilot.text()
        assert pilot.app.screen.value("due") == "sometime"
    assert reminders.get(store, 1).due_on == "2026-11-15"


@pytest.mark.engines("sqlite", "postgresql")
async def test_log_adds_an_interaction_and_a_next_step(open_app, store):
    async with open_app() as pilot:
        await pilot.press("l")
        await pilot.paste("asked for a quote")
        await pilot.press("tab")
        await pilot.press("m", "pagedown")
        await pilot.paste("send it")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("ctrl+o")
    told = interactions.timeline(store, 12)[0]
    assert (told.kind, told.text) == ("mail", "asked for a quote")
    planned = reminders.open_of(store, 12)
    assert ("send it", "2026-11-27") in [(each.text, each.due_on) for each in planned]


async def test_remind_adds_a_promise(open_app, store):
    async with open_app() as pilot:
        await pilot.press("n")
        await pilot.paste("send pictures")
        await pilot.press("tab")
        await pilot.paste("tomorrow")
        await pilot.press("tab", "y", "ctrl+o")
    made = next(each for each in reminders.open_of(store, 12) if each.text == "send pictures")
    assert (made.due_on, made.promise) == ("2026-11-22", True)


async def test_finished_day_says_so(open_app, store):
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM reminder WHERE done_at IS NULL AND id <> 1"):
            store.update("reminder", row["id"], done_at="2026-11-20T10:00:00Z")
        for row in store.rows("SELECT id FROM lead"):
            store.update("lead", row["id"], status="dead")
        for row in store.rows("SELECT id FROM service_case"):
            store.update("service_case", row["id"], status="closed")

    async with open_app() as pilot:
        assert "All done" not in pilot.text()
        await pilot.press("d", "enter")
        assert "All done for today." in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_colleagues_change_appears_and_keeps_the_cursor(open_app, store):
    async with open_app() as pilot:
        await pilot.press("down", "down")
        chosen = pilot.app.page.list.selected.contact.name
        reminders.done(store, 1)
        await pilot.look_for_changes()
        assert pilot.app.page.list.selected.contact.name == chosen
        assert "price for a bigger" not in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_reminder_done_by_another_is_reported(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d")
        reminders.done(store, 1)
        await pilot.paste("too late")
        await pilot.press("enter")
        assert "reminder 1 is done already" in pilot.text()
        assert pilot.app.screen.value("text") == "too late"
    assert all(told.text != "too late" for told in interactions.timeline(store, 12))


async def test_new_database_says_welcome(open_app, store):
    contacts.remove(store, [row[0] for row in store.rows("SELECT id FROM contact")])

    async with open_app(size=(80, 24)) as pilot:
        assert "Welcome to cardcrm." in pilot.text()
        assert "cardcrm import customers.csv" in pilot.text()
        await pilot.press("a")
        await pilot.paste("Jane Doe")
        await pilot.press("enter", "1")
        assert "Welcome" not in pilot.text()
        assert "All done for today." in pilot.text()


async def test_a_reminder_without_a_contact_is_shown_snoozed_and_done(open_app, store):
    due = DayTime(dt.date(2026, 11, 1))
    rent = reminders.add(store, None, "pay the rent", due, promise=True, priority=9)
    async with open_app() as pilot:
        assert "pay the rent" in pilot.text()
        await pilot.press("s")
        await pilot.paste("2w")
        await pilot.press("enter")
        assert reminders.get(store, rent.id).due_on == "2026-12-05"
        await pilot.press("u", "d")
        assert pilot.notices[-1] == "Done: pay the rent"
    assert reminders.get(store, rent.id).done_at is not None


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_contract_that_needs_notice_is_a_line_that_opens_the_card(open_app, store):
    terms = {"start": "2025-11-27", "renewal": "12m", "notice_by": "2026-11-24"}
    records.add(store, CONTRACT, {"contact": "#3", "text": "fountain care", **terms})
    records.add(store, CONTRACT, {"contact": "#4", "text": "far off", "end": "2027-06-30"})
    late = {"contact": "#5", "text": "garden plan", "start": "2025-01-01", "end": "2026-11-19"}
    records.add(store, CONTRACT, late)
    async with open_app() as pilot:
        rows = [row.item for row in pilot.app.page.list.rows]
        found = [each for each in rows if isinstance(each, DueContract)]
        assert [each.text for each in found] == ["garden plan", "fountain care"]
        pilot.app.page.list.go(rows.index(found[1]))
        await pilot.settle()
        assert "last day for notice" in pilot.text()
        assert pilot.app.page.card.contact_id == 3
        await pilot.press("enter")
        assert found[1].contact.name in pilot.text()
        assert f"contract {found[1].id}: fountain care" in pilot.text()


async def test_a_contract_that_ends_today_is_work_of_the_day(open_app, store):
    contacts.remove(store, [row[0] for row in store.rows("SELECT id FROM contact")])
    contact = contacts.add(store, ContactDraft(name="Jane Doe")).id
    terms = {"contact": f"#{contact}", "start": "2026-01-01"}
    records.add(store, CONTRACT, {**terms, "text": "plan", "end": "2026-11-22"})
    async with open_app() as pilot:
        assert "All done for today." in pilot.text()
        records.add(store, CONTRACT, {**terms, "text": "lamps", "end": "2026-11-21"})
        await pilot.look_for_changes()
        assert "lamps: ends" in pilot.text()
        assert "All done" not in pilot.text()
