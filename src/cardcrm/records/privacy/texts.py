"""Texts about others that mention a person: finding them, and striking the person out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any, Final, NamedTuple

from cardcrm.records import registry
from cardcrm.records.contacts.custom_fields import field_name
from cardcrm.records.fields import Block, Key, Text, Uid
from cardcrm.records.privacy.journal_scan import entries, values
from cardcrm.records.privacy.mentions import STRUCK, Finder
from cardcrm.records.privacy.traces import Owned
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.text import fold, fold_non_ascii

# Signs that LIKE cannot compare: wildcards, and letters that often have an accent.
_VARIABLE: Final = r"[%\\aceinosuyz]|[^\x00-\x7f]"

Fields = Callable[[RecordType], Iterable[Text]]


class Mention(NamedTuple):
    """A text that holds a find: its noun, its row, its column and the text."""

    noun: str
    row_id: int
    column: str
    text: str


class Place(NamedTuple):
    """A mention by the row that people know it by, such as the contact that a date belongs to.

    ``field`` names the text in it: ``note``, or ``days: label`` for a part.
    """

    noun: str
    row_id: int
    field: str
    text: str


def find_place(store: Store, mention: Mention) -> Place:
    """Return a mention as people find it."""
    type_ = registry.record_type(mention.noun)
    field = type_.field_of_column(mention.column)
    label = field.label if field else mention.column
    whole = next((each for each in type_.references if each.column == type_.parent), None)
    if whole is None or type_.uid is not None:  # a row with a permanent id is a whole
        return Place(type_.name.replace("_", " "), mention.row_id, label, mention.text)
    sql = f"SELECT {whole.column} FROM {type_.table_name} WHERE id = :id"
    owner = registry.record_type(whole.to)
    return Place(
        owner.name.replace("_", " "),
        store.value(sql, id=mention.row_id),
        f"{type_.plural}: {label}",
        mention.text,
    )


def free_texts(type_: RecordType) -> Iterator[Text]:
    """Yield the fields of a noun in which a person may be mentioned and is struck out.

    Paths and names of files have to agree with the disk.
    """
    return (each for each in all_texts(type_) if not (type_.is_local and isinstance(each, Key)))


def all_texts(type_: RecordType) -> Iterator[Text]:
    """Yield the fields of a noun in which a person may be mentioned.

    The states of synchronized files are erased by their parts.
    """
    for each in type_.fields:
        if not isinstance(each, Text) or isinstance(each, Uid):
            continue
        is_state = type_.is_local and isinstance(each, Block)
        if not is_state and (not each.identifies or type_.name == "field"):
            yield each


def mentions(
    store: Store, finder: Finder, owned: Owned, fields_of: Fields = free_texts
) -> Iterator[Mention]:
    """Yield the texts of rows that are not owned and hold a find."""
    if not finder.needles:
        return
    for type_ in registry.all_types():
        fields = tuple(fields_of(type_))
        if not fields:
            continue
        where, params = _may_hold([each.column for each in fields], finder)
        columns = ", ".join(each.column for each in fields)
        table = type_.table_name
        for row in store.stream(f"SELECT id, {columns} FROM {table} WHERE {where}", params):
            for field, text in zip(fields, tuple(row)[1:], strict=True):
                if row[0] not in owned.get(table, ()) and text and finder.finds(text):
                    yield Mention(type_.name, row[0], field.column, text)


def _may_hold(columns: list[str], finder: Finder) -> tuple[str, dict[str, str]]:
    """Return a condition that every row with a find meets.

    SQLite lowers ASCII letters alone, so a text with others is read in any case.
    """
    params = {f"a{number}": _like(anchor) for number, anchor in enumerate(finder.anchors)}
    terms = [f"lower({column}) LIKE :{name}" for column in columns for name in params]
    return " OR ".join(terms) or "1 = 0", params


def _like(anchor: str) -> str:
    """Return a pattern of LIKE that an anchor meets with any accents on its letters."""
    letters = re.sub("ss|ae|oe", "%", anchor)
    return f"%{re.sub(_VARIABLE, '_', letters)}%"


def strike(store: Store, finder: Finder, owned: Owned) -> int:
    """Strike the person out of the texts of others, in the transaction; return their number."""
    found = list(mentions(store, finder, owned))
    for each in found:
        type_ = registry.record_type(each.noun)
        text = strike_value(finder, type_.table_name, each.column, each.text)
        field = type_.field_of_column(each.column)
        if field is not None and field.is_unique:
            text = _choose_free(store, type_.table_name, field.folded or each.column, text)
        values: dict[str, Any] = {each.column: text}
        if field is not None and field.folded:
            values[field.folded] = fold(text)
        store.update(type_.table_name, each.row_id, **values)
    return len(found)


def strike_row(finder: Finder, type_: RecordType, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row in the journal as the table has them, without the person.

    A name or an address of another contact stays, unless it is the person's: then it was there by
    mistake.
    """
    free = {each.column for each in free_texts(type_)}
    found = {
        column: _strike_column(finder, type_, column, value, is_free=column in free)
        if isinstance(value, str) and finder.may_find(value)
        else value
        for column, value in row.items()
    }
    for field in free_texts(type_):
        text = found.get(field.column)
        if text != row.get(field.column) and isinstance(text, str):
            keys = {field.folded: fold(text), field.non_ascii_key: fold_non_ascii(text)}
            found |= {name: key for name, key in keys.items() if name in found}
    return found


def _strike_column(
    finder: Finder, type_: RecordType, column: str, value: str, *, is_free: bool
) -> str:
    if is_free:
        return strike_value(finder, type_.table_name, column, value)
    return STRUCK if finder.is_whole(value) else value


def strike_value(finder: Finder, table: str, column: str, text: str) -> str:
    """Return the value of a column without the person; the name of a field stays one."""
    struck = finder.strike(text)
    is_name = (table, column) == ("field", "name")
    return field_name(struck) if is_name and struck != text else struck


def _choose_free(store: Store, table: str, column: str, text: str) -> str:
    """Return a value that no row has, by a number behind it."""
    sql = f"SELECT 1 FROM {table} WHERE {column} = :value"
    texts = chain([text], (f"{text} {number}" for number in count(2)))
    return next(
        each
        for each in texts
        if not store.rows(sql, value=fold(each) if column.endswith("_key") else each)
    )


def find_tags(store: Store, finder: Finder) -> set[int]:
    """Return the tags that name the person, in the table and in the journal."""
    rows = store.stream("SELECT id, name, written FROM tag", {})
    found = {row[0] for row in rows if finder.finds(row[1]) or finder.finds(row[2])}
    for entry in entries(store, ["tag"]):
        for row_id, data in values(entry):
            if any(finder.finds(data.get(each, "")) for each in ("name", "written")):
                found.add(row_id)
    return found
