"""The declaration of rules that give contacts a cadence."""

from cardcrm.records.contacts.contact_type import CADENCE
from cardcrm.records.fields import Key
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

CADENCE_RULE = declare(
    RecordType(
        "cadence_rule",
        "cadence rules",
        (
            Key("query", required=True, unique=True, listed=True, headed=True,
                help="Words and filters, as in `find`."),
            type(CADENCE)("days", key="every", required=True, listed=True,
                          help="Days between touches."),
        ),
        title="{query}",
        sort="every",
        heading=lambda row: f"cadence of {row.get('query', '')}",
        summary="Cadences of the contacts that match a query.",
    )
)  # fmt: skip
