"""The layout of files of records: their endings, and the keys and values that both sides know."""

from pathlib import Path
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.money import Money, UnitPrice, format_decimal, to_unambiguous
from cardcrm.records.fields import Reference, References
from cardcrm.records.record_type import RecordType

_ENDINGS: Final = (".csv", ".xlsx", ".jsonl")

Texts = dict[str, str]


def find_ending(path: Path) -> str:
    """Return the ending of a file, which names its format. Raises UsageError for another one."""
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(f"unknown file format “{path.name}”", "Use .csv, .xlsx or .jsonl.")
    return ending


def contact_fields(type_: RecordType) -> list[Reference | References]:
    """Return the fields that name contacts and can be read again."""
    return [each for each in type_.contact_fields if each.columns or each in type_.links]


def uid_key(field: Reference | References) -> str:
    """Return the key of the permanent ids of the contacts that a field names."""
    return f"{field.key}_uid{'s' * isinstance(field, References)}"


def to_json(value: Any) -> dict[str, str]:
    """Return an amount for JSON. Raises TypeError for any other value."""
    if not isinstance(value, Money | UnitPrice):
        raise TypeError(f"{type(value).__name__} cannot be converted to JSON")
    figures = format_decimal(value)
    if isinstance(value, UnitPrice):
        figures = to_unambiguous(figures)
    return {"amount": figures, "currency": value.currency}
