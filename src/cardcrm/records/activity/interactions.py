"""Interactions: what happened with contacts, when, and who took part."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts.resolve import only
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of
from cardcrm.store.retry import retry_transaction
from cardcrm.text import near, tidy, tidy_block

KINDS = ("call", "mail", "meeting", "visit", "message", "note")
DIRECTIONS = ("in", "out", "")
LONGEST = 1_000_000
MOST_MINUTES = 100_000


class Interaction(NamedTuple):
    """Something that happened. ``on_date`` is the local day; ``at`` the UTC instant if known."""

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


COLUMNS = (
    "i.id, i.uid, i.kind, i.direction, i.on_date, i.at, i.minutes, i.outcome, i.text, i.author"
)


def kind_of(text: str) -> str:
    """A kind as written. Raises UsageError for an unknown one."""
    kind = text.strip().lower()
    if kind not in KINDS:
        like = near(kind, KINDS)
        raise UsageError(
            f"“{text}” is no kind of interaction",
            (f"Did you mean {like[0]}? " if like else "") + f"There are: {', '.join(KINDS)}.",
        )
    return kind


@retry_transaction
def log(
    store: Store,
    contacts: Sequence[int],
    text: str,
    *,
    kind: str = "note",
    when: When | None = None,
    direction: str = "",
    minutes: int | None = None,
    outcome: str = "",
) -> Interaction:
    """Note what happened with contacts, now or at ``when``; it resets their cadence.

    Raises UsageError for an empty text, a day to come or minutes that cannot be.
    """
    body = _body(text)
    if not contacts:
        raise UsageError("an interaction needs a contact")
    on_date, at = _moment(store, when)
    with store.transaction(concurrent=True):
        values: dict[str, Any] = {
            "uid": new_uid(),
            "kind": kind_of(kind),
            "direction": _direction(direction),
            "on_date": on_date,
            "at": at,
            "minutes": minutes_within(minutes),
            "outcome": tidy(outcome),
            "text": body,
            "author": store.author.name,
        }
        row_id = store.insert("interaction", **values, created_at=dates.stamp())
        each = dict.fromkeys(contacts)
        took_part = [{"interaction_id": row_id, "contact_id": contact_id} for contact_id in each]
        store.insert_rows("participant", took_part)
    return Interaction(row_id, **values)


def _body(text: str) -> str:
    body = tidy_block(text)
    if not body.strip():
        raise UsageError("there is nothing to log", "Say what happened.")
    if len(body) > LONGEST:
        raise UsageError(f"a text of {len(body):,} letters is too long", f"At most {LONGEST:,}.")
    return body


def minutes_within(minutes: int | None) -> int | None:
    """How long it took, if that can be. Raises UsageError."""
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(f"{minutes} minutes cannot be", f"From 0 to {MOST_MINUTES:,}.")
    return minutes


def _direction(direction: str) -> str:
    if direction not in DIRECTIONS:
        raise UsageError(f"“{direction}” is no direction", "An interaction goes in or out.")
    return direction


def _moment(store: Store, when: When | None) -> tuple[str, str | None]:
    """The local day and the instant of something that happened; what was today is now."""
    zone = store.locale.zone
    now = dates.now(zone).replace(tzinfo=None)
    if when is None or when == When(now.date()):
        return now.date().isoformat(), dates.stamp()
    if when.day > now.date():
        raise UsageError(
            f"{when.day.isoformat()} is yet to come", "Plan it with `cardcrm remind` instead."
        )
    if when.time is None:
        return when.day.isoformat(), None
    if dt.datetime.combine(when.day, when.time) > now:
        raise UsageError(
            f"{when.time:%H:%M} today is yet to come", "Plan it with `cardcrm remind` instead."
        )
    return when.day.isoformat(), dates.to_instant(when.day, when.time, zone)


def get(store: Store, interaction_id: int) -> Interaction:
    """One interaction. Raises NotFoundError."""
    row = store.row(f"SELECT {COLUMNS} FROM interaction i WHERE i.id = :id", id=interaction_id)
    if row is None:
        raise NotFoundError(f"there is no interaction {interaction_id}")
    return _interaction(row)


def _interaction(row: Row) -> Interaction:
    return Interaction(*row)


# What a card took part in, and if it is an organisation's, what those did who work there.
_THEIRS = (
    "SELECT interaction_id FROM participant WHERE contact_id = :id UNION "
    "SELECT p.interaction_id FROM contact m JOIN participant p ON p.contact_id = m.id "
    "WHERE m.org_id = :id"
)


def timeline(
    store: Store, contact_id: int, *, limit: int = 20, offset: int = 0, kind: str = ""
) -> list[Interaction]:
    """A contact's interactions, newest first; an organisation's with those of its people.

    Of those on a past day that name no time, the one noted last is the newest.
    """
    return store.fetch(timeline_query(contact_id, limit=limit, offset=offset, kind=kind))


def timeline_query(
    contact_id: int, *, limit: int, offset: int = 0, kind: str = ""
) -> Query[list[Interaction]]:
    """Build the query of `timeline`."""
    return Query(
        f"SELECT {COLUMNS} FROM interaction i WHERE i.id IN ({_THEIRS}) "
        "AND (:kind = '' OR i.kind = :kind) "
        "ORDER BY i.on_date DESC, coalesce(i.at, i.on_date || 'T00') DESC, i.id DESC "
        "LIMIT :limit OFFSET :offset",
        {"id": contact_id, "kind": kind, "limit": limit, "offset": offset},
        lambda rows: [_interaction(row) for row in rows],
    )


def count(store: Store, contact_id: int, *, kind: str = "") -> int:
    """How many interactions (of a kind) `timeline` has for a contact."""
    return store.fetch(count_query(contact_id, kind=kind))


def count_query(contact_id: int, *, kind: str = "") -> Query[int]:
    """Build the query of `count`."""
    if not kind:
        sql = f"SELECT count(*) FROM ({_THEIRS}) AS theirs"
        return Query(sql, {"id": contact_id}, count_of)
    sql = f"SELECT count(*) FROM interaction WHERE kind = :kind AND id IN ({_THEIRS})"
    return Query(sql, {"id": contact_id, "kind": kind}, count_of)


def participants(store: Store, interaction_id: int) -> list[tuple[int, str]]:
    """Who took part, as (id, name), in the order they were named."""
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
    when: When | None = None,
    direction: str | None = None,
    outcome: str | None = None,
    minutes: int | None = None,
    joined: Sequence[int] = (),
    left: Sequence[int] = (),
) -> Interaction:
    """Mend what was noted; what is None stays. ``joined`` took part too, ``left`` did not.

    Raises NotFoundError, and UsageError as `log`.
    """
    get(store, interaction_id)
    values: dict[str, str | int | None] = {}
    if text is not None:
        values["text"] = _body(text)
    if kind is not None:
        values["kind"] = kind_of(kind)
    if outcome is not None:
        values["outcome"] = tidy(outcome)
    if minutes is not None:
        values["minutes"] = minutes_within(minutes)
    if direction is not None:
        values["direction"] = _direction(direction)
    if when is not None:
        values["on_date"], values["at"] = _moment(store, when)
    with store.transaction():
        store.update("interaction", interaction_id, **values)
        _take_part(store, interaction_id, joined, left)
    return get(store, interaction_id)


def _take_part(
    store: Store, interaction_id: int, joined: Sequence[int], left: Sequence[int]
) -> None:
    """Put cards among those who took part, and take others out. Raises UsageError."""
    there = [id_ for id_, _ in participants(store, interaction_id)]
    stay = [each for each in there if each not in left]
    new = [each for each in dict.fromkeys(joined) if each not in there]
    if not (stay or new):
        raise UsageError(
            "an interaction needs a contact",
            f"To remove it: `cardcrm interaction rm {interaction_id}`.",
        )
    for contact_id in new:
        store.insert("participant", interaction_id=interaction_id, contact_id=contact_id)
    for row in store.rows(
        "SELECT id, contact_id FROM participant WHERE interaction_id = :id", id=interaction_id
    ):
        if row["contact_id"] in left:
            store.delete("participant", row["id"])


@retry_transaction
def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove interactions. Raises NotFoundError before anything is removed."""
    with store.transaction():
        for interaction_id in dict.fromkeys(ids):
            get(store, interaction_id)
            store.delete_where("participant", "interaction_id", interaction_id)
            store.delete("interaction", interaction_id)


# Kept as text: re compiles it where the first @ stands.
_MENTION = r"(?<![\w@.+/-])@([^\W\d_][\w'’-]*(?:[ ][^\W_][\w'’-]*){0,2})"


def mentioned(store: Store, text: str) -> tuple[list[int], list[str]]:
    """The cards that ``@name`` in a text names, and those mentions that name none or several.

    Up to three words are tried, the most first: “met @Jane Doe today” names Jane Doe.
    """
    found: list[int] = []
    unknown: list[str] = []
    for match in re.finditer(_MENTION, text) if "@" in text else ():
        words = match[1].split(" ")
        contact_id = _longest(store, words)
        if contact_id is None:
            unknown.append(words[0])
        else:
            found.append(contact_id)
    return found, list(dict.fromkeys(unknown))


def _longest(store: Store, words: list[str]) -> int | None:
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length])
        contact_id = only(store, name) or only(store, re.sub("['’]s?$", "", name))
        if contact_id is not None:
            return contact_id
    return None
