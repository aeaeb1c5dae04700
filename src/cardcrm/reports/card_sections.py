"""The sections of a card: what is to do, the timeline, the sales, and the people."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from cardcrm import dates
from cardcrm.money import Money, format_money, format_quantity
from cardcrm.records.activity.interaction_type import NO_ANSWER
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.assets.card_assets import CardAsset, CardContract
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.feedback.open_feedback import OpenFeedback
from cardcrm.records.invoices.open_invoices import OpenInvoice
from cardcrm.records.sales.sales import Sale
from cardcrm.reports.card import CardData, SaleWithLines, TimelineEntry
from cardcrm.reports.leads.active_leads import ActiveLead, describe_request
from cardcrm.sheet import Line, Section, Style

MAX_SALES = 5
_DIRECTIONS = {"in": "incoming", "out": "outgoing", "": ""}


def build_sections(card: CardData, *, all_sales: bool) -> Iterator[Section]:
    """Yield the sections that have lines."""
    sections = (
        _build_reminder_section(card),
        _build_lead_section(card),
        _build_deal_section(card),
        _build_invoice_section(card),
        _build_asset_section(card),
        _build_contract_section(card),
        _build_feedback_section(card),
        _build_timeline_section(card),
        _build_sales_section(card, all_sales=all_sales),
        _build_people_section(card),
    )
    yield from filter(None, sections)


# Reminders


def _build_reminder_section(card: CardData) -> Section | None:
    lines = tuple(build_reminder_line(each, card) for each in card.reminders)
    return Section("To do", lines) if lines else None


def build_reminder_line(reminder: Reminder, card: CardData, *, brief: bool = False) -> Line:
    """Return a reminder as a line; the brief form omits rule, priority, owner and id."""
    day, time, _ = dates.parse_stored(reminder.due_on, reminder.due_at, card.zone)
    late = day < card.today
    when = dates.format_day(day, card.today) + (f" {time:%H:%M}" if time else "")
    notes = [
        dates.format_delay(day, card.today) if late else dates.format_relative(day, card.today),
        "promised" if reminder.promise else "",
    ]
    if not brief:
        notes += [
            _format_rule(reminder.rule, card.zone),
            f"priority {reminder.priority}" if reminder.priority else "",
            f"for {reminder.owner}" if reminder.owner else "",
            f"#{reminder.id}",
        ]
    style: Style = "red" if late else "yellow" if day == card.today else ""
    mark = "!" if reminder.promise else "-"
    return Line(mark, when, reminder.text, style, _join_notes(notes))


def _join_notes(notes: Iterable[str]) -> str:
    return ", ".join(filter(None, notes))


def _format_rule(rule: str, zone: str) -> str:
    if not rule:
        return ""
    from cardcrm.dates.recurrence_words import describe_recurrence

    return describe_recurrence(rule, zone)


# Leads


def _build_lead_section(card: CardData) -> Section | None:
    if not card.leads:
        return None
    return Section("Leads", tuple(build_lead_line(each, card) for each in card.leads))


def build_lead_line(lead: ActiveLead, card: CardData) -> Line:
    """Return a lead as a line: its status and its request, and how long it waits."""
    day = dt.date.fromisoformat(lead.received_on)
    notes = [
        describe_wait(lead, card.today),
        f"from {lead.source}" if lead.source else "",
        f"for {lead.owner}" if lead.owner else "",
        f"#{lead.id}",
    ]
    style: Style = "" if lead.answered else "yellow" if day == card.today else "red"
    return Line(
        "", lead.status, describe_request(lead.text) or "no text", style, _join_notes(notes)
    )


def describe_wait(lead: ActiveLead, today: dt.date) -> str:
    """Return when a lead came in, and whether it still waits for an answer."""
    came = dates.format_relative(dt.date.fromisoformat(lead.received_on), today)
    return f"came in {came}" + ("" if lead.answered else ", not answered yet")


# Deals


def _build_deal_section(card: CardData) -> Section | None:
    if not card.deals:
        return None
    return Section("Deals", tuple(build_deal_line(each, card) for each in card.deals))


def build_deal_line(deal: Deal, card: CardData) -> Line:
    """Return an open deal as a line: its stage and title, its amount and its expected close."""
    today = card.today
    close = dt.date.fromisoformat(deal.close_on) if deal.close_on else None
    amount = format_money(deal.amount) if deal.amount else ""
    notes = [
        amount,
        f"{format_quantity(deal.probability)}%",
        f"close {dates.format_day(close, today)}" if close else "",
        "" if deal.contact_id == card.details.contact.id else deal.contact,
        f"#{deal.id}",
    ]
    style: Style = "red" if close and close < today else ""
    return Line("", deal.stage, deal.title, style, _join_notes(notes))


# Invoices


def _build_invoice_section(card: CardData) -> Section | None:
    if not card.invoices:
        return None
    return Section(
        "Unpaid invoices", tuple(build_invoice_line(each, card) for each in card.invoices)
    )


def build_invoice_line(invoice: OpenInvoice, card: CardData) -> Line:
    """Return an unpaid invoice as a line: its due date, its number and what is open of it."""
    due = dt.date.fromisoformat(invoice.due_on)
    is_late = due < card.today
    style: Style = "red" if is_late else ""
    when = dates.format_delay(due, card.today) if is_late else dates.format_day(due, card.today)
    part = "" if invoice.open == invoice.amount else f"of {format_money(invoice.amount)}"
    notes = [
        f"{format_money(invoice.open)} {part}".rstrip(),
        "" if is_late else "not yet due",
        "disputed" if invoice.disputed else "",
        f"dunning level {invoice.level}" if invoice.level else "",
    ]
    return Line("", when, f"{invoice.number} {invoice.text}".rstrip(), style, _join_notes(notes))


# Assets and contracts


def _build_asset_section(card: CardData) -> Section | None:
    lines = tuple(build_asset_line(each, card.today) for each in card.assets)
    return Section("Assets", lines) if lines else None


def build_asset_line(asset: CardAsset, today: dt.date) -> Line:
    """Return an asset as a line: its product and serial number, and when its service is due."""
    due = dt.date.fromisoformat(asset.due_on) if asset.due_on else None
    style: Style = "red" if due and due < today else ""
    notes = [
        f"service {dates.format_day(due, today)}" if due else "",
        f"warranty until {dates.format_day(dt.date.fromisoformat(asset.warranty_on), today)}"
        if asset.warranty_on and asset.warranty_on >= today.isoformat()
        else "",
        f"#{asset.id}",
    ]
    return Line("", asset.serial, asset.product, style, _join_notes(notes))


def _build_contract_section(card: CardData) -> Section | None:
    lines = tuple(build_contract_line(each, card.today) for each in card.contracts)
    return Section("Contracts", lines) if lines else None


def build_contract_line(contract: CardContract, today: dt.date) -> Line:
    """Return a contract as a line: until when it runs, what is agreed, and its price."""
    end = dt.date.fromisoformat(contract.end_on) if contract.end_on else None
    status = "canceled" if contract.status == "canceled" else ""
    renewal = f"renews by {contract.renewal}" if contract.renewal and not status else ""
    notes = [
        status,
        renewal,
        f"{format_money(contract.price)} a {contract.per}" if contract.price else "",
        f"#{contract.id}",
    ]
    when = f"until {dates.format_day(end, today)}" if end else "open end"
    return Line("", when, contract.text, "", _join_notes(notes))


# Feedback


def _build_feedback_section(card: CardData) -> Section | None:
    if not card.feedback:
        return None
    return Section("Feedback", tuple(build_feedback_line(each) for each in card.feedback))


def build_feedback_line(feedback: OpenFeedback) -> Line:
    """Return a wish or complaint as a line: its kind, its product and its text."""
    text = " ".join(f"{feedback.product}: {feedback.text}".removeprefix(": ").split())
    notes = ["" if feedback.status == "open" else feedback.status, f"#{feedback.id}"]
    return Line("", feedback.kind, text, "", _join_notes(notes))


# Interactions


def _build_timeline_section(card: CardData) -> Section | None:
    if not card.history:
        return None
    left = card.history_count - len(card.history)
    note = f"{left:,} earlier; --all shows them" if left else ""
    return Section(
        "Timeline", tuple(build_timeline_line(each, card) for each in card.history), note=note
    )


def format_outcome(interaction: Interaction) -> str:
    """Return the outcome, which also says that no one answered."""
    if not interaction.no_answer or interaction.outcome.lower() == NO_ANSWER:
        return interaction.outcome
    return ", ".join(filter(None, (NO_ANSWER, interaction.outcome)))


def build_timeline_line(entry: TimelineEntry, card: CardData, *, brief: bool = False) -> Line:
    """Return an interaction as a line; the brief form omits minutes and id."""
    interaction = entry.interaction
    day = dt.date.fromisoformat(interaction.on_date)
    others = [name for id_, name in entry.participants if id_ != card.details.contact.id]
    notes = [
        dates.format_relative(day, card.today),
        _DIRECTIONS[interaction.direction],
        format_outcome(interaction),
        f"with {_join_names(others)}" if others else "",
    ]
    if not brief:
        notes += [f"{interaction.minutes} min" if interaction.minutes else "", f"#{interaction.id}"]
    return Line(
        interaction.kind,
        dates.format_day(day, card.today),
        interaction.text,
        "",
        _join_notes(notes),
    )


def _join_names(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


# Sales


def _build_sales_section(card: CardData, *, all_sales: bool) -> Section | None:
    if not card.sales:
        return None
    shown = card.sales if all_sales else card.sales[:MAX_SALES]
    left = card.sales_count - len(shown)
    note = f"{left:,} earlier; --all shows them" if left else ""
    wide = max(len(format_money(each.sale.amount)) for each in shown)
    return Section(
        "Sales", tuple(build_sale_line(each, card.today, wide) for each in shown), note=note
    )


def build_sale_line(entry: SaleWithLines, today: dt.date, wide: int = 0) -> Line:
    """Return a sale as a line; the amount is aligned to the right in ``wide`` cells."""
    sale = entry.sale
    day = dt.date.fromisoformat(sale.on_date)
    what = ", ".join(_format_quantity_prefix(line.quantity) + line.product for line in entry.lines)
    notes = [
        dates.format_relative(day, today),
        "refund" if sale.amount.minor < 0 else "",
        sale.text if what and sale.text not in (what, _list_products(entry)) else "",
        f"net {format_money(_net(sale), code=False)}, tax {format_money(sale.tax, code=False)}"
        if sale.tax
        else "",
        sale.channel,
        f"ref {sale.ref}" if sale.ref else "",
        f"#{sale.id}",
    ]
    amount = format_money(sale.amount).rjust(wide)
    return Line(dates.format_day(day, today), amount, what or sale.text, "", _join_notes(notes))


def _net(sale: Sale) -> Money:
    """Return the amount of a sale without its tax."""
    tax = sale.tax.minor if sale.tax else 0
    return Money(sale.amount.minor - tax, sale.amount.currency)


def _list_products(entry: SaleWithLines) -> str:
    """Return the default description of a sale: its products."""
    return ", ".join(line.product for line in entry.lines)


def _format_quantity_prefix(thousandths: int) -> str:
    return "" if thousandths == 1000 else f"{format_quantity(thousandths)} × "


# People


def _build_people_section(card: CardData) -> Section | None:
    lines = tuple(Line("", f"#{each.id}", each.name, "", each.title) for each in card.employees)
    return Section("People", lines) if lines else None
