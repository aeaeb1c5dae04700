"""Send mails of a campaign to its author before it is sent to others."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import ConflictError, ServiceError
from cardcrm.mail.composition import compose
from cardcrm.mail.rendering import render
from cardcrm.mail.smtp_dialogue import SENT, Dialogue
from cardcrm.records.campaigns.campaigns import build_drafts
from cardcrm.records.campaigns.recipients import find_recipients, refuse_empty
from cardcrm.records.campaigns.texts import group_by_text
from cardcrm.records.mail import attachments, permission
from cardcrm.records.mail.outbox import Draft, create_message_id
from cardcrm.records.mail.outgoing import Outgoing
from cardcrm.records.records import Record
from cardcrm.store import Store

PREFIX = "[Test] "


class Trial(NamedTuple):
    """A mail that was sent to the author in place of a contact."""

    contact_id: int
    subject: str


def send_trials(
    store: Store, campaign: Record, dialogue: Dialogue, to: str, count: int
) -> list[Trial]:
    """Send the mails of some recipients to one address, which none of them has.

    They are the first ones; with a count of 0, the first of each text. Nothing is stored: they are
    neither logged nor counted. Raises UsageError for a field that is empty, before anything is
    sent, and ServiceError if the server refuses one.
    """
    _refuse_contact(store, to)
    found = find_recipients(store, campaign)
    refuse_empty(campaign, found)
    if count:
        people = found.mailed[:count]
    else:
        people = [each.people[0] for each in group_by_text(store, campaign, found.mailed)]
    mails = [_render(store, each, to) for each in build_drafts(campaign, people)]
    try:
        for each in mails:
            _deliver(store, dialogue, each)
    finally:
        dialogue.close()
    return [Trial(each.contact_id, each.subject) for each in mails]


def _refuse_contact(store: Store, to: str) -> None:
    [marks] = permission.list_marks(store, [("email", email_key(to))])
    if marks.contact_count:
        raise ConflictError(f"{to} is the address of a contact", "Test with an address of yours.")


def _render(store: Store, draft: Draft, to: str) -> Outgoing:
    assert draft.template_id is not None
    made = render(store, draft.template_id, draft.contact_id, campaign_id=draft.campaign_id)
    return Outgoing(
        id=0,
        message_id=create_message_id(to.rpartition("@")[2]),
        contact_id=draft.contact_id,
        name="",
        address=to,
        template_id=made.template_id,
        purpose="",
        subject=PREFIX + made.subject,
        text=made.text,
        html=made.html,
        reply_to_id=None,
        deal_id=None,
        campaign_id=None,
        enrollment_id=None,
        step="",
        due_at="",
        attempts=0,
        author="",
        zone="",
    )


def _deliver(store: Store, dialogue: Dialogue, mail: Outgoing) -> None:
    assert mail.template_id is not None
    files = attachments.load_template_files(store, mail.template_id)
    now = dates.now(store.locale.zone)
    answer = dialogue.deliver(mail.address, compose(dialogue.server, mail, now, files=files))
    if answer.result != SENT:
        raise ServiceError(f"the mail to {mail.address} was not sent: {answer.words}", "Try again.")
