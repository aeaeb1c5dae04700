"""Leads in results: as a card with their history, and in a sentence."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.cli.record_output import list_ids, show_record
from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.leads.lead_type import LEAD, LEAD_CHANGE
from cardcrm.records.records import Record, Selection
from cardcrm.reports.leads.first_response import FirstResponse, find_first_response
from cardcrm.reports.leads.lead_score import ScorePoint, score_leads
from cardcrm.sheet import Card, Line, Section, Sheet
from cardcrm.store import Store
from cardcrm.text import join_command, shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.leads.leads import Converted, NewLead

_DAY_SECONDS = 86_400
_MAX_TEXT = 60  # characters of a request in a sentence
_LEFT_OUT = ("id", "lead_id", "lead", "on")  # of a change of a lead in JSON


def show_lead(session: "Session", lead_id: int) -> Card:
    """Return a lead with the history of its status. Raises NotFoundError."""
    store = session.store()
    card = show_record(store, records.get(store, LEAD, lead_id))
    changes = _changes_of(store, lead_id)
    history = Section("Status", tuple(_change_line(store, each) for each in changes))
    score = score_leads(store, [lead_id])[lead_id]
    points = Section(f"Score {score.total}", tuple(_score_line(each) for each in score.points))
    response = find_first_response(store, lead_id)
    answer = Section("First response", (_response_line(store, response),))
    data = {
        **card.data,
        "status_changes": [_without_lead(each) for each in changes],
        "score": score.total,
        "score_reasons": [each._asdict() for each in score.points],
        "answered_on": response.day.isoformat() if response else None,
        "response_seconds": response.seconds if response else None,
    }
    sections = (*card.sections, answer, *([points] if points.lines else []), history)
    return card._replace(sections=sections, data=data)


def _score_line(point: ScorePoint) -> Line:
    return Line("", f"{point.points:+d}", point.reason, "", "")


def _response_line(store: Store, response: FirstResponse | None) -> Line:
    if response is None:
        return Line("", "none", "nothing has gone out since the lead came in", "", "")
    day = dates.format_day(response.day, dates.today(store.locale.zone))
    after = "at an unknown time" if response.seconds is None else _describe_span(response.seconds)
    return Line("", day, after, "", "")


def _describe_span(seconds: int) -> str:
    """Return seconds in words: “after 5 minutes”, “after 3 hours”, “after 2 days”."""
    for size, name in ((_DAY_SECONDS, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (name == "minute" and seconds >= size):
            count = seconds // size
            return f"after {count:,} {name}{'s' * (count != 1)}"
    return f"after {seconds} seconds"


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
    what = shorten(" ".join(lead.text.split()), _MAX_TEXT)
    name = f"lead {lead.id} of {lead.contact}{f': {what}' if what else ''}"
    owner = f", for {lead.owner}" if lead.owner else ""
    if not new.is_new:
        how = "added the request to" if new.is_changed else "no change:"
        return f"{how} {name} ({lead.status}{owner}), which is worked on already"
    contact = "a new contact" if new.has_new_contact else "a known contact"
    return f"added {name} ({lead.status}{owner}); {contact} ({lead.contact_id})"


def describe_broken(store: Store) -> tuple[str, ...]:
    """Return a line for each rule that is skipped because its query cannot be read."""
    from cardcrm.records.leads.lead_rules import list_broken

    return tuple(
        f"skipped the rule for {each.rule.query}: {each.problem}; "
        f"to remove it: cardcrm lead rules {join_command([each.rule.query])} --remove"
        for each in list_broken(store)
    )


def describe_converted(session: "Session", converted: "Converted") -> str:
    """Return a lead that was converted in a sentence."""
    lead, added = converted.lead, converted.deal
    org = f" ({converted.org})" if converted.org else ""
    message = f"converted lead {lead.id} of {lead.contact}{org}"
    if added is None:
        return f"{message}; no deal was added"
    values = added.record.values
    message += f": deal {added.record.id} {values['title']}, {values['stage']}"
    if values["partner"]:
        message += f", partner {values['partner']}"
    if added.reminder is None:
        return message
    from cardcrm.cli.remind import describe_due

    due = describe_due(session, added.reminder)
    return f"{message}; next step {added.reminder.id}, {due}: {added.reminder.text}"
