"""The declaration of consents: the purpose an address may be mailed for, and the proof."""

from typing import Any

from cardcrm.records.fields import (
    Block,
    ChangeDay,
    Choice,
    Instant,
    Key,
    Purpose,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.mail.consent_status import GIVEN, STATUSES, WITHDRAWN
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

CONSENT_BASIS = "consent"
BASES = (CONSENT_BASIS, "contract", "existing customer", "legitimate interest")
SOURCES = ("form", "phone", "paper", "mail", "import")  # offered; any other word will do


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.mail.consent_rules import check_consent

    return check_consent(store, columns, row_id)


CONSENT = declare(
    RecordType(
        "consent",
        "consents",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Contact."),
            Key("address", match="part", listed=True, option="address", identifies=True,
                help="Email address (default: all of the contact).",
                example="jane@example.com"),
            Purpose("purpose", required=True, listed=True, headed=True,
                help="Purpose, such as newsletter, offers or surveys.",
                example="newsletter"),
            Choice("status", STATUSES, default=GIVEN, required=True, listed=True,
                   aliases={"yes": GIVEN, "no": WITHDRAWN}),
            Choice("basis", BASES, default=CONSENT_BASIS, required=True, listed=True,
                   label="legal basis"),
            Text("source", listed=True, help="Where it comes from: form, phone, paper, mail …",
                 example="paper"),
            Instant("at", key="on", json_key="at", label="since", default="now", required=True,
                    listed=True, no_future="Give the day on which it was given or withdrawn.",
                    help="Day on which it was given or withdrawn."),
            Block("proof", searchable=True, help="Proof: IP address, URL of the form, a file …",
                  example="https://example.com/join from 192.0.2.7"),
            User("author", non_ascii_key="author_key", label="by", automatic=True,
                 help="User who recorded it."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{purpose}",
        parent="contact_id",
        same_by=("id",),
        sort="-on",
        adjust=_check,
        heading=lambda row: f"consent to {row.get('purpose', '')}".removesuffix(" to "),
        added_by="consent set",
        summary="Consents to mail: set, ask for, list, show and remove them.",
    )
)  # fmt: skip
