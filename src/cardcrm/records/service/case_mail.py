"""Mail of cases: answers that are queued, and mail that opens a case or continues one."""

import re
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import ConflictError
from cardcrm.records import records
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.mail import outbox, received
from cardcrm.records.mail.message_type import SURVEY_STEP
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.records import NO_TEXTS, Texts
from cardcrm.records.service.case_status import ASSIGNED, DONE, NEW, WAITING_US
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.cases import (
    Answered,
    Case,
    change,
    get,
    get_current,
    note_reply,
    rate,
)
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import shorten

_NUMBER: Final = re.compile(r"\[case (\d{1,18})\]", re.IGNORECASE)
_RATING: Final = re.compile(
    r"\s*([1-5])(?:\s*(?:/|of)\s*5)?(?![\w%]|[.,]\d)[.,:;!\s–-]*(.*)", re.DOTALL
)
_OPINION: Final = 500  # characters of a mail that are stored with a rating


@retry_transaction
def queue_reply(
    store: Store, case_id: int, draft: Draft, domain: str, *, status: str = ""
) -> tuple[Answered, int]:
    """Queue an answer to the customer; return the case and the id of the message.

    The mail is logged once it is sent, and answers the last mail of the case.
    """
    with store.transaction():
        case = get_current(store, case_id)
        reply_to = draft.reply_to_id or find_last_mail(store, case_id)
        draft = draft._replace(case_id=case_id, reply_to_id=reply_to)
        [message_id] = outbox.enqueue(store, [draft], domain)
        return note_reply(store, case, status), message_id


@retry_transaction
def queue_answer(store: Store, draft: Draft, domain: str) -> int:
    """Queue an answer to a mail, in its case if it has one; return the id of the message."""
    if draft.case_id is None:
        [message_id] = outbox.enqueue(store, [draft], domain)
        return message_id
    return queue_reply(store, draft.case_id, draft, domain)[1]


@retry_transaction
def queue_survey(store: Store, case: Case, draft: Draft, domain: str, step: int | None) -> int:
    """Queue the mail that asks for a rating, as part of a step, and note that it was asked."""
    with store.continue_step(step):
        whole = draft._replace(case_id=case.id, step=SURVEY_STEP)
        [message_id] = outbox.enqueue(store, [whole], domain)
        store.update("service_case", case.id, asked_at=dates.current_instant())
        return message_id


def find_last_mail(store: Store, case_id: int) -> str:
    """Return the Message-ID of the last mail of the customer in a case, "" without one."""
    sql = (
        "SELECT message_id FROM interaction WHERE case_id = :id AND direction = 'in' "
        "AND message_id IS NOT NULL ORDER BY on_date DESC, at DESC, id DESC LIMIT 1"
    )
    return store.value(sql, id=case_id) or ""


def find_address(store: Store, case_id: int) -> str:
    """Return the address to which the last mail of the customer wants an answer, "" without one."""
    sql = (
        "SELECT r.address FROM interaction i JOIN received_mail r ON r.interaction_id = i.id "
        "WHERE i.case_id = :id ORDER BY i.on_date DESC, i.at DESC, i.id DESC LIMIT 1"
    )
    return store.value(sql, id=case_id) or ""


def names_case(subject: str) -> bool:
    """Return whether a subject names a case: “[case 12]”."""
    return bool(_NUMBER.search(subject))


class SubjectLine(NamedTuple):
    """The subject of a mail that came in, which may name a case, and the address of its sender."""

    subject: str = ""
    sender: str = ""


_NO_SUBJECT: Final = SubjectLine()


def read_subject(draft: MailDraft) -> SubjectLine:
    """Return the subject and the sender of a mail."""
    return SubjectLine(draft.subject, draft.sender.email if draft.sender is not None else "")


def continue_case(
    store: Store, interaction_id: int, line: SubjectLine = _NO_SUBJECT, *, only_newer: bool = False
) -> int | None:
    """Add a mail to the case of its thread; return the id of that case.

    A mail that came in may name the case in its subject, if it is one of its sender. The case
    then waits for us, and one that was solved is open again. With ``only_newer`` a mail from before
    the last change of the status changes nothing. Runs inside a transaction.
    """
    case_id = _find_case_of_thread(store, interaction_id)
    case_id = case_id or _find_case_in_subject(store, line)
    if case_id is None:
        return None
    case = get(store, case_id)
    store.update("interaction", interaction_id, case_id=case_id)
    if only_newer and _is_outdated(store, interaction_id):
        return case.id
    sql = "SELECT direction FROM interaction WHERE id = :id"
    if store.value(sql, id=interaction_id) != "in":
        _note_sent(store, case)
    elif not _rate(store, case, interaction_id) and case.status != NEW:
        change(store, case, {"status": WAITING_US})
    return case.id


def _is_outdated(store: Store, interaction_id: int) -> bool:
    """Return whether the status of the case of a mail has changed after the mail was written."""
    sql = (
        "SELECT 1 FROM interaction i WHERE i.id = :id AND coalesce(i.at, i.on_date) < "
        "(SELECT max(h.at) FROM case_change h WHERE h.case_id = i.case_id)"
    )
    return bool(store.value(sql, id=interaction_id))


def _rate(store: Store, case: Case, interaction_id: int) -> bool:
    """Store the rating with which an answer to the question for one begins, if it is that."""
    sql = (
        "SELECT 1 FROM interaction i JOIN message m ON m.message_id = i.reply_to_id "
        "WHERE i.id = :id AND m.step = :step"
    )
    if case.status not in DONE or not store.value(sql, id=interaction_id, step=SURVEY_STEP):
        return False
    found = _RATING.match(received.get(store, interaction_id).own)
    if found is None:
        return False
    rate(store, case.id, int(found[1]), shorten(" ".join(found[2].split()), _OPINION))
    return True


def _find_case_of_thread(store: Store, interaction_id: int) -> int | None:
    sql = (
        "SELECT t.case_id FROM interaction i JOIN interaction t ON t.thread_id = i.thread_id "
        "WHERE i.id = :id AND i.case_id IS NULL AND t.case_id IS NOT NULL ORDER BY t.id DESC "
        "LIMIT 1"
    )
    found: int | None = store.value(sql, id=interaction_id)
    return found


def _find_case_in_subject(store: Store, line: SubjectLine) -> int | None:
    """Return the case that a subject names as “[case 12]”, if its sender is its customer.

    Who else gets the mail does not count: anyone can write to the customer as well.
    """
    number = _NUMBER.search(line.subject)
    if number is None:
        return None
    sql = (
        "SELECT coalesce(k.merged_id, k.id) FROM service_case k "
        "JOIN point e ON e.contact_id = k.contact_id "
        "WHERE k.id = :case_id AND e.kind = 'email' AND e.value_key = :sender"
    )
    key = email_key(line.sender)
    found: int | None = store.value(sql, case_id=int(number[1]), sender=key)
    return found


def _note_sent(store: Store, case: Case) -> None:
    """Let a case that waited for us be worked on, after a mail that was sent elsewhere."""
    if case.owner and case.status in (NEW, WAITING_US):
        change(store, case, {"status": ASSIGNED})


@retry_transaction
def open_from_mail(store: Store, interaction_id: int, texts: Texts = NO_TEXTS) -> Case:
    """Open a case of a mail that came in, when it came; further fields are typed texts.

    Raises NotFoundError, UsageError for what is not received mail, and ConflictError for a mail
    that belongs to a case.
    """
    with store.transaction():
        mail = received.get(store, interaction_id)
        if mail.case_id is not None:
            raise ConflictError(
                f"mail {interaction_id} belongs to case {mail.case_id}",
                f"To see it: cardcrm case show {mail.case_id}",
            )
        own = {"contact": f"#{mail.contact_id}", "text": f"{mail.subject}\n\n{mail.own}".strip()}
        case_id = records.add(store, CASE, {"channel": "mail", **own, **texts}).id
        at = min(mail.at or f"{mail.on_date}T12:00:00Z", dates.current_instant())
        store.update("service_case", case_id, opened_at=at)
        sql = "SELECT id FROM case_change WHERE case_id = :id"
        store.update("case_change", store.value(sql, id=case_id), at=at)
        store.update("interaction", interaction_id, case_id=case_id)
        return get(store, case_id)
