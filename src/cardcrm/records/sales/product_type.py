"""The declaration of products."""

from cardcrm.records.fields import Flag, Key, MoneyAmount, Text
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

PRODUCT = declare(
    RecordType(
        "product",
        "products",
        (
            Text("name", label="product", folded="name_key", required=True, listed=True,
                 searchable=True),
            Key("sku", label="article", listed=True),
            MoneyAmount("price", least=0, listed=True),
            MoneyAmount("cost", least=0, listed=True, access="margin"),
            Flag("retired", listed=True),
        ),
        title="{name}",
        sort="name",
        summary="The catalog of what is sold.",
    )
)  # fmt: skip
