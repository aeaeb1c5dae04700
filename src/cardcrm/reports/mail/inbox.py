"""The inbox: threads whose last mail came in and is not answered. Mail of cases is left out.

A mail is answered by a later mail of ours in its thread, and by a later outgoing touch of the
contact who wrote it: a new mail to one person, a call, a meeting, a visit or a message. A reply in
another thread, a note, an attempt without an answer and mail of a campaign or a sequence answer
nothing. One of the same day counts where either time is unknown.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cardcrm import dates
from cardcrm.records.mail.received import strip_subject
from cardcrm.reports.scope import contact_condition
from cardcrm.store import Store
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.query import Node

DAYS: Final = 90  # the age of the mail that is looked at
_MOST_TEXT: Final = 2_000  # characters that are read of a mail


@dataclass(frozen=True)
class Promise:
    """The open promise of a contact that is due first."""

    id: int
    text: str
    due: dt.date


@dataclass(frozen=True)
class Thread:
    """A thread that waits for an answer, by its last mail.

    ``text`` is the beginning of what the sender wrote. ``at`` is missing if only the day is known.
    """

    id: int
    contact_id: int
    contact: str
    owner: str
    address: str
    subject: str
    text: str
    on: dt.date
    at: str | None
    account: str
    promise: Promise | None

    def count_days(self, today: dt.date) -> int:
        """Return how many days the thread has waited."""
        return max(0, (today - self.on).days)


# A later mail of the thread; one that a program wrote is not in `received_mail`.
_IS_LAST = (
    "NOT EXISTS (SELECT 1 FROM interaction l LEFT JOIN received_mail lr "
    "ON lr.interaction_id = l.id WHERE l.thread_id = i.thread_id AND l.kind = 'mail' "
    "AND (l.direction <> 'in' OR lr.id IS NOT NULL) AND (l.on_date > i.on_date "
    "OR (l.on_date = i.on_date AND (coalesce(l.at, l.on_date) > coalesce(i.at, i.on_date) "
    "OR (coalesce(l.at, l.on_date) = coalesce(i.at, i.on_date) AND l.id > i.id)))))"
)
# The last answer to each contact. An unknown time sorts behind those of its day, and before them as
# the time of a mail. Looking each contact's interactions up takes five times as long.
_ANSWERS = (
    "SELECT ap.contact_id, max(a.on_date || ' ' || coalesce(a.at, '~')) AS moment "
    "FROM interaction a JOIN participant ap ON ap.interaction_id = a.id "
    "WHERE a.on_date >= :since AND a.kind <> 'note' AND a.no_answer = 0 AND a.direction <> 'in' "
    "AND (a.kind <> 'mail' OR a.reply_to_id IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM message b WHERE b.interaction_id = a.id "
    "AND (b.purpose <> '' OR b.step <> '' OR b.enrollment_id IS NOT NULL)) GROUP BY ap.contact_id"
)
_NOT_ANSWERED = "(answer.moment IS NULL OR answer.moment < i.on_date || ' ' || coalesce(i.at, ''))"
_NO_REPLY_QUEUED = (
    "NOT EXISTS (SELECT 1 FROM message m WHERE m.reply_to_id = i.message_id "
    "AND m.status IN ('queued', 'sending', 'uncertain', 'sent'))"
)
_PROMISE = (
    "(SELECT q.id FROM reminder q WHERE q.contact_id = c.id AND q.done_at IS NULL "
    "AND q.promise = 1 ORDER BY q.due_on, q.id LIMIT 1)"
)


def read_inbox(
    store: Store,
    today: dt.date,
    *,
    days: int = DAYS,
    where: "Node | None" = None,
    owner: str = "",
    limit: int | None = None,
) -> list[Thread]:
    """Return the threads that wait for an answer: the oldest promise first, then the oldest mail.

    Mail older than ``days`` is left out. Of an ``owner``, the threads with the owner's contacts
    and with those of no one are returned. Raises UsageError for an invalid query.
    """
    conditions, params = _choose_contacts(store, where, owner)
    rows = store.rows(
        f"WITH answer AS ({_ANSWERS}) "
        "SELECT i.id, c.id AS contact_id, c.name, c.owner, r.address, r.subject, "
        f"substr(i.text, 1, {_MOST_TEXT}) AS text, i.on_date, i.at, r.account, "
        "pr.id AS promise_id, pr.text AS promise_text, pr.due_on "
        "FROM interaction i JOIN received_mail r ON r.interaction_id = i.id "
        "JOIN participant s ON s.id = "
        "(SELECT min(p.id) FROM participant p WHERE p.interaction_id = i.id) "
        "JOIN contact c ON c.id = s.contact_id "
        "LEFT JOIN answer ON answer.contact_id = c.id "
        f"LEFT JOIN reminder pr ON pr.id = {_PROMISE} "
        "WHERE i.kind = 'mail' AND i.direction = 'in' AND i.message_id IS NOT NULL "
        "AND i.case_id IS NULL "
        f"AND i.on_date >= :since AND r.done_at IS NULL{conditions} "
        f"AND {_NO_REPLY_QUEUED} AND {_IS_LAST} AND {_NOT_ANSWERED} "
        "ORDER BY CASE WHEN pr.due_on IS NULL THEN 1 ELSE 0 END, pr.due_on, i.on_date, "
        f"coalesce(i.at, i.on_date), i.id{' LIMIT :limit' if limit is not None else ''}",
        since=(today - dt.timedelta(days=days)).isoformat(),
        **params,
        **({} if limit is None else {"limit": limit}),
    )
    return [_to_thread(row) for row in rows]


def _choose_contacts(store: Store, where: "Node | None", owner: str) -> tuple[str, dict[str, Any]]:
    """Return the conditions on the contact who wrote, and their parameters."""
    condition, params = "", dict[str, Any]()
    if where is not None:
        found, params = contact_condition(store, where, "c.id")
        condition = f" AND {found}"
    if owner:
        condition += f" AND {owner_key('c')} IN (:owner, '')"
        params = {**params, "owner": fold(owner)}
    return condition, params


def _to_thread(row: Any) -> Thread:
    promise = None
    if row["promise_id"] is not None:
        due = dt.date.fromisoformat(row["due_on"])
        promise = Promise(row["promise_id"], row["promise_text"], due)
    return Thread(
        row["id"], row["contact_id"], row["name"], row["owner"], row["address"], row["subject"],
        strip_subject(row["text"], row["subject"]), dt.date.fromisoformat(row["on_date"]),
        row["at"], row["account"], promise,
    )  # fmt: skip


def read_now(store: Store, *, owner: str = "", limit: int | None = None) -> list[Thread]:
    """Return the threads that wait for an answer today."""
    return read_inbox(store, dates.today(store.locale.zone), owner=owner, limit=limit)
