"""The actions on the selected deal: it is moved, closed, edited, and its next step is planned."""

from cardcrm.errors import CardcrmError
from cardcrm.records.deals.board import Board, BoardDeal, move_on_board, next_stage
from cardcrm.records.deals.stage_kinds import OPEN
from cardcrm.records.deals.stages import Stage
from cardcrm.tui.forms import deal_actions, record_form
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.deal_board import DealBoard


class DealKeys(Page):
    """A page with a board of deals, whose actions are on the one under the cursor."""

    board: DealBoard
    moves: int  # of deals, since the page was opened

    @property
    def is_table(self) -> bool:
        """Return whether the deals are shown as a table."""
        return self.has_class("-as-table")

    @property
    def selected_deal(self) -> BoardDeal | None:
        """The deal under the cursor."""
        raise NotImplementedError

    @property
    def has_filter(self) -> bool:
        """Return whether a query says which deals are shown."""
        raise NotImplementedError

    def show_board(self, board: Board) -> None:
        """Show a board after a move, with its sums."""
        raise NotImplementedError

    def _with_deal(self) -> BoardDeal | None:
        """Return the deal under the cursor; without one, say so."""
        deal = self.selected_deal
        if deal is None:
            self.context.refuse("No deal is selected")
        return deal

    # moving

    def action_move_deal(self, step: int) -> None:
        """Move the deal to the next stage or the one before; a closed one is opened again."""
        deal, board = self._with_deal(), self.board.board
        if deal is None or board is None:
            return
        if deal.status != OPEN:
            self.context.start(deal_actions.reopen(self.context, deal))
            return
        stage = next_stage(board, deal.stage_id, step)
        if stage is not None:
            self._move(deal, stage)
        elif step > 0:
            win, lose = self.context.key_of("win"), self.context.key_of("lose")
            self.context.show_message(f"The last stage: {win} wins the deal, {lose} loses it")

    def _move(self, deal: BoardDeal, stage: Stage) -> None:
        """Move a deal, after asking for what the stage needs to know of it."""
        if stage.needs:
            self.context.start_opening(self._ask_and_move(deal, stage))
        else:
            self._show_move(deal, stage)

    async def _ask_and_move(self, deal: BoardDeal, stage: Stage) -> None:
        from cardcrm.tui.forms import stage_facts

        if not await stage_facts.ask_and_move(self.context, deal, stage):
            self._show_move(deal, stage)

    def _show_move(self, deal: BoardDeal, stage: Stage) -> None:
        """Show a deal in its new stage at once, and write the move."""
        before = self.board.board
        if before is not None and not self.is_table:
            self.show_board(move_on_board(before, deal, stage))
        self.moves += 1
        self.context.start(self._write_move(deal, stage))

    async def _write_move(self, deal: BoardDeal, stage: Stage) -> None:
        is_shown = not (self.is_table or self.has_filter)  # a query may find it no longer
        try:
            await deal_actions.move(self.context, deal, stage, is_shown=is_shown)
        except CardcrmError:
            self.reload_soon()  # the deal is where it was
            raise

    def action_win(self) -> None:
        """Win the deal."""
        deal = self._open_deal()
        if deal is not None:
            self.context.start(deal_actions.win(self.context, deal))

    def action_lose(self) -> None:
        """Lose the deal, for a reason of one key."""
        deal = self._open_deal()
        if deal is not None:
            self.context.start(deal_actions.lose(self.context, deal))

    def _open_deal(self) -> BoardDeal | None:
        deal = self._with_deal()
        if deal is not None and deal.status != OPEN:
            reopen = self.context.key_of("reopen")
            self.context.refuse(f"This deal is {deal.status}; {reopen} opens it again")
            return None
        return deal

    def action_reopen(self) -> None:
        """Open a closed deal again."""
        deal = self._with_deal()
        if deal is not None and deal.status == OPEN:
            self.context.show_message("This deal is open")
        elif deal is not None:
            self.context.start(deal_actions.reopen(self.context, deal, is_sure=True))

    def on_deal_board_dropped(self, event: DealBoard.Dropped) -> None:
        """Move a deal to the column where the mouse dropped it."""
        event.stop()
        deal, column = event.deal, event.column
        if column.is_closed:
            self.context.start(deal_actions.close(self.context, deal))
        elif column.stage is not None and deal.status != OPEN:
            self.context.start(deal_actions.reopen(self.context, deal, column.stage))
        elif column.stage is not None:
            self._move(deal, column.stage)

    # forms

    def action_quotes(self) -> None:
        """List the quotes of the deal."""
        deal = self._with_deal()
        if deal is not None:
            self.context.open_records("quote", query=f"deal:{deal.id}", parent_id=deal.id)

    def action_invoices(self) -> None:
        """List the invoices of the contact of the deal."""
        deal = self._with_deal()
        if deal is not None:
            self.context.open_records("invoice", query=f"contact:{deal.contact_id}")

    def action_edit(self) -> None:
        """Open the form of the deal."""
        deal = self._with_deal()
        if deal is not None:
            self.context.start_opening(record_form.edit(self.context, "deal", deal.id))

    def action_remove(self) -> None:
        """Delete the deal, after asking."""
        deal = self._with_deal()
        if deal is not None:
            self.context.start(record_form.delete(self.context, "deal", deal.id))

    def action_remind(self) -> None:
        """Open the form for the next step of the deal."""
        deal = self._with_deal()
        if deal is not None:
            self.context.start_opening(deal_actions.plan_step(self.context, deal))
