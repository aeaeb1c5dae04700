"""The agreements with partners: which one is in force, and the rules checked when one is written.

A contact is a partner from the first day of an agreement to the last one. A partner may have
several agreements, one after the other, so that a new rate leaves past commissions as they are.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts import contact_queries
from cardcrm.store import Store
from cardcrm.text import sanitize

_OPEN_END: Final = "9999-12-31"


class Agreement(NamedTuple):
    """An agreement with a partner; the commission is in thousandths of a percent."""

    id: int
    contact_id: int
    type: str
    commission: int
    from_on: str
    until_on: str | None

    def is_active(self, day: str) -> bool:
        """Return whether the agreement is in force on an ISO day."""
        return self.from_on <= day <= (self.until_on or _OPEN_END)


def list_agreements(store: Store, contact_id: int | None = None) -> list[Agreement]:
    """Return the agreements with a partner, or with all, those that began last first."""
    condition = "" if contact_id is None else " WHERE contact_id = :contact"
    params = {} if contact_id is None else {"contact": contact_id}
    sql = f"SELECT {', '.join(Agreement._fields)} FROM partner{condition}"
    return [
        Agreement(*row) for row in store.rows(f"{sql} ORDER BY from_on DESC, id DESC", **params)
    ]


def find_active(agreements: Iterable[Agreement], day: str) -> Agreement | None:
    """Return the agreement in force on a day; of several, which a merge leaves, the first one."""
    return next((each for each in agreements if each.is_active(day)), None)


def require_partner(store: Store, contact_id: int) -> list[Agreement]:
    """Return the agreements with a partner. Raises NotFoundError for a contact without any."""
    found = list_agreements(store, contact_id)
    if not found:
        name = sanitize(contact_queries.get(store, contact_id).name)
        raise NotFoundError(
            f"{name} is not a partner", f"To add one: cardcrm partner add {contact_id}"
        )
    return found


def check_agreement(store: Store, columns: Mapping[str, Any], row_id: int) -> None:
    """Raise UsageError for days in the wrong order, and ConflictError for two at a time."""
    names = "contact_id, from_on, until_on"
    row = store.row(f"SELECT {names} FROM partner WHERE id = :id", id=row_id) if row_id else None
    before = dict(zip(row.keys(), row, strict=True)) if row is not None else {}
    now = {**before, **columns}
    if now.get("until_on") and now["from_on"] > now["until_on"]:
        raise UsageError(
            f"the agreement ends on {now['until_on']}, before it begins on {now['from_on']}",
            "Give a --from before --until.",
        )
    if all(now.get(name) == before.get(name, "") for name in ("contact_id", "from_on", "until_on")):
        return
    last = now.get("until_on") or _OPEN_END
    for each in list_agreements(store, now["contact_id"]):
        begins_before = now["from_on"] <= (each.until_on or _OPEN_END)
        if each.id != row_id and begins_before and each.from_on <= last:
            raise _overlap(store, each, now["from_on"])


def _overlap(store: Store, other: Agreement, from_on: str) -> ConflictError:
    name = sanitize(contact_queries.get(store, other.contact_id).name)
    until = f" until {other.until_on}" if other.until_on else ""
    day_before = dt.date.fromisoformat(from_on) - dt.timedelta(days=1)
    remedy = f"End it first: cardcrm partner end {other.contact_id} --on {day_before}"
    if other.until_on or other.from_on >= from_on:
        remedy = f"Give other days, or edit that one: cardcrm partner edit {other.id}"
    return ConflictError(
        f"{name} is already a partner from {other.from_on}{until} (partner {other.id})", remedy
    )


def set_stage(store: Store, row_id: int) -> None:
    """Give the contact of an agreement the stage of a partner, if it was a lead or a prospect."""
    row = store.row(
        "SELECT c.id, c.stage FROM partner a JOIN contact c ON c.id = a.contact_id "
        "WHERE a.id = :id",
        id=row_id,
    )
    if row is not None and row["stage"] in ("lead", "prospect"):
        store.update("contact", row["id"], stage="partner")
