"""`due` for programs: as JSON, and as rows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from cardcrm.reports.alerts.alert_data import alert_data
from cardcrm.reports.due import MAX_ALERTS
from cardcrm.reports.due_cases import DueCase
from cardcrm.reports.due_contacts import DueContact, LastInteraction
from cardcrm.reports.due_contracts import DueContract
from cardcrm.reports.due_deals import DueDeal
from cardcrm.reports.due_invoices import DueInvoice
from cardcrm.reports.due_leads import DueLead
from cardcrm.reports.due_rows import Digest, DigestPart, DueReminder, OverdueContact
from cardcrm.reports.mail_alarms import SilentAccount
from cardcrm.sheet import Card, Cell, Column, Sheet

Row = tuple[Cell, ...]


def digest_card(digest: Digest) -> Card:
    """Return the digest for JSON. A total that is not ``exact`` is a lower bound."""
    sections = _sections(digest)
    data = {
        "date": digest.date,
        "overdue": [_task(each) for each in digest.overdue.rows],
        "today": [_task(each) for each in digest.today.rows],
        "coming": [_task(each) for each in digest.coming.rows],
        "losing_touch": [
            _touch(each) | {"days_late": each.days_late} for each in digest.losing_touch.rows
        ],
        "touch_soon": [_touch(each) for each in digest.touch_soon.rows],
        "anniversaries": [
            {
                "label": each.label,
                "next": each.on,
                "age": each.age,
                **_contact(each.contact),
                "last_interaction": _last(each.last),
            }
            for each in digest.days.rows
        ],
        "deals_due": [_deal(each) for each in digest.deals.rows],
        "invoices_due": [_invoice(each) for each in digest.invoices.rows],
        "leads_due": [_lead(each) for each in digest.leads.rows],
        "cases_due": [_case(each) for each in digest.cases.rows],
        "contracts_due": [_contract(each) for each in digest.contracts.rows],
        "mail_silent": [_silent(each) for each in digest.silent.rows],
        "mail_troubled": [
            {"status": each.status, "count": each.number} for each in digest.troubled.rows
        ],
        "alerts": list(map(alert_data, digest.alerts[: MAX_ALERTS - 1])),
        "totals": [
            {"section": name, "count": section.total, "exact": section.exact}
            for name, section in sections.items()
        ],
    }
    return Card("due", data=data)


def _touch(wanted: OverdueContact) -> dict[str, object]:
    return {
        **_contact(wanted.contact),
        "touch_by": wanted.touch_by,
        "cadence_days": wanted.cadence_days,
        "last_interaction": _last(wanted.last),
    }


def _sections(digest: Digest) -> Mapping[str, DigestPart[Any]]:
    return {
        "overdue": digest.overdue,
        "today": digest.today,
        "coming": digest.coming,
        "losing_touch": digest.losing_touch,
        "touch_soon": digest.touch_soon,
        "anniversaries": digest.days,
        "deals_due": digest.deals,
        "invoices_due": digest.invoices,
        "leads_due": digest.leads,
        "cases_due": digest.cases,
        "contracts_due": digest.contracts,
        "mail_silent": digest.silent,
        "mail_troubled": digest.troubled,
    }


def _task(task: DueReminder) -> dict[str, object]:
    return {
        "id": task.id,
        "text": task.text,
        "due_on": task.due_on,
        "due_at": task.due_at,
        "rule": task.rule,
        "promise": task.promise,
        "priority": task.priority,
        "owner": task.owner,
        **_contact(task.contact),
        "last_interaction": _last(task.last),
    }


def _deal(deal: DueDeal) -> dict[str, object]:
    return {
        "id": deal.id,
        "title": deal.title,
        "stage": deal.stage,
        "amount": deal.amount,
        "close": deal.close_on,
        "entered": deal.entered_on,
        "rotting": deal.is_rotting,
        "owner": deal.owner,
        **_contact(deal.contact),
        "last_interaction": _last(deal.last),
    }


def _invoice(invoice: DueInvoice) -> dict[str, object]:
    return {
        "id": invoice.id,
        "number": invoice.number,
        "text": invoice.text,
        "due": invoice.due_on,
        "amount": invoice.amount,
        "open": invoice.open,
        "owner": invoice.owner,
        **_contact(invoice.contact),
        "last_interaction": _last(invoice.last),
    }


def _lead(lead: DueLead) -> dict[str, object]:
    return {
        "id": lead.id,
        "text": lead.text,
        "lead_status": lead.status,
        "source": lead.source,
        "received": lead.received_at or lead.received_on,
        "owner": lead.owner,
        **_contact(lead.contact),
        "last_interaction": _last(lead.last),
    }


def _case(case: DueCase) -> dict[str, object]:
    return {
        "id": case.id,
        "text": case.text,
        "due": case.due.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "breached": case.is_late,
        "case_priority": case.priority,
        "case_status": case.status,
        "owner": case.owner,
        "contact_id": case.contact_id,
        "contact": case.contact,
    }


def _contract(contract: DueContract) -> dict[str, object]:
    return {
        "id": contract.id,
        "text": contract.text,
        "deadline": contract.event,
        "due": contract.on,
        "renewal_term": contract.renewal or None,
        "contact_id": contract.contact.id,
        "contact": contract.contact.name,
    }


def _silent(silent: SilentAccount) -> dict[str, object]:
    return {
        "account": silent.account,
        "login": silent.login,
        "last_success": silent.since,
        "error": silent.error or None,
    }


def _contact(contact: DueContact | None) -> dict[str, object]:
    """Return the contact of an item, under the keys that its reminder has as a record."""
    details = contact or (None,) * 7
    keys = ("contact_id", "contact", "org", "phone", "email", "status", "mvc")
    return dict(zip(keys, details, strict=True))


def _last(last: LastInteraction | None) -> dict[str, object] | None:
    return last._asdict() if last else None


def digest_sheet(digest: Digest, *, tasks_only: bool = False) -> Sheet:
    """Return the digest with a row per item, the section in the first column."""
    heads = (
        ("section", "section"), ("id", "id"), ("due", "due"), ("time", "time"),
        ("promise", "promise"), ("priority", "priority"), ("text", "what"), ("owner", "for"),
        ("contact_id", "contact"), ("name", "name"), ("org", "organization"), ("phone", "phone"),
        ("email", "email"), ("last", "last contact"), ("note", "last note"),
    )  # fmt: skip
    rows = [*_task_rows(digest), *(() if tasks_only else _other_rows(digest))]
    return Sheet(tuple(Column(key, title) for key, title in heads), rows)


def _task_rows(digest: Digest) -> Iterator[Row]:
    for name in ("overdue", "today", "coming"):
        for task in _sections(digest)[name].rows:
            at = f"{task.time:%H:%M}" if task.time else ""
            what = (task.promise, task.priority or None, task.text, task.owner)
            yield (name, task.id, task.due_on, at, *what, *_contact_cells(task.contact, task.last))


def _other_rows(digest: Digest) -> Iterator[Row]:
    for name in ("losing_touch", "touch_soon"):
        for each in _sections(digest)[name].rows:
            yield _row(name, each.touch_by, "", each.contact, each.last)
    for deal in digest.deals.rows:
        what = f"{deal.title}: {'rotting' if deal.is_rotting else 'expected close past'}"
        on = deal.close_on or deal.entered_on
        yield _row("deals_due", on, what, deal.contact, deal.last)
    for invoice in digest.invoices.rows:
        what = f"invoice {invoice.number} {invoice.text}".rstrip()
        yield _row("invoices_due", invoice.due_on, what, invoice.contact, invoice.last)
    for lead in digest.leads.rows:
        what = f"lead {lead.text}".rstrip()
        yield _row("leads_due", lead.received_on, what, lead.contact, lead.last)
    for case in digest.cases.rows:
        what = f"case {case.id} {case.text}"
        at = f"{case.due:%H:%M}"
        who = (case.contact_id, case.contact, "", "", "", None, "")
        yield ("cases_due", None, case.due.date(), at, False, None, what, case.owner, *who)
    for contract in digest.contracts.rows:
        what = f"contract {contract.id} {contract.text}: {contract.event}"
        of = (contract.contact.id, contract.contact.name, "", "", "", None, "")
        yield ("contracts_due", None, contract.on, "", False, None, what, "", *of)
    yield from _mail_rows(digest)
    for day in digest.days.rows:
        what = day.label + (f" {day.age}" if day.age else "")
        yield _row("anniversaries", day.on, what, day.contact, day.last)


def _mail_rows(digest: Digest) -> Iterator[Row]:
    cells = _contact_cells(None, None)
    for silent in digest.silent.rows:
        what = f"mail account {silent.account}: nothing fetched"
        yield ("mail_silent", None, silent.since, "", False, None, what, "", *cells)
    for troubled in digest.troubled.rows:
        what = f"{troubled.number} messages {troubled.status}; see: {troubled.command}"
        yield ("mail_troubled", None, None, "", False, None, what, "", *cells)


def _row(
    section: str, on: dt.date, what: str, contact: DueContact, last: LastInteraction | None
) -> Row:
    return (section, None, on, "", False, None, what, "", *_contact_cells(contact, last))


def _contact_cells(contact: DueContact | None, last: LastInteraction | None) -> Row:
    if contact is None:
        return (None, "", "", "", "", None, "")
    details = (contact.id, contact.name, contact.org, contact.phone, contact.email)
    return (*details, last.on if last else None, last.text if last else "")
