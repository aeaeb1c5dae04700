"""The declaration of columns that a user has assigned to a field."""

from cardcrm.records.fields import Key, Text
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

IMPORT_COLUMN = declare(
    RecordType(
        "import_column",
        "remembered columns",
        (
            Text("header", required=True, listed=True, help="First headers of the files."),
            Key("name", key="column", required=True, listed=True, headed=True,
                help="Column of the files."),
            Key("target", key="as", required=True, listed=True,
                help="Field that the column was assigned to."),
            Key("header_key", required=True, help="Hash of all headers of the files."),
        ),
        title="{name}",
        sort="id",
        heading=lambda row: f"column {row.get('name', '')}",
        summary="Columns of files that were assigned to a field.",
    )
)  # fmt: skip
