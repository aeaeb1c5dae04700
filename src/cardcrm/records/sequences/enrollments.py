"""Enroll contacts in sequences, and stop enrollments."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.mail.message_states import cancel_queued
from cardcrm.records.records import Record
from cardcrm.records.sequences.entries import Entrant, keep_new
from cardcrm.records.sequences.facts import Enrolled, load_facts
from cardcrm.records.sequences.plan import Plan
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.progress import begin
from cardcrm.records.sequences.sequence_status import ACTIVE, STOPPED
from cardcrm.store import Store
from cardcrm.store.bulk_update import update_rows
from cardcrm.store.derived_refresh import CHUNK, chunks
from cardcrm.store.retry import retry_transaction

BY_HAND: Final = "stopped by hand"
ENTERED_BEFORE: Final = "in the sequence before"
_COLUMNS: Final = (
    "id", "uid", "sequence_id", "contact_id", "deal_id", "event", "status", "step", "due_at",
    "entered_on", "entered_at", "author",
)  # fmt: skip


Placed = tuple[Entrant, str, str]  # with the label of the first step, and when it is due


class Entered(NamedTuple):
    """The ids of new enrollments, and how many contacts were left out by reason."""

    ids: Sequence[int]
    refused: Mapping[str, int]


# Returns contacts to leave out of those who may enter, each with the reason.
LeaveOut = Callable[[Sequence[int]], Mapping[int, str]]


def keep_all(contact_ids: Sequence[int]) -> Mapping[int, str]:
    """Leave out no contact."""
    del contact_ids
    return {}


@retry_transaction
def enroll(
    store: Store, sequence: Record, contact_ids: Sequence[int], leave_out: LeaveOut = keep_all
) -> Entered:
    """Enroll contacts at the first step, in one transaction.

    Those who must not be mailed are left out of a sequence with mail, and so are those who are, or
    may not be, in the sequence again. ``leave_out`` chooses further ones, or refuses all.
    """
    plan = parse_plan(sequence.columns["steps"])
    with store.transaction():
        wanted = [Entrant(each) for each in dict.fromkeys(contact_ids)]
        today = dates.today(store.locale.zone)
        new = keep_new(store, sequence.id, plan, wanted, today)
        entered = add(store, sequence, plan, new, leave_out)
    before = {ENTERED_BEFORE: len(wanted) - len(new)} if len(new) < len(wanted) else {}
    return Entered(entered.ids, {**before, **entered.refused})


def add(
    store: Store,
    sequence: Record,
    plan: Plan,
    entrants: Sequence[Entrant],
    leave_out: LeaveOut = keep_all,
) -> Entered:
    """Add enrollments inside a transaction, some hundred with each statement."""
    placed: list[Placed] = []
    refused: Counter[str] = Counter()
    for start in range(0, len(entrants), CHUNK):
        placed += _place(store, plan, entrants[start : start + CHUNK], refused)
    reasons = leave_out([each.contact_id for each, _, _ in placed])
    refused.update(reasons.values())
    placed = [each for each in placed if each[0].contact_id not in reasons]
    ids: list[int] = []
    for start in range(0, len(placed), CHUNK):
        ids += _load(store, sequence.id, placed[start : start + CHUNK])
    return Entered(ids, dict(refused))


def _place(
    store: Store, plan: Plan, entrants: Sequence[Entrant], refused: Counter[str]
) -> list[Placed]:
    """Return those who may enter, with the first step and the instant at which it is due."""
    batch = as_enrolled(store, entrants)
    facts = load_facts(store, plan, batch).facts
    now = dates.parse_instant(dates.current_instant())
    placed = []
    for entrant, each in zip(entrants, batch, strict=True):
        if facts[each].refusal:
            refused[facts[each].refusal.partition(" on ")[0]] += 1
            continue
        place = begin(plan, now, facts[each])
        label = plan.steps[place.position].label
        placed.append((entrant, label, dates.format_instant(place.due)))
    return placed


def as_enrolled(store: Store, entrants: Sequence[Entrant]) -> list[Enrolled]:
    """Return contacts as if they were enrolled, in the same order."""
    known = _load_contacts(store, [each.contact_id for each in entrants])
    return [known[each.contact_id]._replace(deal_id=each.deal_id) for each in entrants]


def _load_contacts(store: Store, ids: Sequence[int]) -> dict[int, Enrolled]:
    sql = (
        "SELECT 0, id, name, owner, timezone, status, NULL, '', '', NULL FROM contact "
        "WHERE id IN ({})"
    )
    return {
        row[1]: Enrolled(*row)
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }


def _load(store: Store, sequence_id: int, placed: Sequence[Placed]) -> list[int]:
    first = store.reserve("enrollment", len(placed))
    now, today = dates.current_instant(), dates.today(store.locale.zone).isoformat()
    rows: list[tuple[Any, ...]] = [
        (row_id, new_uid(), sequence_id, each.contact_id, each.deal_id, each.event, ACTIVE, step,
         due_at, today, now, store.author.name)
        for row_id, (each, step, due_at) in enumerate(placed, first)
    ]  # fmt: skip
    store.load("enrollment", _COLUMNS, rows)
    return [row[0] for row in rows]


# Stop


@retry_transaction
def stop(store: Store, ids: Sequence[int], reason: str = BY_HAND) -> int:
    """Stop enrollments that are active, and cancel their mail that is not sent yet."""
    with store.transaction():
        active = [
            row[0]
            for marks, params in chunks(ids)
            for row in store.rows(
                f"SELECT id FROM enrollment WHERE status = :active AND id IN ({marks})",
                active=ACTIVE,
                **params,
            )
        ]
        end(store, active, STOPPED, reason)
        return len(active)


def end(store: Store, ids: Sequence[int], status: str, reason: str = "") -> None:
    """Mark enrollments as done or stopped, inside a transaction."""
    now = dates.current_instant()
    update_rows(store, "enrollment", ids, status=status, reason=reason, ended_at=now, due_at=None)
    if status == STOPPED:
        cancel_queued(store, "enrollment_id", ids, f"sequence stopped: {reason}")


def find_active(store: Store, contact_id: int, sequence_id: int | None = None) -> list[int]:
    """Return the active enrollments of a contact, in one sequence or in all."""
    only = "" if sequence_id is None else " AND sequence_id = :sequence"
    sql = f"SELECT id FROM enrollment WHERE contact_id = :id AND status = :active{only} ORDER BY id"
    given: dict[str, Any] = {} if sequence_id is None else {"sequence": sequence_id}
    return [row[0] for row in store.rows(sql, id=contact_id, active=ACTIVE, **given)]
