"""Touches on the screen: snoozing them, the number to call, what is none, and who wants none."""

import datetime as dt

import pytest

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.query_sql.cadences import set_rule
from cardcrm.reports.due_rows import DueReminder, OverdueContact
from cardcrm.store import journal
from cardcrm.tui.forms import record_form

DOROTHY = 14  # a contact without a cadence or reminders of her own


def items(pilot, type_):
    return [row.item for row in pilot.app.page.list.rows if isinstance(row.item, type_)]


async def go_to(pilot, item):
    day = pilot.app.page.list
    day.cursor = next(n for n, row in enumerate(day.rows) if row.item == item)
    await pilot.settle()


async def open_at_first_touch(pilot):
    """Put the cursor on the first contact that is losing touch; return its item."""
    touch = items(pilot, OverdueContact)[0]
    await go_to(pilot, touch)
    return touch


async def snooze_until(pilot, when):
    await pilot.press("s")
    await pilot.paste(when)
    await pilot.press("enter")


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("size", [(100, 30), (60, 24)])
async def test_touch_is_snoozed_moves_the_cursor_on_and_comes_back_by_undo(open_app, store, size):
    async with open_app(size=size) as pilot:
        touch = await open_at_first_touch(pilot)
        following = items(pilot, OverdueContact)[1]
        await pilot.press("s")
        assert pilot.app.screen.heading == f"Snooze: next touch with {touch.contact.name}"
        await pilot.paste("2026-12-24")
        await pilot.press("enter")
        assert pilot.notices[-1] == (
            f"Snoozed until Thu 24 Dec: next touch with {touch.contact.name}"
        )
        assert contacts.get(store, touch.contact.id).touch_by == "2026-12-24"
        assert pilot.app.page.list.selected == following
        await pilot.press("u")
        assert contacts.get(store, touch.contact.id).touch_by == touch.touch_by.isoformat()
        assert pilot.app.page.list.selected == touch


async def test_touch_snoozed_within_the_week_moves_on_too(open_app):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        following = items(pilot, OverdueContact)[1]
        await snooze_until(pilot, "tomorrow")
        assert pilot.app.page.list.selected == following
        soon = [each for each in items(pilot, OverdueContact) if each.days_late < 0]
        assert (touch.contact.id, dt.date(2026, 11, 22)) in [
            (each.contact.id, each.touch_by) for each in soon
        ]


async def test_touch_that_a_rule_asks_for_is_snoozed(open_app, store):
    set_rule(store, "tag:delivery", 3)
    async with open_app() as pilot:
        by_rule = next(each for each in items(pilot, OverdueContact) if each.contact.id == DOROTHY)
        await go_to(pilot, by_rule)
        await snooze_until(pilot, "2026-12-24")
        assert pilot.notices[-1] == "Snoozed until Thu 24 Dec: next touch with Dorothy Calder"
        assert DOROTHY not in [each.contact.id for each in items(pilot, OverdueContact)]


async def test_touch_cannot_be_snoozed_into_the_past(open_app, store):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        await snooze_until(pilot, "2026-11-01")
        assert "2026-11-01 is in the past" in pilot.text()
        assert pilot.app.screen.value("due") == "2026-11-01"
    assert contacts.get(store, touch.contact.id).snoozed_until is None


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_deleted_under_the_form_is_reported(open_app, store):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        await pilot.press("s")
        contacts.remove(store, [touch.contact.id])
        await pilot.paste("2w")
        await pilot.press("enter")
        assert f"the contact {touch.contact.name} was deleted meanwhile" in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_marked_touches_are_snoozed_with_the_reminders_in_one_step(open_app, store):
    async with open_app() as pilot:
        reminder, touches = items(pilot, DueReminder)[0], items(pilot, OverdueContact)[:2]
        for each in (reminder, *touches):
            await go_to(pilot, each)
            await pilot.press("space")
        steps = len(journal.steps(store, 100))
        await pilot.press("s")
        assert pilot.app.screen.heading == "Snooze: 1 reminder and 2 touches"
        await pilot.paste("2026-12-24")
        await pilot.press("enter")
        assert pilot.app.screen.question == "Snooze 1 reminder and 2 touches?"
        await pilot.press("y")
        assert pilot.notices[-1].startswith(f"Snoozed until Thu 24 Dec: {reminder.text[:20]}")
        due = store.value("SELECT due_on FROM reminder WHERE id = :id", id=reminder.id)
        wanted = [contacts.get(store, each.contact.id).touch_by for each in touches]
        assert [due, *wanted] == ["2026-12-24"] * 3
        assert len(journal.steps(store, 100)) == steps + 1
        assert not pilot.app.page.list.marked
        await pilot.press("u")
        before = [each.touch_by.isoformat() for each in touches]
        assert [contacts.get(store, each.contact.id).touch_by for each in touches] == before


async def test_single_marked_touch_counts_although_the_cursor_is_elsewhere(open_app):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        await pilot.press("space", "s")
        assert pilot.app.screen.heading == f"Snooze: next touch with {touch.contact.name}"


async def test_contact_without_reminder_is_snoozed_on_the_contacts_page(open_app, store):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        pilot.app.go_to_contact(touch.contact.id)
        await pilot.settle()
        await snooze_until(pilot, "2026-12-24")
    assert contacts.get(store, touch.contact.id).touch_by == "2026-12-24"


async def test_contact_without_reminder_and_cadence_has_nothing_to_snooze(open_app, store):
    contact_id = store.value(
        "SELECT id FROM contact c WHERE touch_by IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM reminder r WHERE r.contact_id = c.id) ORDER BY id"
    )
    async with open_app() as pilot:
        pilot.app.go_to_contact(contact_id)
        await pilot.settle()
        await pilot.press("s")
        assert pilot.notices[-1] == "No reminder to snooze; n adds one"
        assert pilot.app.is_on_page


@pytest.mark.parametrize(
    ("size", "is_beside"), [((158, 30), True), ((100, 30), False), ((60, 24), False)]
)
async def test_number_to_call_is_on_the_line_or_below_the_chosen_one(open_app, size, is_beside):
    async with open_app(size=size) as pilot:
        touches = items(pilot, OverdueContact)
        touch = next(each for each in touches if each.contact.phone)
        day, width = pilot.app.page.list, pilot.app.page.list.scrollable_content_region.width
        row = next(n for n, each in enumerate(day.rows) if each.item == touch)
        line = "".join(span.text for span in day.spans(row, width))
        assert (touch.contact.phone in line) == is_beside
        await go_to(pilot, touch)
        below = [day.spans_below(n + 1)[0].text for n in range(day.lines_below)]
        assert any(touch.contact.phone in each for each in below) != is_beside


async def test_number_of_a_contact_that_opted_out_is_not_shown(open_app, store):
    async with open_app() as pilot:
        touch = next(each for each in items(pilot, OverdueContact) if each.contact.phone)
    with store.transaction("test"):
        for row in store.rows(
            "SELECT id FROM point WHERE contact_id = :id AND kind = 'phone'", id=touch.contact.id
        ):
            store.update("point", row["id"], opted_out=1)
    async with open_app(size=(160, 40)) as pilot:
        day = pilot.app.page.list
        for row, each in enumerate(day.rows):
            if each.item:
                line = "".join(span.text for span in day.spans(row, 90))
                assert touch.contact.phone not in line


# notes and attempts


async def log(pilot, contact_id, kind, outcome=""):
    """Log with a contact in the form; return the message."""
    pilot.app.go_to_contact(contact_id)
    await pilot.settle()
    pilot.app.page.action_log(kind)
    await pilot.settle()
    await pilot.paste("said hello")
    if outcome:
        pilot.app.screen.go("outcome")
        await pilot.paste(outcome)
    await pilot.press("ctrl+o")
    return pilot.notices[-1]


@pytest.mark.parametrize(
    ("kind", "outcome", "said"),
    [
        ("note", "", "; a note does not restart the cadence"),
        ("call", "no answer", "; an attempt without an answer does not restart the cadence"),
        ("call", "", ""),
    ],
)
async def test_message_says_that_a_note_or_attempt_does_not_restart_the_cadence(
    open_app, store, kind, outcome, said
):
    with_cadence = store.value("SELECT id FROM contact WHERE touch_by IS NOT NULL ORDER BY id")
    name = contacts.get(store, with_cadence).name
    async with open_app() as pilot:
        assert await log(pilot, with_cadence, kind, outcome) == f"Logged {kind} with {name}{said}"
        said_of_dorothy = await log(pilot, DOROTHY, kind, outcome)
        assert said_of_dorothy == f"Logged {kind} with Dorothy Calder"


async def test_unanswered_call_can_be_marked_in_the_form_and_the_mark_removed(open_app, store):
    async with open_app() as pilot:
        pilot.app.go_to_contact(DOROTHY)
        await pilot.settle()
        await pilot.press("l")
        await pilot.paste("left a voicemail")
        pilot.app.screen.go("no_answer")
        await pilot.press("y", "ctrl+o")
        logged = interactions.timeline(store, DOROTHY)[0]
        assert (logged.text, logged.no_answer) == ("left a voicemail", 1)
        pilot.app.call_later(
            record_form.edit, pilot.app, "interaction", logged.id, contacts.get(store, DOROTHY)
        )
        await pilot.settle()
        pilot.app.screen.go("no_answer")
        await pilot.press("n", "ctrl+o")
        assert interactions.get(store, logged.id).no_answer == 0


async def test_note_for_several_contacts_says_that_it_restarts_no_cadence(open_app):
    async with open_app() as pilot:
        await open_at_first_touch(pilot)
        await pilot.press("space", "space", "l")
        await pilot.paste("moved house")
        pilot.app.screen.go("kind")
        await pilot.press("n", "ctrl+o")
        assert pilot.notices[-1] == (
            "Added 2 interactions: moved house; a note does not restart the cadence"
        )


# status, own cadence and jobs


async def test_form_of_a_contact_sets_status_and_a_cadence_of_never(open_app, store):
    async with open_app(size=(160, 40)) as pilot:
        touch = await open_at_first_touch(pilot)
        await pilot.press("e")
        pilot.app.screen.go("status")
        await pilot.press("d")
        pilot.app.screen.go("every")
        await pilot.press("home", "ctrl+k")
        await pilot.paste("never")
        assert "no cadence, not by a rule either" in pilot.text()
        await pilot.press("ctrl+o")
        after = contacts.get(store, touch.contact.id)
        assert (after.status, after.cadence_days, after.touch_by) == ("deceased", 0, None)
        assert touch.contact.id not in [
            each.contact.id for each in items(pilot, OverdueContact) if each.contact
        ]
        pilot.app.go_to_contact(touch.contact.id)
        await pilot.settle()
        assert "· deceased ·" in pilot.text()
        assert "no cadence wanted" in pilot.text()
        await pilot.press("e")
        assert pilot.app.screen.value("status") == "deceased"
        assert pilot.app.screen.value("every") == "never"


async def test_jobs_are_added_on_their_page_and_shown_on_the_card(open_app, store):
    async with open_app() as pilot:
        pilot.app.open_records("job")
        await pilot.settle()
        await pilot.press("a")
        for name, text in {
            "title": "Florist", "contact": f"#{DOROTHY}", "org": "bramble", "from": "2019",
            "to": "2023-05",
        }.items():  # fmt: skip
            pilot.app.screen.go(name)
            await pilot.paste(text)
            await pilot.press("escape") if pilot.app.screen.completion.is_open else None
        await pilot.press("ctrl+o")
        assert "Florist" in pilot.text()
        pilot.app.go_to_contact(DOROTHY)
        await pilot.settle()
        assert "Florist at Bramble Kitchen" in pilot.text()


async def test_a_snooze_that_ends_before_the_cadence_says_so(open_app, store):
    async with open_app() as pilot:
        touch = await open_at_first_touch(pilot)
        interactions.log(store, [touch.contact.id], "spoke", kind="call")
        by = contacts.get(store, touch.contact.id).touch_by
        await pilot.settle()
        pilot.app.go_to_contact(touch.contact.id)
        await pilot.settle()
        await snooze_until(pilot, "tomorrow")
        assert pilot.notices[-1].startswith(
            f"Nothing changes: next touch with {touch.contact.name} is due on "
        )
    assert contacts.get(store, touch.contact.id).touch_by == by
