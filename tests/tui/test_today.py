"""The day's work on the screen: done, put off, logged, planned; and what others do meanwhile."""

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.store import journal


def test_the_screen_opens_on_the_day_with_the_card_of_the_first(drive):
    async def script(hands):
        text = hands.text()
        assert text.index("Overdue") < text.index("The next 7 days") < text.index("Losing touch")
        assert "Priya Raman" in text
        assert "+44 113 496 0119" in text  # so that the call can be made
        assert "petal · Sat 21 Nov" in text

    drive(script)


def test_done_ticks_off_and_logs_how_it_went_as_one_step(drive, store):
    async def script(hands):
        await hands.press("d")
        await hands.write("she said yes")
        await hands.press("enter")
        assert "price for a bigger" not in hands.text()

    drive(script)
    assert reminders.get(store, 1).done_at is not None
    assert interactions.timeline(store, 12)[0].text == "she said yes"
    step = journal.steps(store, 1)[0]
    assert (step.command, step.author) == ("tui: done 1 --log she said yes", "rosa")


def test_done_is_logged_with_whom_the_text_mentions_too(drive, store):
    async def script(hands):
        await hands.press("d")
        await hands.write("she said yes, @liam and @nobodyhere too")
        await hands.press("enter")
        said = hands.notices[-1]
        assert "; with Priya Raman and Liam Gaunt" in said
        assert "@nobodyhere is no card" in said

    drive(script)
    who = interactions.participants(store, interactions.timeline(store, 12)[0].id)
    assert [name for _, name in who] == ["Priya Raman", "Liam Gaunt"]


def test_done_without_a_word_only_ticks_off(drive, store):
    before = interactions.count(store, 12)

    async def script(hands):
        await hands.press("d", "enter")

    drive(script)
    assert reminders.get(store, 1).done_at is not None
    assert interactions.count(store, 12) == before


def test_undo_and_redo_take_it_back_and_do_it_again(drive, store):
    async def script(hands):
        await hands.press("d", "enter", "u")
        assert reminders.get(store, 1).done_at is None
        assert any("took back" in note for note in hands.notices)
        await hands.press("ctrl+r")

    drive(script)
    assert reminders.get(store, 1).done_at is not None


def test_snooze_understands_date_words_and_shows_what_it_understood(drive, store):
    async def script(hands):
        await hands.press("s")
        await hands.write("2w")
        assert "Sat 5 Dec, in 2 weeks" in hands.text()
        await hands.press("enter")

    drive(script)
    assert reminders.get(store, 1).due_on == "2026-12-05"


def test_what_is_no_date_is_told_in_the_shells_words_and_stays_to_be_mended(drive, store):
    async def script(hands):
        await hands.press("s")
        await hands.write("sometime")
        await hands.press("enter")
        assert "“sometime” is no date" in hands.text()
        assert hands.app.screen.value("due") == "sometime"

    drive(script)
    assert reminders.get(store, 1).due_on == "2026-11-15"


def test_log_notes_what_happened_and_plans_what_comes_next(drive, store):
    async def script(hands):
        await hands.press("l")
        await hands.write("asked for a quote")
        await hands.press("tab")
        await hands.press("m", "pagedown")
        await hands.write("send it")
        await hands.press("tab")
        await hands.write("fri")
        await hands.press("ctrl+o")

    drive(script)
    told = interactions.timeline(store, 12)[0]
    assert (told.kind, told.text) == ("mail", "asked for a quote")
    planned = reminders.open_of(store, 12)
    assert ("send it", "2026-11-27") in [(each.text, each.due_on) for each in planned]


def test_remind_plans_a_promise(drive, store):
    async def script(hands):
        await hands.press("n")
        await hands.write("send pictures")
        await hands.press("tab")
        await hands.write("tomorrow")
        await hands.press("tab", "y", "ctrl+o")

    drive(script)
    made = next(each for each in reminders.open_of(store, 12) if each.text == "send pictures")
    assert (made.due_on, made.promise) == ("2026-11-22", True)


def test_when_the_last_one_is_done_the_screen_says_so_kindly(drive, store):
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM reminder WHERE done_at IS NULL AND id <> 1"):
            store.update("reminder", row["id"], done_at="2026-11-20T10:00:00Z")

    async def script(hands):
        assert "All done" not in hands.text()
        await hands.press("d", "enter")
        assert "All done for today." in hands.text()

    drive(script)


def test_what_a_colleague_does_is_seen_and_the_cursor_stays(drive, store):
    async def script(hands):
        await hands.press("down", "down")
        chosen = hands.app.page.list.chosen.contact.name
        reminders.done(store, 1)
        await hands.look()
        assert hands.app.page.list.chosen.contact.name == chosen
        assert "price for a bigger" not in hands.text()

    drive(script)


def test_what_another_ticked_off_first_is_told_and_changes_nothing(drive, store):
    async def script(hands):
        await hands.press("d")
        reminders.done(store, 1)
        await hands.write("too late")
        await hands.press("enter")
        assert "reminder 1 was done already" in hands.text()
        assert hands.app.screen.value("text") == "too late"

    drive(script)
    assert all(told.text != "too late" for told in interactions.timeline(store, 12))


def test_a_new_box_says_welcome_until_there_is_a_card(drive, store):
    contacts.remove(store, [row[0] for row in store.rows("SELECT id FROM contact")])

    async def script(hands):
        assert "Welcome to your card box." in hands.text()
        assert "cardcrm import customers.csv" in hands.text()
        await hands.press("a")
        await hands.write("Jane Doe")
        await hands.press("enter", "1")
        assert "Welcome" not in hands.text()
        assert "All done for today." in hands.text()

    drive(script, size=(80, 24))
