"""The entries of the command palette: every action of the current page."""

from collections.abc import Callable, Iterator
from typing import Any

from textual.app import App, SystemCommand
from textual.dom import DOMNode

from cardcrm.tui import keys

_HIDDEN_SCOPES = ("list", "grid")


def commands(
    app: App[Any], key_of: Callable[[str], str], page: DOMNode | None, scopes: tuple[str, ...]
) -> Iterator[SystemCommand]:
    """Yield an entry for each action of the app and the page, with its key."""
    for key in keys.keys_of(*scopes):
        if key.scope not in _HIDDEN_SCOPES and key.id != "palette":
            run = _runner(app, key, app if key.scope == "app" else page)
            yield SystemCommand(_title(key.id), f"{key.help} ({key_of(key.id)})", run)


def _runner(app: App[Any], key: keys.Key, namespace: DOMNode | None) -> Callable[[], Any]:
    return lambda: app.call_later(app.run_action, key.action, namespace)


def _title(id_: str) -> str:
    return id_.replace("-", " ").capitalize()
