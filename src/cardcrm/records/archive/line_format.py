"""The form of a line: which columns of a noun it carries, and how they become JSON and back.

A line has the columns of the table under their own names. A column without a value is left out; so
is what the program computes from others. Yes and no are true and false, amounts decimals in quotes
beside their currency, quantities and percentages numbers. The parts of a row are lists within it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from cardcrm.errors import MissingValueError, UsageError
from cardcrm.records import registry
from cardcrm.records.fields import Block, Choice, Columns, Field, MoneyAmount
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.engine import ColumnInfo
from cardcrm.store.table_registry import DERIVED_COLUMNS, Check
from cardcrm.text import is_clean, normalize_block, normalize_line, with_article

_MOST: Final = 2**63 - 1
_NO_BLANK: Final = object()  # of a column that every line has


def nested_parts(type_: RecordType) -> tuple[RecordType, ...]:
    """Return the parts that are lists in the lines of a noun; a relation has two contacts."""
    return tuple(each for each in type_.parts if each.parent)


def part_key(part: RecordType) -> str:
    """Return the key of a list of parts: the plural where it is a word or two."""
    return (part.name if "," in part.plural else part.plural.replace(" ", "_")).lower()


def line_types() -> tuple[RecordType, ...]:
    """Return the nouns that have lines of their own; what a line refers to comes before it."""
    types = [each for each in registry.all_types() if not each.is_local]
    nested = {part.name for each in types for part in nested_parts(each)}
    wholes = {each.name: each for each in types if each.name not in nested}
    ordered: dict[str, RecordType] = {}

    def add(type_: RecordType) -> None:
        for holder in (type_, *nested_parts(type_)):
            for field in holder.references:
                if field.to in wholes and field.to != type_.name and field.to not in ordered:
                    add(wholes[field.to])
        ordered.setdefault(type_.name, type_)

    for each in wholes.values():
        add(each)
    return tuple(ordered.values())


class LineFormat:
    """The form of the lines of one noun, or of the lists of one part, in an open database."""

    def __init__(self, store: Store, type_: RecordType, *, is_nested: bool = False) -> None:
        self.type = type_
        self._store = store
        known = {each.name: each for each in store.engine.describe_columns(type_.table_name)}
        filled = {each.non_ascii_key for each in type_.fields}
        names = [*type_.columns, *type_.computed]
        left_out = {type_.parent if is_nested else "", *DERIVED_COLUMNS, *filled}
        wanted = [name for name in names if name not in left_out]
        self.columns: tuple[str, ...] = ("id", *dict.fromkeys(wanted))
        self.infos: dict[str, ColumnInfo] = {name: known[name] for name in self.columns}
        needed = {each.column for each in type_.fields if each.is_required}
        self._needed = {name for name in needed if name in self.infos}
        self.blanks = tuple(
            _NO_BLANK if name in needed else info.blank for name, info in self.infos.items()
        )
        self._packed = [each for each in type_.fields if _is_packed(each)]
        self._checks: dict[str, Check] = {
            name: test for each in type_.fields for name, test in each.checks().items()
        }
        self.parts = tuple(LineFormat(store, part, is_nested=True) for part in nested_parts(type_))

    @cached_property
    def inherited(self) -> str:
        """The column of the whole that holds the currency of amounts, "" where none does."""
        money = (each for each in self.type.fields if isinstance(each, MoneyAmount))
        return next((each.currency for each in money if each.is_inherited), "")

    @cached_property
    def key(self) -> str:
        """The key of the list of these parts."""
        return part_key(self.type)

    def pack(self, row: Sequence[Any], currency: str = "") -> Columns:
        """Return a row of the ``columns`` as a line carries it.

        ``currency`` is that of the whole, for the amounts of a part.
        """
        data = {
            name: value
            for name, value, blank in zip(self.columns, row, self.blanks, strict=True)
            if value != blank
        }
        if currency:
            data[self.inherited] = currency
        for field in self._packed:
            field.pack(data)
        if currency:
            del data[self.inherited]
        return data

    def unpack(self, data: Columns, currency: str = "") -> Columns:
        """Return the columns of a row that a line carries. Raises UsageError."""
        data = dict(data)
        if currency:
            data[self.inherited] = currency
        for field in self._packed:
            field.unpack(data)
        if currency:
            del data[self.inherited]
        unknown = data.keys() - self.infos.keys()
        if unknown:
            raise UsageError(f"unknown key “{min(unknown)}” of {with_article(self.type.name)}")
        self._fill(data)
        return {name: self._checked(info, data) for name, info in self.infos.items()}

    def _fill(self, data: Columns) -> None:
        """Give new rows what they need; raise UsageError for what only a file can say."""
        for field in self.type.fields:
            name = field.column
            if name not in self.infos or name in data:
                continue
            if field.is_automatic and (value := field.initial(self._store)) is not None:
                data[name] = value
            elif isinstance(field, Choice) and field.is_required and field.default:
                data[name] = field.default
            elif name in self._needed:
                raise MissingValueError(f"{self.type.with_article} needs {name}", "", name)

    def _checked(self, info: ColumnInfo, data: Columns) -> Any:
        value = data.get(info.name, info.blank)
        if value is None and info.is_nullable:
            return None
        if info.type is float and type(value) is int:
            value = float(value)
        is_fitting = type(value) is info.type and not (
            isinstance(value, int) and abs(value) > _MOST
        )
        if not is_fitting or (info.name == "id" and not 0 <= value <= _MOST):
            raise UsageError(f"{info.name} has a value of another kind: {str(value)[:40]!r}")
        test = self._checks.get(info.name)
        if isinstance(value, str):
            value = self._cleaned(info.name, value)
        if test is not None and not test(value):
            raise UsageError(f"{info.name} has an invalid value: {str(value)[:40]!r}")
        return value

    def _cleaned(self, name: str, value: str) -> str:
        """Return a text without control characters, which may come from outside."""
        field = self.type.field_of_column(name)
        is_line = field is not None and not isinstance(field, Block)
        if value.isprintable() or (is_clean(value, newlines=not is_line) and _is_encodable(value)):
            return value
        return normalize_line(value) if is_line else normalize_block(value)


def _is_encodable(text: str) -> bool:
    """Return whether a text is without lone surrogates, which no engine stores."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_packed(field: Field) -> bool:
    """Return whether a line carries a field in another form than its columns."""
    own = type(field)
    is_own = own.pack is not Field.pack or own.unpack is not Field.unpack
    return bool(field.folded) or is_own


def list_referred(forms: Mapping[str, LineFormat]) -> set[str]:
    """Return the nouns to whose rows the lines of some forms refer."""
    return {
        field.to
        for form in forms.values()
        for each in (form, *form.parts)
        for field in each.type.references
    }


def formats(store: Store) -> Iterator[LineFormat]:
    """Yield the form of the lines of each noun, in the order of a file."""
    for type_ in line_types():
        yield LineFormat(store, type_)
