"""The page of quotes: of a deal, of a contact, or of all, with their lines."""

from typing import ClassVar

from textual.binding import BindingType

from cardcrm.money import format_money
from cardcrm.records.quotes import past_prices, quote_texts
from cardcrm.records.quotes.quote_lines import QuoteLine, lines_of
from cardcrm.records.quotes.quote_status import DRAFT
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import quote_actions, record_form
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.detail_page import DetailPage


class QuotesPage(DetailPage):
    """The quotes; ``whole`` is the deal that they are narrowed to."""

    mode_name = "quotes"
    scopes = ("app", "page", "records", "quotes", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("quotes")]

    def __init__(self) -> None:
        super().__init__(QUOTE)

    def details(self, store: Store, record: Record) -> list[str]:
        """Return the lines of a quote, and the past prices of its products."""
        lines = [_describe(each) for each in lines_of(store, record.id)]
        past = past_prices.list_past_prices(store, record.id)
        return [*lines, *(f"before: {past_prices.describe(each)}" for each in past)]

    def action_add(self) -> None:
        """Open the form for a new quote, of the deal if the list is narrowed to one."""
        self.context.start_opening(quote_actions.add(self.context, self.parent_id))

    def open_selected(self) -> None:
        """Open the form of a draft; what was sent stays as it is."""
        record = self.list.selected
        if record is None or record.values["status"] == DRAFT:
            super().open_selected()
            return
        key = self.context.key_of("revise-quote")
        status = record.values["status"]
        self.context.refuse(f"This quote is {status}; {key} adds a new version to edit")

    def action_send(self) -> None:
        """Mark the quote as sent."""
        self.with_record(quote_actions.send)

    def action_view(self) -> None:
        """Mark the quote as viewed."""
        self.with_record(quote_actions.view)

    def action_accept(self) -> None:
        """Accept the quote."""
        self.with_record(quote_actions.accept)

    def action_refuse(self) -> None:
        """Mark the quote as refused, for a reason."""
        self.with_record(quote_actions.refuse)

    def action_revise(self) -> None:
        """Add the next version of the quote, and open its form."""
        self.with_record(self._revise)

    async def _revise(self, context: AppContext, quote: Record) -> None:
        added = await quote_actions.revise(context, quote)
        await self.wait_until_read()
        self.select(added.id)
        await record_form.edit(context, "quote", added.id)

    def action_write(self) -> None:
        """Write the quote to a file."""
        self.with_record(quote_actions.write)

    def action_bill(self) -> None:
        """Add an invoice for the quote."""
        self.with_record(quote_actions.bill)


def _describe(line: QuoteLine) -> str:
    """Return a line of a quote in a sentence, with its amount."""
    optional = "optional: " if line.optional else ""
    reason = f" ({line.reason})" if line.reason else ""
    amount = format_money(line.line.amount)
    return f"{optional}{quote_texts.line_text(line)}{reason} = {amount}"
