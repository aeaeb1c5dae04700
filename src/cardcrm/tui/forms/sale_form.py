"""The form of a sale, as far as it is not declared."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.money import Money, format_money, parse_money, parse_percent
from cardcrm.records import record_diff
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.promotions.redemption import apply_code
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_lines import LineDraft, compute_totals, parse_line
from cardcrm.records.sales.sales import Sale
from cardcrm.store import Locale, Store
from cardcrm.text import capitalize_first
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import complete_code, complete_product
from cardcrm.tui.forms.declared_form import NounForm, repeated
from cardcrm.tui.forms.fields import Check, Field, Item, Values


class TypedSale(NamedTuple):
    """The amount, cost and lines of a sale as typed."""

    amount: Money | None
    cost: Money | None
    lines: list[LineDraft]


class NewSale(NamedTuple):
    """A sale that was recorded: whether it is new, and its products that were not in the catalog.

    Each of these has the most similar names in the catalog.
    """

    sale: Sale
    is_new: bool
    products: Mapping[str, Sequence[str]]


class SaleForm(NounForm):
    """The form of a sale or a refund; its product lines are texts such as ``2 x Vase @ 8``."""

    order = ("amount", "text", "lines", "code", "on", "channel", "tax_rate", "cost", "ref")
    hints: ClassVar = {
        "amount": "49.50; -12 is a refund",
        "text": "what was sold",
        "on": "today; or yesterday, 3 nov",
        "channel": "web, shop, phone, market",
        "tax_rate": "20%; or that of the products",
        "cost": "what it cost you",
        "ref": "invoice number",
    }
    required: ClassVar = {"amount": ""}  # the lines may add up to it
    future_hint = "Record a sale once it is paid."
    is_of_contact = True
    new_title = "Sale to {}"
    has_summary = True
    verb = "sell"

    def item(self, context: AppContext, key: str) -> Item:
        """Return one field; the product lines and the code of a promotion are not declared."""
        if key == "code":
            return Field(
                "code", "code", hint="such as SPRING10",
                complete=complete_code(context),
            )  # fmt: skip
        if key != "lines":
            return super().item(context, key)
        line = Field(
            "text",
            hint="2 x Rose bouquet @ 24.50 -10%",
            check=line_check(context.locale),
            complete=complete_product(context),
        )
        return repeated("lines", "product", line)

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return a sale as texts. Raises NotFoundError."""
        return record_diff.sale_texts(store, sales.get(store, row_id))

    def add(self, store: Store, contact_id: int, texts: Values) -> NewSale:
        """Record a sale. Raises UsageError, ConflictError."""
        typed = _parse(store.locale, texts)
        if typed.amount is None and not typed.lines:
            raise UsageError(
                "an amount is missing", "Fill in an amount, or a product with a price."
            )
        on = texts["on"].strip()
        new = find_new_products(store, typed.lines)
        sale, is_new = sales.sell(
            store,
            contact_id,
            typed.amount,
            text=texts["text"],
            when=validators.parse_date(store.locale, on, past=True) if on else None,
            cost=typed.cost,
            lines=typed.lines,
            ref=texts["ref"],
            channel=texts["channel"],
            tax_rate=_parse_rate(texts),
            code=texts["code"].strip(),
        )
        return NewSale(sale, is_new, new)

    def summarize(self, store: Store, texts: Values) -> str:
        """Return the total of a sale, and its products that are not in the catalog yet.

        The contradiction of an amount and its lines is shown; a field that is not yet complete
        has an error of its own.
        """
        try:
            typed = _parse(store.locale, texts)
        except CardcrmError:
            return ""
        if typed.amount is None and not typed.lines:
            return ""
        try:
            rate = _parse_rate(texts)
            lines: Sequence[LineDraft] = typed.lines
            if code := texts["code"].strip():
                _, lines = apply_code(store, code, lines, typed.amount)
            totals = compute_totals(
                store, typed.amount, lines, typed.cost, refund=False, tax_rate=rate
            )
        except CardcrmError as error:
            return capitalize_first(error.message)
        title = "Refund of" if totals.sign < 0 else "Total"
        tax = f", tax {format_money(totals.levied)}" if totals.levied else ""
        total = f"{title} {format_money(totals.total)}{tax}"
        return f"{total}{describe_new_products(find_new_products(store, typed.lines))}"

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        record_diff.revise_sale(store, row_id, before, after)

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the amount, and what was sold."""
        return texts["amount"], texts["text"] or texts["lines"]

    def describe_added(self, context: AppContext, contact: Contact | None, added: NewSale) -> str:
        """Return the message about a new sale or refund."""
        del context
        sale = added.sale
        verb = "Refunded" if sale.amount.minor < 0 else "Sold to"
        amount = Money(abs(sale.amount.minor), sale.amount.currency)
        known = "" if added.is_new else " (already recorded; no change)"
        products = describe_new_products(added.products) if added.is_new else ""
        return f"{verb} {contact.name if contact else ''}: {format_money(amount)}{known}{products}"


def _parse_rate(texts: Values) -> int | None:
    return parse_percent(texts["tax_rate"]) if texts["tax_rate"].strip() else None


def _parse(locale: Locale, texts: Values) -> TypedSale:
    """Return the amounts and lines that were typed. Raises UsageError."""
    amount, cost = texts["amount"].strip(), texts["cost"].strip()
    return TypedSale(
        parse_money(amount, locale.currency, negative=True) if amount else None,
        parse_money(cost, locale.currency) if cost else None,
        [parse_line(each, locale.currency) for each in texts["lines"].split("\n") if each],
    )


def find_new_products(store: Store, lines: Iterable[LineDraft]) -> dict[str, list[str]]:
    """Return the products that are not in the catalog, each with the most similar ones there."""
    names = dict.fromkeys(line.product for line in lines)
    new = [name for name in names if products.find(store, name) is None]
    return {name: products.similar_names(store, name)[:2] for name in new}


def describe_new_products(new: Mapping[str, Sequence[str]]) -> str:
    """Return the end of a message about a sale: its new products, and similar names."""
    if not new:
        return ""
    named = [f"{name} (not {' or '.join(like)}?)" if like else name for name, like in new.items()]
    return f"; new in the catalog: {', '.join(named)}"


def line_check(locale: Locale) -> Check:
    """Return a check that shows the product line understood."""

    def check(text: str) -> str:
        line = parse_line(text, locale.currency)
        price = format_money(line.price) if line.price else "the catalog price"
        return f"{line.quantity / 1000:g} × {line.product} at {price}"

    return check
