"""The counts of `mail fetch` for one account, and whom its mail is about."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm.errors import CardcrmError
from cardcrm.records.mail.incoming import BOUNCE, COMPLAINT
from cardcrm.records.mail.incoming_log import (
    CONSENT,
    COUNTS,
    KNOWN,
    Absence,
    IncomingOutcome,
    Report,
)
from cardcrm.records.mail.report_kind import REQUEST, UNSUBSCRIBE
from cardcrm.text import pluralize

_MAX_LISTED: Final = 100  # absences, refusals and addresses that an answer lists
_MAX_SHOWN: Final = 5  # refusals, problems and absences that are shown to people


@dataclass
class FetchReport:
    """The counts of the mail of one account."""

    account: str
    counts: Counter[str] = field(default_factory=Counter)
    absences: list[Absence] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    error: CardcrmError | None = None

    def add(self, outcomes: Iterable[IncomingOutcome]) -> None:
        """Count messages; those that were read before are not new."""
        for each in outcomes:
            self.counts.update((each.result, *each.also))
            self.counts["new"] += each.result != KNOWN
            if each.absence is not None and len(self.absences) < _MAX_LISTED:
                self.absences.append(each.absence)
            self.reports += each.reports[: _MAX_LISTED - len(self.reports)]
            if each.outcome is not None and each.result == "refused":
                self.refuse(each.outcome.reason)

    def refuse(self, reason: str) -> None:
        """Keep the reason for which a message was refused."""
        if len(self.refusals) < _MAX_LISTED:
            self.refusals.append(reason)

    def lines(self, *, dry_run: bool) -> Iterator[str]:
        """Yield the counts in words, and what to do about them."""
        if self.error is not None:
            yield f"{self.account}: {self.error.message}"
        parts = [
            f"{self.counts[name]:,} {words[self.counts[name] != 1]}"
            for name, words in _WORDS.items()
            if self.counts[name]
        ]
        new = self.counts["new"]
        head = f"{self.account}: {pluralize(new, 'new message')}"
        if new or self.error is None:
            yield ": ".join(filter(None, (head, ", ".join(parts)))) + (" (dry run)" * dry_run)
        yield from (f"  refused: {each}" for each in self.refusals[:_MAX_SHOWN])
        yield from (f"  {each}" for each in self.problems[:_MAX_SHOWN])
        yield from self._name_addresses()
        absences = (each for each in self.absences[:_MAX_SHOWN] if each.until)
        yield from (f"  away until {each.until}: {each.address}" for each in absences)
        if self.counts["unknown"]:
            yield "  to add unknown correspondents: cardcrm mail offers"

    def _name_addresses(self) -> Iterator[str]:
        """Yield whom the messages opted out, bounced from and so on."""
        for kind, words in _REPORTS.items():
            names = [_name(each) for each in self.reports if each.kind == kind]
            if names:
                yield f"  {words}: {', '.join(dict.fromkeys(names))}"
        for each in self.reports:
            if each.kind == REQUEST:
                yield f"  {each.sender} asks to opt out {_name(each)}; see: cardcrm mail inbox"

    def to_json(self) -> dict[str, Any]:
        """Return the counts for programs."""
        counts = {_KEYS.get(name, name): self.counts[name] for name in COUNTS}
        absences = [{"email": each.address, "until": each.until or None} for each in self.absences]
        error = self.error.message if self.error is not None else None
        return {
            "account": self.account,
            **counts,
            "absences": absences,
            "reports": list(map(_report_to_json, self.reports)),
            "problems": self.problems,
            "error": error,
        }


def _name(report: Report) -> str:
    return f"{report.contact} <{report.address}>" if report.contact else report.address


def _report_to_json(report: Report) -> dict[str, Any]:
    return {
        "report_kind": report.kind,
        "email": report.address,
        "contact": report.contact or None,
        "sender": report.sender or None,
    }


# An import lists what it refused under the words for these counts.
_KEYS: Final = {
    "new": "read",
    "unknown": "unknown_count",
    "skipped": "skipped_count",
    "refused": "refused_count",
    "cases": "opened_cases",
}
_WORDS: Final = {  # for one message, and for several
    "logged": ("logged", "logged"),
    "unknown": ("of an unknown correspondent", "of unknown correspondents"),
    "replied": ("reply to your mail", "replies to your mail"),
    "bounces": ("bounced", "bounced"),
    "automatic": ("automatic answer", "automatic answers"),
    "unsubscribed": ("unsubscribed", "unsubscribed"),
    "complaints": ("complaint", "complaints"),
    "confirmed": ("consent confirmed", "consents confirmed"),
    "undecided": ("to decide on", "to decide on"),
    "cases": ("opened a case", "opened a case"),
    "skipped": ("skipped", "skipped"),
    "refused": ("refused", "refused"),
}
_REPORTS: Final = {
    UNSUBSCRIBE: "opted out",
    COMPLAINT: "opted out after a complaint",
    BOUNCE: "bounced",
    CONSENT: "consent confirmed",
}
