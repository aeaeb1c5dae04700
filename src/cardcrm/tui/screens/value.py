"""The value page: customers by value, revenue by month, customers slipping away, and the grid."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from cardcrm import dates
from cardcrm.reports import revenue
from cardcrm.reports.rfm import grid
from cardcrm.reports.scope import list_currencies
from cardcrm.reports.value import customer_ranking
from cardcrm.reports.value.slipping import list_slipping
from cardcrm.store import Store
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.forms.win_back import win_back
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.figures_page import FiguresPage
from cardcrm.tui.widgets.ranking import RANKINGS, CellCustomers, Figures, Ranking
from cardcrm.tui.widgets.rfm_grid import RfmGrid, Scores

MAX_CUSTOMERS = 100
MAX_SLIPPING = 15
CHART_MONTHS = 24
MANY_CUSTOMERS = 20_000  # from which on the ranking is shown before the rest is computed
TALL = 40  # lines from which on the grid is always shown above the ranking


class ValuePage(FiguresPage):
    """The third page. While the grid is open, the list shows the customers of its cell."""

    mode_name = "value"
    scopes: tuple[str, ...] = ("app", "page", "value", "grid", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("value"), *bindings("page")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    ValuePage RfmGrid { display: none; }
    ValuePage.-on-grid RfmGrid, ValuePage.-tall RfmGrid { display: block; }
    ValuePage.-tall RfmGrid { height: 14; padding: 0 0 1 0; }
    ValuePage.-on-grid.-low #card { display: none; }
    ValuePage.-on-grid.-low #left { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.ranking = Ranking()
        self.grid = RfmGrid(id="grid")
        self.by = RANKINGS[0]
        self._opens_grid = False  # as soon as it is computed

    def left(self) -> Iterable[Widget]:
        """Yield the grid and the ranking."""
        with Vertical(id="left"):
            yield self.grid
            yield self.ranking

    def on_mount(self) -> None:
        """Focus the ranking."""
        self.ranking.focus()

    @property
    def focused_part(self) -> str:
        """The part that the keys are for: the ranking, the grid, or the card."""
        return "grid" if self.grid.has_focus else super().focused_part

    # computing

    async def compute(self) -> None:
        """Compute the ranking; chart and grid follow later if there are many customers."""
        by, currency = self.by, self.currency
        run = self.context.database.run_separately
        figures = await run(lambda store: compute_ranking(store, by, currency))
        report, self.currencies = figures.report, figures.currencies
        if report is not None:
            is_slow = report.totals.customers > MANY_CUSTOMERS and self.ranking.figures is None
            if is_slow:
                self.ranking.update(figures, by)
            figures = await run(lambda store: compute_rest(store, figures))
            if is_slow:
                await self._show(figures, by)
            figures = await run(lambda store: find_slipping(store, figures))
        await self._show(figures, by)

    async def _show(self, figures: Figures, by: str) -> None:
        """Show the figures; the open cell of the grid stays open."""
        scale = figures.report.scale if figures.report else None
        self.grid.update(figures.groups, scale, figures.today)
        self.ranking.update(figures, by, self.ranking.cell_customers if self._open_cell else None)
        if self._open_cell:
            await self._list_cell()
        elif self._opens_grid and self.is_current and self.grid.cells:
            self._open_grid()
        self._opens_grid = False

    # the ranking

    def selected_contact(self) -> int | None:
        """Return the id of the customer under the cursor."""
        worth = self.ranking.selected
        return worth.contact_id if worth else None

    def open_selected(self) -> None:
        """Show the customer on the contacts page."""
        worth = self.ranking.selected
        if worth is not None:
            self.context.go_to_contact(worth.contact_id)

    def action_rank(self) -> None:
        """Rank by the next measure."""
        self.by = RANKINGS[(RANKINGS.index(self.by) + 1) % len(RANKINGS)]
        self.reload_soon()

    def action_win_back(self) -> None:
        """Add a reminder for each customer slipping away."""
        figures = self.ranking.figures
        if figures is not None:
            start_task(self, self._win_back, group="win-back")

    async def _win_back(self) -> None:
        figures = self.ranking.figures
        assert figures is not None
        with self.context.errors_shown():
            await win_back(self.context, figures.slipping, figures.today)

    # the grid

    @property
    def _open_cell(self) -> Scores | None:
        """The scores of the cell whose customers are listed."""
        return self.grid.selected if self.has_class("-on-grid") else None

    def action_grid(self) -> None:
        """Open the grid, or close it and list all customers."""
        if self.has_class("-on-grid"):
            self._close_grid()
        elif self.grid.cells:
            self._open_grid()
        elif self.is_computing:
            self._opens_grid = True
            self.context.show_message("The grid will open once it is computed")
        else:
            self.context.show_message("The grid needs at least 5 customers")

    def _open_grid(self) -> None:
        if self.grid.cell is None:
            self.grid.selected = max(self.grid.cells)
        self.add_class("-on-grid")
        self.grid.focus()
        self._list_cell_soon()

    def _close_grid(self) -> None:
        self.remove_class("-on-grid")
        self.ranking.focus()
        self._list_cell_soon()

    def action_shade(self) -> None:
        """Shade the grid by the other measure."""
        self.grid.by_revenue = not self.grid.by_revenue

    def action_leave(self) -> None:
        """Go from the card to the list, else close the grid."""
        if not self.leave_card() and self.has_class("-on-grid"):
            self._close_grid()

    def action_back(self) -> None:
        """Close the grid, or go back to the page before."""
        if self.has_class("-on-grid"):
            self._close_grid()
        else:
            super().action_back()

    @on(RfmGrid.Selected)
    def _on_cell_selected(self) -> None:
        self.add_class("-on-grid")  # a click on a tall screen opens the grid
        self._list_cell_soon()

    @on(RfmGrid.Picked)
    def _on_cell_picked(self) -> None:
        if self.grid.cell is not None:
            self.ranking.focus()

    def _list_cell_soon(self) -> None:
        start_task(self, self._list_cell, group="cell")

    async def _list_cell(self) -> None:
        figures, scores = self.ranking.figures, self._open_cell
        if figures is None:
            return
        with self.context.errors_shown():
            listed = None
            if scores is not None:
                listed = await self.context.database.read(
                    lambda store: read_cell(store, figures, scores)
                )
            self.ranking.update(figures, self.by, listed)


def read_cell(store: Store, figures: Figures, scores: Scores) -> CellCustomers:
    """Read the customers in a cell of the grid."""
    cell = grid.build_grid(figures.groups).get(scores)
    if cell is None or figures.report is None:
        return CellCustomers(None, ())
    found = grid.list_customers(
        store,
        figures.today,
        figures.report,
        *scores,
        limit=MAX_CUSTOMERS,
        expected=cell.customers,
    )
    return CellCustomers(cell, found)


def compute_ranking(store: Store, by: str, currency: str) -> Figures:
    """Compute the ranking in a currency; by default the firm's own, if it has sales."""
    today = dates.today(store.locale.zone)
    known = list_currencies(store)
    own = store.locale.currency
    currency = currency or (own if own in known or not known else known[0])
    ordered = tuple(dict.fromkeys([currency, *known]))
    report = customer_ranking.build_report(store, currency, today, by=by, limit=MAX_CUSTOMERS)
    return Figures(report, (), (), (), ordered, today)


def compute_rest(store: Store, figures: Figures) -> Figures:
    """Return the figures with the grid and the chart."""
    report, today = figures.report, figures.today
    assert report is not None
    currency = report.totals.currency
    return figures._replace(
        groups=grid.count_groups(store, currency, report.scale) if report.scale else (),
        months=revenue.revenue_by_month(store, currency, today, months=CHART_MONTHS),
    )


def find_slipping(store: Store, figures: Figures) -> Figures:
    """Return the figures with the customers slipping away, whose habits take the longest."""
    report, today = figures.report, figures.today
    assert report is not None
    currency = report.totals.currency
    slipping = list_slipping(store, currency, today, report, MAX_SLIPPING)
    return figures._replace(slipping=slipping)
