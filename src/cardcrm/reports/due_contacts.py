"""Read the contacts of the digest, and the latest interaction with each.

The records are named tuples, because dataclasses would slow the command down by 5%.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.store import Query
from cardcrm.store.engine import Row
from cardcrm.store.store import placeholders

MAX_NOTE_LENGTH = 200  # characters of the latest interaction that are shown


class DueContact(NamedTuple):
    """A contact to call; ``phone`` and ``email`` are the first usable ones.

    ``mvc`` is the day since which it is an MVC member. A contact point is usable if
    it is neither invalid nor opted out.
    """

    id: int
    name: str
    org: str = ""
    phone: str = ""
    email: str = ""
    status: str = "active"
    mvc: str | None = None


class LastInteraction(NamedTuple):
    """The latest interaction: its day, its kind and the first line of its text."""

    on: dt.date
    kind: str
    text: str


def build_contact_queries(ids: Sequence[int]) -> list[Query[list[Row]]]:
    """Build the four queries for contacts.

    `build_due_contacts` takes the rows of the first two, `find_last_interactions` of the others.
    """
    marks, params = placeholders(ids, "i")
    return [
        Query(sql.format(marks=marks), params, list)
        for sql in (_CONTACT_POINTS, _NAMES, _LATEST_OF_CONTACT, _LATEST_OF_EMPLOYEES)
    ]


def build_due_contacts(points: Iterable[Row], names: Iterable[Row]) -> dict[int, DueContact]:
    """Return the contacts by their ids."""
    first: dict[tuple[int, str], str] = {}
    for row in points:
        first.setdefault((row[0], row[1]), row[2])
    return {
        row[0]: DueContact(
            row[0],
            row[1],
            row[2],
            first.get((row[0], "phone"), ""),
            first.get((row[0], "email"), ""),
            row[3],
            row[4],
        )
        for row in names
    }


_CONTACT_POINTS = (
    "SELECT contact_id, kind, value FROM point WHERE contact_id IN ({marks}) "
    "AND kind IN ('phone', 'email') AND opted_out = 0 AND invalid = 0 ORDER BY id"
)
_NAMES = (
    "SELECT c.id, c.name, coalesce(o.name, ''), c.status, c.mvc_since FROM contact c "
    "LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})"
)

# The latest interactions with contacts, or with the employees (``e``) of an organization. Comparing
# the day as an expression keeps the planner from the index on days, which would read a thousand
# interactions with other contacts for each row of the result.
_LATEST = (
    "SELECT c.id AS contact_id, i.on_date, i.kind, substr(i.text, 1, 400) AS text, i.at, i.id "
    "FROM contact c {join} JOIN participant p ON p.contact_id = {alias}.id "
    "JOIN interaction i ON i.id = p.interaction_id AND i.on_date || '' = c.last_on "
    "WHERE c.id IN ({{marks}})"
)
_JOIN_EMPLOYEES = "JOIN contact e ON c.kind = 'org' AND e.org_id = c.id AND e.last_on = c.last_on"
_LATEST_OF_CONTACT = _LATEST.format(alias="c", join="")
_LATEST_OF_EMPLOYEES = _LATEST.format(alias="e", join=_JOIN_EMPLOYEES)


def find_last_interactions(
    own: Iterable[Row], employees: Iterable[Row]
) -> dict[int, LastInteraction]:
    """Return the latest interaction with each contact, by the contact's id.

    Of several on one day the one logged last counts. For an organization it may be an interaction
    with one of its employees.
    """
    latest: dict[int, tuple[tuple[str, int], LastInteraction]] = {}
    for row in (*own, *employees):
        rank = (row["at"] or "", row["id"])
        known = latest.get(row["contact_id"])
        if known is None or rank > known[0]:
            last = LastInteraction(
                dt.date.fromisoformat(row["on_date"]), row["kind"], _first_line(row["text"])
            )
            latest[row["contact_id"]] = (rank, last)
    return {contact_id: last for contact_id, (_, last) in latest.items()}


def _first_line(text: str) -> str:
    """Return the first line of a text, shortened with … if it is too long."""
    line, _, more = text.strip().partition("\n")
    if len(line) > MAX_NOTE_LENGTH:
        return line[: MAX_NOTE_LENGTH - 1].rstrip() + "…"
    return f"{line.rstrip()} …" if more else line
