"""Interactions: what happened with contacts, when, and with which participants."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity.interaction_type import INTERACTION, mark_unanswered
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.contacts.resolve import resolve_or_none
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of
from cardcrm.store.retry import retry_transaction


class Interaction(NamedTuple):
    """An interaction. ``on_date`` is the local day, ``at`` the UTC instant if it is known."""

    id: int
    uid: str
    kind: str
    direction: str
    on_date: str
    at: str | None
    minutes: int | None
    outcome: str
    text: str
    author: str
    no_answer: int = 0


COLUMNS = ", ".join(f"i.{name}" for name in Interaction._fields)


class Details(NamedTuple):
    """Details of an interaction beside its text; see `log`."""

    kind: str = "note"
    when: DayTime | None = None
    direction: str = ""
    minutes: int | None = None
    outcome: str = ""
    no_answer: bool = False


@retry_transaction
def log(
    store: Store,
    contacts: Sequence[int],
    text: str,
    *,
    kind: str = "note",
    when: DayTime | None = None,
    direction: str = "",
    minutes: int | None = None,
    outcome: str = "",
    no_answer: bool = False,
) -> Interaction:
    """Log an interaction with contacts, now or at ``when``; a touch restarts their cadence.

    Raises UsageError for an empty text, a day in the future or impossible minutes.
    """
    if not contacts:
        raise UsageError("an interaction needs a contact")
    values = prepare(store, text, Details(kind, when, direction, minutes, outcome, no_answer))
    created_at = dates.current_instant()
    with store.transaction(concurrent=True):
        row_id = store.insert("interaction", **values, created_at=created_at)
        people = [{"interaction_id": row_id, "contact_id": id_} for id_ in dict.fromkeys(contacts)]
        store.insert_rows("participant", people)
    return Interaction(row_id, **values)


def prepare(store: Store, text: str, details: Details) -> dict[str, Any]:
    """Return the values of a new interaction by the fields of `Interaction`. Raises UsageError."""
    kind, when, direction, minutes, outcome, no_answer = details
    values = _normalize(text=text, kind=kind, direction=direction, minutes=minutes, outcome=outcome)
    own = {"uid": new_uid(), "minutes": None, "author": store.author.name}
    values = mark_unanswered(store, values | {"no_answer": int(no_answer)}, 0)
    return own | values | _day_and_instant(store, when)


def _normalize(**given: str | int | None) -> dict[str, Any]:
    """Return the columns of the given values; None leaves a column out. Raises UsageError."""
    values = INTERACTION.normalize(**given)
    if "text" in values and not values["text"].strip():
        raise UsageError("an interaction needs a text", "Add what happened.")
    return values


def _day_and_instant(store: Store, when: DayTime | None) -> dict[str, str | None]:
    """Return the columns of the local day and the instant; today without a time means now."""
    zone = store.locale.zone
    now = dates.now(zone).replace(tzinfo=None)
    if when is None or when == DayTime(now.date()):
        return {"on_date": now.date().isoformat(), "at": dates.current_instant()}
    if when.day > now.date():
        raise UsageError(f"{when.day.isoformat()} is in the future", "To plan it: cardcrm remind")
    if when.time is None:
        return {"on_date": when.day.isoformat(), "at": None}
    if dt.datetime.combine(when.day, when.time) > now:
        raise UsageError(f"{when.time:%H:%M} today is in the future", "To plan it: cardcrm remind")
    at = dates.to_instant(when.day, when.time, zone)
    return {"on_date": when.day.isoformat(), "at": at}


def get(store: Store, interaction_id: int) -> Interaction:
    """Return one interaction. Raises NotFoundError."""
    row = store.row(f"SELECT {COLUMNS} FROM interaction i WHERE i.id = :id", id=interaction_id)
    if row is None:
        raise NotFoundError(f"unknown interaction {interaction_id}")
    return _interaction(row)


def _interaction(row: Row) -> Interaction:
    return Interaction(*row)


# Interactions of a contact; those of an organization include the ones of its people.
_INTERACTION_IDS = (
    "SELECT interaction_id FROM participant WHERE contact_id = :id UNION "
    "SELECT p.interaction_id FROM contact m JOIN participant p ON p.contact_id = m.id "
    "WHERE m.org_id = :id"
)


def timeline(
    store: Store, contact_id: int, *, limit: int = 20, offset: int = 0, kind: str = ""
) -> list[Interaction]:
    """Return the interactions of a contact, newest first; an organization's with its people's.

    Of several on a past day without a time, the one logged last is the newest.
    """
    return store.fetch(timeline_query(contact_id, limit=limit, offset=offset, kind=kind))


def timeline_query(
    contact_id: int, *, limit: int, offset: int = 0, kind: str = ""
) -> Query[list[Interaction]]:
    """Build the query of `timeline`."""
    return Query(
        f"SELECT {COLUMNS} FROM interaction i WHERE i.id IN ({_INTERACTION_IDS}) "
        "AND (:kind = '' OR i.kind = :kind) "
        "ORDER BY i.on_date DESC, coalesce(i.at, i.on_date || 'T00') DESC, i.id DESC "
        "LIMIT :limit OFFSET :offset",
        {"id": contact_id, "kind": kind, "limit": limit, "offset": offset},
        lambda rows: [_interaction(row) for row in rows],
    )


def count(store: Store, contact_id: int, *, kind: str = "") -> int:
    """Return the number of interactions (of a kind) that `timeline` has for a contact."""
    return store.fetch(count_query(contact_id, kind=kind))


def count_query(contact_id: int, *, kind: str = "") -> Query[int]:
    """Build the query of `count`."""
    if not kind:
        sql = f"SELECT count(*) FROM ({_INTERACTION_IDS}) AS own"
        return Query(sql, {"id": contact_id}, count_of)
    sql = f"SELECT count(*) FROM interaction WHERE kind = :kind AND id IN ({_INTERACTION_IDS})"
    return Query(sql, {"id": contact_id, "kind": kind}, count_of)


def participants(store: Store, interaction_id: int) -> list[tuple[int, str]]:
    """Return the participants as (id, name), in the order in which they were added."""
    return [
        (row[0], row[1])
        for row in store.rows(
            "SELECT c.id, c.name FROM participant p JOIN contact c ON c.id = p.contact_id "
            "WHERE p.interaction_id = :id ORDER BY p.id",
            id=interaction_id,
        )
    ]


@retry_transaction
def edit(
    store: Store,
    interaction_id: int,
    *,
    text: str | None = None,
    kind: str | None = None,
    when: DayTime | None = None,
    direction: str | None = None,
    outcome: str | None = None,
    minutes: int | None = None,
    no_answer: bool | None = None,
    joined: Sequence[int] = (),
    left: Sequence[int] = (),
) -> Interaction:
    """Edit an interaction; None leaves a field unchanged.

    The contacts ``joined`` are added to the participants, ``left`` are removed from them.

    Raises NotFoundError, and UsageError as `log`.
    """
    get(store, interaction_id)
    values = _normalize(
        text=text,
        kind=kind,
        direction=direction,
        minutes=minutes,
        outcome=outcome,
        no_answer=no_answer,
    )
    values = mark_unanswered(store, values, interaction_id)
    if when is not None:
        values |= _day_and_instant(store, when)
    with store.transaction():
        store.update("interaction", interaction_id, **values)
        _change_participants(store, interaction_id, joined, left)
    return get(store, interaction_id)


def _change_participants(
    store: Store, interaction_id: int, joined: Sequence[int], left: Sequence[int]
) -> None:
    """Add participants and remove others. Raises UsageError if none would be left."""
    before = [id_ for id_, _ in participants(store, interaction_id)]
    stay = [each for each in before if each not in left]
    new = [each for each in dict.fromkeys(joined) if each not in before]
    if not (stay or new):
        raise UsageError(
            "an interaction needs a contact",
            f"To remove it: cardcrm interaction rm {interaction_id}",
        )
    for contact_id in new:
        store.insert("participant", interaction_id=interaction_id, contact_id=contact_id)
    for row in store.rows(
        "SELECT id, contact_id FROM participant WHERE interaction_id = :id", id=interaction_id
    ):
        if row["contact_id"] in left:
            store.delete("participant", row["id"])


# A text, which re compiles for the first @ only.
_MENTION = r"(?<![\w@.+/-])@([^\W\d_][\w'’-]*(?:[ ][^\W_][\w'’-]*){0,2})"


def mentioned(store: Store, text: str) -> tuple[list[Contact], list[str]]:
    """Return the contacts that ``@name`` mentions in a text, and the ambiguous or unknown mentions.

    Up to three words are tried, the longest name first: “met @Jane Doe today” names Jane Doe.
    """
    found: list[Contact] = []
    unknown: list[str] = []
    for match in re.finditer(_MENTION, text) if "@" in text else ():
        words = match[1].split(" ")
        contact = _find_longest(store, words)
        if contact is None:
            unknown.append(words[0])
        else:
            found.append(contact)
    return found, list(dict.fromkeys(unknown))


def _find_longest(store: Store, words: list[str]) -> Contact | None:
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length])
        found = resolve_or_none(store, name) or resolve_or_none(store, re.sub("['’]s?$", "", name))
        if found is not None:
            return found
    return None
