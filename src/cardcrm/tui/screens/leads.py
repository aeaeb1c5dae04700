"""The page of leads: who waits for an answer, and what becomes of each request."""

from typing import ClassVar

from textual.binding import BindingType

from cardcrm.records.leads.lead_type import LEAD
from cardcrm.records.leads.statuses import STATUSES
from cardcrm.records.records import Record
from cardcrm.reports.leads.lead_states import read_states
from cardcrm.reports.leads.learned_cache import LearnedCache
from cardcrm.reports.leads.won_factors import NOT_LEARNED, Learned
from cardcrm.store import Store
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.forms import lead_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.records import RecordsPage
from cardcrm.tui.widgets.lead_list import LeadList, format_cells
from cardcrm.tui.widgets.record_list import Row

AGING = 60.0  # seconds after which the ages are shown again


class LeadsPage(RecordsPage):
    """The leads beside the card of their contact."""

    mode_name = "leads"
    scopes: tuple[str, ...] = ("app", "page", "records", "leads", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("leads", "records", "page")]

    def __init__(self) -> None:
        super().__init__(LEAD)
        self._past = LearnedCache()
        self._learned: Learned | None = None  # which the scores are shown by

    def create_list(self) -> LeadList:
        """Return the widget that lists the leads."""
        self._leads = LeadList()
        return self._leads

    def on_mount(self) -> None:
        """Show the ages again every minute."""
        self.set_interval(AGING, self._show_ages)

    def _show_ages(self) -> None:
        if self.is_current:
            self.reload_soon()

    async def reload(self) -> None:
        """Read the leads, and look whether the past has more to tell about them."""
        await super().reload()
        start_task(self, self._learn, group="learn")

    async def _learn(self) -> None:
        """Learn from past wins beside the screen, and show the scores if they follow from more."""
        with self.context.errors_shown():
            learned = await self.context.database.read_on_second(self._past.read)
            if learned is not self._learned:
                self._learned = learned
                await super().reload()

    def rows_of(self, store: Store, found: list[Record]) -> list[Row]:
        """Return leads with their cells, and remember their states; first those that are new."""
        learned = self._learned or NOT_LEARNED
        has_score = self._learned is not None
        states = read_states(store, [each.id for each in found], learned)
        self._leads.states = states
        if self.sort == self.type.sort:
            found.sort(key=lambda each: STATUSES.index(each.values["status"]))
        return [
            (each, format_cells(self.cells_of(store, each), states[each.id], has_score=has_score))
            for each in found
        ]

    # actions

    def action_assign(self) -> None:
        """Open the form for the owner of the lead."""
        self.with_record(lead_actions.assign)

    def action_process(self) -> None:
        """Mark the lead as in process."""
        self.with_record(lead_actions.process)

    def action_convert(self) -> None:
        """Open the form to convert the lead into a deal."""
        self.with_record(lead_actions.convert)

    def action_recycle(self) -> None:
        """Open the form to set the lead aside."""
        self.with_record(lead_actions.recycle)

    def action_drop(self) -> None:
        """Open the form to close the lead as dead."""
        self.with_record(lead_actions.drop)
