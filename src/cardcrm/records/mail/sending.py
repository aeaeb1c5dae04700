"""The path of a message through the outbox.

A message is marked as ``sending`` before the first byte of it leaves, in a transaction of its own.
One that is found so later was sent by a program that ended meanwhile: it becomes ``uncertain`` and
is never sent again by itself. The journal does not record these changes, as they are facts of the
outside world: undo of the step that queued a message is refused once it was sent.
"""

import contextlib
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.campaigns.gone_contacts import find_gone
from cardcrm.records.mail import mail_reports, permission
from cardcrm.records.mail.message_status import (
    CANCELED,
    QUEUED,
    SENDING,
    SENT,
    UNCERTAIN,
)
from cardcrm.records.mail.outgoing import Outgoing
from cardcrm.records.mail.sent_log import log_sent
from cardcrm.records.sequences.sequence_status import STOPPED
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.store.store import placeholders

MAX_ATTEMPTS: Final = 8
MOVED: Final = "the contact does not have this address any more"
INTERRUPTED: Final = "the program ended while it was sent"
_FIRST_PAUSE: Final = 5 * 60  # seconds until a message is tried again; four times as long each time
_LONGEST_PAUSE: Final = 24 * 3600
_JITTER: Final = 0.1  # share of the pause
LONGEST_SKEW: Final = dt.timedelta(days=2)  # a message that is delayed by more has a wrong clock

_COLUMNS = (
    "m.id, m.message_id, m.contact_id, c.name, m.address, m.template_id, m.purpose, m.subject, "
    "m.text, m.html, m.reply_to_id, m.deal_id, m.campaign_id, m.enrollment_id, m.step, "
    "m.due_at, m.attempts, m.author, c.timezone"
)
# The index message_due has only these messages; a query that does not say so reads the whole table.
_IS_OPEN = "m.status IN ('queued', 'sending')"
# A message under a campaign that is done was queued again: by an undo, as `retry` reopens it.
_DUE = (
    f"{_IS_OPEN} AND m.status = 'queued' AND m.due_at <= :now "
    "AND (m.campaign_id IS NULL OR EXISTS "
    "(SELECT 1 FROM campaign p WHERE p.id = m.campaign_id AND p.status IN ('sending', 'done'))) "
    "AND (m.enrollment_id IS NULL OR EXISTS (SELECT 1 FROM enrollment n JOIN sequence s "
    "ON s.id = n.sequence_id WHERE n.id = m.enrollment_id AND s.status = 'active'))"
)
# Queued or postponed while the clock was fast: it would wait until that time.
_STUCK = (
    f"{_IS_OPEN} AND m.status = 'queued' AND m.due_at > :latest "
    "AND (m.attempts > 0 OR m.created_at > :latest)"
)


class Outcome(NamedTuple):
    """The result of an attempt to send a message; ``message`` has the text that was sent.

    A ``status`` of ``queued`` is a temporary failure. Without ``counts`` the attempt was not made.
    ``is_unknown_address`` is true where the server does not know the address.
    """

    message: Outgoing
    status: str
    error: str = ""
    counts: bool = True
    is_unknown_address: bool = False


class Position(NamedTuple):
    """The place of a message among those that are due; each run passes it once."""

    due_at: str = ""
    id: int = 0


def count_due(store: Store) -> int:
    """Return how many messages are due."""
    sql = f"SELECT count(*) FROM message m WHERE {_DUE}"
    return int(store.value(sql, now=dates.current_instant()))


def has_work(store: Store) -> bool:
    """Return whether a run has anything to do: messages that are due or were left unfinished."""
    sql = (
        f"SELECT 1 FROM message m WHERE {_DUE} UNION ALL "
        f"SELECT 1 FROM message m WHERE {_IS_OPEN} AND m.status = 'sending' "
        f"UNION ALL SELECT 1 FROM message m WHERE {_STUCK} LIMIT 1"
    )
    now = dates.current_instant()
    return bool(store.rows(sql, now=now, latest=_shift(now, LONGEST_SKEW)))


def _shift(instant: str, time: dt.timedelta) -> str:
    """Return an instant that is later by a time."""
    return dates.format_instant(dates.parse_instant(instant) + time)


def list_due(store: Store, after: Position, limit: int, only: Sequence[int] = ()) -> list[Outgoing]:
    """Return the next messages that are due, the earliest first; ``only`` some if given."""
    marks, ids = placeholders(only, "o")
    chosen = f"AND m.id IN ({marks}) " if only else ""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM message m JOIN contact c ON c.id = m.contact_id WHERE {_DUE} "
        f"{chosen}AND (m.due_at > :due_at OR (m.due_at = :due_at AND m.id > :id)) "
        "ORDER BY m.due_at, m.id LIMIT :limit",
        now=dates.current_instant(),
        due_at=after.due_at,
        id=after.id,
        limit=limit,
        **ids,
    )
    return [Outgoing(*row) for row in rows]


def count_recent(store: Store, messages: Sequence[Outgoing], days: int) -> Counter[int]:
    """Return how many mails with a purpose contacts were sent in the last days, by their ids.

    Those that were sent while the clock was ahead would count until that time: they do not.
    """
    now = dates.current_instant()
    times = {
        "since": _shift(now, -dt.timedelta(days=days)),
        "latest": _shift(now, LONGEST_SKEW),
    }
    marks, params = placeholders(dict.fromkeys(each.contact_id for each in messages), "c")
    sql = (
        "SELECT contact_id, count(*) FROM message "
        f"WHERE contact_id IN ({marks}) AND sent_at BETWEEN :since AND :latest "
        "AND purpose <> '' GROUP BY contact_id"
    )
    return Counter({row[0]: row[1] for row in store.rows(sql, **times, **params)})


@retry_transaction
def recover(store: Store) -> int:
    """Mark messages as uncertain that an earlier run left, and return their number.

    Those that were postponed while the clock was fast become due.
    """
    with _unrecorded_transaction(store):
        sql = f"SELECT m.id FROM message m WHERE {_IS_OPEN} AND m.status = :status"
        left = [row[0] for row in store.rows(sql, status=SENDING)]
        for each in left:
            store.update("message", each, status=UNCERTAIN, error=INTERRUPTED)
        now = dates.current_instant()
        sql = f"SELECT m.id FROM message m WHERE {_STUCK}"
        for row in store.rows(sql, latest=_shift(now, LONGEST_SKEW)):
            store.update("message", row[0], due_at=now)
    return len(left)


@retry_transaction
def advance(
    store: Store,
    outcomes: Sequence[Outcome],
    chosen: Sequence[Outgoing],
    step: int | None = None,
) -> tuple[list[Outgoing], dict[int, str]]:
    """Record outcomes and mark the ``chosen`` messages as sending, in one transaction.

    Return those that may be sent, and why the others were refused, by their ids. A message that
    was canceled or taken by another run meanwhile is in neither. The addresses that do not exist
    become invalid, which undo reverts, as part of a journal ``step``.
    """
    with store.continue_step(step):
        for each in outcomes:
            if each.is_unknown_address:
                mail_reports.mark_invalid(store, email_key(each.message.address))
        with store.unrecorded():
            _record(store, outcomes)
            queued = _find_queued(store, chosen)
            refused = _find_refusals(store, queued)
            _cancel(store, [each for each in queued if each.id in refused], refused)
            taken = [each for each in queued if each.id not in refused]
            _mark_sending(store, taken)
    return taken, refused


def _mark_sending(store: Store, messages: Sequence[Outgoing]) -> None:
    """Mark messages as being sent. No derived data depends on this."""
    marks, params = placeholders([each.id for each in messages], "i")
    sql = f"UPDATE message SET status = :status, attempts = attempts + 1 WHERE id IN ({marks})"
    store.engine.execute(sql, {"status": SENDING, **params})


def _cancel(store: Store, messages: Sequence[Outgoing], reasons: Mapping[int, str]) -> None:
    """Cancel refused messages, and stop the sequences that they belong to."""
    now = dates.current_instant()
    for each in messages:
        reason = reasons[each.id]
        store.update("message", each.id, status=CANCELED, error=reason)
        if each.enrollment_id is not None:
            ended = {"status": STOPPED, "reason": reason, "ended_at": now, "due_at": None}
            store.update("enrollment", each.enrollment_id, **ended)


def _find_queued(store: Store, chosen: Sequence[Outgoing]) -> list[Outgoing]:
    marks, params = placeholders([each.id for each in chosen], "i")
    sql = f"SELECT id FROM message WHERE id IN ({marks}) AND status = :status"
    ids = {row[0] for row in store.rows(sql + store.engine.for_update, status=QUEUED, **params)}
    return [each for each in chosen if each.id in ids]


def _find_refusals(store: Store, messages: Sequence[Outgoing]) -> dict[int, str]:
    """Return why messages must not be sent now, by their ids."""
    gone = find_gone(store, {each.contact_id for each in messages if each.is_automatic})
    refused = {
        each.id: gone[each.contact_id]
        for each in messages
        if each.is_automatic and each.contact_id in gone
    }
    refused |= dict.fromkeys(_find_moved(store, messages), MOVED)
    for purpose in dict.fromkeys(each.purpose for each in messages):
        wanted = [each for each in messages if each.purpose == purpose]
        reasons = permission.find_refusals(store, [each.address for each in wanted], purpose)
        refused |= {each.id: reasons[each.address] for each in wanted if each.address in reasons}
    return refused


def _find_moved(store: Store, messages: Sequence[Outgoing]) -> list[int]:
    """Return the messages to an address that their contact does not have any more.

    A reply goes to the address that wrote, whether the contact has it or not.
    """
    marks, params = placeholders({each.contact_id for each in messages}, "c")
    sql = (
        f"SELECT contact_id, value_key FROM point WHERE kind = 'email' AND contact_id IN ({marks})"
    )
    known = {(row[0], row[1]) for row in store.rows(sql, **params)}
    return [
        each.id
        for each in messages
        if not each.reply_to_id and (each.contact_id, email_key(each.address)) not in known
    ]


@contextlib.contextmanager
def _unrecorded_transaction(store: Store) -> Iterator[None]:
    """Run a transaction whose changes the journal does not record."""
    with store.transaction(), store.unrecorded():
        yield


def _record(store: Store, outcomes: Sequence[Outcome]) -> None:
    sent = [each.message for each in outcomes if each.status == SENT]
    logged = log_sent(store, sent) if sent else {}
    now = dates.current_instant()
    for each in outcomes:
        values = _values(each, now, logged)
        store.update("message", each.message.id, **values)


def _values(outcome: Outcome, now: str, logged: Mapping[int, int]) -> dict[str, Any]:
    """Return the columns of a message after an attempt."""
    message = outcome.message
    attempts = message.attempts + outcome.counts
    values: dict[str, Any] = {"status": outcome.status, "error": outcome.error}
    if outcome.status == SENT:
        interaction = logged[message.id]
        text = {"subject": message.subject, "text": message.text, "html": message.html}
        return values | text | {"sent_at": now, "interaction_id": interaction}
    if outcome.status != QUEUED:
        return values
    if not outcome.counts:
        return values | {"attempts": attempts}
    return values | {"due_at": _next_attempt(now, attempts)}


def _next_attempt(now: str, attempts: int) -> str:
    """Return when a message is tried again: later each time, but within a day."""
    pause = min(_FIRST_PAUSE * 4 ** (attempts - 1), _LONGEST_PAUSE)
    pause += pause * _JITTER * random.random()  # noqa: S311 - needs no secure randomness
    return _shift(now, dt.timedelta(seconds=round(pause)))
