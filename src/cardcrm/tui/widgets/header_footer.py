"""The first and the last line of every page: the tabs, and the keys that work now."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.widget import Widget

from cardcrm.text import cell_width, sanitize, shorten
from cardcrm.tui.context import context_of

Spot = tuple[int, int, str]  # the first column, the column behind the last, and a click's action
TABS = (
    ("today", "Today"), ("contacts", "Contacts"), ("value", "Value"), ("journal", "Journal"),
    ("insights", "Insights"), ("deals", "Deals"), ("leads", "Leads"), ("calls", "Calls"),
    ("inbox", "Inbox"), ("cases", "Cases"),
)  # fmt: skip
# Where the line is too short, the names of these go first, and only their numbers stay.
_LEAST_USED = (
    "journal", "insights", "value", "leads", "calls", "cases", "deals", "inbox", "contacts",
    "today",
)  # fmt: skip
_NAME = " cardcrm "
_DAY = 12  # cells of a day with its weekday, and of a gap


class ClickableLine(Widget):
    """A line with spots that can be clicked."""

    spots: tuple[Spot, ...] = ()

    async def on_click(self, event: events.Click) -> None:
        """Run the action of the spot that was clicked."""
        for start, end, action in self.spots:
            if start <= event.x < end:
                await self.app.run_action(action, default_namespace=self.screen)
                return


class Header(ClickableLine):
    """The program's name, the tabs of the pages, the database and the day."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--name", "header--tab", "header--active", "header--database", "header--error",
    }  # fmt: skip
    DEFAULT_CSS = """
    Header { height: 1; dock: top; background: $surface; color: $foreground; }
    Header > .header--name { color: $primary; text-style: bold; }
    Header > .header--tab { color: $muted; }
    Header > .header--active { color: $background; background: $primary; text-style: bold; }
    Header > .header--database { color: $muted; }
    Header > .header--error { color: $error; text-style: bold; }
    Header:ansi > .header--active { text-style: bold reverse; }
    """

    def __init__(self, mode_name: str) -> None:
        super().__init__()
        self.mode_name = mode_name
        self._ends: tuple[str, ...] = ("",)  # the texts at the right end, the longest first

    def set_end(self, note: str, database: str, day: str) -> None:
        """Set the right end. With little room a ``note`` stays, or else the day, or nothing."""
        whole = " · ".join(filter(None, (note, database, day)))
        shorter = (f"{note} · {day}", note) if note else (day, day.partition(" ")[2], "")
        self._ends = tuple(map(sanitize, (whole, *shorter)))
        self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        line = Text(no_wrap=True, overflow="crop", end="")
        error = self._error()
        at_the_end = sanitize(error) or self._ends[0]
        if _cells_of_tabs(" ") + cell_width(_NAME + at_the_end) < self.size.width:
            line.append(_NAME, self.get_component_rich_style("header--name", partial=True))
        spots = []
        room = self.size.width - line.cell_len
        gap = " " if _cells_of_tabs(" ") + _DAY < room else ""
        end = cell_width(at_the_end if error else self._ends[-1])
        named = self._named_tabs(room - (end + 2 if end else 0), gap)
        for number, (name, title) in enumerate(TABS, 1):
            kind = "header--active" if name == self.mode_name else "header--tab"
            start = line.cell_len
            key = number % 10  # the tenth page has the key 0
            shown = f" {key} {title}{gap}" if name in named else f" {key}{gap}"
            line.append(shown, self.get_component_rich_style(kind, partial=True))
            spots.append((start, line.cell_len, f"app.show('{name}')"))
        self.spots = tuple(spots)
        room = self.size.width - line.cell_len - 2
        text = shorten(at_the_end if error else self._fit_end(room), max(room + 1, 0))
        line.append(" " * max(room - len(text) + 1, 0))
        kind = "header--error" if error else "header--database"
        line.append(text, self.get_component_rich_style(kind, partial=True))
        return line

    def _named_tabs(self, room: int, gap: str) -> set[str]:
        """Return the tabs whose names fit into some cells; the page that is shown is one always."""
        titles = dict(TABS)
        named = set(titles)
        cells = _cells_of_tabs(gap)
        for name in _LEAST_USED:
            if cells > room and name != self.mode_name:
                named.remove(name)
                cells -= len(f" {titles[name]}")
        return named

    def _fit_end(self, room: int) -> str:
        return next((each for each in self._ends if cell_width(each) <= room), self._ends[-1])

    def _error(self) -> str:
        context = context_of(self)
        return f"! can't read {context.database_name}" if context.connection_error else ""


def _cells_of_tabs(gap: str) -> int:
    """Return the cells of all tabs with their names and a gap behind each."""
    return sum(len(f" 1 {title}{gap}") for _, title in TABS)


class Footer(ClickableLine):
    """The keys that work now, as many as fit; a click presses one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--label"}
    DEFAULT_CSS = """
    Footer { height: 1; dock: bottom; background: $surface; color: $muted; }
    Footer > .footer--key { color: $primary; text-style: bold; }
    Footer > .footer--label { color: $muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn: list[tuple[str, str, str]] = []  # the keys that the line shows

    def on_mount(self) -> None:
        """Draw the line again as the focus moves, if other keys work then."""
        self.screen.bindings_updated_signal.subscribe(self, self._update)

    def _update(self, _screen: object) -> None:
        if self._entries() != self._drawn:
            self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        key_style = self.get_component_rich_style("footer--key", partial=True)
        label_style = self.get_component_rich_style("footer--label", partial=True)
        line = Text(no_wrap=True, overflow="crop", end="")
        spots = []
        entries = self._drawn = self._entries()
        *others, last = entries or [("", "", "")]
        room = self.size.width - _cells(last)
        for entry in (*others, last):
            key, label, action = entry
            start = line.cell_len
            if entry is not last and start + _cells(entry) > room:
                continue
            line.append(f" {key} ", key_style)
            line.append(label + " ", label_style)
            spots.append((start, line.cell_len, action))
        self.spots = tuple(spots)
        return line

    def _entries(self) -> list[tuple[str, str, str]]:
        """Return key, label and click action of the keys, the most used first.

        They are those of the input or the part of the page that has the focus; none while a form
        covers the page, as the form names its own.
        """
        if self.app.screen is not self.screen:
            return []
        if input_keys := getattr(self.screen, "input_keys", ()):
            return [(key, label, f"app.press('{press}')") for key, label, press in input_keys]
        known = [each for each in self.screen.active_bindings.values() if each.enabled]
        bindings = {each.binding.id: each.binding for each in reversed(known)}
        return [
            (
                self.app.get_key_display(bindings[id_]),
                bindings[id_].description,
                f"app.press('{bindings[id_].key}')",
            )
            for id_ in self._wanted()
            if id_ in bindings
        ]

    def _wanted(self) -> tuple[str, ...]:
        """Return the ids of the actions to list."""
        found: tuple[str, ...] = getattr(self.screen, "footer_ids", ())
        return found


def _cells(entry: tuple[str, str, str]) -> int:
    """Return the cells of a key and its label, with the blanks around them."""
    key, label, _ = entry
    return cell_width(key) + cell_width(label) + 3
