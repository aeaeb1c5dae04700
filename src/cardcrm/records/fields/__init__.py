"""Field types: what the program knows about one column of a noun."""

from cardcrm.records.fields.amounts import Currency, Integer, MoneyAmount, Number, Quantity
from cardcrm.records.fields.field import ERASE, KEEP, Columns, Context, Field, Row
from cardcrm.records.fields.links import (
    CASCADE,
    CASCADE_LAST,
    CLEAR,
    REFUSE,
    REPARENT,
    Reference,
    References,
)
from cardcrm.records.fields.moments import Day, Instant
from cardcrm.records.fields.words import Block, Choice, Flag, Key, Text, Uid, User, yes_or_no

__all__ = [
    "CASCADE", "CASCADE_LAST", "CLEAR", "ERASE", "KEEP", "REFUSE", "REPARENT", "Block", "Choice",
    "Columns", "Context", "Currency", "Day", "Field", "Flag", "Instant", "Integer", "Key",
    "MoneyAmount", "Number", "Quantity", "Reference", "References", "Row", "Text", "Uid", "User",
    "yes_or_no",
]  # fmt: skip
