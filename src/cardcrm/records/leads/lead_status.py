"""The status of a lead: what follows from it, and its history."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError
from cardcrm.records.deals.stage_history import find_moment, seconds_between
from cardcrm.records.leads.statuses import ACTIVE, ASSIGNED, CLOSED, NEW
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


class Lead(NamedTuple):
    """A stored lead with the name of its contact."""

    id: int
    contact_id: int
    contact: str
    status: str
    source: str
    owner: str
    text: str
    received_on: str
    received_at: str | None
    deal_id: int | None


_SELECT = (
    "SELECT l.id, l.contact_id, c.name, l.status, l.source, l.owner, l.text, l.received_on, "
    "l.received_at, l.deal_id FROM lead l JOIN contact c ON c.id = l.contact_id"
)


def get(store: Store, lead_id: int) -> Lead:
    """Return one lead. Raises NotFoundError."""
    row = store.row(f"{_SELECT} WHERE l.id = :id", id=lead_id)
    if row is None:
        raise NotFoundError(f"unknown lead {lead_id}", "To see them: cardcrm lead list")
    return Lead(*row)


def read_names(store: Store, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the contact and the status of some leads by their ids."""
    found: dict[int, tuple[str, str]] = {}
    for marks, params in chunks(ids):
        sql = (
            "SELECT l.id, c.name, l.status FROM lead l JOIN contact c ON c.id = l.contact_id "
            f"WHERE l.id IN ({marks})"
        )
        found.update((row[0], (row[1], row[2])) for row in store.rows(sql, **params))
    return found


def leads_of(store: Store, contact_id: int) -> list[Lead]:
    """Return the leads of a contact, those that are worked on first, the newest first."""
    marks = ", ".join(f"'{each}'" for each in ACTIVE)
    rows = store.rows(
        f"{_SELECT} WHERE l.contact_id = :id ORDER BY CASE WHEN l.status IN ({marks}) THEN 0 "
        "ELSE 1 END, l.received_on DESC, l.id DESC",
        id=contact_id,
    )
    return [Lead(*row) for row in rows]


def complete_lead(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited lead with what follows from its status and owner."""
    before = get(store, row_id) if row_id else None
    status = columns.get("status", before.status if before else NEW)
    owner = columns.get("owner", before.owner if before else "")
    if status == NEW and owner:
        status = ASSIGNED
    elif status == ASSIGNED and not owner:
        status = NEW
    if before is not None and before.status == status:
        return columns
    today = dates.today(store.locale.zone).isoformat()
    return columns | {"status": status, "closed_on": today if status in CLOSED else None}


def note_status(store: Store, lead_id: int) -> None:
    """Add the status and the owner of a lead to its history if they are new there."""
    sql = "SELECT status, owner, at FROM lead_change WHERE lead_id = :id ORDER BY id DESC LIMIT 1"
    last = store.row(sql, id=lead_id)
    lead = get(store, lead_id)
    if last is not None and (last["status"], last["owner"]) == (lead.status, lead.owner):
        return
    moment = find_moment(store, None)
    seconds = None if last is None else max(0, seconds_between(last["at"], moment.at))
    store.insert(
        "lead_change",
        lead_id=lead_id,
        status=lead.status,
        owner=lead.owner,
        at=moment.at,
        on_date=moment.day,
        seconds=seconds,
        author=store.author.name,
    )
