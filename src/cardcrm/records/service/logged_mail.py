"""Log mail from files, and add it to the cases of its threads."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.activity.mail_log import CREATED, MailOptions, MailOutcome, log_mails
from cardcrm.records.service.case_mail import (
    SubjectLine,
    continue_case,
    names_case,
    read_subject,
)
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction


class LoggedMail(NamedTuple):
    """The outcomes of messages, and the cases that some of them continue."""

    outcomes: list[MailOutcome]
    case_ids: tuple[int, ...] = ()


class _NewMail(NamedTuple):
    """A mail that was added; its subject is empty for one that was sent."""

    id: int
    line: SubjectLine


@retry_transaction
def log_mails_of_cases(
    store: Store, drafts: Sequence[MailDraft], options: MailOptions, step: int | None = None
) -> LoggedMail:
    """Log messages as `log_mails` does, and let them continue cases, in one transaction.

    A mail that was written before the status of its case changed last leaves that status.
    """
    with store.continue_step(step):
        outcomes = log_mails(store, drafts, options, step)
        new = [
            _NewMail(
                outcome.interaction_id,
                read_subject(draft) if outcome.direction == "in" else SubjectLine(),
            )
            for draft, outcome in zip(drafts, outcomes, strict=True)
            if outcome.status == CREATED and not draft.is_automatic
        ]
        found = [_continue(store, each) for each in _select(store, new)]
    return LoggedMail(outcomes, tuple(each for each in found if each is not None))


def _select(store: Store, new: Sequence[_NewMail]) -> Iterable[_NewMail]:
    """Return the mails that may continue a case; if a subject names one, that may be any."""
    if any(names_case(each.line.subject) for each in new):
        return new
    ids: set[int] = set()
    for marks, params in chunks([each.id for each in new]):
        sql = (
            "SELECT i.id FROM interaction i WHERE "
            f"i.id IN ({marks}) AND EXISTS (SELECT 1 FROM interaction t "
            "WHERE t.thread_id = i.thread_id AND t.case_id IS NOT NULL)"
        )
        ids.update(row[0] for row in store.rows(sql, **params))
    return [each for each in new if each.id in ids]


def _continue(store: Store, mail: _NewMail) -> int | None:
    return continue_case(store, mail.id, mail.line, only_newer=True)
