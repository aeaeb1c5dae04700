"""The card of the selected contact: read by the database worker, drawn line by line.

Older interactions are read as the card is scrolled; a newer card replaces one still being read.
"""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from cardcrm.errors import NotFoundError
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.reports import card as card_report
from cardcrm.reports.card import CardData
from cardcrm.reports.card_text import Target
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.keys import bindings
from cardcrm.tui.queries import FIRST_INTERACTIONS, ScreenCard, read_card
from cardcrm.tui.widgets.card_lines import CardLine, card_lines
from cardcrm.tui.widgets.line_list import LineList
from cardcrm.tui.widgets.paper_card import PaperCard

if TYPE_CHECKING:
    from cardcrm.reports.alerts.alert_queries import Alert
    from cardcrm.reports.revenue import MonthRevenue

MORE_INTERACTIONS = 100


class CardView(PaperCard):
    """The card of a contact; ``card`` is None while there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("card")]
    DEFAULT_CSS: ClassVar[str] = ""

    class Shown(Message):
        """A card, or a newer reading of it, is shown."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.contact_id: int | None = None
        self.kind = ""  # of interaction that the timeline shows; "" for all
        self._months: tuple[MonthRevenue, ...] = ()
        self._alerts: tuple[Alert, ...] = ()
        self._is_loading_more = False
        self._is_new_contact = False  # whether the contact's card has not been shown yet

    # reading

    def show(self, contact_id: int | None, *, reload: bool = False) -> None:
        """Show a contact's card; with ``reload``, read it again even if it is the one shown."""
        if contact_id == self.contact_id and not reload:
            return
        # A second reading may replace the first before that one is shown.
        is_new = self._is_new_contact = self._is_new_contact or contact_id != self.contact_id
        if contact_id != self.contact_id:
            self.kind = ""  # a filter is about one contact's timeline
        self.contact_id = contact_id
        if contact_id is None:
            self.workers.cancel_group(self, "card")
            self._show_nothing(self.empty_text)
            return
        history = FIRST_INTERACTIONS if is_new else self._history_to_read()
        start_task(self, self._read_guarded, contact_id, history, is_new, group="card")

    def is_showing(self, contact_id: int | None) -> bool:
        """Return whether a contact's card has been read and is shown; None for no card."""
        return contact_id == self.contact_id and not self._is_new_contact

    async def show_now(self, contact_id: int | None) -> None:
        """Show a contact's card and wait until it is shown.

        Raises StorageError if the database cannot be read.
        """
        self.show(contact_id)
        if not self.is_showing(contact_id):
            await self.read_again()

    def show_data(self, data: ScreenCard) -> None:
        """Show a card that has been read."""
        self.contact_id = data.card.details.contact.id
        self._set_data(data, is_new=True)

    async def read_again(self) -> None:
        """Read the card again. Raises StorageError if the database cannot be read."""
        if self.contact_id is not None:
            await self._read(self.contact_id, self._history_to_read(), self._is_new_contact)

    def _history_to_read(self) -> int:
        """Return the number of interactions, so that scrolled-down ones stay."""
        return max(FIRST_INTERACTIONS, len(self.card.history) if self.card else 0)

    async def _read_guarded(self, contact_id: int, history: int, is_new: bool) -> None:
        with self.context.errors_shown():
            await self._read(contact_id, history, is_new)

    async def _read(self, contact_id: int, history: int, is_new: bool) -> None:
        kind, alert_days = self.kind, self.context.alert_days
        try:
            data = await self.context.database.read(
                lambda store: read_card(
                    store, contact_id, history=history, kind=kind, alert_days=alert_days
                )
            )
        except NotFoundError:
            if contact_id == self.contact_id:
                self._show_nothing("This contact has been deleted")
            return
        if contact_id == self.contact_id:
            self._set_data(data, is_new=is_new)

    def _show_nothing(self, text: str) -> None:
        self.empty_text = text
        self.card, self._months, self._alerts = None, (), ()
        self._after_change(is_new=True)

    def _set_data(self, data: ScreenCard, *, is_new: bool) -> None:
        self.empty_text = ""
        self.card, self._months, self._alerts = data
        self._after_change(is_new=is_new)

    def _after_change(self, *, is_new: bool) -> None:
        self._is_loading_more = False
        self.lay_out()
        self._is_new_contact = False
        if is_new:
            self.set_reactive(LineList.cursor, 0)
            self.jump(0)
            first = self.nearest(0, 1)
            self.set_reactive(LineList.cursor, first or 0)
        self.post_message(self.Shown())

    def filter_by_next_kind(self) -> str:
        """Filter the timeline by the next kind of interaction; return that kind."""
        kinds = ("", *KINDS)
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]
        if self.contact_id is not None:
            self.show(self.contact_id, reload=True)
        return self.kind

    # the record under the cursor

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor."""
        line = self.line_at(self.cursor)
        return line.target if line else None

    def target_of(self, *kinds: str) -> Target | None:
        """Return the target under the cursor if it is of such a kind, else the first that is."""
        here = self.target if self.has_focus else None
        if here is not None and here.kind in kinds:
            return here
        targets = (line.target for line in self.lines if line.target)
        return next((target for target in targets if target.kind in kinds), None)

    # layout

    def make_lines(self, room: int) -> list[CardLine]:
        """Return the lines of the card."""
        if self.card is None:
            return []
        return card_lines(self.card, self._months, room, self.kind, self._alerts)

    @property
    def shows_cursor(self) -> bool:
        """Return whether the cursor is highlighted: only while the card has the focus."""
        return self.has_focus

    # moving

    def action_move(self, step: int) -> None:
        """Move to the next line with a target, or scroll by a line if there is none near."""
        height = self.scrollable_content_region.height
        found = self.nearest(self.cursor + step, step)
        top = round(self.scroll_target_y)
        if found is not None and top - 2 <= found <= top + height + 1:
            self.cursor = found
        else:
            self.jump(top + step)

    def action_page(self, step: int) -> None:
        """Scroll a page; the cursor follows."""
        height = max(self.scrollable_content_region.height - 2, 1)
        self.jump(round(self.scroll_target_y) + step * height)
        found = self.nearest(round(self.scroll_target_y) + (0 if step > 0 else height), step)
        if found is not None:
            self.cursor = found

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read older interactions before the end is reached."""
        super().watch_scroll_y(old_value, new_value)
        height = self.scrollable_content_region.height
        if new_value + height >= self.count - height:
            self._load_more()

    def _load_more(self) -> None:
        card = self.card
        if card is None or self._is_loading_more or len(card.history) >= card.history_count:
            return
        self._is_loading_more = True
        start_task(self, self._read_more, card, group="more")

    async def _read_more(self, card: CardData) -> None:
        contact_id, kind, known = card.details.contact.id, self.kind, len(card.history)
        with self.context.errors_shown():
            older = await self.context.database.read(
                lambda store: card_report.load_timeline(
                    store, contact_id, MORE_INTERACTIONS, kind, known
                )
            )
            if self.card is card and older:
                self.card = card._replace(history=(*card.history, *older))
                self.lay_out()
        self._is_loading_more = False
