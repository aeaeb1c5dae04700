"""Find which of several contacts colleagues contacted lately, or have claimed."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records.contacts import contacts
from cardcrm.records.teamwork.colleagues import is_other
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import Query
from cardcrm.text import fold

_NAMED = 3  # contacts that a line names

# The scan by date suits a segment of any size; only the interactions of some days are read.
_CONTACTED = (
    "SELECT p.contact_id, i.author, i.on_date FROM interaction i "
    "JOIN participant p ON p.interaction_id = i.id WHERE i.on_date >= :since "
    f"AND i.kind <> 'note' AND {is_other('i', 'author')} ORDER BY i.on_date DESC, i.id DESC"
)
_CLAIMED = (
    "SELECT contact_id, owner, until_on FROM ("
    "SELECT k.contact_id, k.owner, k.until_on, k.owner_key FROM claim k UNION ALL "
    "SELECT c.id, k.owner, k.until_on, k.owner_key FROM claim k "
    "JOIN contact c ON c.org_id = k.contact_id) AS k "
    f"WHERE k.until_on >= :today AND {is_other('k')} ORDER BY k.until_on DESC"
)


class _Find(NamedTuple):
    """A contact, the colleague who contacted or claimed it, and the day."""

    contact_id: int
    user: str
    day: dt.date


def describe_contacted(store: Store, ids: Collection[int], days: int) -> tuple[str, ...]:
    """Return a line on the contacts that colleagues contacted, and one on those they claimed.

    There are none with 0 days.
    """
    if days <= 0:
        return ()
    today = dates.today(store.locale.zone)
    params = {
        "me": fold(store.author.name),
        "today": today.isoformat(),
        "since": (today - dt.timedelta(days=days)).isoformat(),
    }
    contacted, claimed = (
        list(_select(rows, set(ids)))
        for rows in store.fetch_many([Query(sql, params, list) for sql in (_CONTACTED, _CLAIMED)])
    )
    lines = []
    if contacted:
        was = "was" if len(contacted) == 1 else "were"
        names = _join_names(store, contacted, lambda day: dates.format_relative(day, today))
        what = f"{was} contacted by colleagues in the last {days} days"
        lines.append(f"{len(contacted):,} of {len(ids):,} {what}: {names}")
    if claimed:
        are = "is" if len(claimed) == 1 else "are"
        names = _join_names(store, claimed, lambda day: f"until {dates.format_day(day, today)}")
        lines.append(f"{len(claimed):,} of {len(ids):,} {are} claimed by colleagues: {names}")
    return tuple(lines)


def _select(rows: Iterable[Row], ids: set[int]) -> Iterator[_Find]:
    """Yield the first row of each of some contacts."""
    left = set(ids)
    for contact_id, user, day in rows:
        if contact_id in left:
            left.remove(contact_id)
            yield _Find(contact_id, user, dt.date.fromisoformat(day))


def _join_names(store: Store, found: list[_Find], describe: Callable[[dt.date], str]) -> str:
    """Return “Jane Doe by bob yesterday, Tom Fox by cara 3 days ago, and 2 more”."""
    named = [
        f"{contacts.get(store, each.contact_id).name} by {each.user} {describe(each.day)}"
        for each in found[:_NAMED]
    ]
    more = [f"and {len(found) - _NAMED:,} more"] if len(found) > _NAMED else []
    return ", ".join([*named, *more])
