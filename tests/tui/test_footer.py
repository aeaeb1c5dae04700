"""The footer: the keys that work now, the most used first, by the page and the focus."""

import pytest

from cardcrm.tui import keys


def labels(pilot):
    """Return the labels of the footer, in order."""
    return [label for _, label, _ in pilot.app.page.footer._entries()]


def shown(pilot):
    return str(pilot.app.page.footer.render())


@pytest.mark.parametrize(
    ("pressed", "first", "absent"),
    [
        ((), ["call", "done", "snooze", "log"], ["owner", "back", "rank by"]),
        (("space",), ["call", "done", "snooze", "log"], ["edit", "sell"]),
        (("tab",), ["open", "edit", "copy"], ["mark", "find"]),
        (("2",), ["find", "log", "remind"], ["done", "owner", "back"]),
        (("2", "space"), ["tag", "remind", "log", "back", "owner"], ["find", "sell", "edit"]),
        (("2", "enter"), ["open", "edit", "copy"], ["mark", "owner"]),
        (("3",), ["rank by", "grid", "open"], ["done", "customers"]),
        (("3", "g"), ["customers", "back", "shade"], ["log", "rank by"]),
        (("4",), ["undo", "redo", "open"], ["log", "done"]),
    ],
)
async def test_footer_lists_the_most_used_keys_of_what_has_the_focus(
    open_app, pressed, first, absent
):
    async with open_app(size=(200, 40)) as pilot:
        await pilot.press(*pressed)
        assert labels(pilot)[: len(first)] == first
        assert not set(absent) & set(labels(pilot))
        assert labels(pilot)[-2:] == ["all actions", "help"]


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
async def test_footer_keeps_its_order_and_the_help_in_any_width(open_app, columns):
    async with open_app(size=(columns, 24)) as pilot:
        wanted = [label for label in labels(pilot) if f" {label} " in f"{shown(pilot)} "]
        assert [shown(pilot).index(f" {label} ") for label in wanted] == sorted(
            shown(pilot).index(f" {label} ") for label in wanted
        )
        assert shown(pilot).rstrip().endswith("? help")
        assert "done" in wanted


async def test_footer_changes_back_with_the_focus(open_app):
    async with open_app() as pilot:
        before = shown(pilot)
        await pilot.press("tab")
        assert shown(pilot) != before
        await pilot.press("escape")
        assert shown(pilot) == before


async def test_footer_names_the_keys_of_the_search_box_while_one_types(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash", "a")
        assert labels(pilot) == ["go to the list", "accept suggestion", "clear search"]


def test_footer_names_actions_only():
    for mode, focus in keys._FOOTERS:
        assert set(keys.footer_ids(mode, focus)) <= set(keys.ids()), (mode, focus)
