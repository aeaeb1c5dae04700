"""The declaration of the numbers of merged contacts, which lead to the remaining ones."""

from cardcrm.records.fields import Integer, Reference
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

MERGED_ID = declare(
    RecordType(
        "merged_id",
        "numbers of merged contacts",
        (
            Reference("contact_id", required=True),
            Integer("old_id", key="old", label="number", required=True, filter=None),
        ),
        title="{old_id}",
        parent="contact_id",
        same_by=("old_id",),
        heading=lambda _row: "number of a merged contact",
        summary="Numbers of contacts that were merged into others.",
    )
)
