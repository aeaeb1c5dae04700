"""The declaration of claims: a user looks after a contact alone, up to a day."""

from typing import Any

from cardcrm.records.fields import ChangeDay, Day, Reference, Text, Uid, User
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

DEFAULT_TIME = "14d"


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.teamwork.claim_rules import check_claim

    return check_claim(store, columns, row_id)


CLAIM = declare(
    RecordType(
        "claim",
        "claims",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, help="Contact."),
            User("owner", hands_over=True, key="user", non_ascii_key="owner_key", label="user",
                 default="me", required=True, listed=True, help="User who looks after it."),
            Day("until_on", key="until", default=DEFAULT_TIME, required=True, listed=True,
                phrase="last day", help="Last day of the claim."),
            Text("text", key="why", json_key="text", non_ascii_key="text_key", label="why",
                 listed=True, searchable=True, help="Reason.", example="quote is on its way"),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{owner}",
        parent="contact_id",
        same_by=("id",),
        sort="until",
        adjust=_check,
        heading=lambda _row: "claim",
        summary="Claims of contacts: add, list, show, edit and remove them.",
    )
)  # fmt: skip
