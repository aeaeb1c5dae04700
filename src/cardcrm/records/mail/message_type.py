"""The declaration of messages: mail that the program sends, and what became of it."""

from collections.abc import Mapping
from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    Instant,
    Integer,
    Key,
    MessageId,
    Purpose,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.mail.attachment_fields import file_fields
from cardcrm.records.mail.message_status import BOUNCED, SENDING, SENT, STATUSES, UNCERTAIN
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

PERSONAL = ""  # purpose of a mail to one person; others are campaigns, such as newsletter
# Steps of mail that no person writes, outside of any sequence.
CONSENT_STEP = "consent"  # asks for a consent
ACKNOWLEDGMENT_STEP = "acknowledgment"  # says that a case was opened
SURVEY_STEP = "survey"  # asks how satisfied the customer of a case is


def _explain_final(row: Mapping[str, Any]) -> str:
    """Describe a message that was sent, or may have been; return "" for any other."""
    if row["status"] in (SENT, BOUNCED):
        return f"message {row['id']} was sent already and cannot be undone"
    if row["status"] in (SENDING, UNCERTAIN):
        return f"message {row['id']} may have been sent already and cannot be undone"
    return ""


MESSAGE_FILE = RecordType(
    "message_file",
    "attachments of messages",
    (Reference("message_id", to="message", shows="subject", required=True), *file_fields()),
    title="{name}",
    parent="message_id",
    same_by=("name",),
    heading=lambda row: f"attachment {row.get('name', '')}".strip(),
)

MESSAGE = declare(
    RecordType(
        "message",
        "messages",
        (
            Uid(),
            MessageId("message_id", key="message", filter=None, unique=True, required=True,
                      help="Message-ID."),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, automatic=True, help="Contact."),
            Key("address", label="to", key="to", json_key="address", match="part",
                required=True, automatic=True, help="Email address."),
            Text("subject", listed=True, searchable=True, automatic=True, help="Subject."),
            Block("text", automatic=True, help="Text, empty until it is rendered."),
            Block("html", automatic=True, filter=None, help="Text as HTML."),
            Reference("template_id", to="template", shows="name", automatic=True,
                      on_delete=CLEAR, help="Template."),
            Purpose("purpose", automatic=True, help="Purpose, such as newsletter."),
            Choice("status", STATUSES, automatic=True, required=True, listed=True),
            Instant("due_at", key="due", looks="ahead", automatic=True, required=True,
                    help="Earliest time of sending."),
            Integer("attempts", automatic=True, least=0, help="Number of attempts."),
            Text("error", automatic=True, help="Last answer of the server."),
            Instant("sent_at", key="sent", json_key="sent_at", automatic=True, listed=True,
                    help="When it was sent."),
            Instant("replied_at", key="replied", automatic=True, help="When it was answered."),
            MessageId("reply_to_id", key="reply_to", filter=None,
                      help="Message-ID of the mail that it answers."),
            Reference("deal_id", to="deal", shows="title", automatic=True, on_delete=CLEAR,
                      may_repeat=True, help="Deal that it is about."),
            Reference("campaign_id", to="campaign", shows="name", automatic=True,
                      on_delete=CLEAR, help="Campaign that it belongs to."),
            Reference("enrollment_id", to="enrollment", shows="id", automatic=True,
                      on_delete=CLEAR, may_repeat=True, help="Enrollment that it belongs to."),
            Key("step", automatic=True,
                help="Step of the sequence that it belongs to, or consent for a request; of a case "
                "acknowledgment or survey."),
            Reference("case_id", to="case", table="service_case", shows="text", automatic=True,
                      on_delete=CLEAR, may_repeat=True, help="Case that it belongs to."),
            Instant("unsubscribed_at", key="unsubscribed", automatic=True,
                    help="When the contact unsubscribed by an answer to it."),
            Reference("interaction_id", to="interaction", shows="text", automatic=True,
                      on_delete=CLEAR, filter=None, help="Interaction that logs it."),
            User("author", non_ascii_key="author_key", label="by", automatic=True,
                 help="User who queued it."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{subject}",
        parent="contact_id",
        same_by=("id",),
        sort="-id",
        explain_final=_explain_final,
        parts=(MESSAGE_FILE,),
        added_by="mail",
        summary="Mail that is to be sent, and what was sent.",
    )
)  # fmt: skip
