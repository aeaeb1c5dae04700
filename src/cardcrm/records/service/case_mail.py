"""Mail of cases: answers that are queued, and mail of customers that continues a case."""

from cardcrm import dates
from cardcrm.records.mail import outbox
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.service.case_status import NEW, WAITING_US
from cardcrm.records.service.cases import Answered, Case, change, get, get_current, note_reply
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


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
def queue_survey(store: Store, case: Case, draft: Draft, domain: str, step: int | None) -> int:
    """Queue the mail that asks for a rating, as part of a step, and note that it was asked."""
    with store.continue_step(step):
        [message_id] = outbox.enqueue(store, [draft._replace(case_id=case.id)], domain)
        store.update("service_case", case.id, asked_at=dates.current_instant())
        return message_id


def find_last_mail(store: Store, case_id: int) -> str:
    """Return the Message-ID of the last mail of the customer in a case, "" without one."""
    sql = (
        "SELECT message_id FROM interaction WHERE case_id = :id AND direction = 'in' "
        "AND message_id IS NOT NULL ORDER BY on_date DESC, at DESC, id DESC LIMIT 1"
    )
    return store.value(sql, id=case_id) or ""


def continue_case(store: Store, interaction_id: int) -> int | None:
    """Add a mail of a customer to the case of its thread; return the id of that case.

    The case then waits for us, and one that was solved is open again. Runs inside a transaction.
    """
    sql = (
        "SELECT t.case_id FROM interaction i JOIN interaction t ON t.thread_id = i.thread_id "
        "WHERE i.id = :id AND i.direction = 'in' AND i.case_id IS NULL "
        "AND t.case_id IS NOT NULL ORDER BY t.id DESC LIMIT 1"
    )
    case_id = store.value(sql, id=interaction_id)
    if case_id is None:
        return None
    case = get(store, case_id)
    store.update("interaction", interaction_id, case_id=case_id)
    if case.status != NEW:
        change(store, case, {"status": WAITING_US})
    return case.id
