"""Actions are for the contact that is shown, or for the marked ones."""

import pytest

from cardcrm.records.activity import reminders
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.importing import bulk_import
from cardcrm.tui.forms.confirm_dialog import ConfirmDialog
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.page import Page

FIRST_TODAY = "Priya Raman"


@pytest.fixture
def many(store):
    """The shop with a hundred contacts for each letter, so that blocks begin in mid-letter."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [f"{letter}{number:02} Contact" for letter in letters for number in range(99)]
    bulk_import.import_drafts(store, [ContactDraft(name=name, kind="org") for name in names])


def shown_name(pilot):
    card = pilot.app.page.card.card
    return card.details.contact.name if card else ""


async def test_card_is_that_of_the_cursor_after_each_letter_jump(open_app, many):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("2")
        for letter in "ZAMBYCXTDSERFQGPHOINJKL":
            await pilot.press(letter)
            assert shown_name(pilot) == pilot.app.page.contacts.selected.name
            assert shown_name(pilot) in pilot.text()


@pytest.mark.parametrize("letter", "MZBQ")
@pytest.mark.parametrize(("key", "title"), [("l", "Log an interaction with"), ("m", "Sale to")])
async def test_key_right_after_a_jump_is_for_the_contact_jumped_to(
    open_app, many, letter, key, title
):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("2")
        await pilot.press_only(letter, key)
        await pilot.settle()
        assert isinstance(pilot.app.screen, Form)
        assert pilot.app.screen.heading == f"{title} {shown_name(pilot)}"
        assert pilot.app.page.contacts.selected.name == shown_name(pilot)


async def test_mark_right_after_a_jump_marks_the_contact_jumped_to(open_app, many):
    async with open_app() as pilot:
        await pilot.press("2")
        await pilot.press_only("T", "space")
        await pilot.settle()
        (name,) = pilot.app.page.contacts.marked.values()
        assert name == "T00 Contact"


async def test_marks_right_after_the_page_was_opened_are_for_its_first_contacts(open_app):
    async with open_app() as pilot:
        await pilot.press_only("2", "space", "space", "space")
        await pilot.settle()
        lines = pilot.app.page.contacts
        assert [*lines.marked] == [lines.contact_at(row).id for row in range(3)]


async def test_done_right_after_a_move_is_for_the_reminder_moved_to(open_app):
    async with open_app() as pilot:
        await pilot.press_only("down", "d")
        await pilot.settle()
        item = pilot.app.page.list.selected
        assert pilot.app.screen.heading == f"Done: {item.text} ({item.contact.name})"
        assert shown_name(pilot) == item.contact.name != FIRST_TODAY


# marks


@pytest.mark.parametrize("key", ["m", "d", "s", "e", "y", "o"])
async def test_action_for_one_contact_is_refused_while_three_are_marked(open_app, key):
    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space", key)
        assert isinstance(pilot.app.screen, Page)
        assert "3 marked contacts at once; esc removes the marks" in pilot.notices[-1]
        await pilot.press("escape")
        assert not pilot.app.page.contacts.marked


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("l", "Log an interaction with 3 contacts"),
        ("n", "Reminder for 3 contacts"),
        ("t", "Tags of 3 contacts"),
        ("w", "Owner of 3 contacts"),
        ("x", "Export 3 marked contacts"),
    ],
)
async def test_action_for_several_contacts_is_for_the_marked(open_app, key, title):
    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space", key)
        assert pilot.app.screen.heading == title


@pytest.mark.parametrize("key", ["l", "n", "t", "w"])
async def test_single_mark_counts_although_the_cursor_is_elsewhere(open_app, key):
    async with open_app() as pilot:
        await pilot.press("2", "space", key)
        (name,) = pilot.app.page.contacts.marked.values()
        assert name != shown_name(pilot)
        assert pilot.app.screen.heading.endswith(name)


async def test_interaction_is_logged_with_each_marked_contact(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space", "l")
        await pilot.paste("sent the autumn catalog")
        await pilot.press("ctrl+o", "y")
        assert pilot.notices[-1] == "Added 3 interactions: sent the autumn catalog"
        marked = set(pilot.app.page.contacts.marked)
    found = store.rows(
        "SELECT contact_id FROM participant JOIN interaction i ON i.id = interaction_id "
        "WHERE i.text = 'sent the autumn catalog'"
    )
    assert {row[0] for row in found} == marked


# the list moves on


@pytest.mark.parametrize("when", ["2w", "tomorrow"])
async def test_cursor_moves_on_after_a_snooze_and_comes_back_by_undo(open_app, when):
    async with open_app() as pilot:
        day = pilot.app.page.list
        second = next(row.item for row in day.rows[day.cursor + 1 :] if row.item)
        await pilot.press("s")
        await pilot.paste(when)
        await pilot.press("enter")
        assert day.selected.id == second.id
        assert shown_name(pilot) == second.contact.name
        await pilot.press("u")
        assert day.selected.contact.name == FIRST_TODAY


async def test_snooze_in_the_list_of_reminders_moves_on(open_app, store):
    async with open_app() as pilot:
        pilot.app.open_records("reminder")
        await pilot.settle()
        reminder_list = pilot.app.page.list
        await pilot.press("down")
        first, second = reminder_list.records[1].id, reminder_list.records[2].id
        await pilot.press("s")
        await pilot.paste("2027-03-01")
        await pilot.press("enter")
        assert reminders.get(store, first).due_on == "2027-03-01"
        assert reminder_list.selected.id == second


@pytest.mark.parametrize("noun", ["sale", "interaction"])
async def test_deletion_in_a_list_leaves_the_cursor_in_its_row(open_app, noun):
    async with open_app() as pilot:
        pilot.app.open_records(noun)
        await pilot.settle()
        records = pilot.app.page.list
        await pilot.press("down", "down")
        third, fourth = records.records[2].id, records.records[3].id
        await pilot.press("delete", "y")
        assert third not in [each.id for each in records.records]
        assert (records.cursor, records.selected.id) == (2, fourth)


# escape


@pytest.mark.parametrize("keys", [("1", "tab"), ("1", "right"), ("8", "tab"), ("2", "enter")])
async def test_escape_on_the_card_goes_back_to_the_list(open_app, keys):
    async with open_app() as pilot:
        await pilot.press(*keys)
        assert pilot.app.page.card.has_focus
        await pilot.press("escape")
        assert pilot.app.page._first_list().has_focus
        await pilot.press("escape", "escape")
        assert not pilot.notices


async def test_escape_leaves_the_details_of_the_journal_and_the_grid(open_app):
    async with open_app() as pilot:
        await pilot.press("4", "enter")
        assert pilot.app.page.details.has_focus
        await pilot.press("escape")
        assert pilot.app.page.steps.has_focus
        await pilot.press("3", "g", "escape")
        assert pilot.app.page.ranking.has_focus
        assert not pilot.app.page.has_class("-on-grid")


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_a_form_with_changes_is_closed_after_a_yes_only(open_app, key):
    async with open_app() as pilot:
        await pilot.press("l", *"said", "escape")
        assert isinstance(pilot.app.screen, ConfirmDialog)
        assert "no, keep editing (or Esc)" in pilot.text()
        await pilot.press(key)
        assert isinstance(pilot.app.screen, Form)
        assert pilot.app.screen.value("text") == "said"
        await pilot.press("escape", "y")
        assert isinstance(pilot.app.screen, Page)


async def test_filter_by_kind_ends_with_its_card(open_app):
    async with open_app() as pilot:
        card = pilot.app.page.card
        await pilot.press("f")
        assert card.kind == "call"
        await pilot.press("down")
        assert card.kind == ""
        assert "calls only" not in pilot.text()


# suggestions


async def test_enter_beside_suggestions_takes_the_marked_one(open_app):
    async with open_app() as pilot:
        await pilot.press("l", *["tab"] * 7)
        assert pilot.app.focused.id == "field-with-0-who"
        await pilot.press(*"kenj")
        assert "Kenji Morita" in pilot.text()
        assert "↵" in pilot.text()
        await pilot.press("enter")
        form = pilot.app.screen
        assert isinstance(form, Form)
        assert form.fields.text_of("with-0-who") == "Kenji Morita"
        assert form.value("with-0-who").startswith("#")


async def test_escape_keeps_the_text_beside_suggestions(open_app):
    async with open_app() as pilot:
        await pilot.press("m", "tab", "tab")
        await pilot.press(*"rose")
        assert "↵" in pilot.text()
        await pilot.press("escape")
        assert "↵" not in pilot.text()
        assert pilot.app.screen.value("lines-0-text") == "rose"


async def test_enter_completes_part_of_a_filter_in_the_search_box(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash", *"tag:vi", "enter")
        assert pilot.app.page.contacts.words == "tag:vip"
        assert pilot.app.page.contacts.count == 4
        await pilot.press("slash", "escape", "slash", *"ken", "enter")
        assert pilot.app.page.contacts.words == "ken"
