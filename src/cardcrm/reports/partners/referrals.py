"""Build the trees of referrals: who brought whom, and what each branch is worth.

The relation ``referred by`` ties a contact to the one who brought it; of several, the one entered
first counts. The value of a contact is the revenue of its own sales in one currency. The sales of
those without a place in a tree count for their organization, or else for the person of the lowest
number with a place who works there, so every sale counts once at most. The worth of a branch is the
value of all whom its contact brought, directly or through others; its own value is not a part of
it. Circles, which merged contacts may leave, are cut at the contact of the lowest number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.contacts.contact_queries import REFERRED_BY
from cardcrm.reports.contact_names import read_names
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


class Referral(NamedTuple):
    """A contact in a tree, ``depth`` steps below its root.

    ``direct`` counts those whom it brought itself, ``all_brought`` also those whom these brought.
    """

    id: int
    name: str
    depth: int
    referrer_id: int | None
    value: Money
    direct: int
    all_brought: int
    worth: Money


class ReferralTrees(NamedTuple):
    """The contacts of all trees, each below the one who brought it, and the ids of cut circles."""

    rows: tuple[Referral, ...]
    circles: tuple[int, ...]


def build_referrals(store: Store, currency: str, contact_id: int | None = None) -> ReferralTrees:
    """Return the trees of referrals, the most worth first; or the branch of one contact."""
    referrers = _read_referrers(store)
    circles = tuple(_cut_circles(referrers))
    brought: dict[int, list[int]] = defaultdict(list)
    for id_, referrer in referrers.items():
        brought[referrer].append(id_)
    members = referrers.keys() | brought.keys()
    values = _read_values(store, currency, members)
    worth, counts = _sum_branches(brought, values, members)
    names = read_names(store, members)

    def walk(roots: Sequence[int]) -> Iterator[Referral]:
        stack = [(id_, 0) for id_ in reversed(_rank(roots, worth, values, names))]
        while stack:
            id_, depth = stack.pop()
            yield Referral(
                id_,
                names[id_],
                depth,
                referrers.get(id_),
                Money(values.get(id_, 0), currency),
                len(brought.get(id_, ())),
                counts[id_],
                Money(worth[id_], currency),
            )
            below = _rank(brought.get(id_, ()), worth, values, names)
            stack += [(each, depth + 1) for each in reversed(below)]

    roots = [each for each in members if each not in referrers]
    if contact_id is not None:
        roots = [contact_id] if contact_id in members else []
    return ReferralTrees(tuple(walk(roots)), circles)


def _rank(
    ids: Sequence[int],
    worth: Mapping[int, int],
    values: Mapping[int, int],
    names: Mapping[int, str],
) -> list[int]:
    """Return contacts in the order of what they and their branches are worth."""
    return sorted(ids, key=lambda each: (-worth[each] - values.get(each, 0), names[each], each))


def _read_referrers(store: Store) -> dict[int, int]:
    """Return the referrer of each contact, by the relation entered first."""
    sql = "SELECT contact_id, other_id FROM relation WHERE kind = :kind ORDER BY id DESC"
    return {row[0]: row[1] for row in store.rows(sql, kind=REFERRED_BY)}


def _cut_circles(referrers: dict[int, int]) -> Iterator[int]:
    """Remove the referrer of the contact of the lowest number in each circle; yield that number."""
    done: set[int] = set()
    for start in sorted(referrers):
        path: dict[int, None] = {}
        each: int | None = start
        while each is not None and each not in done and each not in path:
            path[each] = None
            each = referrers.get(each)
        if each is not None and each in path:
            way = list(path)
            lowest = min(way[way.index(each) :])
            del referrers[lowest]
            yield lowest
        done |= path.keys()


def _read_values(store: Store, currency: str, members: Collection[int]) -> dict[int, int]:
    """Return the value of each contact in a tree, in minor units."""
    delegates = _read_delegates(store, members)
    sql = (
        "SELECT v.contact_id, coalesce(c.org_id, c.id), v.revenue FROM contact_value v "
        "JOIN contact c ON c.id = v.contact_id WHERE v.currency = :currency AND v.own = 1"
    )
    found: dict[int, int] = defaultdict(int)
    for contact_id, org_id, revenue in store.rows(sql, currency=currency):
        owners = (contact_id, org_id, delegates.get(contact_id), delegates.get(org_id))
        owner = next((each for each in owners if each in members), None)
        if owner is not None:
            found[owner] += revenue
    return found


def _read_delegates(store: Store, members: Collection[int]) -> dict[int, int]:
    """Return for each organization the person in a tree, of the lowest number, who works there."""
    found: dict[int, int] = {}
    for marks, params in chunks(members):
        sql = (
            f"SELECT org_id, id FROM contact WHERE id IN ({marks}) AND org_id IS NOT NULL "
            "ORDER BY id"
        )
        for org_id, contact_id in store.rows(sql, **params):
            found.setdefault(org_id, contact_id)
    return found


def _sum_branches(
    brought: Mapping[int, Sequence[int]], values: Mapping[int, int], members: Collection[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the worth of the branch below each contact, and the number of contacts in it."""
    worth: dict[int, int] = {}
    counts: dict[int, int] = {}
    for start in members:
        stack = [start]
        while stack:
            id_ = stack[-1]
            below = brought.get(id_, ())
            waiting = [each for each in below if each not in worth]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            worth[id_] = sum(worth[each] + values.get(each, 0) for each in below)
            counts[id_] = sum(counts[each] + 1 for each in below)
    return worth, counts
