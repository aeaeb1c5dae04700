"""Two contacts side by side on the screen, and the review of likely duplicates."""

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.deduplication import distinct
from cardcrm.store import Store
from cardcrm.tui.forms.merge_dialog import FieldRow, MergeDialog

EMAIL = (ContactPointDraft("email", "zoe.quill@x.example"),)


@pytest.fixture
def pair(store: Store) -> tuple[int, int]:
    """Add one person twice, with two roles."""
    first = contacts.add(store, ContactDraft("Zoe Quill", points=EMAIL, title="Buyer", note="bees"))
    second = contacts.add(
        store, ContactDraft("Zoë Quill", points=EMAIL, title="Head of buying", org="Quill & Co")
    )
    return first.id, second.id


async def _open(pilot) -> MergeDialog:
    await pilot.press("2", "equals_sign")
    await pilot.settle()
    assert isinstance(pilot.app.screen, MergeDialog)
    return pilot.app.screen


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_pair_is_shown_side_by_side_and_merged_by_field(open_app, store, pair):
    async with open_app(size=(100, 30)) as pilot:
        dialog = await _open(pilot)
        text = pilot.text()
        assert "Duplicates? 1 of 1, 1.00" in text
        assert "same email" in text
        rows = [row.field.key for row in dialog.query(FieldRow) if row.field.is_choice]
        assert rows == ["name", "title"]
        await pilot.press("down", "right", "y")
        merged = contacts.get(store, pair[0])
        assert (merged.name, merged.title, merged.org) == (
            "Zoe Quill",
            "Head of buying",
            "Quill & Co",
        )
        assert merged.note == f"bees\ntitle before merging contact {pair[1]}: Buyer"
        assert "Duplicates: 1 merged" in pilot.notices
        await pilot.press("u")
        assert contacts.get(store, pair[1]).title == "Head of buying"


async def test_the_second_contact_can_stay(open_app, store, pair):
    async with open_app() as pilot:
        await _open(pilot)
        await pilot.press("2", "y")
        merged = contacts.get(store, pair[1])
        assert (merged.name, merged.title) == ("Zoë Quill", "Head of buying")


async def test_different_contacts_do_not_come_again(open_app, store, pair):
    async with open_app() as pilot:
        await _open(pilot)
        await pilot.press("n")
        assert "Duplicates: 1 different" in pilot.notices
        assert distinct.count_distinct(store) == 1
        await pilot.press("equals_sign")
        assert "No likely duplicates" in pilot.notices


@pytest.mark.parametrize(("key", "notice"), [("s", "1 for later"), ("escape", "Nothing")])
async def test_a_pair_left_alone_stays(open_app, store, pair, key, notice):
    async with open_app() as pilot:
        await _open(pilot)
        await pilot.press(key)
        assert any(notice in each for each in pilot.notices)
        assert contacts.get(store, pair[1]).name == "Zoë Quill"
        assert distinct.count_distinct(store) == 0


async def test_the_next_pair_follows_and_merged_contacts_are_skipped(open_app, store, pair):
    contacts.add(store, ContactDraft("Zoe Quill", points=EMAIL))
    async with open_app() as pilot:
        await _open(pilot)
        assert "1 of 3" in pilot.text()
        await pilot.press("y")
        assert "2 of 3" in pilot.text() or "3 of 3" in pilot.text()
        await pilot.press("y")
        assert store.value("SELECT count(*) FROM contact WHERE name_key = 'zoe quill'") == 1
        assert "Duplicates: 2 merged" in pilot.notices


async def test_a_click_chooses_a_value(open_app, store, pair):
    async with open_app(size=(100, 30)) as pilot:
        dialog = await _open(pilot)
        row = next(row for row in dialog.query(FieldRow) if row.field.key == "title")
        await pilot.click(row, offset=(row.size.width - 5, 0))
        assert dialog.sides["title"] == 1
