"""The rules of registrations: up to a day, no other partner gets the lead.

A lead is known by the contact, its organization, its email or postal address, phone, domain or
name. A registration that has expired protects nothing.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.contacts import contact_queries
from cardcrm.records.partners.partner_rules import find_active, require_partner
from cardcrm.records.partners.traits import Trait, read_traits
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import sanitize

# The traits that are named as the reason, the strongest first.
_KINDS: Final = ("contact", "organization", "email", "domain", "phone", "address", "name")


class Holder(NamedTuple):
    """A registration in force: who holds which contact until when, and why it is the same lead."""

    id: int
    partner_id: int
    partner: str
    contact_id: int
    contact: str
    until_on: str
    trait: Trait


def _today(store: Store) -> str:
    return dates.today(store.locale.zone).isoformat()


def check_registration(store: Store, columns: Mapping[str, Any], row_id: int) -> None:
    """Check a registration that is written.

    Raises UsageError for days in the wrong order or a partner without an agreement, and
    ConflictError while another partner holds the lead.
    """
    names = ("contact_id", "partner_id", "on_date", "until_on")
    sql = f"SELECT {', '.join(names)} FROM registration WHERE id = :id"
    row = store.row(sql, id=row_id) if row_id else None
    before = dict(zip(names, row, strict=True)) if row is not None else {}
    now = {**before, **columns}
    if all(now[name] == before.get(name) for name in names):
        return
    if now["until_on"] < now["on_date"]:
        raise UsageError(
            f"the protection ends on {now['until_on']}, before the registration of "
            f"{now['on_date']}",
            "Give a later day, such as --days 90.",
        )
    _check_partner(store, now)
    if now["until_on"] < _today(store):
        return
    holder = find_holder(store, now["contact_id"], other_than=now["partner_id"])
    if holder is not None:
        raise held_error(store, holder, now["contact_id"])


def _check_partner(store: Store, now: Mapping[str, Any]) -> None:
    known = require_partner(store, now["partner_id"])
    if now["partner_id"] == now["contact_id"]:
        raise UsageError("a partner cannot register itself", "Name the contact of the lead.")
    if find_active(known, now["on_date"]) is None:
        name = sanitize(contact_queries.get(store, now["partner_id"]).name)
        raise UsageError(
            f"no agreement with {name} is in force on {now['on_date']}",
            f"Add one: cardcrm partner add {now['partner_id']}",
        )


def find_holder(
    store: Store, contact_id: int, *, other_than: int = 0, day: str = ""
) -> Holder | None:
    """Return the registration in force on a day, today unless given, that protects a contact.

    Those of one partner can be left out. The one with the strongest reason counts.
    """
    day = day or _today(store)
    rows = store.rows(
        "SELECT r.id, r.partner_id, p.name AS partner, r.contact_id, c.name AS contact, r.until_on "
        "FROM registration r JOIN contact p ON p.id = r.partner_id "
        "JOIN contact c ON c.id = r.contact_id "
        "WHERE r.until_on >= :day AND r.on_date <= :day AND r.partner_id <> :other ORDER BY r.id",
        day=day,
        other=other_than,
    )
    if not rows:
        return None
    traits = read_traits(store, {contact_id, *(row["contact_id"] for row in rows)})
    held = [
        _to_holder(row, min(shared, key=_rank))
        for row in rows
        if (shared := traits[contact_id] & traits[row["contact_id"]])
    ]
    return min(held, key=lambda each: (_rank(each.trait), each.id), default=None)


def _to_holder(row: Row, trait: Trait) -> Holder:
    return Holder(
        row["id"], row["partner_id"], row["partner"], row["contact_id"], row["contact"],
        row["until_on"], trait,
    )  # fmt: skip


def _rank(trait: Trait) -> tuple[int, str]:
    return _KINDS.index(trait.kind), trait.value


def held_error(store: Store, holder: Holder, contact_id: int) -> ConflictError:
    """Return the error for a lead that another partner holds, with its name and the last day."""
    today = dates.today(store.locale.zone)
    day = dates.format_day(dt.date.fromisoformat(holder.until_on), today)
    name = sanitize(contact_queries.get(store, contact_id).name)
    return ConflictError(
        f"{sanitize(holder.partner)} has registered {name}{_name_twin(holder)} until {day}",
        f"Wait until then, or remove it: cardcrm registration rm {holder.id}",
    )


def _name_twin(holder: Holder) -> str:
    """Return under which contact a lead is registered, and why it is the same: “ (as Jane …)”."""
    kind, value = holder.trait
    if kind == "contact":
        return ""
    is_told = kind in ("email", "domain", "phone", "address")
    return f" (as {sanitize(holder.contact)}, same {kind}{f' {sanitize(value)}' * is_told})"


def choose_partner(store: Store, columns: Mapping[str, Any], row_id: int) -> dict[str, Any]:
    """Return the partner of a deal that is written, in its column.

    A new deal without one gets the partner who has registered the contact or its organization.
    Raises NotFoundError for a contact that is not a partner, and ConflictError for another partner
    than the one who holds the lead.
    """
    if row_id and columns.get("partner_id") is None:
        return {}
    partner_id = columns.get("partner_id")
    if partner_id is None and not has_registrations(store):
        return {}
    day = columns.get("opened_on", "")
    contact_id = columns.get("contact_id")
    if row_id:
        sql = "SELECT contact_id, opened_on, partner_id FROM deal WHERE id = :id"
        row = store.row(sql, id=row_id)
        if row is None or row["partner_id"] == partner_id:
            return {}
        contact_id, day = contact_id or row["contact_id"], day or row["opened_on"]
    if partner_id is not None:
        require_partner(store, partner_id)
    assert contact_id is not None
    holder = find_holder(store, contact_id, other_than=partner_id or 0, day=day)
    if holder is None:
        return {}
    if partner_id is not None:
        raise held_error(store, holder, contact_id)
    return {"partner_id": holder.partner_id}


def has_registrations(store: Store) -> bool:
    """Return whether any lead is or was registered."""
    return bool(store.rows("SELECT 1 FROM registration LIMIT 1"))
