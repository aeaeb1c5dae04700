"""Two have changed the same: both are shown, and one says which of them stays."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

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
from cardcrm.text import clean
from cardcrm.tui.keys import bindings

if TYPE_CHECKING:
    from cardcrm.store.journal import Step
    from cardcrm.tui.app import CardApp

_LONGEST = 400  # letters of a long text that are shown


class Side(Static, can_focus=True):
    """What one of the two says; a click or space makes it stay."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "take", "this one")]
    DEFAULT_CSS = """
    Side { height: auto; max-height: 7; width: 1fr; padding: 0 1; color: $ink; background: $paper; }
    Side:focus { background: $spot; }
    Side:ansi:focus { text-style: reverse; }
    """

    def __init__(self, number: int, words: str, *, is_mine: bool) -> None:
        super().__init__(id=f"{'mine' if is_mine else 'theirs'}-{number}", markup=False)
        self.number = number
        self.words = words
        self.is_mine = is_mine

    def render(self) -> RenderResult:
        """A mark on the one that stays, whose it is, and the words."""
        screen = self.screen
        assert isinstance(screen, Which)
        stays = screen.mine[self.number] == self.is_mine
        whose = "yours   " if self.is_mine else "theirs  "
        text = Text("● " if stays else "○ ")
        text.append(whose, "dim" if not stays else "bold")
        shown = clean(self.words, newlines=True)
        if len(shown) > _LONGEST:
            shown = shown[:_LONGEST] + " …"
        text.append(shown or "(taken off)", "" if shown else "italic")
        return text

    def action_take(self) -> None:
        """What it says stays."""
        screen = self.screen
        assert isinstance(screen, Which)
        screen.take(self.number, mine=self.is_mine)

    def on_click(self) -> None:
        """So does a click."""
        self.action_take()


class Which(ModalScreen[None]):
    """Clashes, each with both words; ``answer`` is awaited for whether one's own stays, or None
    where somebody goes back to the form.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *[each for each in bindings("form") if each.id in ("save", "leave")],
        Binding("enter", "save", "save", show=False),
        Binding("up", "app.focus_previous", "the one above", show=False),
        Binding("down", "app.focus_next", "the one below", show=False),
    ]
    DEFAULT_CSS = """
    Which { align: center middle; background: $background 60%; }
    Which #slip {
        width: 72; max-width: 100%; height: auto; max-height: 100%;
        background: $paper; color: $ink; padding: 1 2 0 2;
    }
    Which:ansi #slip { border: round ansi_default; }
    Which #both { height: auto; max-height: 70vh; background: $paper; scrollbar-size-vertical: 1; }
    Which .what { text-style: bold; color: $link; padding: 1 0 0 0; width: 1fr; height: auto; }
    Which .by { color: $faint; width: 1fr; height: auto; }
    Which #title { text-style: bold; width: 1fr; height: auto; }
    Which #keys { color: $faint; padding: 1 0; width: 1fr; }
    """

    def __init__(self, clashes: Sequence[EditConflict]) -> None:
        super().__init__()
        self.conflicts = tuple(clashes)
        self.mine = [True] * len(clashes)
        self.answer: asyncio.Future[Callable[[EditConflict], bool] | None] = (
            asyncio.get_running_loop().create_future()
        )

    def compose(self) -> ComposeResult:
        """The slip."""
        with Vertical(id="slip"):
            yield Static("Somebody has changed the same meanwhile. Which stays?", id="title")
            with VerticalScroll(id="both", can_focus=False):
                yield from self._both()
            shown = {each.id: self.app.get_key_display(each) for each in bindings("form")}
            told = (
                "space or a click chooses",
                f"enter or {shown['save']} saves",
                f"{shown['leave']} goes back to the form",
            )
            yield Static(" · ".join(told), id="keys", markup=False)

    def _both(self) -> Iterator[Widget]:
        for number, clash in enumerate(self.conflicts):
            yield Static(clean(clash.label), classes="what", markup=False)
            if clash.by is not None:
                yield Static(self._by_whom(clash.by), classes="by", markup=False)
            yield Side(number, clash.my_words, is_mine=True)
            yield Side(number, clash.their_words, is_mine=False)

    def _by_whom(self, step: "Step") -> str:
        """Who wrote theirs, where and when."""
        zone = cast("CardApp", self.app).desk.locale.zone
        at = dates.from_instant(step.at, zone)
        today = dates.today(zone)
        day = "" if at.date() == today else f"{dates.show_day(at.date(), today)} "
        host = f" on {step.host}" if step.host else ""
        return clean(f"theirs was written by {step.author}{host}, {day}{at:%H:%M}")

    def take(self, number: int, *, mine: bool) -> None:
        """One of the two stays."""
        self.mine[number] = mine
        for side in self.query(Side):
            side.refresh(layout=True)

    def on_key(self, event: events.Key) -> None:
        """Left and right choose, too."""
        side = self.focused
        if event.key in ("left", "right") and isinstance(side, Side):
            event.stop()
            self.take(side.number, mine=not self.mine[side.number])

    def action_save(self) -> None:
        """So be it."""
        kept = {clash.key: mine for clash, mine in zip(self.conflicts, self.mine, strict=True)}
        self._answer(lambda clash: kept[clash.key])

    def action_leave(self) -> None:
        """Back to the form."""
        self._answer(None)

    def _answer(self, answer: Callable[[EditConflict], bool] | None) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)
        self.dismiss()

    async def leave_for_good(self) -> bool:
        """Nothing is lost yet: the form below asks itself."""
        self.action_leave()
        return False


async def which(
    app: "CardApp", clashes: Sequence[EditConflict]
) -> Callable[[EditConflict], bool] | None:
    """Ask of each clash whether one's own word stays; None where it is not to be saved yet."""
    slip = Which(clashes)
    app.push_screen(slip)
    return await slip.answer
