"""The declaration of dismissed alerts: what a user has dealt with, and until when it is hidden."""

from cardcrm.records.fields import CASCADE, Choice, Day, Reference
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

KINDS = ("reorder", "up-sell", "cross-sell", "falling", "margin")

DISMISSAL = declare(
    RecordType(
        "dismissal",
        "dismissed alerts",
        (
            Choice("kind", KINDS, required=True, listed=True, help="Kind of the alert."),
            Reference("contact_id", listed=True, help="Contact that it was about."),
            Reference("product_id", to="product", listed=True, on_delete=CASCADE,
                      help="Product that it was about."),
            Day("until_on", key="until", looks="ahead", required=True, listed=True,
                help="Day up to which it is hidden."),
        ),
        title="{kind}",
        same_by=("kind", "product_id"),
        heading=lambda _row: "dismissed alert",
        summary="Alerts that a user has dealt with.",
    )
)  # fmt: skip
