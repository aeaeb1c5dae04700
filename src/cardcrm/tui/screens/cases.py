"""The page of cases: the queue of what is due first, and what was said last in each."""

from typing import ClassVar, Final

from textual.binding import BindingType

from cardcrm.query import And, Node, Or, Term
from cardcrm.records import records
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.query_sql import record_query
from cardcrm.records.records import Record, Selection
from cardcrm.records.service.case_queue import read_queue
from cardcrm.records.service.case_type import CASE
from cardcrm.records.teamwork.teams import list_teams
from cardcrm.store import Store
from cardcrm.text import fold
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.forms import case_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.card_page import NARROW
from cardcrm.tui.screens.detail_page import MAX_LINES, DetailPage
from cardcrm.tui.screens.records import MAX_ROWS
from cardcrm.tui.widgets.case_list import CaseList, format_cells
from cardcrm.tui.widgets.record_list import Row

AGING: Final = 60.0  # seconds after which the deadlines are looked at again
_SIDE_BY_SIDE: Final = 160  # columns; half of fewer cut the requests too much
_MAX_ORDERED: Final = 2_000  # cases that are ordered at once; more are ordered in the background
_SORTING: Final = "sorting by deadline …"
_DEADLINES = ("first_response_due", "next_response_due", "solution_due")
_MINE, _TEAMS, _UNASSIGNED = "mine", "my teams", "unassigned"
_OWNERS = ("", _MINE, _TEAMS, _UNASSIGNED)  # "" is all cases


class CasesPage(DetailPage):
    """The cases in the order of their deadlines, above the conversation of the selected one."""

    mode_name = "cases"
    scopes: tuple[str, ...] = ("app", "page", "records", "cases", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("cases")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-stacked"), (_SIDE_BY_SIDE, "-usual")]  # noqa: RUF012

    def __init__(self) -> None:
        self._is_sorting = False
        super().__init__(CASE)
        self.owners = _OWNERS[0]

    def create_list(self) -> CaseList:
        """Return the widget that lists the cases."""
        return CaseList()

    def on_mount(self) -> None:
        """Look at the deadlines again every minute."""
        self.set_interval(AGING, self._show_deadlines)

    def _show_deadlines(self) -> None:
        if self.is_current:
            self.reload_soon()

    @property
    def note(self) -> str:
        """Return the word in the header while only some cases are shown."""
        return self.owners

    def rows_of(self, store: Store, found: list[Record]) -> list[Row]:
        """Return cases with their cells."""
        return [(each, format_cells(each, self.cells_of(store, each))) for each in found]

    def _node(self, store: Store, text: str) -> Node:
        """Return the query for the cases of the chosen owners."""
        node = record_query.parse(CASE, text)
        if not self.shows_all:
            node = record_query.only_open(CASE, node)
        return And((node, _of_owners(store, self.owners))) if self.owners else node

    def _read(self, store: Store, text: str) -> list[Row]:
        """Read the queue; of many cases only the newest, until their order is found."""
        node = self._node(store, text)
        if self.sort == CASE.sort and record_query.count(store, CASE, node) <= _MAX_ORDERED:
            return self.rows_of(store, read_queue(store, node, MAX_ROWS))
        found = records.select(store, CASE, Selection(node, sort=self.sort, limit=MAX_ROWS))
        return self.rows_of(store, list(found))

    async def _filter(self, text: str) -> None:
        await super()._filter(text)
        if self.sort == CASE.sort and len(self.list.records) == MAX_ROWS:
            start_task(self, self._order, text, group="order")

    def _placeholder(self) -> str:
        shown = super()._placeholder()
        return f"{shown} · {_SORTING}" if self._is_sorting else shown

    def _show_sorting(self, *, is_sorting: bool) -> None:
        self._is_sorting = is_sorting
        self.query_input.placeholder = self._placeholder()

    async def _order(self, text: str) -> None:
        """Find the first of many cases beside the screen."""

        def read(store: Store) -> list[Row]:
            return self.rows_of(store, read_queue(store, self._node(store, text), MAX_ROWS))

        self._show_sorting(is_sorting=True)
        with self.context.errors_shown():
            rows = await self.context.database.read_on_second(read)
            if text == self.query_text:
                self.list.update(rows)
        self._show_sorting(is_sorting=False)  # not when canceled: a newer one is sorting by then

    def details(self, store: Store, record: Record) -> list[str]:
        """Return what the customer asked, the deadlines, and what was said last."""
        request = " ".join(record.values["text"].split())
        deadlines = self._list_deadlines(store, record)
        said = _list_last(store, record, MAX_LINES - 1 - len(deadlines))
        return [f"“{request}”", *deadlines, *said]

    def _list_deadlines(self, store: Store, record: Record) -> list[str]:
        shown = CASE.field("due")
        assert shown is not None
        found = [
            f"{key.removesuffix('_due').replace('_', ' ')} {shown.format(due, store)}"
            for key in _DEADLINES
            if (due := record.values[key]) is not None
        ]
        return [f"{record.values['sla']}: {', '.join(found)}"] if found else []

    # actions

    def action_claim_case(self) -> None:
        """Make the case the user's own."""
        self.with_record(case_actions.claim)

    def action_reply(self) -> None:
        """Open the form for an answer."""
        self.with_record(case_actions.reply)

    def action_wait(self) -> None:
        """Mark the case as waiting for the customer."""
        self.with_record(case_actions.wait)

    def action_solve(self) -> None:
        """Open the form for the solution."""
        self.with_record(case_actions.solve)

    def action_next_owner(self) -> None:
        """Show all cases, those of the user or of the teams, or those without an owner."""
        self.owners = _OWNERS[(_OWNERS.index(self.owners) + 1) % len(_OWNERS)]
        self.context.show_message(f"Cases: {self.owners or 'all'}")
        self.reload_soon()


def _of_owners(store: Store, owners: str) -> Node:
    """Return the condition that only cases of the chosen owners meet."""
    if owners != _TEAMS:
        return Term("owner", ":", "me" if owners == _MINE else "none")
    me = fold(store.author.name)
    teams = [each.name for each in list_teams(store) if me in map(fold, each.members)]
    return Or(tuple(Term("team", ":", each) for each in teams)) if teams else Term("id", "=", "0")


def _list_last(store: Store, record: Record, limit: int) -> list[str]:
    """Return the last interactions of a case, the newest first."""
    when = INTERACTION.field("on")
    assert when is not None
    wanted = Selection(Term("case", ":", str(record.id)), limit=limit)
    marks = {"in": "←", "out": "→"}
    return [
        f"{marks.get(each.values['direction'], '·')} {when.format(each.values['on'], store)} "
        f"{each.values['kind']}: {' '.join(each.values['text'].split())}"
        for each in records.select(store, INTERACTION, wanted)
    ]
