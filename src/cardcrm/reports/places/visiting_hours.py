"""Read the opening hours of contacts for a day of visits."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.reports.calls.call_queries import read_hours
from cardcrm.reports.calls.opening_hours import OpeningHours, parse_hours
from cardcrm.reports.places.visit_times import Spans
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


class VisitingHours(NamedTuple):
    """The spans of each contact, None where unknown, and contacts with unreadable hours."""

    spans: list[Spans | None]
    unreadable: list[int]


def read_visiting_hours(store: Store, ids: Sequence[int], leaves: dt.datetime) -> VisitingHours:
    """Return the hours of contacts, or of their organizations, on the day of leaving.

    They are minutes after leaving. Hours are in the time zone of the contact or its organization.
    """
    people: dict[int, dict[str, int | None]] = {}
    zones: dict[int, str] = {}
    for marks, params in chunks(ids):
        for contact_id, org_id, zone in store.rows(
            "SELECT c.id, c.org_id, coalesce(nullif(c.timezone, ''), o.timezone, '') "
            f"FROM contact c LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
            **params,
        ):
            people[contact_id], zones[contact_id] = {"org_id": org_id}, zone
    texts = read_hours(store, people)
    spans: list[Spans | None] = []
    unreadable = []
    for each in ids:
        text = texts.get(each) or texts.get(people[each]["org_id"] or 0, "")
        hours = parse_hours(text)
        if text and hours is None:
            unreadable.append(each)
        spans.append(None if hours is None else list_spans(hours, zones[each], leaves))
    return VisitingHours(spans, unreadable)


def list_spans(hours: OpeningHours, zone: str, leaves: dt.datetime) -> Spans:
    """Return the spans of hours in a zone, on the day of a moment, in minutes after it."""
    local = dates.from_instant(leaves.isoformat(), zone) if zone else leaves
    passed = local.hour * 60 + local.minute + local.second / 60
    spans = hours.spans[local.weekday()]
    return tuple((opens - passed, closes - passed) for opens, closes in spans if closes > passed)
