"""The entries of the command palette: the actions of the current page, and the lists of nouns."""

from collections.abc import Callable, Iterator
from typing import Any

from textual.app import App, SystemCommand
from textual.dom import DOMNode

from cardcrm.tui import keys

_HIDDEN_SCOPES = ("list", "grid")


def action_entries(
    app: App[Any], key_of: Callable[[str], str], page: DOMNode | None, scopes: tuple[str, ...]
) -> Iterator[SystemCommand]:
    """Yield an entry for each action of the app and the page, with its key."""
    for key in keys.keys_of(*scopes):
        if key.scope not in _HIDDEN_SCOPES and key.id != "palette":
            run = _runner(app, key, app if key.scope == "app" else page)
            yield SystemCommand(_title(key.id), f"{key.help} ({key_of(key.id)})", run)


def list_entries(open_records: Callable[[str], None]) -> Iterator[SystemCommand]:
    """Yield an entry for the list of each noun that has one."""
    from cardcrm.records import registry

    for type_ in registry.listed_types():
        which = type_.open_plural if type_.closed_by else f"all {type_.plural}"
        help_ = f"{which}, to filter and edit"
        yield SystemCommand(f"List {type_.plural}", help_, _opener(open_records, type_.name))


def _opener(open_records: Callable[[str], None], noun: str) -> Callable[[], None]:
    return lambda: open_records(noun)


def _runner(app: App[Any], key: keys.Key, namespace: DOMNode | None) -> Callable[[], Any]:
    return lambda: app.call_later(app.run_action, key.action, namespace)


def _title(id_: str) -> str:
    return id_.replace("-", " ").capitalize()
