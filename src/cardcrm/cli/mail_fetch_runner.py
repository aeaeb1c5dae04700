"""Run `mail fetch`: each account and folder in turn, in batches of one transaction each."""

import datetime as dt
import socket
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.cli.fetch_report import FetchReport
from cardcrm.cli.session import Session
from cardcrm.domains import email_key
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.formats.mbox import mail_sources
from cardcrm.formats.mbox.incoming_reader import read_incoming
from cardcrm.formats.mbox.mail_import import parse_own
from cardcrm.formats.mbox.mail_sources import MailFolder
from cardcrm.formats.mbox.raw_messages import RawMessage
from cardcrm.mail.accounts import Account, choose_accounts
from cardcrm.mail.acknowledgment import acknowledge
from cardcrm.mail.imap import FetchedMessage, Mailbox, open_mailbox
from cardcrm.records.activity.mail_log import MailOptions
from cardcrm.records.mail import mailboxes, offers
from cardcrm.records.mail.incoming import Incoming
from cardcrm.records.mail.incoming_log import IncomingOutcome, log_incoming
from cardcrm.records.mail.mailboxes import Position
from cardcrm.records.service.desk_mail import find_desk_senders, parse_desk
from cardcrm.render.progress import progress_bar
from cardcrm.store.retry import run_in_transaction, try_in_transaction

_BATCH: Final = 500  # messages of a Maildir in a transaction
_BATCH_BYTES: Final = 8 << 20
_TICK: Final = 1_000_000_000  # nanoseconds in which files of one change time may still arrive


class FetchOptions(NamedTuple):
    """Options of a run: the first day of mail, and the folders whose correspondents are added."""

    since: dt.date | None = None
    take_all: frozenset[str] = frozenset()
    dry_run: bool = False


def fetch_all(
    session: Session, names: Sequence[str], maildirs: Sequence[Path], options: FetchOptions
) -> list[FetchReport]:
    """Fetch the accounts of these names, and Maildir folders; without either, all accounts.

    An account that fails does not stop the others. Raises UsageError without any account.
    """
    accounts = choose_accounts(session.config, names) if names or not maildirs else []
    if not accounts and not maildirs:
        raise UsageError(
            "no mail account is set",
            "For example: cardcrm config set mail.imap-host imap.example.com",
        )
    folders = [(path, list(mail_sources.find_folders(path))) for path in maildirs]
    run = _Run(session, options)
    reports = [run.fetch_account(each) for each in accounts]
    reports += [run.fetch_maildir(path, found) for path, found in folders]
    if not options.dry_run and not any(each.error for each in reports):
        run_in_transaction(run.store, partial(offers.remove_known, run.store))
    return reports


class _Run:
    """A run over some accounts."""

    def __init__(self, session: Session, options: FetchOptions) -> None:
        self.store = store = session.store(create=True)
        self.settings = session.config
        self.options = options
        self.own = set(parse_own(session.config.own_addresses()))
        self.desk = parse_desk(session.config.get("case.inbox"))
        self.now = dates.now().astimezone(dt.UTC)
        self.step: int | None = None
        self.taken_offers = offers.list_taken(store)

    def fetch_account(self, account: Account) -> FetchReport:
        """Read the folders of an account, and store how that ended."""
        report = FetchReport(account.name)
        if "@" in account.user:
            self.own.add(email_key(account.user))
        try:
            with open_mailbox(account) as box:
                self._read_account(box, report)
        except CardcrmError as error:
            report.error = error
        if not self.options.dry_run:
            message = report.error.message if report.error else ""
            mailboxes.record_run(self.store, account.name, account.login, message)
        return report

    def _read_account(self, box: Mailbox, report: FetchReport) -> None:
        for folder in box.list_folders(self.options.take_all):
            takes_all = folder.name in self.options.take_all
            key = f"{folder.name} (all)" if takes_all else folder.name
            before = mailboxes.load_position(self.store, box.account.login, key)
            validity = box.open_folder(folder.name)
            last = before.last_uid if before.validity == validity else 0
            save = partial(mailboxes.save_position, self.store, box.account.name,
                           box.account.login, key)  # fmt: skip
            earlier = [
                uid for each in self.taken_offers for uid in box.find_with(each) if uid <= last
            ]
            uids = [*sorted(set(earlier)), *box.find_new(last, self.options.since)]
            with progress_bar(len(uids), f"reading {folder.name}") as on_done:
                done = 0
                for chunk in box.fetch(uids):
                    last = max(last, chunk[-1].uid if chunk else 0)
                    at = Position(validity, last)
                    messages = [_to_raw(each, folder.role) for each in chunk]
                    self._log(messages, report, partial(save, at), takes_all=takes_all)
                    done += len(chunk)
                    on_done(done)
            if not uids and before != Position(validity, last) and not self.options.dry_run:
                run_in_transaction(self.store, partial(save, Position(validity, last)))

    def fetch_maildir(self, path: Path, folders: Sequence[MailFolder]) -> FetchReport:
        """Read the files in a Maildir that are new since the last run."""
        report = FetchReport(path.name)
        login = f"{socket.gethostname()}:{path.resolve()}"
        takes_all = bool(self.options.take_all & {path.name, str(path)})
        for folder in folders:
            inner = str(folder.path.resolve()) + (" (all)" if takes_all else "")
            before = mailboxes.load_position(self.store, login, inner)
            inode = folder.path.stat().st_ino
            known = before.last_uid if before.validity == inode and not self.taken_offers else 0
            newest = min(mail_sources.find_newest(folder), _clock() - _TICK)
            for batch in _batches(mail_sources.read_folder(folder, known), report):
                self._log(batch, report, takes_all=takes_all)
            if not self.options.dry_run:
                save = partial(mailboxes.save_position, self.store, path.name, login, inner)
                at = Position(inode, max(newest, before.last_uid))
                run_in_transaction(self.store, partial(save, at))
        return report

    def _log(
        self,
        batch: Sequence[RawMessage],
        report: FetchReport,
        save: Any = None,
        *,
        takes_all: bool,
    ) -> None:
        """Log a batch and store the position in one transaction."""
        read = [read_incoming(each, self.now) for each in batch]
        for _ in range(read.count(None)):
            report.add([IncomingOutcome("refused")])
            report.refuse("neither a sender nor a recipient")
        messages = [each for each in read if each is not None and self._is_wanted(each)]
        self.own.update(email_key(to) for each in messages for to in each.draft.delivered_to)
        options = MailOptions(frozenset(self.own), takes_all, account=report.account,
                              desk=self.desk)  # fmt: skip
        if not takes_all and self.desk:
            senders = find_desk_senders(messages, options)
            options = options._replace(adds_unknown=bool(senders), only=senders)

        def work() -> tuple[list[IncomingOutcome], list[str]]:
            outcomes = log_incoming(self.store, messages, options, self.step)
            problems = list(self._acknowledge(outcomes))
            if save is not None and not self.options.dry_run:
                save()
            return outcomes, problems

        if self.options.dry_run:
            outcomes, problems = try_in_transaction(self.store, work)
        else:
            outcomes, problems = run_in_transaction(self.store, work)
            self.step = self.store.last_step or self.step
        report.add(outcomes)
        report.problems += problems

    def _acknowledge(self, outcomes: Iterable[IncomingOutcome]) -> Iterator[str]:
        """Acknowledge the cases that were opened, and yield what kept a mail from being written."""
        for each in outcomes:
            if each.case_id is not None and each.outcome is not None:
                try:
                    acknowledge(
                        self.store, each.case_id, each.outcome.interaction_id, self.settings
                    )
                except CardcrmError as error:
                    hint = f"; {error.hint}" if error.hint else ""
                    yield f"case {each.case_id} was not acknowledged: {error.message}{hint}"

    def _is_wanted(self, message: Incoming) -> bool:
        """Return whether a message is not older than wanted."""
        since, at = self.options.since, message.draft.at
        return since is None or at is None or at.date() >= since


def _clock() -> int:
    """Return the time of the system in nanoseconds, which the change times of files follow."""
    import time

    return time.time_ns()


def _to_raw(message: FetchedMessage, role: str) -> RawMessage:
    data = message.data.replace(b"\r\n", b"\n")
    return RawMessage(message.uid, data, message.size, is_cut=message.is_cut, role=role)


def _batches(
    messages: Iterable[RawMessage | CardcrmError], report: FetchReport
) -> Iterator[list[RawMessage]]:
    """Yield messages in batches of limited number and size; refuse those that cannot be read."""
    batch: list[RawMessage] = []
    size = 0
    for each in messages:
        if isinstance(each, CardcrmError):
            report.add([IncomingOutcome("refused")])
            report.refuse(each.message)
            continue
        batch.append(each)
        size += len(each.data)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
