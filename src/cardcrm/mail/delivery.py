"""Send what is due in the outbox: a run of `mail run`.

Messages are taken in small batches, each marked as being sent in the transaction that records what
became of the batch before: a program that is killed leaves at most one batch uncertain.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cardcrm import dates
from cardcrm.errors import CardcrmError, NotFoundError, ServiceError, UsageError
from cardcrm.mail.composition import compose
from cardcrm.mail.smtp_dialogue import PERMANENT, SENT, TEMPORARY, UNKNOWN, UNSENT, Dialogue
from cardcrm.records.mail import attachments, message_status, permission, sending
from cardcrm.records.mail.attachments import File
from cardcrm.records.mail.outgoing import Outgoing
from cardcrm.records.mail.reply_chain import list_references
from cardcrm.records.mail.sending import Outcome, Position
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.config import Config
    from cardcrm.mail.limits import Limits

BATCH: Final = 10  # messages that a killed program may leave uncertain
_MOST_TEMPLATES: Final = 4  # whose attachments are kept in memory
_MAX_REFUSALS: Final = 5  # temporary ones in a row, after which a run ends

_ARRIVED: Final = (message_status.SENT, message_status.UNCERTAIN)  # or may have
_STATUSES: Final = {
    SENT: message_status.SENT,
    TEMPORARY: message_status.QUEUED,
    PERMANENT: message_status.FAILED,
    UNKNOWN: message_status.UNCERTAIN,
    UNSENT: message_status.QUEUED,
}


@dataclass
class Summary:
    """The counts of a run, the reasons for waiting, and the error that ended it."""

    sent: int = 0
    failed: int = 0
    retried: int = 0
    uncertain: int = 0
    refused: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    error: CardcrmError | None = None


class Run:
    """A run over the messages that are due; ``settings`` are those for templates."""

    def __init__(
        self, store: Store, dialogue: Dialogue, limits: "Limits", settings: "Config | None" = None
    ) -> None:
        self._store, self._dialogue, self._limits = store, dialogue, limits
        self._settings = settings
        self.summary = Summary()
        self._outcomes: list[Outcome] = []
        self._taken: list[Outgoing] = []
        self._refusals = 0  # temporary ones in a row
        self._step: int | None = None
        self._with_files: set[int] = set()  # messages of a batch that have files of their own
        self._files: dict[int, tuple[File, ...]] = {}  # by template

    def send(self, limit: int | None = None, only: Sequence[int] = ()) -> Summary:
        """Send what is due, at most ``limit`` messages, ``only`` some if given."""
        self.summary.uncertain += sending.recover(self._store)
        position, left = Position(), limit
        try:
            while left is None or left > 0:
                size = self._limits.choose_batch(BATCH)
                size = size if left is None else min(size, left)
                found = sending.list_due(self._store, position, size, only)
                if not found:
                    break
                position = Position(found[-1].due_at, found[-1].id)
                unrecorded = [each.message for each in self._outcomes if each.status in _ARRIVED]
                chosen = self._limits.choose(self._store, found, self.summary.waiting, unrecorded)
                taken = self._send_batch(chosen)
                left = left - taken if left is not None else None
                if self.summary.error is not None:
                    break
        finally:
            self._finish()
        return self.summary

    def _send_batch(self, chosen: Sequence[Outgoing]) -> int:
        """Send some messages, and return how many of them could be: the others are refused."""
        self._taken, refused = self._advance(self._outcomes, chosen)
        self._outcomes = []
        self.summary.refused += len(refused)
        count = len(self._taken)
        self._with_files = attachments.find_messages_with_files(
            self._store, [each.id for each in self._taken]
        )
        while self._taken and self.summary.error is None:
            message = self._taken.pop(0)
            try:
                outcome = self._send_one(message)
            except BaseException:  # Ctrl-C may come before the server's last answer
                unknown = Outcome(message, message_status.UNCERTAIN, sending.INTERRUPTED)
                self._outcomes.append(unknown)
                raise
            self._outcomes.append(outcome)
            self._count(outcome)
        return count

    def _advance(
        self, outcomes: Sequence[Outcome], chosen: Sequence[Outgoing]
    ) -> tuple[list[Outgoing], dict[int, str]]:
        """Record outcomes and take the next messages; the run is one step of the journal."""
        found = sending.advance(self._store, outcomes, chosen, self._step)
        self._step = self._store.last_step or self._step
        return found

    def _finish(self) -> None:
        """Record what was done, and put back what was not."""
        back = [Outcome(each, message_status.QUEUED, counts=False) for each in self._taken]
        try:
            self._advance([*self._outcomes, *back], [])
        finally:
            self._dialogue.close()

    def _send_one(self, message: Outgoing) -> Outcome:
        """Send a message. A refusal of all mail ends the run."""
        try:
            ready, content = self._prepare(message)
        except (UsageError, NotFoundError) as error:
            return Outcome(message, message_status.FAILED, f"{error.message}. {error.hint}".strip())
        self._limits.wait(message)
        try:
            answer = self._dialogue.deliver(message.address, content)
        except CardcrmError as error:
            self.summary.error = error
            return Outcome(message, message_status.QUEUED, error.message, counts=False)
        self._refusals = self._refusals + 1 if answer.result == TEMPORARY else 0
        if answer.result == UNSENT or self._refusals >= _MAX_REFUSALS:
            host = self._dialogue.server.host
            self.summary.error = ServiceError(
                f"{host} refuses mail: {answer.words}", "The next run goes on."
            )
        status = _STATUSES[answer.result]
        if answer.result == TEMPORARY and message.attempts + 1 >= sending.MAX_ATTEMPTS:
            status = message_status.GIVEN_UP
        return Outcome(
            ready, status, answer.words, answer.result != UNSENT, answer.is_unknown_address
        )

    def _prepare(self, message: Outgoing) -> tuple[Outgoing, bytes]:
        """Return a message with its text, and the mail. Raises UsageError."""
        if not message.text:
            message = self._render(message)
        files = self._load_files(message)
        message = message._replace(attachments=tuple(each.name for each in files))
        store, answered = self._store, message.reply_to_id
        token = permission.make_unsubscribe_token(store, message.address) if message.purpose else ""
        chain = list_references(store, answered) if answered else ()
        now = dates.now(store.locale.zone)
        try:
            return message, compose(
                self._dialogue.server, message, now, token=token, references=chain, files=files
            )
        except ValueError as error:  # an address that no header can hold
            raise UsageError(f"invalid mail: {error}", "Check the address.") from error

    def _render(self, message: Outgoing) -> Outgoing:
        """Return a message with the text that its template makes. Raises UsageError."""
        from cardcrm.mail import rendering

        if message.template_id is None:
            raise UsageError("the message has no text", "Its template was removed.")
        made = rendering.render(
            self._store,
            message.template_id,
            message.contact_id,
            deal_id=message.deal_id,
            user=message.author,
            settings=self._settings,
            campaign_id=message.campaign_id,
        )
        return message._replace(
            subject=made.subject, text=made.text, html=made.html, template_id=made.template_id
        )

    def _load_files(self, message: Outgoing) -> tuple[File, ...]:
        """Return the files of the template of a message, and its own."""
        template_id = message.template_id
        if template_id is not None and template_id not in self._files:
            if len(self._files) >= _MOST_TEMPLATES:
                self._files.clear()
            self._files[template_id] = attachments.load_template_files(self._store, template_id)
        shared = self._files[template_id] if template_id is not None else ()
        if message.id not in self._with_files:
            return shared
        return (*shared, *attachments.load_message_files(self._store, message.id))

    def _count(self, outcome: Outcome) -> None:
        if outcome.status == message_status.SENT:
            self.summary.sent += 1
        elif outcome.status == message_status.UNCERTAIN:
            self.summary.uncertain += 1
        elif outcome.status in (message_status.FAILED, message_status.GIVEN_UP):
            self.summary.failed += 1
        elif outcome.counts:
            self.summary.retried += 1
