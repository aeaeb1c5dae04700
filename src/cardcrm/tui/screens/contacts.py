"""Cards: the drawer with its tabs from A to Z, the search box, and the card that is chosen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from cardcrm.errors import CardError
from cardcrm.records.contacts.listing import LETTER_RANGES
from cardcrm.records.query_sql import columns, compiler
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.alphabet_tabs import Letters
from cardcrm.tui.widgets.contact_list import Drawer
from cardcrm.tui.widgets.header_footer import Foot
from cardcrm.tui.widgets.search_box import SearchBox, Words

if TYPE_CHECKING:
    from textual.timer import Timer

PATIENCE = 0.15  # seconds after which one is told that what is listed is not yet the answer
FINISHED = 0.6  # seconds without a key after which a text is taken for what was meant
SEARCHING = "searching …"
_IN_THE_BOX = (
    ("↓", "to the list", "down"),
    ("tab", "take what is offered", "tab"),
    ("esc", "end the search", "escape"),
)
ROOM = 24  # columns for the number of cards: in a room that changes, all would be laid out anew


class Cards(Page):
    """The second page."""

    here = "cards"
    places: ClassVar[tuple[str, ...]] = ("app", "page", "cards", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("cards"), *bindings("page")]
    DEFAULT_CSS = """
    Cards #search { height: 1; padding: 0 1; }
    Cards #sign { width: 2; color: $primary; text-style: bold; }
    Cards Input { width: 1fr; border: none; height: 1; padding: 0; background: $background; }
    Cards Input:focus { background: $surface; border: none; }
    Cards #count { width: auto; color: $muted; padding: 0 0 0 1; }
    Cards #wrong { height: auto; color: $error; padding: 0 3; display: none; }
    Cards #wrong.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.drawer = Drawer(self._tell, id="left")
        self.letters = Letters()
        self.words = Words()
        self._aim: int | None = None
        self._is_late = False
        self._pause: Timer | None = None  # until what is only half typed is taken as it is
        self._said = self._wrong_said = ""

    def compose(self) -> ComposeResult:
        """Search box and tabs above the list and the card."""
        yield self.top
        with Horizontal(id="search"):
            yield Static("/", id="sign")
            yield SearchBox(self.words)
            yield Static(id="count")
        yield Static(id="wrong", markup=False)
        with Vertical(id="body"):
            yield self.letters
            with Horizontal():
                yield self.drawer
                yield self.card
        yield Foot()

    def left(self) -> Iterable[Widget]:
        """The drawer."""
        yield self.drawer

    def on_mount(self) -> None:
        """The list has the keys."""
        self.drawer.focus()

    async def reload(self) -> None:
        """Read the drawer; stay on the card that is chosen."""
        slip = self.drawer.chosen
        aim, self._aim = self._aim, None
        if aim is not None:
            self.drawer.gone.forget()
        await self.drawer.open(keep=aim or (slip.id if slip else None))
        await self.crm.desk.ask(self.words.learn)

    def chosen(self) -> int | None:
        """The card of the line."""
        slip = self.drawer.chosen
        return slip.id if slip else None

    def on_lines_moved(self, event: Drawer.Moved) -> None:
        """Card and tabs follow the list."""
        if event.lines is self.drawer and self.drawer.count and self.drawer.chosen is None:
            event.stop()  # it is still being read
            return
        super().on_lines_moved(event)
        self._tell()

    def _tell(self) -> None:
        """Tabs and count."""
        drawn = self.drawer
        if drawn.is_search:
            counts = [0] * len(LETTER_RANGES)
            for index in range(drawn.count):
                counts[drawn.place(drawn.slip(index))] += 1
        else:
            counts = drawn.counts
        self.letters.tell(counts, drawn.place())
        count = drawn.count if drawn.total is None else drawn.total
        more = "+" if drawn.total is None and drawn.more_to_find else ""
        marked = f"{len(drawn.marked):,} marked · " if drawn.marked else ""
        cards = "card" if count == 1 and not more else "cards"
        seeking = f" · {SEARCHING}" if drawn.is_seeking and self._is_late else ""
        self._say(f"{marked}{count:,}{more} {cards}{seeking}")

    def _say(self, said: str) -> None:
        """Write the end of the line with the search box."""
        said = said.rjust(ROOM)
        if said != self._said:
            self.query_one("#count", Static).update(said, layout=len(said) != len(self._said))
            self._said = said

    @on(Drawer.Counted)
    def _counted(self) -> None:
        self._tell()
        if not self.drawer.count and not self.drawer.more_to_find:
            self.card.empty = "no card fits" if self.drawer.words else "no cards yet: a adds one"
            self.card.show(None, anew=True)

    @on(Drawer.Wrong)
    def _wrong(self, event: Drawer.Wrong) -> None:
        if event.said != self._wrong_said:
            self._wrong_said = event.said
            wrong = self.query_one("#wrong", Static)
            wrong.update(event.said)
            wrong.set_class(bool(event.said), "-shown")

    # searching

    def action_search(self) -> None:
        """Go to the search box."""
        self.remove_class("-on-card")
        self.query_one(Input).focus()

    @property
    def keys_to_type(self) -> tuple[tuple[str, str, str], ...]:
        """Key, label and Textual's name of what the search box heeds while one is in it."""
        return _IN_THE_BOX if self.query_one(Input).has_focus else ()

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        """Search with every letter; what is typed next takes its place.

        A filter that is only begun is searched for, and what is wrong is told, after a pause alone.
        """
        if self._pause is not None:
            self._pause.stop()
        if event.value == self.drawer.words:
            return
        if self.words.is_begun(event.value):
            self._pause = self.set_timer(FINISHED, lambda: self._look_for(event.value))
        else:
            self._look_for(event.value)

    def _look_for(self, text: str) -> None:
        self.drawer.words = text
        begin(self, self._search, group="search")

    async def _search(self) -> None:
        self._is_late, self.drawer.is_seeking = False, True
        late = self.set_timer(PATIENCE, self._be_late)
        try:
            slip = self.drawer.chosen
            await self.drawer.open(keep=slip.id if slip and not self.drawer.words else None)
        except CardError as error:
            self.drawer.is_seeking = False
            self._tell()
            hint = f"  {error.hint}" if error.hint else ""
            wrong = Drawer.Wrong(f"{error.message}{hint}")
            self._pause = self.set_timer(FINISHED, lambda: self.drawer.post_message(wrong))
        finally:
            late.stop()

    def _be_late(self) -> None:
        """Tell that what is listed is not yet the answer."""
        if self.drawer.is_seeking:
            self._is_late = True
            self._say(SEARCHING)

    @on(Input.Submitted, "#words")
    def _to_the_list(self, event: Input.Submitted) -> None:
        """Enter: what stands there is what is meant."""
        if event.value != self.drawer.words:
            self._look_for(event.value)
        self.drawer.focus()

    def on_key(self, event: events.Key) -> None:
        """Down leads from the search box to the list; a capital letter leads to its cards."""
        box = self.query_one(Input)
        if box.has_focus:
            if event.key in ("down", "pagedown"):
                event.stop()
                self.drawer.focus()
            elif event.key == "tab" and box._suggestion:  # noqa: SLF001
                event.stop()
                event.prevent_default()
                box.action_cursor_right()
            elif event.key == "escape":
                event.stop()
                box.value = ""
                self.drawer.focus()
        elif event.character and event.character.isascii() and event.character.isupper():
            event.stop()
            self.action_part(ord(event.character) - ord("A") + 1)

    def action_part(self, part: int) -> None:
        """Go to the cards behind a letter."""
        self.drawer.focus()
        self.drawer.go_to_part(part)

    # coming from elsewhere

    def open_card(self, contact_id: int) -> None:
        """Put the list on a card and show it; a search that does not find it is ended."""
        if self.is_stale or not self.drawer.count or self._is_reloading:
            self._aim = contact_id
            self._end_search()
            self.freshen()
        else:
            self.crm.start(self._open_card(contact_id))
        self.drawer.focus()

    @property
    def _is_reloading(self) -> bool:
        """Whether the drawer is being read anew, which would lead back to where one was."""
        return any(work.group == "reload" and work.node is self for work in self.workers)

    async def _open_card(self, contact_id: int) -> None:
        if not await self.drawer.find(contact_id):
            self._end_search()
            await self.drawer.open(keep=contact_id)

    def _end_search(self) -> None:
        self.drawer.words = ""
        if self._pause is not None:
            self._pause.stop()
        box = self.query_one(Input)
        with box.prevent(Input.Changed):
            box.value = ""

    # several cards

    def action_mark(self) -> None:
        """Mark the card."""
        self.drawer.mark()
        self._tell()

    def action_unmark(self) -> None:
        """Take all marks off; where there are none, end the search."""
        if self.drawer.marked:
            self.drawer.marked.clear()
            self.drawer.refresh()
        elif self.drawer.words:
            self.query_one(Input).value = ""
        elif self.card.has_focus:
            self.action_back()
        self._tell()

    def meant(self) -> dict[int, str]:
        """The marked cards, else the one that is shown: ids and names."""
        if self.drawer.marked:
            return dict(self.drawer.marked)
        card = self.card.card
        if card is not None and card.details.contact.id == self.card.contact_id:
            contact = card.details.contact
            return {contact.id: contact.name}
        slip = self.drawer.chosen
        return {slip.id: slip.name} if slip else {}

    def action_mark_all(self) -> None:
        """Mark all cards that are found, or all there are."""
        words = self.drawer.words

        async def mark() -> None:
            ids = await self.crm.desk.aside(
                lambda store: columns.find_ids(store, compiler.parse(store, words))
            )
            self.drawer.mark_all(ids)
            self._tell()

        self.crm.start(mark())

    def action_tag(self) -> None:
        """Tags for the marked cards."""
        from cardcrm.tui.forms import bulk_actions

        self.crm.open(bulk_actions.tag(self.crm, self.meant()))

    def action_remind(self) -> None:
        """Plan the same for all marked cards."""
        from cardcrm.tui.forms import bulk_actions

        if len(self.meant()) > 1:
            self.crm.open(bulk_actions.remind(self.crm, self.meant()))
        else:
            super().action_remind()

    def action_assign(self) -> None:
        """Who looks after them."""
        from cardcrm.tui.forms import bulk_actions

        self.crm.open(bulk_actions.assign(self.crm, self.meant()))

    def action_remove(self) -> None:
        """Remove what is chosen on the card, else cards with everything on them."""
        if self.thing() is not None:
            super().action_remove()
            return
        from cardcrm.tui.forms import bulk_actions

        meant = self.meant()

        def gone() -> None:
            for each in meant:
                self.drawer.marked.pop(each, None)

        self.crm.start(bulk_actions.remove(self.crm, meant, gone))

    def action_segment(self) -> None:
        """Keep the search under a name."""
        from cardcrm.tui.forms import segment_form

        self.crm.open(segment_form.keep(self.crm, self.query_one(Input).value))

    def action_export(self) -> None:
        """Write the marked cards, else those that are found, to a file."""
        from cardcrm.tui.forms import bulk_actions

        ids = list(self.drawer.marked)
        self.crm.open(bulk_actions.export(self.crm, ids, self.drawer.words))
