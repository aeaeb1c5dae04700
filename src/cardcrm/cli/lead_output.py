"""Leads in results: as a card with their history, and in a sentence."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.cli.record_output import list_ids, show_record
from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.leads.lead_type import LEAD, LEAD_CHANGE
from cardcrm.records.records import Record, Selection
from cardcrm.sheet import Card, Line, Section, Sheet
from cardcrm.store import Store
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.leads.leads import Converted, NewLead

_DAY_SECONDS = 86_400
_LONGEST = 60  # characters of a request in a sentence
_LEFT_OUT = ("id", "lead_id", "lead", "on")  # of a change of a lead in JSON


def show_lead(session: "Session", lead_id: int) -> Card:
    """Return a lead with the history of its status. Raises NotFoundError."""
    store = session.store()
    card = show_record(store, records.get(store, LEAD, lead_id))
    changes = _changes_of(store, lead_id)
    history = Section("Status", tuple(_change_line(store, each) for each in changes))
    data = {**card.data, "status_changes": [_without_lead(each) for each in changes]}
    return card._replace(sections=(*card.sections, history), data=data)


def show_leads(session: "Session", ids: Sequence[int]) -> Sheet:
    """Return several leads as a list."""
    return list_ids(session, LEAD, ids)


def _changes_of(store: Store, lead_id: int) -> list[Record]:
    node = Term("lead", ":", str(lead_id))
    return list(records.select(store, LEAD_CHANGE, Selection(node, sort="id")))


def _without_lead(record: Record) -> Mapping[str, Any]:
    found = records.json_of(record)
    return {key: found[key] for key in found if key not in _LEFT_OUT}


def _change_line(store: Store, change: Record) -> Line:
    at = LEAD_CHANGE.field("at")
    assert at is not None
    values = change.values
    days = f"after {values['seconds'] // _DAY_SECONDS:,} days" if values["seconds"] else ""
    notes = (
        f"to {values['owner']}" if values["owner"] else "",
        days.replace(" 1 days", " 1 day"),
        f"by {values['author']}" if values["author"] else "",
    )
    note = ", ".join(filter(None, notes))
    return Line("", at.format(values["at"], store), values["status"], "", note)


def describe_new(new: "NewLead") -> str:
    """Return a new lead, or the one that a request was added to, in a sentence."""
    lead = new.lead
    what = shorten(" ".join(lead.text.split()), _LONGEST)
    name = f"lead {lead.id} of {lead.contact}{f': {what}' if what else ''}"
    owner = f", for {lead.owner}" if lead.owner else ""
    if not new.is_new:
        how = "added the request to" if new.is_changed else "no change:"
        return f"{how} {name} ({lead.status}{owner}), which is worked on already"
    contact = "a new contact" if new.has_new_contact else "a known contact"
    return f"added {name} ({lead.status}{owner}); {contact} ({lead.contact_id})"


def describe_converted(session: "Session", converted: "Converted") -> str:
    """Return a lead that was converted in a sentence."""
    lead, added = converted.lead, converted.deal
    org = f" ({converted.org})" if converted.org else ""
    message = f"converted lead {lead.id} of {lead.contact}{org}"
    if added is None:
        return f"{message}; no deal was added"
    values = added.record.values
    message += f": deal {added.record.id} {values['title']}, {values['stage']}"
    if added.reminder is None:
        return message
    from cardcrm.cli.remind import describe_due

    due = describe_due(session, added.reminder)
    return f"{message}; next step {added.reminder.id}, {due}: {added.reminder.text}"
