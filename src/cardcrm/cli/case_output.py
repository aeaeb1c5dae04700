"""Cases in results: as a card with their conversation, deadlines and related cases."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.cli.record_output import show_record
from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.fields import Instant
from cardcrm.records.knowledge.articles import list_linked
from cardcrm.records.records import Record, Selection
from cardcrm.records.service.case_status import STATUS_WORDS
from cardcrm.records.service.case_type import CASE, CASE_CHANGE
from cardcrm.records.service.sla_type import format_minutes
from cardcrm.reports.service.related_cases import RelatedCase, find_related
from cardcrm.sheet import Card, Line, Section
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.store import Store

_TEXT = 300  # cells of an interaction on a card
_DEADLINES = ("first_response_due", "next_response_due", "solution_due")
_FACTS = frozenset((*_DEADLINES, "first_response_at", "breached", "due"))
_ENTRY_KEYS = ("id", "kind", "direction", "on", "text", "minutes", "author")


def show_case(session: "Session", case_id: int) -> Card:
    """Return a case with its conversation, its deadlines and what is related to it."""
    store = session.store()
    record = records.get(store, CASE, case_id)
    card = show_record(store, record)
    said = list(_select(store, INTERACTION, "case", case_id))
    changes = list(_select(store, CASE_CHANGE, "case", case_id))
    related = find_related(store, case_id)
    articles = list_linked(store, case_id)
    minutes = sum(each.values["minutes"] or 0 for each in said)
    labels = {field.label for field in CASE.fields if field.key in _FACTS}
    sections = (
        Section("Deadlines", tuple(_deadline_lines(store, record))),
        Section("Conversation", tuple(_said_line(store, each) for each in said)),
        Section("Articles", tuple(Line("", f"article {id_}", title) for id_, title in articles)),
        Section("Related", tuple(_related_line(each) for each in related)),
        Section("Status", tuple(_change_line(store, each) for each in changes)),
    )
    data = {
        **card.data,
        "conversation": [_pick(each, _ENTRY_KEYS) for each in said],
        "articles": [{"id": id_, "title": title} for id_, title in articles],
        "minutes_spent": minutes,
        "related": [each._asdict() for each in related],
        "status_history": [_pick(each, ("status", "at", "author")) for each in changes],
    }
    return card._replace(
        facts=(*(each for each in card.facts if each[0] not in labels), *_time_spent(minutes)),
        sections=tuple(each for each in sections if each.lines),
        data=data,
    )


def _time_spent(minutes: int) -> tuple[tuple[str, str], ...]:
    """Return the fact of the minutes of all interactions, if there are any."""
    return (("time spent", format_minutes(minutes)),) if minutes else ()


def _select(store: "Store", type_: Any, field: str, case_id: int) -> "Sequence[Record]":
    """Return the rows of a case, the oldest first."""
    found = records.select(store, type_, Selection(Term(field, ":", str(case_id)), sort="id"))
    key = "on" if type_ is INTERACTION else "at"
    return sorted(found, key=lambda each: (_sort_text(each.values[key]), each.id))


def _sort_text(moment: Any) -> str:
    is_dated = isinstance(moment, dt.datetime)
    return moment.astimezone(dt.UTC).isoformat() if is_dated else f"{moment}T12"


def _pick(record: Record, keys: Sequence[str]) -> Mapping[str, Any]:
    found = records.json_of(record)
    names = {field.key: field.json_key for field in record.type.fields}
    return {key: found[names.get(key, key)] for key in keys if names.get(key, key) in found}


def _deadline_lines(store: "Store", record: Record) -> "list[Line]":
    """Return the deadlines of a case, with what became of each."""
    values = record.values
    if not values["sla"]:
        return []
    answered = values["first_response_at"]
    ends = {"first_response_due": answered, "solution_due": values["solved"]}
    found = []
    for key in _DEADLINES:
        if (due := values[key]) is not None:
            label = key.removesuffix("_due").replace("_", " ")
            found.append(_deadline_line(store, label, due, ends.get(key)))
    return found


def _deadline_line(store: "Store", label: str, due: dt.datetime, end: dt.datetime | None) -> Line:
    now = dates.now(store.locale.zone)
    is_late = (end or now) > due
    word = "missed" if is_late else "met" if end else "open"
    shown = format_moment(store, due)
    return Line("", shown, f"{label}: {word}", "red" if is_late else "", "")


def format_moment(store: "Store", moment: dt.datetime | None) -> str:
    """Return a moment as lists show it."""
    field = CASE.field("due")
    assert isinstance(field, Instant)
    return field.format(moment, store)


def _said_line(store: "Store", entry: Record) -> Line:
    field = INTERACTION.field("on")
    assert field is not None
    values = entry.values
    mark = {"in": "←", "out": "→"}.get(values["direction"], "")
    text = shorten(" ".join(values["text"].split()), _TEXT)
    note = f"{values['kind']} {entry.id}, {values['author']}".rstrip(", ")
    return Line(mark, field.format(values["on"], store), text, "", note)


def _related_line(related: RelatedCase) -> Line:
    status = STATUS_WORDS.get(related.status, related.status)
    return Line("", f"case {related.id}", related.text, "", f"{related.relation}, {status}")


def _change_line(store: "Store", change: Record) -> Line:
    values = change.values
    status = STATUS_WORDS.get(values["status"], values["status"])
    by = f"by {values['author']}" if values["author"] else ""
    return Line("", format_moment(store, values["at"]), status, "", by)
