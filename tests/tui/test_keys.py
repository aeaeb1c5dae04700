"""Keys: one action each, named as commands, configurable, and free in terminals."""

from textual.command import CommandPalette

from cardcrm import config
from cardcrm.cli.commands import COMMANDS
from cardcrm.tui import keys

EATEN = {"ctrl+b", "ctrl+s", "ctrl+z", "ctrl+backslash", "f1", "f10", "f11", "ctrl+c"}


def test_ids_are_unique_and_valid_settings():
    assert len(keys.ids()) == len(set(keys.ids()))
    for each in keys.ids():
        assert config.validate(f"keys.{each}", "f5") == "f5"


def test_shared_actions_have_the_names_of_commands():
    shared = {"log", "remind", "done", "snooze", "sell", "add", "edit", "tag", "rm", "undo", "redo"}
    assert shared <= set(keys.ids()) & set(COMMANDS)


def test_keys_are_unique_and_not_taken_by_terminals():
    for places in (
        ("app", "page", "contacts", "list"),
        ("app", "page", "value", "list"),
        ("form",),
    ):
        used = [one for key in keys.keys_of(*places) for one in key.keys.split(",")]
        assert len(used) == len(set(used))
        assert not EATEN & set(used)
        assert not any(one.startswith(("alt+", "shift+")) for one in used)


async def test_key_setting_replaces_the_default_key(open_app):
    async with open_app(size=(100, 60), keymap={"done": "z"}) as pilot:
        await pilot.press("z")
        assert "how it went" in pilot.text()
        await pilot.press("escape", "question_mark")
        assert "z  mark the reminder done" in pilot.text()


async def test_unknown_action_in_the_settings_names_the_nearest(open_app):
    async with open_app(keymap={"snoze": "z"}) as pilot:
        assert any("Did you mean keys.snooze" in note for note in pilot.notices)


async def test_palette_lists_every_action_of_the_page(open_app):
    async with open_app(keymap={"snooze": "z"}) as pilot:
        titles = [each.title for each in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Done", "Snooze", "Log", "Undo", "Theme", "Quit"} <= set(titles)
        told = {each.title: each.help for each in pilot.app.get_system_commands(pilot.app.screen)}
        assert told["Add"] == "add a contact (a)"
        assert told["Snooze"].endswith("(z)")  # the key that was given to it
        await pilot.press("ctrl+p")
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press_only(*"snooze")
        await pilot.pause(0.5)
        await pilot.press_only("down", "enter")
        for _ in range(50):  # it goes first, and then does what was chosen
            await pilot.pause(0.1)
            await pilot.settle()
            if "Snooze:" in pilot.text():
                break
        assert "Snooze:" in pilot.text()


async def test_help_shows_the_keys_of_the_page(open_app):
    async with open_app(size=(100, 60)) as pilot:
        await pilot.press("3", "question_mark")
        assert "rank by revenue, margin" in pilot.text()
