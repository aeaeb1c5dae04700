"""The dialog that shows two contacts side by side, and merges them field by field."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.records.contacts import contacts, merge, merge_fields
from cardcrm.records.contacts.merge_fields import MergeField
from cardcrm.store import Store
from cardcrm.text import cell_width, sanitize, shorten
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext

_LABELS = 13  # cells of the labels

Action = Literal["merge", "different", "later", "cancel"]


class Sides(NamedTuple):
    """Two contacts to compare: their ids, their names, and their fields."""

    ids: tuple[int, int]
    names: tuple[str, str]
    fields: tuple[MergeField, ...]


class Decision(NamedTuple):
    """The decision of the user: an action, the contact that stays (0 or 1), and a side by field."""

    action: Action
    kept: int = 0
    sides: Mapping[str, int] = {}

    def choices(self) -> dict[str, str]:
        """Return the choices as `merge.merge` takes them, seen from the contact that stays."""
        return {
            key: merge.FIRST if side == self.kept else merge.SECOND
            for key, side in self.sides.items()
        }


class FieldRow(Static, can_focus=True):
    """One field with the values of both contacts; a click or a key chooses one of them."""

    DEFAULT_CSS = """
    FieldRow { height: 1; width: 1fr; color: $ink; background: $paper; }
    FieldRow:focus { background: $spot; }
    FieldRow:ansi:focus { text-style: reverse; }
    """

    def __init__(self, field: MergeField) -> None:
        super().__init__(markup=False)
        self.field = field
        self.can_focus = field.is_choice

    def render(self) -> RenderResult:
        """Return the label and both values; a mark is before the one that is chosen."""
        screen = self.screen
        assert isinstance(screen, MergeDialog)
        room = max((self.size.width - _LABELS) // 2, 8)
        line = Text(_fit(self.field.label, _LABELS), "dim")
        for side, value in enumerate((self.field.first, self.field.second)):
            line.append(*self._show_value(value, side, screen.sides, room))
        return line

    def _show_value(
        self, value: str, side: int, sides: Mapping[str, int], room: int
    ) -> tuple[str, str]:
        if not self.field.is_choice:
            return _fit(f"  {value}", room), ""
        is_chosen = sides[self.field.key] == side
        mark = "● " if is_chosen else "○ "
        return _fit(mark + value, room), "bold" if is_chosen else "dim"

    def on_click(self, event: events.Click) -> None:
        """Choose the value that was clicked."""
        screen = self.screen
        assert isinstance(screen, MergeDialog)
        if self.field.is_choice:
            side = int(event.x >= _LABELS + (self.size.width - _LABELS) // 2)
            screen.choose(self.field.key, side)


class MergeDialog(ModalScreen[None]):
    """Two contacts side by side; ``answer`` resolves to what the user decides.

    A pair of likely duplicates, which has ``reasons``, may also be different contacts, or be left
    for later.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "decide('cancel')", "cancel", show=False),
        Binding("up", "app.focus_previous", "field above", show=False),
        Binding("down", "app.focus_next", "field below", show=False),
        Binding("1", "keep(0)", "keep the first", show=False),
        Binding("2", "keep(1)", "keep the second", show=False),
        Binding("space", "other_value", "the other value", show=False),
        Binding("ctrl+o", "decide('merge')", "merge", show=False),
        Binding("enter", "decide('merge')", "merge", show=False),
    ]
    DEFAULT_CSS = """
    MergeDialog { align: center middle; background: $background; }
    MergeDialog #sheet {
        width: 96; max-width: 100%; height: auto; max-height: 100%;
        background: $paper; color: $ink; padding: 1 2 0 2;
    }
    MergeDialog:ansi #sheet { border: round ansi_default; }
    MergeDialog #fields {
        height: auto; max-height: 60vh; background: $paper; scrollbar-size-vertical: 1;
    }
    MergeDialog #title { text-style: bold; width: 1fr; height: auto; }
    MergeDialog #reasons { color: $faint; width: 1fr; height: auto; }
    MergeDialog #heads {
        text-style: bold; color: $link; width: 1fr; height: auto; padding: 1 0 0 0;
    }
    MergeDialog #keys { color: $faint; padding: 1 0; width: 1fr; height: auto; }
    """

    def __init__(self, sides: Sides, title: str, reasons: str = "") -> None:
        super().__init__()
        self.contacts = sides
        self.heading, self.reasons = title, reasons
        self.heads = Static("", id="heads", markup=False)
        self.kept = 0
        self.sides = {each.key: 0 for each in sides.fields if each.is_choice}
        self.answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        """Yield the title, the names, the fields and the keys."""
        with Vertical(id="sheet"):
            yield Static(sanitize(self.heading), id="title", markup=False)
            if self.reasons:
                yield Static(sanitize(self.reasons), id="reasons", markup=False)
            yield self.heads
            with VerticalScroll(id="fields", can_focus=False):
                yield from map(FieldRow, self.contacts.fields)
            yield Static(" · ".join(self._describe_keys()), id="keys", markup=False)

    def _describe_keys(self) -> Iterator[str]:
        if self.reasons:
            yield from ("y Enter: same, merge", "n: different", "s: later")
        else:
            yield "Enter: merge"
        yield "1 2: which stays"
        if self.sides:
            yield "← →: which value"
        yield "Esc: stop" if self.reasons else "Esc: cancel"

    def on_mount(self) -> None:
        """Focus the first field in which the contacts differ."""
        rows = [row for row in self.query(FieldRow) if row.field.is_choice]
        if rows:
            rows[0].focus()
        self._draw()

    def on_resize(self) -> None:
        """Fit the names to another width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        room = max((self.heads.size.width - _LABELS) // 2, 8)
        names = [
            _fit(f"{'● ' if side == self.kept else '○ '}#{id_} {name}", room)
            for side, (id_, name) in enumerate(
                zip(self.contacts.ids, self.contacts.names, strict=True)
            )
        ]
        self.heads.update(Text(_fit("stays", _LABELS) + "".join(names)))
        for row in self.query(FieldRow):
            row.refresh()

    def on_key(self, event: events.Key) -> None:
        """Choose the value at left or right, or decide about the pair."""
        row = self.focused
        if event.key in ("left", "right") and isinstance(row, FieldRow):
            event.stop()
            self.choose(row.field.key, int(event.key == "right"))
        actions: Mapping[str, Action] = {"y": "merge", "n": "different", "s": "later"}
        if self.reasons and event.key in actions:
            event.stop()
            self.action_decide(actions[event.key])

    def choose(self, key: str, side: int) -> None:
        """Let the value of one contact stay."""
        self.sides[key] = side
        self._draw()

    def action_other_value(self) -> None:
        """Let the other value of the field with the focus stay."""
        if isinstance(self.focused, FieldRow):
            key = self.focused.field.key
            self.choose(key, 1 - self.sides[key])

    def action_keep(self, side: int) -> None:
        """Let one contact stay, with its number and all of its values."""
        self.kept = side
        self.sides = dict.fromkeys(self.sides, side)
        self._draw()

    def action_decide(self, action: Action) -> None:
        """Give the answer and close."""
        if not self.answer.done():
            self.answer.set_result(Decision(action, self.kept, dict(self.sides)))
        self.dismiss()

    async def may_close(self) -> bool:
        """Change nothing when the user quits."""
        self.action_decide("cancel")
        return True


def _fit(text: str, cells: int) -> str:
    """Return a text in exactly some cells."""
    shown = shorten(sanitize(text), max(cells - 1, 1))
    return shown + " " * (cells - cell_width(shown))


def read_sides(store: Store, ids: Sequence[int]) -> Sides:
    """Return two contacts to compare. Raises NotFoundError, UsageError for different kinds."""
    first, second = (contacts.get(store, each) for each in ids)
    merge.check_mergeable(first, second)
    fields = tuple(merge_fields.compare_contacts(store, first.id, second.id))
    return Sides((first.id, second.id), (first.name, second.name), fields)


async def decide(context: AppContext, sides: Sides, title: str, reasons: str = "") -> Decision:
    """Show two contacts and return what the user decides."""
    dialog = MergeDialog(sides, title, reasons)
    context.push_screen(dialog)
    return await dialog.answer


async def merge_sides(context: AppContext, sides: Sides, decision: Decision) -> str:
    """Merge two contacts as decided; return the name of the one that stays. Raises CardcrmError."""
    kept, other = sides.ids if decision.kept == 0 else sides.ids[::-1]
    command = journal_command("merge", kept, other)
    choices = decision.choices()
    merged = await context.change(command, lambda store: merge.merge(store, kept, other, choices))
    return str(merged.name)


async def merge_two(
    context: AppContext, marked: Mapping[int, str], on_merged: Callable[[], object]
) -> None:
    """Let the user merge two contacts field by field.

    Raises ConflictError, NotFoundError, UsageError.
    """
    sides = await context.database.read(lambda store: read_sides(store, tuple(marked)))
    context.key_buffer.stop_expecting(context.call_later)
    decision = await decide(context, sides, "Merge two contacts into one")
    if decision.action != "merge":
        return
    name = await merge_sides(context, sides, decision)
    on_merged()
    undo = context.key_of("undo")
    context.show_message(f"Merged into {name}; {undo} separates them again")
