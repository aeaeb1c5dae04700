"""Run sequences from the shell: for `sequence run` and, before anything is sent, `mail run`."""

from typing import TYPE_CHECKING, Any, Final

from cardcrm.cli.result import Result
from cardcrm.records.sequences import runs
from cardcrm.records.sequences.runs import COUNTS, Summary
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.session import Session
    from cardcrm.records.records import Record

# The words for a count, after a noun where they need one.
_WORDS: Final = {
    "entered": ("", "entered"),
    "mails": ("mail", "queued"),
    "tasks": ("reminder", "added"),
    "changed": ("contact", "changed"),
    "done": ("", "done"),
    "stopped": ("", "stopped"),
}


def run_sequences(session: "Session", sequences: "Sequence[Record] | None" = None) -> Summary:
    """Run the active sequences, or some. Raises UsageError if one has mail that is not set up."""
    from cardcrm.mail.reminder_texts import build_filler

    store = session.store()
    chosen = runs.list_active(store) if sequences is None else sequences
    domain = ""
    if any(runs.has_mail(each) for each in chosen):
        from cardcrm.cli.mail_sender import load_sender_domain

        domain = load_sender_domain(session)
    return runs.run_due(store, domain, build_filler(store, session.config), chosen)


def show_summary(summary: Summary) -> Result:
    """Return the counts of a run; the first error sets the exit code."""
    from cardcrm.sheet import Card

    facts = tuple((_name_count(each), f"{summary.counts[each]:,}") for each in COUNTS)
    error = next(iter(summary.errors.values()), None)
    return Result(
        Card("sequence run", facts=facts, data=to_json(summary)),
        describe(summary) or "nothing to do",
        warnings=describe_errors(summary),
        error=error,
    )


def to_json(summary: Summary) -> dict[str, Any]:
    """Return the counts of a run."""
    return {each: summary.counts[each] for each in COUNTS}


def describe(summary: Summary) -> str:
    """Return the counts of a run in words, without those that are 0."""
    return ", ".join(
        f"{pluralize(count, noun) if noun else f'{count:,}'} {verb}"
        for name, (noun, verb) in _WORDS.items()
        if (count := summary.counts[name])
    )


def _name_count(name: str) -> str:
    noun, verb = _WORDS[name]
    return f"{noun}s {verb}" if noun else verb


def describe_errors(summary: Summary) -> tuple[str, ...]:
    """Return a line for each sequence that could not run."""
    return tuple(
        f"the sequence {name} could not run: {error.message}"
        for name, error in summary.errors.items()
    )
