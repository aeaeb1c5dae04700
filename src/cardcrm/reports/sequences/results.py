"""Results of a sequence: how many contacts entered, how they ended, and what each step brought.

A step is reached by all who wait at it or were stopped there, did it, or skipped it because its
condition did not hold.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cardcrm.records.records import Record
from cardcrm.records.sequences.plan import WAIT, Step
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.sequence_status import ACTIVE, DONE, SKIPPED, STOPPED
from cardcrm.store import Query, Store


class StepCounts(NamedTuple):
    """A step with its counts: contacts for all but ``sent`` and ``replied``, which are mails."""

    label: str
    action: str
    text: str
    condition: str
    reached: int
    waiting: int
    done: int
    skipped: int
    sent: int
    replied: int


class Results(NamedTuple):
    """The enrollments of a sequence by status, the reasons of those stopped, and the steps."""

    entered: int
    active: int
    done: int
    stopped: int
    reasons: tuple[tuple[str, int], ...]
    steps: tuple[StepCounts, ...]


Counts = Mapping[str, int]


def load_results(store: Store, sequence: Record) -> Results:
    """Return the results of a sequence."""
    params = {"id": sequence.id}
    states, waiting, reached, mails = store.fetch_many(
        [Query(sql, params, list) for sql in (_STATES, _WAITING, _REACHED, _MAILS)]
    )
    totals = {status: sum(row[2] for row in states if row[0] == status)
              for status in (ACTIVE, DONE, STOPPED)}  # fmt: skip
    reasons = ((row[1], row[2]) for row in states if row[0] == STOPPED)
    done = {(row[0], row[1]): row[2] for row in reached}
    plan = parse_plan(sequence.columns["steps"])
    counts = _Counts(
        {row[0]: int(row[1]) for row in waiting},
        {row[0]: row[2] for row in waiting},
        {label: count for (label, result), count in done.items() if result == DONE},
        {label: count for (label, result), count in done.items() if result == SKIPPED},
        {row[0]: row[1] for row in mails},
        {row[0]: row[2] for row in mails},
    )
    return Results(
        sum(totals.values()),
        totals[ACTIVE],
        totals[DONE],
        totals[STOPPED],
        tuple(sorted(reasons, key=lambda each: (-each[1], each[0]))),
        tuple(counts.of(each) for each in (*plan.steps, *counts.former(plan.steps))),
    )


_STATES = (
    "SELECT status, reason, count(*) FROM enrollment WHERE sequence_id = :id "
    "GROUP BY status, reason"
)
_WAITING = (
    "SELECT step, sum(CASE WHEN status = 'active' THEN 1 ELSE 0 END), count(*) FROM enrollment "
    "WHERE sequence_id = :id AND status IN ('active', 'stopped') GROUP BY step"
)
_REACHED = (
    "SELECT s.step, s.result, count(*) FROM enrollment e "
    "JOIN enrollment_step s ON s.enrollment_id = e.id WHERE e.sequence_id = :id "
    "GROUP BY s.step, s.result"
)
_MAILS = (
    "SELECT m.step, count(m.sent_at), count(m.replied_at) FROM enrollment e "
    "JOIN message m ON m.enrollment_id = e.id WHERE e.sequence_id = :id GROUP BY m.step"
)


class _Counts(NamedTuple):
    """The counts of all steps by their labels."""

    waiting: Counts
    staying: Counts  # those waiting, and those who were stopped there
    done: Counts
    skipped: Counts
    sent: Counts
    replied: Counts

    def of(self, step: Step) -> StepCounts:
        """Return the counts of one step."""
        at = step.label
        waiting, skipped = self.waiting.get(at, 0), self.skipped.get(at, 0)
        return StepCounts(
            at,
            step.action,
            step.summary,
            step.condition,
            self.staying.get(at, 0) + skipped + self.done.get(at, 0),
            waiting,
            self.done.get(at, 0),
            skipped,
            self.sent.get(at, 0),
            self.replied.get(at, 0),
        )

    def former(self, steps: tuple[Step, ...]) -> list[Step]:
        """Return steps that the file had before, as far as contacts have reached them."""
        known = {each.label for each in steps}
        labels = dict.fromkeys([*self.done, *self.skipped])
        return [Step(0, each, "") for each in labels if each not in known]


def describe_step(step: StepCounts) -> str:
    """Return what a step does, in words: “mail welcome”, “wait 3 days if not replied”."""
    words = {"": step.label, WAIT: f"wait {step.text}"}
    text = words.get(step.action, f"{step.action} {step.text}".strip())
    return f"{text} if {step.condition}" if step.condition else text
