"""Members of the MVC program: the contacts with a day of joining."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records import records
from cardcrm.records.mvc.benefit_type import BENEFIT, GIFT
from cardcrm.records.query_sql import cadences
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

MEMBERS = "mvc:yes"  # the query of the cadence that all members have


class MemberChanges(NamedTuple):
    """The contacts that join the program, those that leave it, and those that stay."""

    joined: tuple[int, ...]
    left: tuple[int, ...]
    stayed: tuple[int, ...]


def list_members(store: Store) -> list[int]:
    """Return the members by id."""
    rows = store.rows("SELECT id FROM contact WHERE mvc_since IS NOT NULL ORDER BY id")
    return [row["id"] for row in rows]


def read_names(store: Store, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of contacts by id."""
    found: dict[int, str] = {}
    for marks, params in chunks(ids):
        rows = store.rows(f"SELECT id, name FROM contact WHERE id IN ({marks})", **params)
        found.update((row["id"], row["name"]) for row in rows)
    return found


def compare_members(store: Store, wanted: Collection[int]) -> MemberChanges:
    """Return what changes if exactly these contacts are the members."""
    known = list_members(store)
    before, after = set(known), set(wanted)
    return MemberChanges(
        tuple(each for each in wanted if each not in before),
        tuple(each for each in known if each not in after),
        tuple(each for each in known if each in after),
    )


@retry_transaction
def set_members(
    store: Store, wanted: Collection[int], cadence_days: int | None = None
) -> MemberChanges:
    """Make exactly these contacts the members; those who stay keep their day of joining.

    With ``cadence_days``, members without a cadence of their own get that one, as a rule.
    """
    with store.transaction():
        changes = compare_members(store, wanted)
        _write(store, changes.joined, _today(store))
        _write(store, changes.left, None)
        if cadence_days is not None:
            cadences.set_rule(store, MEMBERS, cadence_days)
    return changes


@retry_transaction
def join(store: Store, contact_id: int) -> str:
    """Make a contact a member; return the day of joining, which a member keeps."""
    since: str | None = store.value("SELECT mvc_since FROM contact WHERE id = :id", id=contact_id)
    if since is None:
        since = _today(store)
        with store.transaction():
            _write(store, (contact_id,), since)
    return since


@retry_transaction
def leave(store: Store, contact_id: int) -> None:
    """End the membership of a contact; what was given to it remains."""
    with store.transaction():
        _write(store, (contact_id,), None)


@retry_transaction
def give(store: Store, contact_id: int, benefit: str, texts: dict[str, str]) -> Record:
    """Add a gift: a contact got a benefit. Its cost is that of the benefit, unless one is given.

    Raises NotFoundError for an unknown benefit, and UsageError.
    """
    found = records.find(store, BENEFIT.name, benefit)
    cost = BENEFIT.field("cost")
    assert cost is not None
    known = {"cost": cost.to_text(found.values["cost"], store)} if found.values["cost"] else {}
    given = {"contact": str(contact_id), "benefit": str(found.id), **known}
    return records.add(store, GIFT, given | {key: text for key, text in texts.items() if text})


def _write(store: Store, ids: Collection[int], since: str | None) -> None:
    for each in ids:
        store.update("contact", each, mvc_since=since)


def _today(store: Store) -> str:
    return dates.today(store.locale.zone).isoformat()
