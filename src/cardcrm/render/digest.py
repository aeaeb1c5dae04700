"""Format the digest of what is due as text, for the terminal, mail and notifications.

Each entry has all that a call needs: the date and delay, the contact and the task, a phone number,
and the latest interaction. Names and tasks are wrapped, never cut; only the latest interaction is
shortened to fit on one more line.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cardcrm import dates
from cardcrm.render.digest_layout import Block, DigestLayout, Entry
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.reports.alerts.alert_queries import Alert
    from cardcrm.reports.due_cases import DueCase
    from cardcrm.reports.due_contacts import DueContact, LastInteraction
    from cardcrm.reports.due_contracts import DueContract
    from cardcrm.reports.due_deals import DueDeal
    from cardcrm.reports.due_invoices import DueInvoice
    from cardcrm.reports.due_leads import DueLead
    from cardcrm.reports.due_rows import (
        Digest,
        DigestPart,
        DueReminder,
        OverdueContact,
        UpcomingAnniversary,
    )
    from cardcrm.reports.mail_alarms import SilentAccount, TroubledMail

T = TypeVar("T")

MAIL_WIDTH = 80
_ALERTS = 3


def build_blocks(digest: "Digest") -> list[Block]:
    """Return the parts that have entries, the most important first."""
    today = digest.date
    labels = {day.label for day in digest.days.rows}
    days = "Birthdays" if labels == {"birthday"} else "Anniversaries"
    coming = "Tomorrow" if digest.ahead == 1 else f"Coming {digest.ahead} days"
    found = (
        _build_block("Mail is not fetched", digest.silent, _build_silent_entry, today),
        _build_block("Mail was not sent", digest.troubled, _build_troubled_entry, today),
        _build_block("Overdue", digest.overdue, _build_reminder_entry, today),
        _build_block("Today", digest.today, _build_reminder_entry, today),
        _build_block("Cases", digest.cases, _build_case_entry, today),
        _build_block("Leads without an answer", digest.leads, _build_lead_entry, today),
        _build_block(coming, digest.coming, _build_reminder_entry, today),
        _build_block("Losing touch", digest.losing_touch, _build_losing_touch_entry, today),
        _build_block("Touch soon", digest.touch_soon, _build_touch_soon_entry, today),
        _build_block("Deals", digest.deals, _build_deal_entry, today),
        _build_block("Unpaid invoices", digest.invoices, _build_invoice_entry, today),
        _build_block("Contracts", digest.contracts, _build_contract_entry, today),
        _build_block(days, digest.days, _build_anniversary_entry, today),
        _build_alert_block(digest.alerts),
    )
    return [block for block in found if block.entries]


def _build_alert_block(alerts: "Sequence[Alert]") -> Block:
    """Return the first alerts, without phone numbers and notes: they are hints, not tasks."""
    more = "… more: cardcrm alert list" if len(alerts) > _ALERTS else ""
    return Block("Alerts", tuple(map(build_alert_entry, alerts[:_ALERTS])), more)


def build_alert_entry(alert: "Alert") -> Entry:
    """Return an alert with its value; its number starts with A, unlike those of reminders."""
    from cardcrm.money import Money, format_money

    value = format_money(Money(alert.amount, alert.currency))
    who, what = (alert.contact, alert.what) if alert.contact_id else (alert.product, alert.reason)
    number = f"A{alert.id}"
    return Entry(alert.kind, sanitize(who), sanitize(what), value, "", "", number)


def _build_block(
    title: str, part: "DigestPart[T]", build: Callable[[T, dt.date], Entry], today: dt.date
) -> Block:
    entries = tuple(build(row, today) for row in part.rows)
    rest = part.total - len(entries)
    more = f"… and {'' if part.exact else 'more than '}{rest:,} more" if rest else ""
    return Block(f"{title} ({_format_total(part)})", entries, more, late=title == "Overdue")


def _format_total(part: "DigestPart[Any]") -> str:
    return f"{part.total:,}" if part.exact else f"more than {part.total:,}"


def _build_reminder_entry(reminder: "DueReminder", today: dt.date) -> Entry:
    extra = [f"priority {reminder.priority}"] if reminder.priority else []
    if reminder.owner:
        extra.append(f"for {sanitize(reminder.owner)}")
    if reminder.rule:
        from cardcrm.dates.recurrence_words import describe_recurrence

        extra.append(describe_recurrence(reminder.rule))
    contact = reminder.contact
    return Entry(
        _format_due(reminder, today),
        _format_contact(contact) if contact else sanitize(reminder.text),
        sanitize(reminder.text) if contact else "",
        ", ".join(extra),
        _format_reach(contact) if contact else "",
        describe_last(reminder.last, today) if contact else "",
        str(reminder.id),
        reminder.promise,
    )


def _format_due(reminder: "DueReminder", today: dt.date) -> str:
    if reminder.due_on < today:
        return dates.format_delay(reminder.due_on, today)
    at = f"{reminder.time:%H:%M}" if reminder.time else ""
    if reminder.due_on == today:
        return at or "today"
    return f"{_format_coming(reminder.due_on, today)} {at}".rstrip()


def _format_coming(day: dt.date, today: dt.date) -> str:
    is_near = (day - today).days < 2
    return dates.format_relative(day, today) if is_near else dates.format_day(day, today)


def _build_troubled_entry(troubled: "TroubledMail", _today: dt.date) -> Entry:
    """Return the number of messages that need a decision, and the command that lists them."""
    return Entry(f"{troubled.number:,}", troubled.status, f"see: {troubled.command}", "", "", "")


def _build_silent_entry(silent: "SilentAccount", today: dt.date) -> Entry:
    """Return a mail account with the days for which nothing was fetched from it."""
    days = (today - silent.since).days
    return Entry(
        f"{days} days",
        f"mail account {sanitize(silent.account)}",
        f"nothing fetched for {days} days",
        f"last error: {sanitize(silent.error)}" if silent.error else "",
        "",
        "",
    )


def _build_losing_touch_entry(lost: "OverdueContact", today: dt.date) -> Entry:
    cadence = f"every {lost.cadence_days} days" if lost.cadence_days != 1 else "every day"
    return Entry(
        dates.format_delay(lost.touch_by, today),
        _format_contact(lost.contact),
        "",
        cadence,
        _format_reach(lost.contact),
        describe_last(lost.last, today),
    )


def _build_touch_soon_entry(coming: "OverdueContact", today: dt.date) -> Entry:
    entry = _build_losing_touch_entry(coming, today)
    return entry._replace(when=_format_coming(coming.touch_by, today))


def _build_deal_entry(deal: "DueDeal", today: dt.date) -> Entry:
    """Return a deal with the reason for which it needs a step."""
    from cardcrm.money import format_money

    still = (today - deal.entered_on).days
    since = f"{still:,} day{'s' * (still != 1)} in {sanitize(deal.stage)}"
    extra = [since if deal.is_rotting else f"expected close past, {sanitize(deal.stage)}"]
    if deal.amount is not None:
        extra.insert(0, format_money(deal.amount))
    when = dates.format_delay(deal.close_on, today) if deal.close_on else ""
    return Entry(
        "rotting" if deal.is_rotting else when,
        _format_contact(deal.contact),
        f"{sanitize(deal.title)} [{deal.id}]",
        ", ".join(extra),
        _format_reach(deal.contact),
        describe_last(deal.last, today),
    )


def _build_invoice_entry(invoice: "DueInvoice", today: dt.date) -> Entry:
    """Return an overdue invoice with what is still open of it."""
    from cardcrm.money import format_money

    extra = format_money(invoice.open)
    if invoice.open != invoice.amount:
        extra += f" of {format_money(invoice.amount)}"
    return Entry(
        dates.format_delay(invoice.due_on, today),
        _format_contact(invoice.contact),
        sanitize(f"{invoice.text} [{invoice.number}]".lstrip()),
        extra,
        _format_reach(invoice.contact),
        describe_last(invoice.last, today),
    )


def _build_case_entry(case: "DueCase", today: dt.date) -> Entry:
    """Return a case with its next deadline."""
    is_today = case.due.date() == today
    when = f"{case.due:%H:%M}" if is_today else dates.format_relative(case.due.date(), today)
    details = (
        case.priority if case.priority != "normal" else "",
        f"for {sanitize(case.owner)}" if case.owner else "",
    )
    return Entry(
        f"missed {when}" if case.is_late else f"until {when}",
        sanitize(case.contact),
        f"{sanitize(case.text)} [{case.id}]",
        ", ".join(filter(None, details)),
        "",
        "",
    )


def _build_contract_entry(contract: "DueContract", today: dt.date) -> Entry:
    """Return a contract with the last day for notice, or the day on which it ends."""
    is_past = contract.on < today
    day = dates.format_relative(contract.on, today)
    word = "notice by" if contract.event == "notice" else "ended" if is_past else "ends"
    return Entry(
        f"{word} {day}",
        sanitize(contract.contact.name),
        f"{sanitize(contract.text)} [{contract.id}]",
        f"else renews by {contract.renewal}" if contract.renewal else "",
        "",
        "",
    )


def _build_lead_entry(lead: "DueLead", today: dt.date) -> Entry:
    """Return a lead with the time for which it waits."""
    extra = (
        lead.status,
        f"from {sanitize(lead.source)}" if lead.source else "",
        f"for {sanitize(lead.owner)}" if lead.owner else "",
    )
    return Entry(
        describe_age(lead, today),
        _format_contact(lead.contact),
        f"{sanitize(lead.text)} [{lead.id}]".lstrip(),
        ", ".join(filter(None, extra)),
        _format_reach(lead.contact),
        describe_last(lead.last, today),
    )


def describe_age(lead: "DueLead", today: dt.date) -> str:
    """Return when a lead came in: “today 09:30”, “3 days ago”."""
    day = dates.format_relative(lead.received_on, today)
    return f"{day} {lead.time:%H:%M}" if lead.time and lead.received_on == today else day


def _build_anniversary_entry(day: "UpcomingAnniversary", today: dt.date) -> Entry:
    what = sanitize(day.label)
    if day.age:
        what += f", turns {day.age}" if day.label == "birthday" else f", {day.age} years"
    return Entry(
        _format_coming(day.on, today),
        _format_contact(day.contact),
        what,
        "",
        _format_reach(day.contact),
        describe_last(day.last, today),
    )


def _format_contact(contact: "DueContact") -> str:
    status = "" if contact.status == "active" else contact.status
    mvc = "MVC" if contact.mvc else ""
    details = ", ".join(filter(None, (sanitize(contact.org), status, mvc)))
    return sanitize(contact.name) + (f" ({details})" if details else "")


def _format_reach(contact: "DueContact") -> str:
    return sanitize(contact.phone or contact.email) or "no phone or email"


def describe_last(last: "LastInteraction | None", today: dt.date) -> str:
    """Return the latest interaction in words: ``call 24 Oct (4 weeks ago): asked for a quote``."""
    if last is None:
        return "no contact yet"
    away = dates.format_relative(last.on, today)
    day = dates.format_short_day(last.on, today)
    when = away if (today - last.on).days < 2 else f"{day} ({away})"
    text = sanitize(last.text)
    return f"{last.kind} {when}" + (f": {text}" if text else "")


def format_subject(digest: "Digest") -> str:
    """Return the digest on one line: ``2 overdue, 3 today``."""
    parts = (
        (digest.silent, f"mail account{'s' * (digest.silent.total != 1)} not fetched"),
        (digest.troubled, f"message{'s' * (digest.troubled.total != 1)} not sent"),
        (digest.overdue, "overdue"),
        (digest.today, "today"),
        (digest.cases, f"case{'s' * (digest.cases.total != 1)} due"),
        (digest.leads, f"lead{'s' * (digest.leads.total != 1)} without an answer"),
        (digest.coming, "coming"),
        (digest.losing_touch, "losing touch"),
        (digest.touch_soon, "to touch soon"),
        (digest.deals, "deal" if digest.deals.total == 1 else "deals"),
        (digest.invoices, f"unpaid invoice{'s' * (digest.invoices.total != 1)}"),
        (digest.contracts, f"contract{'s' * (digest.contracts.total != 1)}"),
        (digest.days, _name_days(digest)),
    )
    shown = (f"{_format_total(part)} {words}" for part, words in parts if part.rows)
    return ", ".join(shown) or "nothing due"


def _name_days(digest: "Digest") -> str:
    """Return the word for the yearly dates: birthdays, or anniversaries if there are others."""
    is_one = digest.days.total == 1
    if any(day.label != "birthday" for day in digest.days.rows):
        return "anniversary" if is_one else "anniversaries"
    return "birthday" if is_one else "birthdays"


def format_digest(digest: "Digest", *, color: bool = False, width: int = 0) -> str:
    """Return the digest for ``width`` columns, or for a pipe (0) without wrapping a value."""
    day = dates.format_day(digest.date, digest.date)
    headline = f"{day} {digest.date.year}: {format_subject(digest)}"
    layout = DigestLayout(build_blocks(digest), color, width)
    return "\n".join(layout.lay_out(headline)) + "\n"


def format_block(block: Block, *, color: bool = False, width: int = 0) -> str:
    """Return one block of entries by itself; no value is cut."""
    return "\n".join(DigestLayout([block], color, width).lay_out_block(block)) + "\n"
