"""Territories: whose contacts are whose, by a query.

The territories are asked in their order, and the first one whose query finds a contact has it. A
contact that none finds is in the territory of its organization. One with the query “all” has the
contacts that are in no other one.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.query import And, Term
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.teamwork.stored_territories import Territory, list_territories
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.owner_sql import owner_key
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold


def term_of(territory: Territory) -> Term:
    """Return the filter that finds the contacts of a territory."""
    return Term("territory", ":", territory.name, is_literal=True)


def place(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a territory with its place; the others behind it move on."""
    wanted = columns.get("position")
    if row_id and wanted is None:
        return {name: value for name, value in columns.items() if name != "position"}
    if wanted is None:
        last = store.value("SELECT coalesce(max(position), 0) FROM territory")
        return columns | {"position": int(last) + 1}
    taken = store.rows(
        "SELECT id, position FROM territory WHERE position >= :wanted AND id <> :id "
        "ORDER BY position, id",
        wanted=wanted,
        id=row_id,
    )
    if taken and taken[0]["position"] == wanted:
        for row in taken:
            store.update("territory", row["id"], position=row["position"] + 1)
    return columns


def try_query(store: Store, row_id: int) -> None:
    """Raise UsageError for a query that cannot run."""
    row = store.row("SELECT name FROM territory WHERE id = :id", id=row_id)
    assert row is not None
    columns.count(store, Term("territory", ":", row["name"], is_literal=True))


class Overlap(NamedTuple):
    """The number of contacts that the queries of two territories find; the ``first`` has them."""

    first: str
    second: str
    contacts: int


def find_overlaps(store: Store, name: str) -> list[Overlap]:
    """Return the territories that share contacts with one."""
    known = list_territories(store)
    names = [each.name for each in known]
    at = names.index(name)
    found = (
        Overlap(names[min(at, other)], names[max(at, other)], _count_shared(store, known[at], each))
        for other, each in enumerate(known)
        if other != at
    )
    return [each for each in found if each.contacts]


def _count_shared(store: Store, one: Territory, other: Territory) -> int:
    if one.is_rest or other.is_rest:
        return 0
    nodes = (contact_query.parse(store, one.query), contact_query.parse(store, other.query))
    return columns.count(store, And(nodes))


# Owners


class Assignment(NamedTuple):
    """A contact that gets the owner of its territory."""

    contact_id: int
    before: str
    owner: str
    territory: str


def plan_assignments(
    store: Store, wanted: Sequence[Territory], *, replace: bool = False, ids: Sequence[int] = ()
) -> list[Assignment]:
    """Return the contacts of territories that would get another owner.

    Those who have an owner keep it, unless ``replace``. With ``ids``, only these contacts count.
    """
    return [
        each
        for territory in wanted
        if territory.owner
        for each in _plan(store, territory, replace=replace, ids=ids)
    ]


def _plan(
    store: Store, territory: Territory, *, replace: bool, ids: Sequence[int]
) -> Iterator[Assignment]:
    condition, params = contact_query.compile_query(store, term_of(territory), per_row=bool(ids))
    changes = f"{owner_key('c')} <> :owner" if replace else "c.owner = ''"
    params |= {"owner": fold(territory.owner)} if replace else {}
    for marks, more in chunks(ids) if ids else [("", {})]:
        chosen = f"c.id IN ({marks}) AND " if ids else ""
        sql = f"SELECT c.id, c.owner FROM contact c WHERE {chosen}{changes} AND ({condition})"
        for row in store.rows(f"{sql} ORDER BY c.id", **params, **more):
            yield Assignment(row["id"], row["owner"], territory.owner, territory.name)


@retry_transaction
def assign(store: Store, wanted: Sequence[Territory], *, replace: bool = False) -> list[Assignment]:
    """Give contacts the owner of their territory; return what was changed."""
    with store.transaction():
        found = plan_assignments(store, wanted, replace=replace)
        _write(store, found)
    return found


def _write(store: Store, found: Sequence[Assignment]) -> None:
    from cardcrm.records.contacts.writer import mark_updated

    for each in found:
        store.update("contact", each.contact_id, owner=each.owner)
        mark_updated(store, each.contact_id)


def assign_contacts(store: Store, ids: Sequence[int]) -> None:
    """Give new contacts without an owner that of their territory, in the step under way."""
    wanted = [each for each in list_territories(store) if each.assigns]
    _write(store, plan_assignments(store, wanted, ids=ids))


def find_owned(
    store: Store, wanted: Sequence[Territory], ids: Sequence[int]
) -> dict[int, Territory]:
    """Return the territories that contacts are in, of some that have an owner."""
    return {
        row[0]: each for each in wanted if each.owner for row in _find_contacts(store, each, ids)
    }


def _find_contacts(store: Store, territory: Territory, ids: Sequence[int]) -> Iterator[Any]:
    condition, params = contact_query.compile_query(store, term_of(territory), per_row=True)
    for marks, more in chunks(ids):
        sql = f"SELECT c.id FROM contact c WHERE c.id IN ({marks}) AND ({condition})"
        yield from store.rows(sql, **params, **more)
