"""The declaration of what is left of forgotten contacts: hashes by which an import knows them."""

from cardcrm.records.fields import Choice, Day, Key
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

KINDS = ("uid", "name", "email", "phone")

FORGOTTEN = declare(
    RecordType(
        "forgotten",
        "hashes of forgotten contacts",
        (
            Choice("kind", KINDS, required=True),
            Key("hash", required=True, unique=True),
            Day("on_date", key="on", looks="back", required=True),
        ),
        title="{kind}",
        summary="Keyed hashes that are left of forgotten contacts.",
    )
)
