"""Field types: what the program knows about one column of a noun."""

from cardcrm.records.fields.date_fields import (
    ChangeDay,
    Day,
    Instant,
    PartialDay,
    format_partial_day,
)
from cardcrm.records.fields.field import Columns, Context, Field, Row
from cardcrm.records.fields.number_fields import (
    Integer,
    MoneyAmount,
    Number,
    Percent,
    Quantity,
    UnitPriceAmount,
    read_price,
    split_price,
)
from cardcrm.records.fields.recurrence_field import Recurrence
from cardcrm.records.fields.reference_fields import (
    CASCADE,
    CASCADE_LAST,
    CLEAR,
    REFUSE,
    REPARENT,
    Reference,
    References,
)
from cardcrm.records.fields.text_fields import (
    Block,
    Choice,
    Flag,
    Key,
    MessageId,
    Text,
    Uid,
    User,
    yes_or_no,
)

__all__ = [
    "CASCADE", "CASCADE_LAST", "CLEAR", "REFUSE", "REPARENT", "Block", "ChangeDay", "Choice",
    "Columns", "Context", "Day", "Field", "Flag", "Instant", "Integer", "Key", "MessageId",
    "MoneyAmount", "Number", "PartialDay", "Percent", "Quantity", "Recurrence", "Reference",
    "References", "Row", "Text", "Uid", "UnitPriceAmount", "User", "format_partial_day",
    "read_price", "split_price", "yes_or_no",
]  # fmt: skip
