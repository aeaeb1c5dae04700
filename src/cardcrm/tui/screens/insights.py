"""The page of insights: eight of them, and the list behind each."""

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from cardcrm import dates
from cardcrm.reports.alerts.alert_table import refresh_if_stale
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.insights.insight_list import INSIGHTS, InsightSource, view_year
from cardcrm.reports.scope import choose_currency, list_currencies
from cardcrm.store import Store
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.card_page import ON_CARD
from cardcrm.tui.screens.figures_page import FiguresPage
from cardcrm.tui.widgets.insight_rows import InsightRows
from cardcrm.tui.widgets.insight_tile import InsightTile


class InsightGrid(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The insights, in one column or in two."""


class InsightsPage(FiguresPage):
    """The fifth page. Enter on an insight opens its list in the place of all."""

    mode_name = "insights"
    scopes: tuple[str, ...] = ("app", "page", "insights", "pictures", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("insights"), *bindings("page")]
    DEFAULT_CSS = """
    InsightsPage InsightGrid {
        layout: grid; grid-size: 1; grid-rows: auto; grid-gutter: 0 1;
        width: 1fr; height: 1fr; scrollbar-size-vertical: 1;
        scrollbar-color: $panel; scrollbar-color-hover: $muted; scrollbar-color-active: $primary;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    InsightsPage.-wide InsightGrid { grid-size: 2; }
    InsightsPage #left, InsightsPage #card { display: none; }
    InsightsPage.-on-list InsightGrid { display: none; }
    InsightsPage.-on-list #left { display: block; width: 1fr; }
    InsightsPage.-on-list.-with-contacts #card { display: block; width: 1fr; }
    InsightsPage.-on-list.-with-contacts.-usual #body { layout: vertical; }
    InsightsPage.-on-list.-with-contacts.-usual #left { height: 13; }
    InsightsPage.-on-list.-with-contacts.-wide #left { width: 76; }
    InsightsPage.-on-list.-narrow #card { display: none; }
    InsightsPage.-on-list.-narrow.-on-card #left { display: none; }
    InsightsPage.-on-list.-narrow.-on-card #card { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tiles = [InsightTile(each.key, each.title) for each in INSIGHTS]
        self.rows = InsightRows()
        self._last = self.tiles[0]  # the insight that had the focus

    def left(self) -> Iterable[Widget]:
        """Yield the insights, and the list behind one."""
        yield InsightGrid(*self.tiles, id="pictures")
        with Vertical(id="left"):
            yield self.rows

    def on_mount(self) -> None:
        """Focus the first insight."""
        self.tiles[0].focus()

    @property
    def is_list_open(self) -> bool:
        """Return whether the list behind an insight is shown."""
        return self.has_class("-on-list")

    @property
    def focused_part(self) -> str:
        """The part that the keys are for: the insights, the list behind one, or the card."""
        return super().focused_part if self.is_list_open else "pictures"

    # computing

    async def compute(self) -> None:
        """Compute one insight after the other, and show each when it is ready.

        Then the alerts of the page of the day are refreshed, where that is quick.
        """
        run = self.context.database.run_separately
        wanted = self.currency
        currency, self.currencies = await run(lambda store: _find_currency(store, wanted))
        today = dates.today(self.context.locale.zone)
        view = view_year(currency, today)
        for source, tile in zip(INSIGHTS, self.tiles, strict=True):
            tile.update(await run(partial(_build, source, view)))
            if self.is_list_open and tile is self._last:
                self._show_rows(tile)
            if self.is_outdated:
                return
        if days := self.context.alert_days:
            await run(lambda store: refresh_if_stale(store, today, days))

    @property
    def note(self) -> str:
        """The currency, in the header, if there are several."""
        return self.currencies[0] if len(self.currencies) > 1 else ""

    # the insights

    def action_step(self, across: int, down: int) -> None:
        """Move to a neighbor insight."""
        columns = 2 if self.has_class("-wide") else 1
        at = self.tiles.index(self._last)
        wanted = at + across + down * columns
        if 0 <= wanted < len(self.tiles):
            self._last = self.tiles[wanted]
            self._last.focus()

    def action_jump(self, end: int) -> None:
        """Move to the first or the last insight."""
        self._last = self.tiles[end]
        self._last.focus()

    @on(InsightTile.Picked)
    def _on_tile_picked(self, event: InsightTile.Picked) -> None:
        tile = self._last = event.tile
        if not list(tile.insight.sheet.rows):
            self.context.show_message(tile.insight.reason or "This picture has no list")
            return
        self.add_class("-on-list")
        self._show_rows(tile)
        self.rows.focus()

    def _show_rows(self, tile: InsightTile) -> None:
        self.set_class(bool(tile.insight.contacts), "-with-contacts")
        self.rows.update(tile.insight)

    # the list behind an insight

    def selected_contact(self) -> int | None:
        """Return the contact of the line under the cursor."""
        return self.rows.selected_contact if self.is_list_open else None

    def open_selected(self) -> None:
        """Show the contact of the line under the cursor on the contacts page."""
        contact_id = self.selected_contact()
        if contact_id is not None:
            self.context.go_to_contact(contact_id)

    def action_leave(self) -> None:
        """Go from the card to the list, then to the insights."""
        if not self.leave_card():
            self._close_list()

    def action_back(self) -> None:
        """Go back to the insights, or to the page before."""
        if self.is_list_open:
            self._close_list()
        else:
            super().action_back()

    def _close_list(self) -> None:
        self.remove_class("-on-list")
        self._last.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the actions of a card while no contact is shown."""
        del parameters
        return action not in ON_CARD or self.has_class("-on-list", "-with-contacts")


def _build(source: InsightSource, view: View, store: Store) -> Insight:
    return source.build(store, view)


def _find_currency(store: Store, wanted: str) -> tuple[str, tuple[str, ...]]:
    """Return the currency to show, and all that have sales, that one first."""
    currency = choose_currency(store, wanted)
    return currency, tuple(dict.fromkeys([currency, *list_currencies(store)]))
