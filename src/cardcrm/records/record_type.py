"""The declaration of a noun: its table, its fields, and what becomes of its rows.

Everything that the program knows about a noun is derived from its `RecordType`: the commands
``NOUN add, list, show, edit, rm``, the query fields, every output format, export and import, the
wording of the journal, undo, merging, deletion, `db check`, `db copy`, and the screen's list and
form. A declaration is plain data and imports no database, so that a quick command can load it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    Condition,
    ContactFilter,
    Field,
    Flag,
    MoneyAmount,
    Reference,
    References,
    Text,
    Uid,
)
from cardcrm.store.derived_refresh import Effect
from cardcrm.text import with_article

__all__ = ["Effect", "RecordType", "create_table", "is_currency_of"]

# Options that every command has, and those of the commands that every noun has.
RESERVED_NAMES = frozenset(
    ("all", "by", "color", "columns", "db", "dry-run", "force", "format", "help", "json", "limit")
) | {"no-pager", "sort", "where", "yes"}

NO_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({})


class RecordType(NamedTuple):
    """The declaration of a noun.

    ``table`` is its table if that has another name; ``title`` is a template over its columns that
    names a row in a sentence. ``parent`` is the column that ties a part to its whole, and
    ``same_by`` the columns in which two parts of one whole must differ. ``parts`` are the nouns
    that have no life of their own. A part that ``is_line`` is described together with its whole,
    under the ``line_label`` if it has one, and in JSON under the ``line_key``. ``closed_by`` is the
    column that is filled, or set to yes, once a row is done. ``words`` is the key of the field that
    the free words of ``NOUN edit`` fill. ``heading`` names a row in the journal by its columns. The
    ``effects`` say which derived data a changed row makes stale. ``sort`` is the key that a list is
    sorted by. With ``has_text_index`` words are looked up in the text index. ``computed`` are
    columns made from others. When a contact is forgotten, its rows of a noun with
    ``outlives_contact`` can be kept without their texts. Rows of a noun that ``is_local`` mean
    nothing in another database. ``adjust`` checks and completes the columns of a row before they
    are written, and ``check`` looks at the row after that, in the same transaction. ``read_texts``
    completes the typed texts of a row before they are parsed; it gets the row that is edited. A
    query that names one of the ``closing_filters`` also finds rows that are done. ``query_words``
    are words of a query that stand for a field and a value, and ``conditions`` filters without a
    column. ``verb`` says what happened to a row that was closed or opened again. The journal does
    not describe parts that each ``repeats_whole``, a change of their whole. ``explain_final``
    returns why an undo must leave a row as it is, "" where it need not. ``check_removal``
    raises ConflictError for a row that must stay, and ``before_removal`` changes what depends on a
    row that goes, in the same transaction. ``added_by`` is the command that adds a row, if it is
    not that of the noun. ``complete_rows`` fills in what no column holds, in rows read.
    ``singular`` is the word for one row, if it is not the name.
    """

    name: str
    plural: str
    fields: tuple[Field, ...]
    table: str = ""
    title: str = "{id}"
    parent: str = ""
    same_by: tuple[str, ...] = ()
    parts: tuple["RecordType", ...] = ()
    effects: tuple[Effect, ...] = ()
    sort: str = "id"
    summary: str = ""
    computed: tuple[str, ...] = ()
    closed_by: str = ""
    words: str = ""
    is_line: bool = False
    line_label: str = ""
    line_key: str = "lines"
    has_text_index: bool = False
    outlives_contact: bool = False
    is_local: bool = False
    heading: Callable[[Mapping[str, Any]], str] | None = None
    adjust: Callable[[Any, dict[str, Any], int], dict[str, Any]] | None = None
    check: Callable[[Any, int], None] | None = None
    read_texts: Callable[[Any, Mapping[str, str], Any], Mapping[str, str]] | None = None
    closing_filters: tuple[str, ...] = ()
    query_words: Mapping[str, tuple[str, str]] = NO_WORDS
    conditions: tuple[Condition | ContactFilter, ...] = ()
    verb: Callable[[Mapping[str, Any]], str] | None = None
    repeats_whole: bool = False
    explain_final: Callable[[Mapping[str, Any]], str] | None = None
    check_removal: Callable[[Any, int], None] | None = None
    before_removal: Callable[[Any, int], None] | None = None
    added_by: str = ""
    complete_rows: Callable[[Any, Iterator[Any]], Iterator[Any]] | None = None
    singular: str = ""

    @property
    def table_name(self) -> str:
        """The name of the table."""
        return self.table or self.name

    @property
    def title_keys(self) -> list[str]:
        """The columns or keys of the fields in the title."""
        return re.findall(r"\{(\w+)\}", self.title)

    @property
    def title_column(self) -> str:
        """The first column of the title."""
        return self.title_keys[0] if self.title_keys else "id"

    @property
    def noun(self) -> str:
        """The word for one row in messages: “service level”."""
        return self.singular or self.name.replace("_", " ")

    @property
    def with_article(self) -> str:
        """The word for one row with its article: “an interaction”."""
        return with_article(self.noun)

    def counted(self, count: int) -> str:
        """Return a number of rows in words: “1 sale”, “1,200 sales”."""
        return f"{count:,} {self.noun if count == 1 else self.plural}"

    @property
    def title_field(self) -> Text | None:
        """The text field that a row is named by."""
        field = self.field_of_column(self.title_column)
        return field if isinstance(field, Text) and not field.is_automatic else None

    @property
    def keys(self) -> tuple[Text, ...]:
        """The fields whose text names one row; the first is the title."""
        if self.title_field is None or not self.title_field.is_unique:
            return ()
        unique = (each for each in self.fields if isinstance(each, Text) and each.is_unique)
        return tuple(each for each in unique if not each.is_automatic)

    @property
    def uid(self) -> Uid | None:
        """The field of the permanent id, if there is one."""
        return next((each for each in self.fields if isinstance(each, Uid)), None)

    @property
    def closing_field(self) -> Field | None:
        """The field that says that a row is done."""
        return self.field_of_column(self.closed_by)

    @property
    def open_plural(self) -> str:
        """The rows that are not done, in words: “open reminders”."""
        if isinstance(self.closing_field, Flag):
            return f"{self.plural} that are not {self.closing_field.label}"
        return f"open {self.plural}" if self.closed_by else self.plural

    @property
    def open_value(self) -> str:
        """The value by which a query finds the rows that are not done."""
        return "no" if isinstance(self.closing_field, Flag) else "none"

    @property
    def line_types(self) -> tuple["RecordType", ...]:
        """The parts that a row is shown with."""
        return tuple(each for each in self.parts if each.is_line and each.line_label)

    @property
    def links(self) -> tuple[References, ...]:
        """The fields of a table in between whose rows a person adds and removes."""
        return tuple(
            each for each in self.fields if isinstance(each, References) and each.removed_by
        )

    def field(self, key: str) -> Field | None:
        """Return the field of that key, whether written with _ or -."""
        wanted = key.replace("-", "_")
        return next((each for each in self.fields if each.key.replace("-", "_") == wanted), None)

    def field_of_column(self, column: str) -> Field | None:
        """Return the field that writes a column."""
        return next((each for each in self.fields if column in each.columns), None)

    @property
    def editable(self) -> tuple[Field, ...]:
        """The fields that a person fills in."""
        return tuple(each for each in self.fields if not each.is_automatic and each.columns)

    @property
    def portable(self) -> tuple[Field, ...]:
        """The automatic fields that a file brings along: ids by which others know the row."""
        return tuple(each for each in self.fields if each.is_portable)

    @property
    def recognized_by(self) -> tuple[Field, ...]:
        """The fields by which a row of a file is known: the unique portable ones, or the name."""
        return tuple(each for each in self.portable if each.is_unique) or self.keys[:1]

    @property
    def listed(self) -> tuple[Field, ...]:
        """The fields that a list shows unless told otherwise."""
        return tuple(each for each in self.fields if each.is_listed)

    @property
    def searched(self) -> tuple[Field, ...]:
        """The fields in which the words of a query are searched."""
        return tuple(each for each in self.fields if each.is_searchable)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The fields that refer to other nouns."""
        return tuple(each for each in self.fields if isinstance(each, Reference))

    @property
    def contact(self) -> Reference | None:
        """The field that ties a row to its contact, if there is one."""
        return next((each for each in self.references if each.to == "contact"), None)

    @property
    def contact_fields(self) -> tuple[Reference | References, ...]:
        """All fields that refer to contacts."""
        return tuple(
            each
            for each in self.fields
            if isinstance(each, Reference | References) and each.to == "contact"
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order, without the id."""
        found = [column for each in self.fields for column in each.columns]
        return tuple(dict.fromkeys(found))

    def normalize(self, **values: Any) -> dict[str, Any]:
        """Return values as their columns hold them; None leaves a column out.

        Raises UsageError.
        """
        return {
            each.column: each.normalize(values[each.column])
            for each in self.fields
            if values.get(each.column) is not None
        }

    def filters(self) -> dict[str, Field]:
        """Return the fields that a query can filter by, under their names."""
        fields = (*self.fields, *self.conditions)
        return {each.filter: each for each in fields if each.filter is not None}

    def check_names(self) -> None:
        """Raise UsageError where two options of the noun's commands would have one name."""
        seen: set[str] = set()
        for field in (*self.editable, *self.links):
            remedy = f"Give the field another key, such as {self.name}_{field.key}."
            if field.option in RESERVED_NAMES:
                raise UsageError(
                    f"the field {field.key} of {self.name} has the name of the option "
                    f"--{field.option}, which every noun has",
                    remedy,
                )
            if field.option in seen:
                raise UsageError(f"two fields of {self.name} are named {field.option}", remedy)
            seen.add(field.option)

    def with_parts(self) -> Iterator["RecordType"]:
        """Yield the noun and all its parts."""
        yield self
        for part in self.parts:
            yield from part.with_parts()


def create_table(type_: RecordType) -> str:
    """Return the SQL that creates a noun's table with its indexes, for a migration.

    ``{identity}`` and ``{key}`` stand for the words of the engine.
    """
    lines = dict(pair for each in type_.fields for pair in each.definition())
    columns = ",\n".join(f"  {name} {sql}" for name, sql in {"id": "{identity}", **lines}.items())
    table = type_.table_name
    indexed = [each.column for each in type_.references]
    indexed += [each.folded for each in type_.fields if each.folded]
    indexes = "".join(
        f"CREATE INDEX {table}_{column.removesuffix('_id')} ON {table} ({column});\n"
        for column in indexed
    )
    return f"CREATE TABLE {table} (\n{columns}\n);\n{indexes}"


def is_currency_of(type_: RecordType, column: str) -> bool:
    """Return whether a column holds the currency of an amount beside it."""
    return any(isinstance(each, MoneyAmount) and each.currency == column for each in type_.fields)
