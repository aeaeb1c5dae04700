"""The first and the last line of every screen: where one is, and what one can press."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.widget import Widget

from cardcrm.text import clean, shorten
from cardcrm.tui import keys

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

Spot = tuple[int, int, str]  # from a column up to another, and what a click there does


class Bar(Widget):
    """A line with spots that can be clicked."""

    spots: tuple[Spot, ...] = ()

    async def on_click(self, event: events.Click) -> None:
        """A click on a spot."""
        for start, end, action in self.spots:
            if start <= event.x < end:
                await self.app.run_action(action, default_namespace=self.screen)
                return


TABS = (("today", "Today"), ("cards", "Cards"), ("value", "Value"), ("journal", "Journal"))


class Top(Bar):
    """The program's name, the tabs of the screens, the box and the day."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "top--name", "top--tab", "top--here", "top--box", "top--wrong",
    }  # fmt: skip
    DEFAULT_CSS = """
    Top { height: 1; dock: top; background: $surface; color: $foreground; }
    Top > .top--name { color: $primary; text-style: bold; }
    Top > .top--tab { color: $muted; }
    Top > .top--here { color: $background; background: $primary; text-style: bold; }
    Top > .top--box { color: $muted; }
    Top > .top--wrong { color: $error; text-style: bold; }
    Top:ansi > .top--here { text-style: bold reverse; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.said = ""

    def say(self, said: str) -> None:
        """Write the right end: the box, and the day."""
        self.said = said
        self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        narrow = self.size.width < 60
        line = Text(no_wrap=True, overflow="crop", end="")
        if not narrow:
            line.append(" cardcrm ", self.get_component_rich_style("top--name", partial=True))
        spots = []
        for number, (name, title) in enumerate(TABS, 1):
            kind = "top--here" if name == self.here else "top--tab"
            start = line.cell_len
            line.append(f" {number} {title} ", self.get_component_rich_style(kind, partial=True))
            spots.append((start, line.cell_len, f"app.show('{name}')"))
        self.spots = tuple(spots)
        room = self.size.width - line.cell_len - 2
        wrong = self._wrong()
        said = shorten(clean(wrong or self.said), max(room, 0))
        line.append(" " * max(room - len(said) + 1, 0))
        kind = "top--wrong" if wrong else "top--box"
        line.append(said, self.get_component_rich_style(kind, partial=True))
        return line

    def _wrong(self) -> str:
        """What is wrong with the box at this moment."""
        app = cast("CardApp", self.app)
        return f"! {app.box} cannot be read now" if app.lookout.trouble else ""


class Foot(Bar):
    """The keys that are heard now, as many as fit; a click presses one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"foot--key", "foot--label"}
    DEFAULT_CSS = """
    Foot { height: 1; dock: bottom; background: $surface; color: $muted; }
    Foot > .foot--key { color: $primary; text-style: bold; }
    Foot > .foot--label { color: $muted; }
    """

    def on_mount(self) -> None:
        """Follow the keys as the focus moves."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def render(self) -> RenderResult:
        """The line."""
        key_style = self.get_component_rich_style("foot--key", partial=True)
        label_style = self.get_component_rich_style("foot--label", partial=True)
        line = Text(no_wrap=True, overflow="crop", end="")
        spots = []
        for key, label, click in self._shown():
            start = line.cell_len
            if start + len(key) + len(label) + 3 > self.size.width:
                break
            line.append(f" {key} ", key_style)
            line.append(label + " ", label_style)
            spots.append((start, line.cell_len, click))
        self.spots = tuple(spots)
        return line

    def _shown(self) -> list[tuple[str, str, str]]:
        """Key, label and what a click does: those of the box one types in; else help first, then
        what is of this page alone.
        """
        if typed := getattr(self.screen, "keys_to_type", ()):
            return [(key, label, f"app.press('{press}')") for key, label, press in typed]
        own = {key.id for key in keys.of_place(getattr(self.screen, "here", ""))}
        found = []
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            key = self.app.get_key_display(binding)
            press = f"app.press('{binding.key}')"
            place = 0 if binding.id == "help" else 1 if binding.id in own else 2
            found.append((place, key, binding.description, press))
        return [entry[1:] for entry in sorted(found, key=lambda entry: entry[0])]
