"""Say to the customer that a case was opened by mail, once for each case."""

import datetime as dt
from typing import Final

from cardcrm import dates
from cardcrm.config import Config
from cardcrm.mail.rendering import render
from cardcrm.mail.smtp import load_server
from cardcrm.records.mail import outbox, received, replies
from cardcrm.records.mail.message_type import ACKNOWLEDGMENT_STEP
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.mail.permission import find_refusals
from cardcrm.records.mail.received import Received
from cardcrm.records.service import cases
from cardcrm.store import Store
from cardcrm.text import shorten

TEMPLATE: Final = "case.acknowledgment"  # the setting that names the template
_MAX_A_DAY: Final = 3  # to an address, in case an autoresponder answers each of them
_DAY: Final = dt.timedelta(days=1)
_MAX_AGE: Final = dt.timedelta(days=2)  # of a mail; an older one may have an answer already
_REQUEST: Final = 60  # cells


def acknowledge(store: Store, case_id: int, interaction_id: int, settings: Config) -> int | None:
    """Queue the mail that says that a case was opened by a mail; return its id.

    Return None without a template, for an older mail, and for an address that must not be mailed or
    got enough of them. Programs do not answer it, as it is marked as automatic. Raises what
    `render` raises.
    """
    template = settings.get(TEMPLATE)
    if not template:
        return None
    mail = received.get(store, interaction_id)
    if mail.at is None or mail.at < dates.instant_before(_MAX_AGE):
        return None
    recent = outbox.count_since(store, mail.address, ACKNOWLEDGMENT_STEP, _DAY)
    if recent >= _MAX_A_DAY or find_refusals(store, [mail.address], ""):
        return None
    draft = _draft(store, case_id, mail, template, settings)
    [message_id] = outbox.enqueue(store, [draft], load_server(settings).sender.rpartition("@")[2])
    return message_id


def _draft(store: Store, case_id: int, mail: Received, template: str, settings: Config) -> Draft:
    request = shorten(" ".join(cases.get(store, case_id).text.split()), _REQUEST)
    values = {"case": str(case_id), "request": request}
    made = render(store, template, mail.contact_id, values=values, settings=settings)
    subject = made.subject or replies.build_reply_subject(mail.subject)
    return Draft(
        mail.contact_id, mail.address, f"{subject} [case {case_id}]".strip(), made.text, made.html,
        made.template_id, step=ACKNOWLEDGMENT_STEP, case_id=case_id, reply_to_id=mail.message_id,
    )  # fmt: skip
