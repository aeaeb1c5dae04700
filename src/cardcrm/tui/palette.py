"""The palette: every action of the screen one is on, by its name."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand

from cardcrm.tui import keys

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.screens.page import Page


def commands(app: "CardApp", page: "Page | None") -> Iterator[SystemCommand]:
    """The actions that the palette offers on a page, each with its key."""
    places = page.places if page else ("app",)
    for key in keys.of_place(*places):
        if key.where not in ("lines", "grid") and key.id != "palette":
            told = f"{key.help} ({app.key_of(key.id)})"
            yield SystemCommand(_title(key.id), told, _runner(app, key, page))
    yield from _lists(app)


def _lists(app: "CardApp") -> Iterator[SystemCommand]:
    """Yield the lists of all nouns that have one."""
    from cardcrm.records import registry

    for type_ in registry.listed_types():
        title = f"List {type_.plural}"
        yield SystemCommand(title, f"all {type_.plural}, to filter and edit", _opener(app, type_))


def _opener(app: "CardApp", type_: "RecordType") -> Callable[[], Any]:
    from cardcrm.tui.screens.records import open_records

    return lambda: app.open(open_records(app, type_.name))


def _runner(app: "CardApp", key: keys.Key, page: "Page | None") -> Callable[[], Any]:
    """What choosing an action in the palette does."""
    where = app if key.where == "app" else page
    return lambda: app.call_later(app.run_action, key.action, where)


def _title(id_: str) -> str:
    return id_.replace("-", " ").replace(".", " ").capitalize()
