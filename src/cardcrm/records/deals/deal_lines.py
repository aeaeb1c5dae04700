"""The lines of products of a deal, which add up to its amount."""

from collections.abc import Sequence

from cardcrm.money import Money
from cardcrm.records.sales import line_rows
from cardcrm.records.sales.sale_lines import LineDraft, SaleLine, compute_totals
from cardcrm.records.sales.sold_deals import sold_deal_error
from cardcrm.store import Store


def write_lines(
    store: Store, deal_id: int, drafts: Sequence[LineDraft], amount: Money | None = None
) -> None:
    """Write the lines of a deal in place of those that it has, and their sum as its amount.

    An ``amount`` that is given must be that sum. Raises UsageError, also for a deal with a sale.
    """
    with store.transaction():
        sale_id = store.value("SELECT sale_id FROM deal WHERE id = :id", id=deal_id)
        if sale_id is not None:
            raise sold_deal_error(deal_id, sale_id)
        totals = compute_totals(store, amount, drafts, None, refund=False)
        line_rows.write_lines(store, line_rows.DEAL_LINES, deal_id, totals)
        total = totals.amount
        store.update("deal", deal_id, amount=total.minor, currency=total.currency)


def lines_of(store: Store, deal_id: int) -> list[SaleLine]:
    """Return the lines of a deal in their order."""
    return line_rows.lines_of(store, line_rows.DEAL_LINES, deal_id)
