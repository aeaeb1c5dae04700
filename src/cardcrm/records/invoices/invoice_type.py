"""The declaration of invoices."""

from collections.abc import Callable, Mapping
from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Computed,
    Condition,
    Day,
    Flag,
    Integer,
    Key,
    MoneyAmount,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.sale_type import Net
from cardcrm.store.derived import DerivedColumns

# The payments of an invoice add up to ``paid``; one over nothing is paid without them.
PAID = DerivedColumns(
    "with a wrong sum of payments",
    ("paid", "paid_on"),
    (
        "SELECT i.id, CASE WHEN count(p.id) > 0 THEN CAST(sum(p.amount) AS BIGINT) "
        "WHEN i.paid = 0 THEN 0 END, "
        "CASE WHEN count(p.id) > 0 AND sum(p.amount) >= i.amount THEN max(p.on_date) "
        "WHEN count(p.id) = 0 AND i.amount = 0 THEN i.paid_on END "
        "FROM invoice i LEFT JOIN payment p ON p.invoice_id = i.id "
        "WHERE i.id IN ({marks}) GROUP BY i.id",
    ),
    source="invoice",
)


class InvoiceNumber(Key):
    """The number of an invoice; the next one of the series unless given."""

    __slots__ = ()
    ignores_case = True
    is_portable = True  # a row of a file is known by it

    def _constraint(self) -> str:
        return " NOT NULL UNIQUE"


class OpenAmount(Computed, MoneyAmount):
    """The amount that is still to be paid; computed."""

    __slots__ = ()

    def value_sql(self, alias: str) -> str:
        """Return SQL for the amount minus what was paid."""
        return f"({alias}.amount - coalesce({alias}.paid, 0))"


class DunningLevel(Computed, Integer):
    """The level of the last dunning notice of an invoice, 0 without one; computed."""

    __slots__ = ()

    def value_sql(self, alias: str) -> str:
        """Return SQL for the highest level."""
        levels = f"SELECT max(n.level) FROM dunning_notice n WHERE n.invoice_id = {alias}.id"
        return f"coalesce(({levels}), 0)"


def _overdue_sql(store: Any, param: Callable[[Any], str], alias: str) -> str:
    from cardcrm import dates

    today = param(dates.today(store.locale.zone).isoformat())
    return f"{alias}.paid_on IS NULL AND {alias}.due_on < {today}"


def _complete_texts(store: Any, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    from cardcrm.records.invoices.invoice_rules import complete_texts

    return complete_texts(store, texts, before)


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.invoices.invoice_rules import complete_invoice

    return complete_invoice(store, columns, row_id)


def _follow_invoice(store: Any, row_id: int) -> None:
    from cardcrm.records.invoices.payments import follow_invoice

    follow_invoice(store, row_id)


def _sum_payments(store: Any, row_id: int) -> None:
    from cardcrm.records.invoices.payments import sum_payments

    sum_payments(store, store.value("SELECT invoice_id FROM payment WHERE id = :id", id=row_id))


def _describe_change(row: Mapping[str, Any]) -> str:
    """Return what became of an invoice by the columns that a change wrote."""
    if "paid_on" not in row:
        return ""
    return "paid" if row["paid_on"] else "opened again"


PAYMENT = RecordType(
    "payment",
    "payments",
    (
        Reference("invoice_id", to="invoice", shows="number", required=True),
        Day("on_date", key="on", looks="back", default="today", required=True,
            no_future="A payment is money that came in.", help="Day on which it came in."),
        MoneyAmount("amount", inherited=True, required=True, least=1, help="Amount."),
    ),
    title="{amount}",
    parent="invoice_id",
    is_line=True,
    line_label="payments",
    line_key="payments",
    repeats_whole=True,
    heading=lambda _row: "payment",
    check=_sum_payments,
    effects=(Effect(PAID, "invoice_id"),),
)  # fmt: skip

DUNNING_NOTICE = RecordType(
    "dunning_notice",
    "dunning notices",
    (
        Reference("invoice_id", to="invoice", shows="number", required=True),
        Integer("level", least=1, required=True, automatic=True, help="Level, from 1."),
        Reference("dunning_id", to="dunning", key="step", on_delete=CLEAR, automatic=True,
                  may_repeat=True, help="Step of dunning."),
        Integer("days", least=1, required=True, automatic=True,
                help="Days after the due date from which the step comes."),
        Day("on_date", key="on", looks="back", required=True, automatic=True,
            help="Day on which it was done."),
        Reference("message_id", to="message", shows="subject", on_delete=CLEAR, filter=None,
                  automatic=True, may_repeat=True, help="Mail."),
        Reference("reminder_id", to="reminder", shows="text", on_delete=CLEAR, filter=None,
                  automatic=True, may_repeat=True, help="Reminder."),
    ),
    title="{level}",
    parent="invoice_id",
    same_by=("id",),
    heading=lambda row: f"dunning level {row.get('level', '')}".strip(),
)  # fmt: skip

INVOICE = declare(
    RecordType(
        "invoice",
        "invoices",
        (
            Uid(),
            InvoiceNumber("number", unique=True, listed=True, example="R12",
                          help="Number (default: the next one)."),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Contact who owes it."),
            Text("text", folded="text_key", label="for", searchable=True, listed=True,
                 help="Purpose.", example="roof"),
            Day("on_date", key="on", looks="back", default="today", required=True,
                phrase="date", help="Date."),
            Day("due_on", key="due", phrase="due date", listed=True,
                help="Day by which it is to be paid (default: 30 days after the date)."),
            MoneyAmount("amount", least=0, required=True, listed=True,
                        help="Amount with tax."),
            MoneyAmount("tax", option="tax-amount", least=0, help="Tax that the amount contains."),
            Net("net", filter=None, help="Amount without tax."),
            MoneyAmount("paid", least=0, help="Amount that was paid so far."),
            OpenAmount("open", listed=True, help="Amount that is still to be paid."),
            Day("paid_on", key="paid_on", looks="back", label="paid on", option="paid-on",
                no_future="A payment is money that came in.",
                help="Day on which it was paid in full."),
            Flag("disputed", help="Disputed by the customer: dunning stops."),
            DunningLevel("level", label="dunning level",
                         help="Dunning level so far, 0 for none."),
            Reference("quote_id", to="quote", shows="number", on_delete=CLEAR, example="12",
                      help="Quote that it is for; it gives contact, amount and tax."),
            User("owner", hands_over=True, non_ascii_key="owner_key", default="me",
                 help="User who looks after it."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{number}",
        words="text",
        sort="due",
        closed_by="paid_on",
        closing_filters=("number",),
        query_words={"overdue": ("overdue", "yes"), "paid": ("paid_on", "any"),
                     "unpaid": ("paid_on", "none"), "disputed": ("disputed", "yes")},
        conditions=(
            Condition("overdue", _overdue_sql, help="Not paid, and due before today."),
        ),
        verb=_describe_change,
        read_texts=_complete_texts,
        adjust=_adjust,
        check=_follow_invoice,
        parts=(PAYMENT, DUNNING_NOTICE),
        outlives_contact=True,
        summary="Invoices: what contacts owe, and what they paid.",
    )
)  # fmt: skip
