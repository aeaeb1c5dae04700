"""The declaration of the readings and services of assets.

They have lines of their own in files: an interaction may lead by its case to an asset, which a file
must have before them.
"""

from cardcrm.records.assets.asset_fields import CounterReading
from cardcrm.records.assets.entry_kinds import KINDS
from cardcrm.records.fields import CLEAR, Choice, Day, Reference, Uid, User
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

ASSET_ENTRY = declare(
    RecordType(
        "asset_entry",
        "asset entries",
        (
            Uid(),
            Reference("asset_id", to="asset", shows="serial", required=True),
            Choice("kind", KINDS, required=True, listed=True),
            Day("on_date", key="on", looks="back", required=True, listed=True),
            CounterReading("reading", listed=True),
            Reference("interaction_id", to="interaction", shows="text", on_delete=CLEAR),
            User("author", non_ascii_key="author_key", label="by", listed=True),
        ),
        title="{kind}",
        parent="asset_id",
        same_by=("id",),
        sort="id",
        is_line=True,
        repeats_whole=True,
        heading=lambda row: row.get("kind", "reading"),
    )
)
