"""Sum up the changes since yesterday by their authors: “Bob: 2 deals moved, 3 contacts added”.

Undone changes do not count. A new record that was changed later is still a new one, and the parts
of a record, such as the phone numbers of a contact, are changes of that.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records import registry
from cardcrm.records.record_type import RecordType
from cardcrm.reports.change_text import parent_of, verb_of
from cardcrm.reports.due_queries import add_days
from cardcrm.store import Query
from cardcrm.store.journal_rows import Change, change_of
from cardcrm.store.table_registry import IGNORED_COLUMNS
from cardcrm.text import fold

MOST = 2_000  # changes that are summed up; more take longer than the rest of the page
_REACH = 20_000  # of the latest changes, among which those since yesterday are looked for
_IMPORTED = "imported"
_FIRST = (("deal", "won"), ("deal", "lost"), ("deal", "moved"))  # told before all others
_MOVED = {"deal": "stage_id"}  # the column by which a record goes on to its next step


class Tally(NamedTuple):
    """The number of records of a noun that a verb applies to; 0 if it is not known."""

    noun: str
    verb: str
    number: int


class AuthorChanges(NamedTuple):
    """The changes of one user, those of deals first; ``is_me`` for the reader."""

    author: str
    is_me: bool
    tallies: tuple[Tally, ...]


class RecentChanges(NamedTuple):
    """The changes since yesterday; with ``has_more`` only the latest of them."""

    authors: tuple[AuthorChanges, ...] = ()
    has_more: bool = False


Key = tuple[str, object]  # a noun, and what a record of it is recognized by


Authored = tuple[str, Change]


def changes_query(today: dt.date, zone: str) -> Query[list[Authored]]:
    """Build the query for the changes since the beginning of yesterday, the latest first.

    The rows of an import are not read.
    """
    since, _ = dates.day_bounds(add_days(today, -1), today, zone)
    old, new = (
        f"CASE WHEN c.op IN ('load', 'unload') THEN NULL ELSE c.{each} END AS {each}"
        for each in ("old", "new")
    )
    sql = (
        f"SELECT s.author, c.id, c.op, c.tbl, c.row_id, {old}, {new} "
        "FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE c.id > (SELECT max(id) FROM change) - :reach AND s.at >= :since "
        "AND s.kind = 'do' AND s.undone = 0 ORDER BY c.id DESC LIMIT :most"
    )
    params = {"since": since, "reach": _REACH, "most": MOST + 1}
    return Query(sql, params, lambda rows: [(row["author"], change_of(row)) for row in rows])


def sum_up(changes: Sequence[Authored], reader: str) -> RecentChanges:
    """Return the changes by author, the busiest first and the ``reader`` last."""
    verbs: dict[str, dict[Key, str]] = {}
    for author, change in changes[:MOST]:
        _note(verbs.setdefault(author, {}), change)
    found = [
        AuthorChanges(author, fold(author) == fold(reader), _tally(known))
        for author, known in verbs.items()
        if known
    ]
    found.sort(key=lambda each: (each.is_me, -sum(part.number for part in each.tallies)))
    return RecentChanges(tuple(found), len(changes) > MOST)


def _note(known: dict[Key, str], change: Change) -> None:
    """Note what happened to a record; changes come in the order from the latest to the first."""
    type_ = registry.record_type(change.table)
    key = _record_of(type_, change)
    if key is None or type_.repeats_whole or _goes_without_saying(change):
        return
    verb = _verb(type_, change)
    if verb == "added" and known.get(key) == "removed":
        del known[key]
    elif verb == "added" or known.get(key, "changed") == "changed":
        known[key] = verb


def _goes_without_saying(change: Change) -> bool:
    """Return whether a change only sets time stamps, or makes a buyer a customer."""
    if change.op != "update":
        return False
    columns = change.new.keys() - IGNORED_COLUMNS
    return not columns or (columns == {"stage"} and change.new["stage"] == "customer")


def _record_of(type_: RecordType, change: Change) -> Key | None:
    """Return the record that a change is about, if that is of a noun with a list of its own.

    A part that was updated does not name its whole, so each such part counts as one record.
    """
    values = change.new or change.old
    if _has_list(type_):
        return type_.name, change.row_id if values else None
    if not (type_.parent and values):
        return None
    whole = registry.record_type(parent_of(type_))
    part = change.table, change.row_id
    return (whole.name, values.get(type_.parent, part)) if _has_list(whole) else None


def _has_list(type_: RecordType) -> bool:
    return type_.name in ("contact", *registry.LISTED)


def _verb(type_: RecordType, change: Change) -> str:
    """Return what happened to a record; a change of its parts changes it."""
    if not (change.new or change.old):
        return _IMPORTED
    if not _has_list(type_):
        return "changed"
    verb = verb_of(type_, change.op, change.new)
    is_moved = verb == "changed" and _MOVED.get(type_.name) in change.new
    return "moved" if is_moved else verb


def _tally(known: Mapping[Key, str]) -> tuple[Tally, ...]:
    counts = Counter((noun, verb) for (noun, _), verb in known.items())
    found = [
        Tally(noun, verb, 0 if verb == _IMPORTED else count)
        for (noun, verb), count in counts.items()
    ]
    return tuple(sorted(found, key=_order))


def _order(tally: Tally) -> tuple[int, int, str, str]:
    """Return the key of the order: what became of deals, then the most frequent first."""
    kind = tally.noun, tally.verb
    place = _FIRST.index(kind) if kind in _FIRST else len(_FIRST)
    return place, -tally.number, tally.noun, tally.verb


def describe(tally: Tally) -> str:
    """Return a tally in words: “2 deals moved”, “sales imported”."""
    type_ = registry.record_type(tally.noun)
    what = type_.counted(tally.number) if tally.number else type_.plural
    return f"{what} {tally.verb}"


def describe_author(changes: AuthorChanges) -> str:
    """Return all that a user has changed: “2 deals moved, 3 contacts added”."""
    return ", ".join(map(describe, changes.tallies))
