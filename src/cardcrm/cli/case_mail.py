"""Queue mail of cases: answers, and the question how satisfied the customer is."""

from typing import TYPE_CHECKING

from cardcrm.cli.case_reference import name_case, result_of
from cardcrm.cli.result import Result
from cardcrm.errors import CardcrmError
from cardcrm.text import normalize_block, shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.service.cases import Case

_SUBJECT = 60  # cells of a request in a subject


def queue_reply(session: "Session", case_id: int, text: str, status: str) -> Result:
    """Queue an answer to the customer of a case."""
    from cardcrm.cli.mail_sender import load_sender_domain
    from cardcrm.records.mail.outbox import Draft
    from cardcrm.records.service import case_mail, cases

    store = session.store()
    case = cases.get(store, case_id)
    address = _choose_address(session, case)
    subject = f"Re: {shorten(' '.join(case.text.split()), _SUBJECT)} [case {case.id}]"
    draft = Draft(case.contact_id, address, subject, normalize_block(text))
    domain = load_sender_domain(session)
    answered, message_id = case_mail.queue_reply(store, case_id, draft, domain, status=status)
    result = result_of(session, f"queued message {message_id} in", answered)
    return result._replace(message=f"{result.message}; send with: cardcrm mail run")


def _choose_address(session: "Session", case: "Case") -> str:
    """Return the address that wrote last in a case, else the first one that may be mailed."""
    from cardcrm.cli.mail_send import choose_address
    from cardcrm.records.contacts import contacts
    from cardcrm.records.mail.message_type import PERSONAL
    from cardcrm.records.mail.permission import find_refusals
    from cardcrm.records.service import case_mail

    store = session.store()
    address = case_mail.find_address(store, case.id)
    if address and not find_refusals(store, [address], PERSONAL):
        return address
    return choose_address(session, contacts.get(store, case.contact_id), "")


def ask_for_rating(session: "Session", case: "Case") -> tuple[str, ...]:
    """Queue the mail that asks for a rating, if a template is set; return what was done.

    The customer is asked once. A mail that cannot be written does not undo the solution.
    """
    template = session.config.get("case.survey")
    if not template or case.asked_at:
        return ()
    try:
        message_id = _queue_survey(session, case, template)
    except CardcrmError as error:
        hint = f"; {error.hint}" if error.hint else ""
        return (f"the customer was not asked for a rating: {error.message}{hint}",)
    return (f"queued message {message_id}, which asks for a rating",)


def _queue_survey(session: "Session", case: "Case", template: str) -> int:
    from cardcrm.cli.mail_sender import load_sender_domain
    from cardcrm.mail.rendering import render
    from cardcrm.records.mail.outbox import Draft
    from cardcrm.records.service import case_mail

    store = session.store()
    address = _choose_address(session, case)
    values = {"case": str(case.id), "request": shorten(" ".join(case.text.split()), _SUBJECT)}
    made = render(store, template, case.contact_id, values=values, settings=session.config)
    subject = made.subject or name_case(case)
    draft = Draft(case.contact_id, address, subject, made.text, made.html, made.template_id)
    step = store.last_step  # of the solution
    return case_mail.queue_survey(store, case, draft, load_sender_domain(session), step)
