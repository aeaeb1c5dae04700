"""The answers of the commands of sequences."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.cli.record_output import show_record
from cardcrm.reports.sequences.results import StepCounts, describe_step, load_results
from cardcrm.sheet import Card, Column, Line, Section, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.records.sequences.simulation import Planned
    from cardcrm.reports.sequences.results import Results
    from cardcrm.store import Store

_COUNTS = ("reached", "waiting", "done", "skipped", "sent", "replied")
_KEYS = {"skipped": "not_met"}  # in JSON, where `skipped` lists messages
_PLANNED = ("on", "contact_id", "contact", "step", "action", "text")


def show_sequence(store: "Store", sequence: "Record") -> Card:
    """Return a sequence as a card, with its steps and how many contacts are at each."""
    card = show_record(store, sequence)
    found = load_results(store, sequence)
    facts = tuple((label, text) for label, text in card.facts if label not in ("steps", "file"))
    return card._replace(facts=facts, sections=(_steps_section(found.steps),))


def _steps_section(steps: Sequence[StepCounts]) -> Section:
    columns = (Column("step", "step"), *(Column(each, each, "right") for each in _COUNTS))
    rows = [
        (sanitize(describe_step(each)), *(getattr(each, name) for name in _COUNTS))
        for each in steps
    ]
    return Section("Steps", sheet=Sheet(columns, rows))


def show_results(sequence: "Record", found: "Results") -> Card:
    """Return a card with how many contacts entered, how they ended, and the counts of the steps."""
    facts = tuple(
        (name, f"{getattr(found, name):,}") for name in ("entered", "active", "done", "stopped")
    )
    reasons = tuple(Line("", f"{count:,}", reason) for reason, count in found.reasons)
    sections = [Section("Stopped", reasons)] if reasons else []
    data = {
        "name": sequence.values["name"],
        "entered": found.entered,
        "active": found.active,
        "done": found.done,
        "stopped": found.stopped,
        "stopped_by": [{"reason": reason, "count": count} for reason, count in found.reasons],
        "step_counts": [_step_data(each) for each in found.steps],
    }
    return Card(
        sequence.values["name"],
        f"results, {sequence.columns['status']}",
        facts,
        (*sections, _steps_section(found.steps)),
        data,
    )


def _step_data(step: StepCounts) -> dict[str, Any]:
    words = {name: getattr(step, name) or None for name in ("action", "text", "condition")}
    counts = {_KEYS.get(name, name): getattr(step, name) for name in _COUNTS}
    return {"step": step.label, **words, **counts}


def list_planned(found: "Sequence[Planned]") -> Sheet:
    """Return what contacts would get, by day."""
    columns = (
        Column("on", "day"),
        Column("contact_id", "id", "right"),
        Column("contact", "contact", wide=True),
        Column("step", "step"),
        Column("action", "action"),
        Column("text", "text", wide=True),
    )
    rows = [tuple(getattr(each, name) for name in _PLANNED) for each in found]
    return Sheet(columns, rows, ids="contact_id")


def describe_refused(refused: Mapping[str, int]) -> tuple[str, ...]:
    """Return how many contacts were left out, and why."""
    if not refused:
        return ()
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(refused.items()))
    return (f"left out: {reasons}",)
