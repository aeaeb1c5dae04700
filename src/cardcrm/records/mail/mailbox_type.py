"""The declarations of what `mail fetch` knows: mailboxes, offers of contacts, and reports."""

from cardcrm.records.fields import Block, Choice, Day, Flag, Instant, Integer, Key, Reference, Text
from cardcrm.records.mail.report_kind import ABSENCE, BOUNCE, COMPLAINT, REQUEST, UNSUBSCRIBE
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_NUMBER = 2**63 - 1  # of a message or folder: for Maildir, a time in nanoseconds or an inode
OFFERED, TAKEN, IGNORED = "offered", "taken", "ignored"

MAILBOX = declare(
    RecordType(
        "mailbox",
        "mailboxes",
        (
            Key("account", required=True, listed=True, headed=True, help="Name of the account."),
            Key("login", required=True, help="User and server, or machine and folder."),
            Key("folder", help="Folder; empty for the account as a whole."),
            Integer("validity", most=_MAX_NUMBER, empty=0, help="UIDVALIDITY of the folder."),
            Integer("last_uid", label="last UID", most=_MAX_NUMBER, empty=0,
                    help="UID of the last message that was read."),
            Instant("ran_at", key="ran", looks="back", help="Time of the last run."),
            Instant("succeeded_at", key="succeeded", looks="back",
                    help="Time of the last run that succeeded."),
            Text("error", help="Why the last run failed; empty if it succeeded."),
        ),
        title="{account}",
        is_local=True,
    )
)  # fmt: skip

MAIL_OFFER = declare(
    RecordType(
        "mail_offer",
        "mail offers",
        (
            Key("address", required=True, unique=True, listed=True, headed=True,
                help="Email address, in lower case."),
            Text("name", listed=True, searchable=True, help="Name beside the address."),
            Integer("messages", listed=True, least=0, empty=0, help="Messages so far."),
            Text("subject", listed=True, searchable=True, help="Subject of the last message."),
            Day("seen_on", key="last", looks="back", required=True, listed=True,
                help="Day of the last message."),
            Choice("status", (OFFERED, TAKEN, IGNORED), default=OFFERED, required=True,
                   listed=True),
        ),
        title="{address}",
        sort="-last",
    )
)  # fmt: skip

MAIL_REPORT = declare(
    RecordType(
        "mail_report",
        "mail reports",
        (
            Key("message_id", required=True, help="Message-ID of the report."),
            Key("address", required=True, listed=True, headed=True,
                help="Address that it is about."),
            Choice("kind", (BOUNCE, COMPLAINT, UNSUBSCRIBE, REQUEST, ABSENCE), required=True,
                   listed=True, default=BOUNCE),
            Flag("permanent", listed=True, help="1 for a permanent failure, else 0."),
            Text("reason", listed=True, help="Words of the server or the sender."),
            Key("sender", help="Sender of a request about the address of someone else."),
            Day("until", looks="ahead", help="Last day of an absence."),
            Instant("at", looks="back", required=True, listed=True, help="When it was read."),
        ),
        title="{address}",
    )
)  # fmt: skip

SEEN_MAIL = declare(
    RecordType(
        "seen_mail",
        "seen mails",
        (
            Key("digest", required=True, unique=True, headed=True,
                help="Hash of the Message-ID of a mail that was read and not logged."),
        ),
        title="{digest}",
        is_local=True,
    )
)  # fmt: skip

MAIL_TEXT = declare(
    RecordType(
        "mail_text",
        "mail texts",
        (
            Reference("interaction_id", to="interaction", shows="text", required=True,
                      help="Interaction that logs it."),
            Block("text", required=True, help="Text with quoted parts and signature."),
        ),
        title="{text}",
        parent="interaction_id",
        same_by=("interaction_id",),
    )
)  # fmt: skip

RECEIVED_MAIL = declare(
    RecordType(
        "received_mail",
        "received mails",
        (
            Reference("interaction_id", to="interaction", shows="text", required=True,
                      help="Interaction that logs it."),
            Text("address", required=True, listed=True, help="Address to answer to."),
            Text("subject", listed=True, help="Subject."),
            Text("account", help="Mail account that it came from."),
            Instant("done_at", key="done", looks="back", help="When it was marked as done."),
        ),
        title="{subject}",
        parent="interaction_id",
        same_by=("interaction_id",),
    )
)  # fmt: skip
