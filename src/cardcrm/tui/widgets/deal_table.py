"""The deals of a board as a table, in the columns that their declaration lists."""

import datetime as dt
from typing import Any

from cardcrm.records.deals.board import Board, BoardDeal, Column
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.tui.widgets.deal_cards import sign_of
from cardcrm.tui.widgets.record_list import RecordList, Row


class DealTable(RecordList):
    """The deals, one a line, in the order of the board."""

    def __init__(self) -> None:
        super().__init__(DEAL, id="table")
        self.deals: dict[int, BoardDeal] = {}

    @property
    def selected_deal(self) -> BoardDeal | None:
        """The deal under the cursor."""
        record = self.selected
        return self.deals.get(record.id) if record else None

    def show_deals(self, deals: dict[int, BoardDeal], rows: list[Row]) -> None:
        """Show the rows of deals."""
        self.deals = deals
        self.update(rows)

    def select(self, deal_id: int) -> None:
        """Put the cursor on a deal."""
        for row, record in enumerate(self.records):
            if record.id == deal_id:
                self.put_cursor(row)


def read_rows(store: Store, board: Board) -> list[Row]:
    """Return the open deals of a board as rows, stage by stage."""
    return [_row(store, column, deal) for column in board.columns for deal in column.deals]


def _row(store: Store, column: Column, deal: BoardDeal) -> Row:
    chance = column.stage.probability if deal.probability is None else deal.probability
    texts = {
        "title": f"{sign_of(deal).text} {deal.title}",
        "contact": deal.contact,
        "stage": column.stage.name,
        "owner": deal.owner,
    }
    close = dt.date.fromisoformat(deal.close_on) if deal.close_on else None
    values = {"amount": deal.amount, "probability": chance, "close": close}
    record = Record(DEAL, deal.id, values, {"contact_id": deal.contact_id})
    return record, (f"{deal.id}", *(_cell(store, each, texts, values) for each in DEAL.listed))


def _cell(store: Store, field: Any, texts: dict[str, str], values: dict[str, Any]) -> str:
    value = values.get(field.key)
    if field.key in texts:
        return texts[field.key]
    return field.format(value, store) if value is not None else ""
