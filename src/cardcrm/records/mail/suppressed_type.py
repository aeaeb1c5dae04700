"""The declaration of the suppression list: keyed hashes of addresses that must not be mailed."""

from cardcrm.records.fields import Choice, Day, Key
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

OPT_OUT, COMPLAINT, BOUNCE, ERASED = "opt-out", "complaint", "bounce", "erased"
REASONS = (OPT_OUT, COMPLAINT, BOUNCE, ERASED)
BY_HAND, BY_MAIL = "hand", "mail"  # sources

SUPPRESSED = declare(
    RecordType(
        "suppressed",
        "suppressed addresses",
        (
            Key("hash", required=True, unique=True),
            Choice("reason", REASONS, required=True),
            Key("source"),
            Day("on_date", key="on", looks="back", required=True),
        ),
        title="{reason}",
        summary="Keyed hashes of addresses that must not be mailed.",
    )
)
