"""Whom to call, and what was last heard of them: the cards behind the rows of what is due.

The records are named tuples, for dataclasses would cost a part of the whole command.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.store import Query
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row

NOTE = 200  # letters of the last note that are kept


class Callee(NamedTuple):
    """Whom to call; ``phone`` and ``email`` are the first that are neither dead nor opted out."""

    id: int
    name: str
    org: str = ""
    phone: str = ""
    email: str = ""


class Last(NamedTuple):
    """The latest interaction: its day, its kind and the first line of what was noted."""

    on: dt.date
    kind: str
    text: str


def callee_queries(ids: Sequence[int]) -> list[Query[list[Row]]]:
    """Build the queries for the contacts of these ids; `callees` and `last_heard` read the rows."""
    marks, params = placeholders(ids, "i")
    return [
        Query(sql.format(marks=marks), params, list)
        for sql in (_POINTS, _HEADS, _OWN_LATEST, _PEOPLES_LATEST)
    ]


def callees(points: Iterable[Row], heads: Iterable[Row]) -> dict[int, Callee]:
    """Return the contacts by their ids."""
    first: dict[tuple[int, str], str] = {}
    for row in points:
        first.setdefault((row[0], row[1]), row[2])
    return {
        row[0]: Callee(
            row[0],
            row[1],
            row[2],
            first.get((row[0], "phone"), ""),
            first.get((row[0], "email"), ""),
        )
        for row in heads
    }


_POINTS = (
    "SELECT contact_id, kind, value FROM point WHERE contact_id IN ({marks}) "
    "AND kind IN ('phone', 'email') AND opted_out = 0 AND invalid = 0 ORDER BY id"
)
_HEADS = (
    "SELECT c.id, c.name, coalesce(o.name, '') FROM contact c "
    "LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})"
)

# The latest interactions of contacts, or of the people (``m``) who work at them. The day is
# compared as an expression, or the index on days would be walked: a thousand interactions with
# others for each one that is meant.
_LATEST = (
    "SELECT c.id AS contact_id, i.on_date, i.kind, substr(i.text, 1, 400) AS text, i.at, i.id "
    "FROM contact c {join} JOIN participant p ON p.contact_id = {whose}.id "
    "JOIN interaction i ON i.id = p.interaction_id AND i.on_date || '' = c.last_on "
    "WHERE c.id IN ({{marks}})"
)
_PEOPLE = "JOIN contact m ON c.kind = 'org' AND m.org_id = c.id AND m.last_on = c.last_on"
_OWN_LATEST = _LATEST.format(whose="c", join="")
_PEOPLES_LATEST = _LATEST.format(whose="m", join=_PEOPLE)


def last_heard(own: Iterable[Row], peoples: Iterable[Row]) -> dict[int, Last]:
    """The latest interaction of each contact, of several on one day the one noted last.

    Of an organisation it may be one with somebody who works there.
    """
    latest: dict[int, tuple[tuple[str, int], Last]] = {}
    for row in (*own, *peoples):
        rank = (row["at"] or "", row["id"])
        known = latest.get(row["contact_id"])
        if known is None or rank > known[0]:
            last = Last(dt.date.fromisoformat(row["on_date"]), row["kind"], _gist(row["text"]))
            latest[row["contact_id"]] = (rank, last)
    return {contact_id: last for contact_id, (_, last) in latest.items()}


def _gist(text: str) -> str:
    """The first line of a note, its end replaced by … where it is too long."""
    line, _, more = text.strip().partition("\n")
    if len(line) > NOTE:
        return line[: NOTE - 1].rstrip() + "…"
    return f"{line.rstrip()} …" if more else line
