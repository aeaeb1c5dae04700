"""The palette: every action of the screen one is on, by its name."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from cardcrm.tui import keys

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.screens.page import Page


def commands(app: "CardApp", page: "Page | None") -> Iterator[SystemCommand]:
    """The actions that the palette offers on a page, each with its key."""
    places = page.places if page else ("app",)
    for key in keys.of_place(*places):
        if key.where not in ("lines", "grid") and key.id != "palette":
            told = f"{key.help} ({app.key_of(key.id)})"
            yield SystemCommand(_title(key.id), told, _runner(app, key, page))


def _runner(app: "CardApp", key: keys.Key, page: "Page | None") -> Callable[[], Any]:
    """What choosing an action in the palette does."""
    where = app if key.where == "app" else page
    return lambda: app.call_later(app.run_action, key.action, where)


def _title(id_: str) -> str:
    return id_.replace("-", " ").replace(".", " ").capitalize()
