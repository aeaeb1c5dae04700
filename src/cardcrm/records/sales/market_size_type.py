"""The declaration of market sizes: the sales of all sellers to a group of contacts."""

from cardcrm.records.fields import Key
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

MARKET_SIZE = declare(
    RecordType(
        "market_size",
        "market sizes",
        (
            Key("field", required=True, listed=True, help="Field of contacts, such as city."),
            Key("name", required=True, listed=True, headed=True,
                help="Value of the field, folded: leeds."),
            Key("size", required=True, listed=True,
                help="Amount with its currency, or number of customers."),
        ),
        title="{field} {name}: {size}",
        sort="field",
        same_by=("field", "name"),
        heading=lambda row: f"market size of {row.get('name', '')}",
        summary="Sizes of markets.",
    )
)  # fmt: skip
