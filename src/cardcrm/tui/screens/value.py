"""Value: who brings most, what all are worth, revenue by month, who is slipping away, and the grid
of recency and frequency.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from cardcrm import dates
from cardcrm.reports import revenue, rfm_groups, value
from cardcrm.store import Store
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.ranking import BY, Figures, Listed, Ranking
from cardcrm.tui.widgets.rfm_grid import Grid, Place

MOST = 100
SLIPPING = 15
MANY = 20_000  # customers; from there on the best are shown before all is reckoned
TALL = 40  # lines; from there on the grid always stands above the figures


class ValuePage(Page):
    """The third page. While one is in the grid, the list is of the customers of a square."""

    here = "value"
    places: ClassVar[tuple[str, ...]] = ("app", "page", "value", "grid", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("value"), *bindings("page")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    ValuePage Grid { display: none; }
    ValuePage.-on-grid Grid, ValuePage.-tall Grid { display: block; }
    ValuePage.-tall Grid { height: 14; padding: 0 0 1 0; }
    ValuePage.-on-grid.-low #card { display: none; }
    ValuePage.-on-grid.-low #left { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.ranking = Ranking()
        self.grid = Grid(id="grid")
        self.by = BY[0]
        self.currency = ""
        self._is_reckoning = self._again = False
        self._is_grid_wanted = False  # as soon as it is reckoned

    def left(self) -> Iterable[Widget]:
        """The grid and the figures."""
        with Vertical(id="left"):
            yield self.grid
            yield self.ranking

    def on_mount(self) -> None:
        """The list has the keys."""
        self.ranking.focus()

    def freshen(self) -> None:
        """Reckon anew, once more after what is being reckoned: that cannot be broken off."""
        self.is_stale = False
        if self._is_reckoning:
            self._again = True
        else:
            self._is_reckoning = True
            begin(self, self._freshen, group="figures", exclusive=False)

    async def reload(self) -> None:
        """Reckon anew, beside the desk: it takes seconds where there are very many customers."""
        self._is_reckoning = True
        try:
            await self._reckon()
            while self._again:
                self._again = False
                await self._reckon()
        finally:
            self._is_reckoning = False

    async def _reckon(self) -> None:
        """The customers first; chart and grid follow where they take a while."""
        by, wanted = self.by, self.currency
        figures = await self.crm.desk.aside(lambda store: _best(store, by, wanted))
        report = figures.report
        if report is not None:
            if report.totals.customers > MANY and self.ranking.figures is None:
                self.ranking.take(figures, by)
            figures = await self.crm.desk.aside(lambda store: _more(store, figures))
        self.grid.take(figures.groups, report.scale if report else None, figures.today)
        self.ranking.take(figures, by, self.ranking.listed if self._place else None)
        if self._place:
            await self._list_square()
        elif self._is_grid_wanted and self.is_current and self.grid.squares:
            self._enter_grid()
        self._is_grid_wanted = False

    def chosen(self) -> int | None:
        """The customer."""
        worth = self.ranking.chosen
        return worth.contact_id if worth else None

    def pick(self) -> None:
        """Enter opens the card in the drawer."""
        worth = self.ranking.chosen
        if worth is not None:
            self.crm.go_to_card(worth.contact_id)

    def action_by(self) -> None:
        """Rank by something else."""
        self.by = BY[(BY.index(self.by) + 1) % len(BY)]
        self.freshen()

    def action_currency(self) -> None:
        """The next currency."""
        known = self.ranking.figures.currencies if self.ranking.figures else ()
        if len(known) < 2:
            self.crm.say("all sales are in one currency")
            return
        at = known.index(self.currency) if self.currency in known else 0
        self.currency = known[(at + 1) % len(known)]
        self.freshen()

    # the grid

    @property
    def _place(self) -> Place | None:
        """The square whose customers are listed."""
        return self.grid.place if self.has_class("-on-grid") else None

    def action_grid(self) -> None:
        """To the grid, and back to all customers."""
        if self.has_class("-on-grid"):
            self._leave_grid()
        elif self.grid.squares:
            self._enter_grid()
        elif self._is_reckoning:
            self._is_grid_wanted = True
            self.crm.say("the grid comes as soon as it is reckoned")
        else:
            self.crm.say("it takes five customers to make a grid")

    def _enter_grid(self) -> None:
        if self.grid.square is None:
            self.grid.place = max(self.grid.squares)
        self.add_class("-on-grid")
        self.grid.focus()
        self._list()

    def _leave_grid(self) -> None:
        self.remove_class("-on-grid")
        self.ranking.focus()
        self._list()

    def action_shade(self) -> None:
        """Shade by the other measure."""
        self.grid.by_money = not self.grid.by_money

    def action_back(self) -> None:
        """From the grid to all customers, then to where one came from."""
        if self.has_class("-on-grid"):
            self._leave_grid()
        else:
            super().action_back()

    @on(Grid.Chosen)
    def _chosen(self) -> None:
        self.add_class("-on-grid")  # by a click, too
        self._list()

    @on(Grid.Picked)
    def _picked(self) -> None:
        if self.grid.square is not None:
            self.ranking.focus()

    def _list(self) -> None:
        begin(self, self._list_square, group="square")

    async def _list_square(self) -> None:
        figures, place = self.ranking.figures, self._place
        if figures is None:
            return
        with self.crm.telling():
            listed = None
            if place is not None:
                listed = await self.crm.desk.ask(lambda store: _listed(store, figures, place))
            self.ranking.take(figures, self.by, listed)


def _listed(store: Store, figures: Figures, place: Place) -> Listed:
    """The customers of a square."""
    square = rfm_groups.squares(figures.groups).get(place)
    if square is None or figures.report is None:
        return Listed(None, ())
    found = rfm_groups.customers(
        store, figures.today, figures.report, *place, limit=MOST, expected=square.customers
    )
    return Listed(square, found)


def _best(store: Store, by: str, wanted: str) -> Figures:
    """The best of a currency: the one wanted, else the firm's own, else one there is."""
    today = dates.today(store.locale.zone)
    known = value.currencies(store)
    own = store.locale.currency
    currency = wanted or (own if own in known or not known else known[0])
    ordered = tuple(dict.fromkeys([currency, *known]))
    report = value.report(store, currency, today, by=by, limit=MOST)
    return Figures(report, (), (), (), ordered, today)


def _more(store: Store, figures: Figures) -> Figures:
    """The same with all that is shown besides."""
    report, today = figures.report, figures.today
    assert report is not None
    currency = report.totals.currency
    return figures._replace(
        groups=rfm_groups.groups(store, currency, report.scale) if report.scale else (),
        slipping=value.slipping(store, currency, today, report, SLIPPING),
        months=revenue.by_month(store, currency, today, months=24),
    )
