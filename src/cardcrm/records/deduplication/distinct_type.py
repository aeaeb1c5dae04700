"""The declaration of pairs of contacts that a user has said are different ones."""

from cardcrm.records.fields import Reference
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

DISTINCT = declare(
    RecordType(
        "distinct_pair",
        "pairs of different contacts",
        (
            Reference("contact_id", required=True, headed=True),
            Reference("other_id", label="other", key="other", required=True, filter=None),
        ),
        title="{contact_id}",
        same_by=("contact_id", "other_id"),
        heading=lambda _row: "no duplicate",
        summary="Pairs of contacts that look alike and are different.",
    )
)
