"""Keys: each tied to one action, with the names of commands, changeable, and none that is eaten."""

from textual.command import CommandPalette

from cardcrm import config
from cardcrm.cli.commands import COMMANDS
from cardcrm.tui import keys

EATEN = {"ctrl+b", "ctrl+s", "ctrl+z", "ctrl+backslash", "f1", "f10", "f11", "ctrl+c"}


def test_every_id_is_given_once_and_can_stand_in_the_settings():
    assert len(keys.ids()) == len(set(keys.ids()))
    for each in keys.ids():
        assert config.check(f"keys.{each}", "f5") == "f5"


def test_actions_that_the_shell_has_too_have_its_names():
    shared = {"log", "remind", "done", "snooze", "sell", "add", "edit", "tag", "rm", "undo", "redo"}
    assert shared <= set(keys.ids()) & set(COMMANDS)


def test_no_key_is_one_that_terminals_or_tmux_take_and_none_stands_for_two_actions():
    for places in (("app", "page", "cards", "lines"), ("app", "page", "value", "lines"), ("form",)):
        used = [one for key in keys.of_place(*places) for one in key.keys.split(",")]
        assert len(used) == len(set(used))
        assert not EATEN & set(used)
        assert not any(one.startswith(("alt+", "shift+")) for one in used)


async def test_a_key_from_the_settings_takes_the_place_of_the_usual_one(open_app):
    async with open_app(size=(100, 60), keymap={"done": "z"}) as pilot:
        await pilot.press("z")
        assert "how it went" in pilot.text()
        await pilot.press("escape", "question_mark")
        assert "z  tick off the reminder" in pilot.text()


async def test_an_unknown_action_in_the_settings_is_told_with_the_nearest(open_app):
    async with open_app(keymap={"snoze": "z"}) as pilot:
        assert any("Did you mean keys.snooze" in note for note in pilot.notices)


async def test_the_palette_has_every_action_of_the_page(open_app):
    async with open_app(keymap={"snooze": "z"}) as pilot:
        titles = [each.title for each in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Done", "Snooze", "Log", "Undo", "Theme", "Quit"} <= set(titles)
        told = {each.title: each.help for each in pilot.app.get_system_commands(pilot.app.screen)}
        assert told["Add"] == "a new card (a)"
        assert told["Snooze"].endswith("(z)")  # the key that was given to it
        await pilot.press("ctrl+p")
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press_only(*"snooze")
        await pilot.pause(0.5)
        await pilot.press_only("down", "enter")
        for _ in range(50):  # it goes first, and then does what was chosen
            await pilot.pause(0.1)
            await pilot.settle()
            if "Put off:" in pilot.text():
                break
        assert "Put off:" in pilot.text()


async def test_help_fits_the_page(open_app):
    async with open_app(size=(100, 60)) as pilot:
        await pilot.press("3", "question_mark")
        assert "rank by revenue, margin" in pilot.text()
