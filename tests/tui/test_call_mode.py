"""Call mode: cards that are logged, planned and ticked off by one line or one key, and undone."""

import pytest

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import journal
from cardcrm.tui.call_session import CallResult, CallSession, CallTask, arrange
from cardcrm.tui.forms.confirm_dialog import ConfirmDialog
from cardcrm.tui.screens.call_mode import CallScreen

PRIYA, LIAM = 12, 34  # the first two contacts of the day


def last_call(store, contact_id):
    return interactions.timeline(store, contact_id)[0]


def due_of(store, contact_id):
    return {each.text: each.due_on for each in reminders.open_of(store, contact_id)}


def first_of(pilot):
    return pilot.app.screen.session.tasks[0]


async def type_line(pilot, text):
    await pilot.paste(text)
    await pilot.press("enter")


@pytest.mark.engines("sqlite", "postgresql")
async def test_enter_logs_ticks_off_plans_and_turns(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        screen = pilot.app.screen
        assert isinstance(screen, CallScreen)
        assert "1 of 12" in pilot.text()
        assert "Priya Raman" in pilot.text()
        assert "▸ ! price for a bigger foyer arrangement · Sun 15 Nov, 6 days late" in pilot.text()
        about = screen.session.tasks[0].reminder_id
        await pilot.paste("likes it > tue chase answer !")
        assert "Log: likes it · Next: Tue 24 Nov chase answer (promise)" in pilot.text()
        await pilot.press("enter")
        assert "2 of 12" in pilot.text()
        assert "✓ Priya Raman reached: likes it · Next: Tue 24 Nov chase" in pilot.text()
        call = last_call(store, PRIYA)
        assert (call.kind, call.text, call.outcome, call.minutes) == (
            "call", "likes it", "reached", None
        )  # fmt: skip
        assert reminders.get(store, about).done_at
        planned = next(each for each in reminders.open_of(store, PRIYA) if each.promise)
        assert (planned.text, planned.due_on) == ("chase answer", "2026-11-24")
        assert planned.deal_id == reminders.get(store, about).deal_id == 2
        assert len(journal.undoable(store, 9)) == 0  # the steps are the user's, not the colleague's


async def test_keys_typed_after_enter_are_for_the_next_card(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        tasks = pilot.app.screen.session.tasks
        await pilot.press_only(*"one", "enter", *"two", "enter", *"three")
        await pilot.settle()
        await pilot.settle()
        assert pilot.app.screen.line.value == "three"
        assert "3 of 12" in pilot.text()
        texts = [last_call(store, each.contact_id).text for each in tasks[:2]]
        assert texts == ["one", "two"]


@pytest.mark.parametrize(
    ("key", "outcome", "planned"),
    [
        ("f2", "reached", {}),
        ("f3", "no answer", {"price for a bigger foyer arrangement": "2026-11-23"}),
        ("f5", "not interested", {}),
        (
            "f6",
            "wrong number",
            {
                "price for a bigger foyer arrangement": "2026-11-15",
                "find the phone number": "2026-11-23",
            },
        ),
    ],
)
async def test_an_outcome_is_one_key_and_one_step(open_app, store, key, outcome, planned):
    async with open_app(size=(80, 24)) as pilot:
        before = due_of(store, PRIYA)
        await pilot.press("enter", key)
        assert last_call(store, PRIYA).outcome == outcome
        assert due_of(store, PRIYA) == planned
        assert "2 of 12" in pilot.text()
        await pilot.press("f8")
        assert f"1 of 12   undone: Priya Raman {outcome}" in pilot.text()
        assert due_of(store, PRIYA) == before
        assert last_call(store, PRIYA).kind == "mail"


async def test_a_long_problem_takes_two_lines(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("said she will call > chase the answer")
        shown = " ".join(pilot.text().split())
        assert "no date after “>”" in shown
        assert "> tue chase answer. In a note, leave out the blanks: 5>3." in shown
        await pilot.press(*" tue")
        assert pilot.app.screen.preview.size.height == 2
        await pilot.press("home", *"x", "end", "ctrl+u")
        assert pilot.app.screen.preview.size.height == 1


async def test_letters_are_keys_on_the_card_and_text_in_the_line(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter", *"nu", "tab", "n")
        assert "2 of 12" in pilot.text()
        call = last_call(store, PRIYA)
        assert (call.text, call.no_answer) == ("nu", True)
        await pilot.press("tab", "u")
        assert pilot.app.screen.line.value == "nu"


async def test_call_back_asks_when_and_keeps_the_note(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("in a meeting")
        await pilot.press("f4")
        assert "Call back: when?" in pilot.text()
        await pilot.paste("blurb")
        assert "invalid date" in pilot.text()
        await pilot.press("enter")
        assert "1 of 12" in pilot.text()
        await pilot.press("escape")
        assert pilot.app.screen.line.value == "in a meeting"
        await pilot.press("f4")
        await type_line(pilot, "tue 14:00")
        assert last_call(store, PRIYA).text == "in a meeting"
        assert due_of(store, PRIYA) == {"price for a bigger foyer arrangement": "2026-11-24"}


async def test_a_day_in_the_line_is_that_of_the_call_back(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("busy > tue 14:00")
        await pilot.press("f4")
        assert last_call(store, PRIYA).outcome == "call back"
        assert due_of(store, PRIYA) == {"price for a bigger foyer arrangement": "2026-11-24"}


async def test_a_line_with_a_fault_is_refused_and_stays(open_app, store):
    async with open_app(size=(110, 24)) as pilot:
        await pilot.press("enter")
        before = last_call(store, PRIYA)
        for key in ("enter", "f3"):
            pilot.app.screen.line.value = "5 > 3"
            await pilot.press(key)
            assert pilot.app.screen.line.value == "5 > 3"
            assert "no date after “>”: “3”" in pilot.text()
        pilot.app.screen.line.value = ""
        await pilot.press("enter")
        assert "nothing to log" in pilot.text()
        assert last_call(store, PRIYA) == before


async def test_text_stays_on_its_card_and_leaving_asks(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("half a thought")
        await pilot.press("pagedown")
        assert pilot.app.screen.line.value == ""
        await pilot.paste("another")
        await pilot.press("pageup")
        assert pilot.app.screen.line.value == "half a thought"
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ConfirmDialog)
        assert "Discard what you typed for Priya Raman and Liam Gaunt?" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.line.value == "half a thought"
        assert pilot.app.screen.as_text() == "Priya Raman: half a thought\nLiam Gaunt: another"
        await pilot.press("escape", "y")
        assert pilot.app.is_on_page


async def test_a_pasted_text_of_several_lines_is_kept(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("first\nsecond")
        assert pilot.app.screen.line.value == "first second"


async def test_snooze_moves_the_reminder_and_turns(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter", "f7")
        await type_line(pilot, "fri")
        assert due_of(store, PRIYA) == {"price for a bigger foyer arrangement": "2026-11-27"}
        assert "Priya Raman snoozed until Fri 27 Nov" in pilot.text()
        assert last_call(store, PRIYA).kind == "mail"


async def test_the_end_counts_what_is_done_and_planned(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("space", "space", "enter")
        assert "1 of 2" in pilot.text()
        await type_line(pilot, "ok > tue ring")
        await pilot.press("pagedown")
        assert "1 of 2 done, 1 skipped: Liam Gaunt" in pilot.text()
        await pilot.press("pageup", "f2")
        assert "All 2 done. Nice work." in pilot.text()
        assert "Priya Raman: Tue 24 Nov ring" in pilot.text()
        await pilot.press("f8")
        assert "2 of 2" in pilot.text()
        await pilot.press("f2", "enter")
        assert pilot.app.is_on_page
        assert "price for a bigger foyer" not in pilot.text()  # the list was read again


async def test_minutes_are_those_since_the_card_was_turned(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        pilot.app.screen.started -= 130
        pilot.app.screen.show_head()
        await pilot.settle()
        assert "2:1" in pilot.text().split("\n")[0]
        await type_line(pilot, "talked")
        assert last_call(store, PRIYA).minutes == 2
        pilot.app.screen.started -= 130
        await pilot.press("f3")
        assert last_call(store, LIAM).minutes is None


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_reminder_that_a_colleague_did_is_said(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        about = first_of(pilot).reminder_id
        reminders.done(store, about)
        await pilot.look_for_changes()
        said = "colleague did this at 10:00: price for a bigger foyer"
        await pilot.wait_until(lambda: said in pilot.text())
        await type_line(pilot, "spoke anyway")
        assert last_call(store, PRIYA).text == "spoke anyway"


async def test_a_reminder_done_just_before_enter_is_no_obstacle(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        reminders.done(store, first_of(pilot).reminder_id)
        await type_line(pilot, "spoke anyway")
        assert last_call(store, PRIYA).text == "spoke anyway"


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_contact_that_is_gone_is_said_and_skipped(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        contacts.remove(store, [LIAM])
        await pilot.press("pagedown")
        assert "colleague deleted this contact at 10:00" in pilot.text()
        await type_line(pilot, "hello")
        assert "this contact is gone. Skip this card." in pilot.text()
        assert pilot.app.screen.line.value == "hello"
        await pilot.press("pagedown")
        assert "3 of 12" in pilot.text()


async def test_a_merged_contact_is_called_under_its_new_number(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        keep = resolve(store, "Oliver Pask")
        merge.merge(store, keep.id, LIAM)
        await pilot.press("pagedown")
        assert "colleague merged this contact into Oliver Pask at 10:00" in pilot.text()
        await type_line(pilot, "is one person")
        assert last_call(store, keep.id).text == "is one person"


async def test_numbers_not_to_call_are_said(open_app, store):
    phone = next(each for each in contacts.details(store, PRIYA).points if each.kind == "phone")
    mark = update.PointMark(phone.value, "opted_out", is_set=True)
    update.edit(store, [PRIYA], update.Edit(marks=(mark,)))
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert "opted out: don't call" in pilot.text()
        await pilot.press("f9")
        assert "Priya Raman has no number to call" in pilot.text()


async def test_the_wrong_one_of_two_numbers_is_asked_for(open_app, store):
    added = ContactDraft(points=(ContactPointDraft("phone", "020 7946 0018"),))
    update.edit(store, [PRIYA], update.Edit(additions=added))
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter", "f6")
        assert "Which number is wrong?" in pilot.text()
        await pilot.press("escape")
        assert "nothing was recorded" in pilot.text()
        await pilot.press("f6", "2")
        invalid = [each.value for each in contacts.details(store, PRIYA).points if each.invalid]
        assert invalid == ["+44 20 7946 0018"]


async def test_undo_refuses_after_another_change(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await type_line(pilot, "one")
        await pilot.app.database.change(
            "log", lambda store: interactions.log(store, [LIAM], "more")
        )
        await pilot.press("f8")
        assert "you changed something else after this call" in pilot.text()
        assert last_call(store, PRIYA).text == "one"


async def test_the_calls_page_lists_whom_to_ring(open_app):
    async with open_app(size=(120, 30)) as pilot:
        await pilot.press("8")
        page = pilot.app.page
        names = [each.candidate.name for each in page.list.calls]
        assert names[0] == "Priya Raman"
        assert page.card.card.details.contact.name == names[0]
        await pilot.press("down", "enter")
        session = pilot.app.screen.session
        assert [each.name for each in session.tasks] == [*names[1:], names[0]]


async def test_long_names_and_small_windows(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        for size in ((20, 8), (46, 16), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.settle()
            assert "1 of 12" in pilot.text()
            assert pilot.app.screen.line.region.bottom <= size[1]


def test_each_contact_is_called_once_from_the_chosen_one_on():
    tasks = [CallTask(1, "a", 10), CallTask(2, "b"), CallTask(1, "a", 11), CallTask(3, "c")]
    assert [each.contact_id for each in arrange(tasks, 2)] == [2, 1, 3]
    assert arrange(tasks, 2)[1].reminder_id == 11
    assert arrange(tasks)[0].reminder_id == 10


async def test_a_note_stays_when_its_card_is_snoozed(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.paste("asked for oak")
        await pilot.press("f7")
        await type_line(pilot, "fri")
        session = pilot.app.screen.session
        assert (session.place, session.drafts) == (1, {0: "asked for oak"})
        await pilot.press("escape")
        assert "Discard what you typed for Priya Raman?" in pilot.text()
        await pilot.press("n", "f8")
        assert (session.place, pilot.app.screen.line.value) == (0, "asked for oak")
        assert due_of(store, PRIYA)["price for a bigger foyer arrangement"] < "2026-11-27"


def test_a_card_that_is_done_twice_is_undone_twice():
    session = CallSession([CallTask(1, "a"), CallTask(2, "b"), CallTask(3, "c")])
    session.finish_card(CallResult(11, "first", "a reached", ("a: call",)))
    session.finish_card(CallResult(12, "other", "b reached"))
    session.turn(-2)
    assert session.result.words == "a reached"
    session.finish_card(CallResult(13, "second", "a no answer"))
    assert session.place == 2
    assert session.describe_end()[0] == "2 of 3 done, 1 skipped: c"
    undone = [session.reopen_last() for _ in range(4)]
    assert [each and each.step_id for each in undone] == [13, 12, 11, None]
    assert (session.place, session.drafts) == (0, {0: "first", 1: "other"})
