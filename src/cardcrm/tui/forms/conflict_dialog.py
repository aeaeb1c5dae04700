"""The dialog for edit conflicts: two users changed the same field, and one decides what is kept."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from cardcrm import dates
from cardcrm.records.conflicts import EditConflict
from cardcrm.text import sanitize
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.key_type import title_of
from cardcrm.tui.keys import bindings

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

_MAX_LETTERS = 400  # of a long text that are shown

KeepsMine = Callable[[EditConflict], bool]


class Side(Static, can_focus=True):
    """One of the two values; a click or Space keeps it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "keep", "keep this")]
    DEFAULT_CSS = """
    Side { height: auto; max-height: 7; width: 1fr; padding: 0 1; color: $ink; background: $paper; }
    Side:focus { background: $spot; }
    Side:ansi:focus { text-style: reverse; }
    """

    def __init__(self, number: int, text: str, *, is_mine: bool) -> None:
        super().__init__(id=f"{'mine' if is_mine else 'theirs'}-{number}", markup=False)
        self.number = number
        self.text = text
        self.is_mine = is_mine

    def render(self) -> RenderResult:
        """Return whether the value is kept, whose it is, and the value."""
        screen = self.screen
        assert isinstance(screen, ConflictDialog)
        is_kept = screen.mine[self.number] == self.is_mine
        owner = "yours   " if self.is_mine else "theirs  "
        line = Text("● " if is_kept else "○ ")
        line.append(owner, "bold" if is_kept else "dim")
        shown = sanitize(self.text, newlines=True)
        if len(shown) > _MAX_LETTERS:
            shown = shown[:_MAX_LETTERS] + " …"
        line.append(shown or "(deleted)", "" if shown else "italic")
        return line

    def action_keep(self) -> None:
        """Keep this value."""
        screen = self.screen
        assert isinstance(screen, ConflictDialog)
        screen.keep(self.number, mine=self.is_mine)

    def on_click(self) -> None:
        """Keep this value."""
        self.action_keep()


class ConflictDialog(ModalScreen[None]):
    """Conflicts, each with both values.

    ``answer`` resolves to a function from a conflict to whether the user's own value is kept, or to
    None if the user goes back to the form.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *[each for each in bindings("form") if each.id in ("save", "cancel")],
        Binding("enter", "save", "save", show=False),
        Binding("up", "app.focus_previous", "value above", show=False),
        Binding("down", "app.focus_next", "value below", show=False),
    ]
    DEFAULT_CSS = """
    ConflictDialog { align: center middle; background: $background; }
    ConflictDialog #sheet {
        width: 72; max-width: 100%; height: auto; max-height: 100%;
        background: $paper; color: $ink; padding: 1 2 0 2;
    }
    ConflictDialog:ansi #sheet { border: round ansi_default; }
    ConflictDialog #conflicts {
        height: auto; max-height: 70vh; background: $paper; scrollbar-size-vertical: 1;
    }
    ConflictDialog .field {
        text-style: bold; color: $link; padding: 1 0 0 0; width: 1fr; height: auto;
    }
    ConflictDialog .author { color: $faint; width: 1fr; height: auto; }
    ConflictDialog #title { text-style: bold; width: 1fr; height: auto; }
    ConflictDialog #keys { color: $faint; padding: 1 0; width: 1fr; }
    """

    def __init__(self, conflicts: Sequence[EditConflict]) -> None:
        super().__init__()
        self.conflicts = tuple(conflicts)
        self.mine = [True] * len(conflicts)
        self.answer: asyncio.Future[KeepsMine | None] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        """Yield the conflicts and the keys."""
        with Vertical(id="sheet"):
            yield Static("Someone else changed this meanwhile. Which do you keep?", id="title")
            with VerticalScroll(id="conflicts", can_focus=False):
                yield from self._sides()
            key_of = {
                each.id: title_of(self.app.get_key_display(each)) for each in bindings("form")
            }
            keys = (
                "Space or click: keep",
                f"Enter or {key_of['save']}: save",
                f"{key_of['cancel']}: back to the form",
            )
            yield Static(" · ".join(keys), id="keys", markup=False)

    def _sides(self) -> Iterator[Widget]:
        for number, conflict in enumerate(self.conflicts):
            yield Static(sanitize(conflict.label), classes="field", markup=False)
            if conflict.by is not None:
                yield Static(self._describe_author(conflict.by), classes="author", markup=False)
            yield Side(number, conflict.my_words, is_mine=True)
            yield Side(number, conflict.their_words, is_mine=False)

    def _describe_author(self, step: "Step") -> str:
        """Return the author of their value, with host and time."""
        zone = context_of(self).locale.zone
        at = dates.from_instant(step.at, zone)
        today = dates.today(zone)
        day = "" if at.date() == today else f"{dates.format_day(at.date(), today)} "
        host = f" on {step.host}" if step.host else ""
        return sanitize(f"changed by {step.author}{host}, {day}{at:%H:%M}")

    def keep(self, number: int, *, mine: bool) -> None:
        """Keep one of the two values."""
        self.mine[number] = mine
        for side in self.query(Side):
            side.refresh(layout=True)

    def on_key(self, event: events.Key) -> None:
        """Keep the other value at left or right."""
        side = self.focused
        if event.key in ("left", "right") and isinstance(side, Side):
            event.stop()
            self.keep(side.number, mine=not self.mine[side.number])

    def action_save(self) -> None:
        """Save with the values that are kept."""
        mine = {each.key: is_mine for each, is_mine in zip(self.conflicts, self.mine, strict=True)}
        self._answer(lambda conflict: mine[conflict.key])

    def action_cancel(self) -> None:
        """Go back to the form."""
        self._answer(None)

    def _answer(self, answer: KeepsMine | None) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)
        self.dismiss()

    async def may_close(self) -> bool:
        """Go back to the form when the user quits: the form asks about its own text."""
        self.action_cancel()
        return False


async def ask_which_to_keep(
    context: AppContext, conflicts: Sequence[EditConflict]
) -> KeepsMine | None:
    """Ask for the values to keep; return None if the user goes back to the form."""
    dialog = ConflictDialog(conflicts)
    context.push_screen(dialog)
    return await dialog.answer
