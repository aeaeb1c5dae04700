"""Keys: one action each, named as commands, configurable, and free in terminals."""

import pytest
from textual.command import CommandPalette

from cardcrm import config
from cardcrm.cli.commands import COMMANDS
from cardcrm.tui import keys, palette

EATEN = {"ctrl+b", "ctrl+s", "ctrl+z", "ctrl+backslash", "f1", "f10", "f11", "ctrl+c"}


def test_ids_are_unique_and_valid_settings():
    assert len(keys.ids()) == len(set(keys.ids()))
    for each in keys.ids():
        assert config.validate(f"keys.{each}", "f5") == "f5"


def test_shared_actions_have_the_names_of_commands():
    shared = {"log", "remind", "done", "snooze", "sell", "add", "edit", "tag", "rm", "undo", "redo"}
    assert shared <= set(keys.ids()) & set(COMMANDS)


PLACES = (
    ("app", "page", "today", "marks", "list"),
    ("app", "page", "today", "list"),
    ("call",),
    ("map",),
    ("app", "page", "marks", "contacts", "list"),
    ("app", "page", "records", "list"),
    ("app", "page", "value", "list"),
    ("app", "page", "insights", "list"),
    ("app", "page", "board", "list"),
    ("grid",),
    ("pictures",),
    ("form",),
)


def keys_in(preset, places):
    """Return the keys that a preset has in some places, one for each of an action."""
    wanted = keys.PRESETS[preset]
    return [
        each for key in keys.keys_of(*places) for each in wanted.get(key.id, key.keys).split(",")
    ]


@pytest.mark.parametrize("preset", keys.PRESETS)
@pytest.mark.parametrize("places", PLACES, ids="-".join)
def test_keys_are_unique_and_not_taken_by_terminals(preset, places):
    used = keys_in(preset, places)
    assert len(used) == len(set(used))
    assert not EATEN & set(used)
    assert not any(one.startswith(("alt+", "shift+")) for one in used)


def test_presets_are_the_choices_of_the_setting_and_name_actions():
    assert config.find_setting("keymap").choices == tuple(keys.PRESETS)
    for preset in keys.PRESETS.values():
        assert set(preset) <= set(keys.ids())


async def test_j_and_k_move_down_and_up_in_lists_and_on_the_card(open_app):
    async with open_app() as pilot:
        days, card = pilot.app.page.list, pilot.app.page.card
        first = days.cursor
        await pilot.press("j")
        assert days.cursor > first
        await pilot.press("k", "tab")
        assert days.cursor == first
        at = card.cursor
        await pilot.press("j", "j")
        assert card.cursor > at
        await pilot.press("k", "k")
        assert card.cursor == at


@pytest.mark.parametrize("preset", keys.PRESETS)
async def test_letters_of_keys_are_text_in_the_search_box_and_in_forms(open_app, preset):
    async with open_app(preset=preset) as pilot:
        await pilot.press("2", "slash", *"jkGhlgx")
        assert pilot.app.page.search_input.value == "jkGhlgx"
        await pilot.press("escape", "n", *"jkGhlgx")
        assert pilot.app.screen.value("text") == "jkGhlgx"


async def test_vim_preset_moves_opens_and_leaves_as_vim_does(open_app):
    async with open_app(preset="vim") as pilot:
        await pilot.press("2", "G")
        lines, card = pilot.app.page.contacts, pilot.app.page.card
        assert lines.cursor == lines.count - 1
        await pilot.press("g")
        assert lines.cursor == 0
        await pilot.press("ctrl+d")
        assert lines.cursor > 10
        await pilot.press("ctrl+u", "l")
        assert lines.cursor == 0
        assert card.has_focus
        await pilot.press("h")
        assert lines.has_focus
        await pilot.press("S")  # other capital letters still jump
        assert lines.selected.sort_key.startswith("s")
        await pilot.press("i")
        assert pilot.app.screen.heading.startswith("Log an interaction")


async def test_vim_preset_is_shown_in_help_and_yields_to_own_keys(open_app):
    async with open_app(size=(100, 70), preset="vim", keymap={"log": "z"}) as pilot:
        await pilot.press("question_mark")
        assert "z  log a call" in pilot.text()
        assert "home g  move to the first line" in pilot.text()


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
        told = {each.title: each.help for each in palette.entries(pilot.app)}
        assert {"Done", "Snooze", "Log", "Undo", "Theme", "Quit", "Delete"} <= set(told)
        assert told["Add"] == "add a contact (a)"
        assert told["Snooze"].endswith("(z)")  # the key that was given to it
        await pilot.press("colon")
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


def best(app, query):
    """Return the titles that the palette finds, best first."""
    found = [(each.score(query), each.title) for each in palette.entries(app)]
    return [title for score, title in sorted(found, key=lambda pair: -pair[0]) if score]


# The scopes of parts that another page does not have: a list of a noun is opened first.
LATE_SCOPES = ("grid", "pictures", "form", "records", "call", "quotes", "invoices", "sequences")


async def test_palette_finds_every_action_from_every_page(open_app):
    hidden = {key.id for key in keys.KEYS if key.scope in (*LATE_SCOPES, "map")}
    async with open_app() as pilot:
        for page in "12345":
            await pilot.press(page)
            mode = pilot.app.page.mode_name
            for key in keys.KEYS:
                is_absent = mode == "journal" and key.scope in ("page", "contacts")
                is_absent |= mode == "today" and key.id == "show"  # Enter begins call mode
                if key.id in hidden | {"palette"} or is_absent:
                    continue
                title = palette.title_of(key)
                assert title in best(pilot.app, key.id.replace("-", " ")), (page, key.id)
                assert title in best(pilot.app, key.help.split(":")[0].split("(")[0]), key.id


def test_every_action_of_the_palette_has_synonyms():
    hidden = palette._HIDDEN_SCOPES
    entries = {key.id for key in keys.KEYS if key.scope not in hidden}
    assert entries - set(palette.SYNONYMS) == {"palette"}
    assert set(palette.SYNONYMS) <= entries


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("delete", "Delete"), ("remove", "Delete"), ("erase", "Delete"), ("DELETE", "Delete"),
        ("phone", "Call or write"), ("call", "Call or write"), ("dial", "Call or write"),
        ("call", "Log call"), ("mail", "Log mail"), ("visit", "Log visit"), ("note", "Log note"),
        ("postpone", "Snooze"), ("later", "Snooze"), ("reschedule", "Snooze"),
        ("complete", "Done"), ("finish", "Done"), ("task", "Remind"), ("follow", "Remind"),
        ("sale", "Sell"), ("refund", "Sell"), ("payment", "Sell"), ("order", "Sell"),
        ("new", "Add"), ("create", "Add"), ("rename", "Edit"), ("change", "Edit"),
        ("label", "Tag"), ("search", "Find"), ("revert", "Undo"), ("exit", "Quit"),
        ("close", "Quit"), ("csv", "Export"), ("duplicates", "Duplicates"), ("combine", "Merge"),
        ("rfm", "Grid"), ("history", "Journal"), ("who made", "Journal"), ("colors", "Theme"),
        ("assign", "Owner"), ("select all", "Mark all"), ("orders", "List sales"),
        ("tasks", "List reminders"), ("shortcuts", "Help"),
        ("cadence", "Edit"), ("cadence", "Snooze"),
    ],
)  # fmt: skip
async def test_palette_finds_an_action_by_its_synonyms(open_app, word, title):
    async with open_app() as pilot:
        assert title in best(pilot.app, word)


async def test_palette_runs_an_action_of_another_page_there(open_app):
    async with open_app() as pilot:
        await pilot.press("colon")
        await pilot.press_only(*"csv")
        await pilot.pause(0.5)
        await pilot.press_only("down", "enter")
        for _ in range(50):
            await pilot.pause(0.1)
            await pilot.settle()
            if "Export all contacts" in pilot.text():
                break
        assert "Export all contacts" in pilot.text()
        assert pilot.app.page.mode_name == "contacts"
