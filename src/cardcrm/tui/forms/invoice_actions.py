"""Payments of invoices on the screen."""

from cardcrm.money import format_money, parse_money
from cardcrm.records.invoices import invoices
from cardcrm.records.records import Record
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form


async def pay(context: AppContext, invoice: Record) -> None:
    """Open the form for a payment of an invoice."""
    number, still = invoice.values["number"], invoice.values["open"]

    async def save(values: Values) -> str:
        text, on = values["amount"].strip(), values["on"].strip()
        amount = parse_money(text, still.currency) if text else None
        when = validators.parse_date(context.locale, on, past=True) if on else None
        words = (*((text,) if text else ()), *(("--on", on) if on else ()))
        done: invoices.Payment = await context.change(
            journal_command("invoice", "paid", number, *words),
            lambda store: invoices.pay(store, invoice.id, amount, when),
        )
        rest = done.record.values["open"]
        more = f"; still open: {format_money(rest)}" if rest.minor else ""
        return f"{format_money(done.amount)} paid of invoice {number}{more}"

    fields = [
        Field("amount", "amount", hint=f"all that is open: {format_money(still)}"),
        Field("on", "on", hint="today", check=validators.date_check(context.locale, past=True)),
    ]
    await context.push_screen(Form(f"Payment of invoice {number}", fields, save, docks=False))
