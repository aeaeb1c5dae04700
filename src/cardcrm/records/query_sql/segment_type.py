"""The declaration of segments."""

from cardcrm.records.fields import Key, Text
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

SEGMENT = declare(
    RecordType(
        "segment",
        "segments",
        (
            Key("name", label="segment", required=True, unique=True, listed=True),
            Text("query", required=True, listed=True, searchable=True),
        ),
        title="{name}",
        sort="name",
        heading=lambda row: f"segment {row.get('name', '')}",
        summary="Queries saved under a name.",
    )
)
