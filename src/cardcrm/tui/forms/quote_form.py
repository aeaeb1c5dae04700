"""The form of a quote, as far as it is not declared."""

from collections.abc import Iterable
from typing import Any, ClassVar

from cardcrm.errors import CardcrmError
from cardcrm.money import format_money
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.quotes import past_prices, quote_texts, quotes
from cardcrm.records.quotes.quote_lines import add_up_offer
from cardcrm.records.quotes.quote_rules import find_deal
from cardcrm.store import Store
from cardcrm.text import capitalize_first
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.completers import complete_product
from cardcrm.tui.forms.declared_form import NounForm, repeated
from cardcrm.tui.forms.fields import Field, Item, Values
from cardcrm.tui.forms.sale_form import line_check

_LABELS = {quote_texts.LINES: "line", quote_texts.OPTIONAL: "optional"}


class QuoteForm(NounForm):
    """The form of a quote; its lines are texts such as ``2 x roof @ 500 -10% tax 20%``."""

    order = ("deal", "title", "lines", "optional", "valid", "note", "on", "contact", "owner")
    hints: ClassVar = {
        "deal": "number or title of the deal",
        "title": "that of the deal",
        "valid": "last day: 30d, 15 dec",
        "note": "terms of payment, below the lines",
        "on": "today",
        "contact": "that of the deal",
        "owner": "that of the deal",
    }
    required: ClassVar = {"deal": "A quote needs a deal.", "contact": ""}
    has_summary = True

    def item(self, context: AppContext, key: str) -> Item:
        """Return one field; the lines are not declared."""
        if key not in _LABELS:
            return super().item(context, key)
        line = Field(
            "text",
            hint="2 x roof @ 500 -10% tax 20%" if key == "lines" else "outside of the total",
            check=line_check(context.locale),
            complete=complete_product(context),
        )
        return repeated(key, _LABELS[key], line)

    def new_values(self) -> dict[str, str]:
        """Return the values that the form for a new quote begins with."""
        return {each.key: each.default for each in self.type.editable if each.key in self.order}

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return a quote as texts. Raises NotFoundError."""
        texts = super().texts(store, row_id)
        declared = {key: texts[key] for key in self.order if key in texts}
        return declared | quote_texts.line_texts(store, row_id)

    def add(self, store: Store, contact_id: int, texts: Values) -> quotes.Added:
        """Add a quote. Raises UsageError, NotFoundError."""
        del contact_id
        offered = quote_texts.parse_lines(texts, _currency_of(store, texts))
        return quotes.add(store, {key: texts[key] for key in texts if key not in _LABELS}, offered)

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises ConflictError, UsageError."""
        quote_texts.revise(store, row_id, before, after)

    def summarize(self, store: Store, texts: Values) -> str:
        """Return the total, and what the customer was offered and paid before.

        A field that is not complete yet has an error of its own.
        """
        try:
            deal = find_deal(store, texts["deal"])
            offered = quote_texts.parse_lines(texts, _currency_of(store, texts))
        except CardcrmError:
            return ""
        if not offered:
            return ""
        names = [each.draft.product for each in offered]
        past = [
            past_prices.describe(each) for each in past_prices.list_for_deal(store, deal, names)
        ]
        try:
            total, tax = add_up_offer(store, deal, offered)
        except CardcrmError as error:
            return " · ".join([capitalize_first(error.message), *past])
        taxed = f", tax {format_money(tax)}" if tax else ""
        return " · ".join([f"Total {format_money(total)}{taxed}", *past])

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the deal and the title for the journal."""
        return texts["deal"], texts["title"]

    def describe_added(self, context: AppContext, contact: Contact | None, added: Any) -> str:
        """Return the message about a new quote."""
        del context, contact
        values = added.record.values
        return f"Added quote {values['number']}: {format_money(values['amount'])}"


def _currency_of(store: Store, texts: Values) -> str:
    """Return the currency of the deal, else that of the database. Raises NotFoundError."""
    amount = find_deal(store, texts["deal"]).amount
    return store.locale.currency if amount is None else amount.currency
