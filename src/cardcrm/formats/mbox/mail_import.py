"""Import mail in batches, and keep the totals: what was logged, left out, refused and unknown."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import CardcrmError
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.formats.mbox.mail_reader import read_mail
from cardcrm.formats.mbox.mail_sources import find_folders, read_folder
from cardcrm.formats.mbox.mime_headers import read_addresses
from cardcrm.formats.mbox.raw_messages import MAX_SIZE, RawMessage
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.records.activity.mail_log import (
    CREATED,
    REFUSED,
    SKIPPED,
    UNCHANGED,
    UNKNOWN,
    UPDATED,
    MailOptions,
    MailOutcome,
)
from cardcrm.records.service.logged_mail import log_mails_of_cases
from cardcrm.store import Store
from cardcrm.text import pluralize

MAX_BATCH: Final = 500  # messages of a transaction
MAX_CHARACTERS: Final = 4_000_000  # of text in a transaction
MAX_UNKNOWN: Final = 10_000  # unknown correspondents that are remembered
MAX_LISTED: Final = 100  # messages and correspondents that the answer lists
_MAX_LINES: Final = 10  # correspondents that a note names

Messages = Iterable[RawMessage | CardcrmError]


@dataclass
class UnknownSender:
    """A correspondent who is not a contact, and the number of messages."""

    address: MailAddress
    messages: int = 0


@dataclass
class MailTally:
    """Running totals of an import of mail, beside those of its report.

    ``own`` are the keys of addresses of the mailbox, which its messages tell. With ``adds_unknown``
    the unknown correspondents are those that were not chosen, were forgotten, or have no usable
    address.
    """

    report: ImportReport
    adds_unknown: bool = False
    own: set[str] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, UnknownSender] = field(default_factory=dict)
    unknown_messages: int = 0
    contacts_added: int = 0
    doubtful_dates: int = 0
    cut: int = 0
    cases: Counter[int] = field(default_factory=Counter)  # that messages continue
    messages: list[dict[str, Any]] = field(default_factory=list)
    bytes: int = 0

    def add(self, draft: MailDraft, outcome: MailOutcome) -> None:
        """Count what became of a message."""
        self.contacts_added += len(outcome.added)
        self._add_unknown(outcome)
        if outcome.status == REFUSED:
            self.report.refuse(draft.line, draft.name, outcome.reason)
        elif outcome.status == SKIPPED:
            self.skipped[outcome.reason] += 1
        elif outcome.status == UNKNOWN:
            self.unknown_messages += 1
        else:
            self._add_logged(draft, outcome)

    def _add_unknown(self, outcome: MailOutcome) -> None:
        for each in outcome.unknown:
            key = email_key(each.email)
            if key in self.unknown or len(self.unknown) < MAX_UNKNOWN:
                self.unknown.setdefault(key, UnknownSender(each)).messages += 1

    def _add_logged(self, draft: MailDraft, outcome: MailOutcome) -> None:
        self.report.created += outcome.status == CREATED
        self.report.updated += outcome.status == UPDATED
        self.report.unchanged += outcome.status == UNCHANGED
        if outcome.status == CREATED:
            self.doubtful_dates += draft.is_date_doubtful
            self.cut += draft.is_cut
        if len(self.messages) < MAX_LISTED:
            self.messages.append(
                {
                    "id": outcome.interaction_id,
                    "message_id": draft.message_id,
                    "status": outcome.status,
                    "direction": outcome.direction,
                    "contact_ids": list(outcome.contacts),
                }
            )

    def finish(self) -> None:
        """Write the totals into the report."""
        unknown = sorted(self.unknown.values(), key=lambda each: -each.messages)
        self.report.extra |= {
            "skipped": [
                {"reason": reason, "count": number}
                for reason, number in sorted(self.skipped.items())
            ],
            "unknown": [
                {"name": each.address.name, "email": each.address.email, "count": each.messages}
                for each in unknown[:MAX_LISTED]
            ],
            "unknown_count": len(unknown),
            "contacts_created": self.contacts_added,
            "doubtful_dates": self.doubtful_dates,
            "cut_count": self.cut,
            "messages": self.messages,
        }
        self.report.notes += self._notes(unknown)

    def _notes(self, unknown: Sequence[UnknownSender]) -> Iterator[str]:
        """Yield lines about the messages that were not logged as they are."""
        if self.contacts_added:
            yield f"{pluralize(self.contacts_added, 'new contact')} for unknown correspondents"
        if self.cases:
            ids = sorted(self.cases)
            names = ", ".join(map(str, ids[:_MAX_LINES])) + (", …" if ids[_MAX_LINES:] else "")
            number = pluralize(self.cases.total(), "message")
            yield f"{number} added to {'cases' if ids[1:] else 'case'} {names}"
        if self.skipped:
            parts = (f"{number:,} {reason}" for reason, number in sorted(self.skipped.items()))
            yield f"{pluralize(sum(self.skipped.values()), 'message')} skipped: {', '.join(parts)}"
        if self.unknown_messages:
            number = pluralize(self.unknown_messages, "message")
            yield f"{number} left out: no correspondent is a contact"
        if unknown:
            names = ", ".join(_describe(each) for each in unknown[:_MAX_LINES])
            more = f" and {len(unknown) - _MAX_LINES:,} more" if len(unknown) > _MAX_LINES else ""
            if self.adds_unknown:
                yield f"not added: {names}{more}"
            else:
                hint = "to add them: cardcrm log-mail --add-unknown FILE"
                yield f"not contacts: {names}{more}; {hint}"
        if self.doubtful_dates:
            number = pluralize(self.doubtful_dates, "message")
            yield f"{number} without a usable Date header; the date is that of the delivery"
        if self.cut:
            yield f"{pluralize(self.cut, 'message')} cut at {MAX_SIZE >> 20} MiB"


def _describe(unknown: UnknownSender) -> str:
    email, name = unknown.address.email, unknown.address.name
    return f"{name} <{email}>" if name else email


def parse_own(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of the addresses in texts, such as settings."""
    return frozenset(email_key(each.email) for each in read_addresses(texts))


def import_messages(
    store: Store,
    messages: Messages,
    options: MailOptions,
    tally: MailTally,
    on_bytes: Callable[[int], None],
) -> None:
    """Log messages in batches, each in a transaction of its own, all in one step of the journal.

    The addresses to which messages were delivered are addresses of the mailbox for all later ones.
    """
    now = dates.now().astimezone(dt.UTC)
    for batch in _batches(messages, tally, now, on_bytes):
        tally.own.update(email_key(to) for each in batch for to in each.delivered_to)
        own = options.own | tally.own
        logged = log_mails_of_cases(store, batch, options._replace(own=own), tally.report.step)
        tally.report.step = store.last_step or tally.report.step
        tally.cases.update(logged.case_ids)
        for draft, outcome in zip(batch, logged.outcomes, strict=True):
            tally.add(draft, outcome)


def _batches(
    messages: Messages, tally: MailTally, now: dt.datetime, on_bytes: Callable[[int], None]
) -> Iterator[list[MailDraft]]:
    """Yield drafts in batches that are limited in number and length; refuse other bytes."""
    batch: list[MailDraft] = []
    characters = 0
    for each in messages:
        if isinstance(each, CardcrmError):
            tally.report.refuse(1, "", each.message)
            continue
        tally.bytes += each.size
        on_bytes(tally.bytes)
        draft = read_mail(each, now)
        if draft is None:
            reason = "neither a sender nor a recipient" if each.size else "an empty message"
            tally.report.refuse(each.line, each.name, reason)
            continue
        batch.append(draft)
        characters += len(draft.text)
        if len(batch) >= MAX_BATCH or characters >= MAX_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def import_mail(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import an mbox file or a message, as `import` does."""
    tally = MailTally(report)
    options = MailOptions(parse_own(job.own_addresses))
    messages = (message for each in find_folders(job.path) for message in read_folder(each))
    try:
        import_messages(store, messages, options, tally, job.on_bytes)
    finally:
        tally.finish()
