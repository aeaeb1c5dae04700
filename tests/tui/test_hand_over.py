"""The form that hands over the records of a user: its preview, its errors, and undo."""

import pytest

from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.update import Edit
from cardcrm.records.teamwork.hand_over import plan
from cardcrm.store import journal
from cardcrm.tui import palette
from cardcrm.tui.forms.form import Form

ANNS = (3, 4, 5)


@pytest.fixture(autouse=True)
def owned(store):
    """Give contacts to ann, and one to bob, so that both are known."""
    update.edit(store, ANNS, Edit(values=(("owner", "ann"),)))
    update.edit(store, [6], Edit(values=(("owner", "bob"),)))


async def fill(pilot, **values):
    """Open the form from the palette and fill it in."""
    entry = next(each for each in palette.entries(pilot.app) if each.title == "Hand over records")
    entry.run()
    await pilot.settle()
    assert isinstance(pilot.app.screen, Form)
    for name, text in values.items():
        pilot.app.screen.fields.widget(name).value = text
        await pilot.settle()


@pytest.mark.engines("sqlite", "postgresql")
async def test_records_are_counted_then_handed_over_and_undone(open_app, store):
    async with open_app() as pilot:
        await fill(pilot, user="ann", to="bob")
        counted = len(plan(store, "ann", ["bob"]))
        assert counted >= len(ANNS)
        assert f"To hand over {counted} records of ann:" in pilot.text()
        assert "3 contacts to bob" in pilot.text()
        assert contacts.get(store, 3).owner == "ann"
        await pilot.press("ctrl+o")
        told = f"Handed over {counted} records of ann: 3 contacts to bob"
        assert pilot.notices[-1].startswith(told)
        assert [contacts.get(store, each).owner for each in ANNS] == ["bob"] * 3
        assert journal.steps(store, 1)[0].command == "tui: hand-over ann bob"
        await pilot.press("u")
        assert [contacts.get(store, each).owner for each in ANNS] == ["ann"] * 3
        assert contacts.get(store, 6).owner == "bob"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"user": "ann", "to": "ann"}, "ann cannot take over from ann"),
        ({"user": "zoe", "to": "bob"}, "unknown user “zoe”"),
        ({"user": "ann", "to": "bobb"}, "For a new user, choose yes below."),
        ({"user": "ann"}, "who takes over?"),
    ],
)
async def test_the_form_says_what_is_wrong_and_changes_nothing(open_app, store, values, problem):
    async with open_app() as pilot:
        await fill(pilot, **values)
        await pilot.press("ctrl+o")
        assert problem in pilot.text()
        assert [contacts.get(store, each).owner for each in ANNS] == ["ann"] * 3


async def test_a_new_user_with_a_similar_name_takes_over(open_app, store):
    async with open_app() as pilot:
        await fill(pilot, user="ann", to="bobb", new="yes")
        await pilot.press("ctrl+o")
        assert {contacts.get(store, each).owner for each in ANNS} == {"bobb"}
