"""Texts about others that mention a person: finding them, and striking the person out."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cardcrm.records import registry
from cardcrm.records.fields import Text, Uid
from cardcrm.records.privacy.mentions import Finder
from cardcrm.records.privacy.traces import Owned
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.text import fold


class Mention(NamedTuple):
    """A text that holds a find: its noun, its row, its column and the text."""

    noun: str
    row_id: int
    column: str
    text: str


def free_texts(type_: RecordType) -> tuple[Text, ...]:
    """Return the fields of a noun in which a person may be mentioned."""
    return tuple(
        each
        for each in type_.fields
        if isinstance(each, Text) and not (each.identifies or isinstance(each, Uid))
    )


def mentions(store: Store, finder: Finder, owned: Owned) -> Iterator[Mention]:
    """Yield the texts of rows that are not owned and hold a find."""
    if not finder.needles:
        return
    for type_ in registry.all_types():
        fields = free_texts(type_)
        if not fields:
            continue
        where, params = _may_hold([each.column for each in fields], finder)
        columns = ", ".join(each.column for each in fields)
        table = type_.table_name
        for row in store.rows(f"SELECT id, {columns} FROM {table} WHERE {where}", **params):
            for field, text in zip(fields, tuple(row)[1:], strict=True):
                if row[0] not in owned.get(table, ()) and text and finder.finds(text):
                    yield Mention(type_.name, row[0], field.column, text)


def _may_hold(columns: list[str], finder: Finder) -> tuple[str, dict[str, str]]:
    """Return a condition that every row with a find meets.

    SQLite lowers ASCII letters alone, so a text with others is read in any case.
    """
    params: dict[str, str] = {}
    for number, anchor in enumerate(finder.anchors):
        pure = "".join(char if char.isascii() and char not in "%_\\" else "_" for char in anchor)
        params[f"a{number}"] = f"%{pure}%"
    terms = [f"lower({column}) LIKE :{name}" for column in columns for name in params]
    return " OR ".join(terms) or "1 = 0", params


def strike(store: Store, finder: Finder, owned: Owned) -> int:
    """Strike the person out of the texts of others, in the transaction; return their number."""
    found = list(mentions(store, finder, owned))
    for each in found:
        type_ = registry.record_type(each.noun)
        text = finder.strike(each.text)
        values: dict[str, Any] = {each.column: text}
        field = type_.field_of_column(each.column)
        if field is not None and field.folded:
            values[field.folded] = fold(text)
        store.update(type_.table_name, each.row_id, **values)
    return len(found)
