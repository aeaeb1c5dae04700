"""Rows that refer to other rows: what becomes of them when those are deleted or merged."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cardcrm.errors import ConflictError
from cardcrm.records import registry
from cardcrm.records.fields import CASCADE_LAST, CLEAR, REFUSE, REPARENT, Reference
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store

OnSame = Callable[[RecordType, int, tuple[object, ...]], None]


def _ignore(_type: RecordType, _row_id: int, _same: tuple[object, ...]) -> None:
    """Leave the row behind."""


def references_to(noun: str) -> Iterator[tuple[RecordType, Reference]]:
    """Yield every field of any noun that refers to a noun."""
    for type_ in registry.all_types():
        for field in type_.references:
            if field.to == noun:
                yield type_, field


def remove_row(store: Store, noun: str, row_id: int) -> None:
    """Delete a row inside a transaction, and do with what refers to it as its noun says."""
    removed = registry.record_type(noun)
    if removed.before_removal is not None:
        removed.before_removal(store, row_id)
    for type_, field in references_to(noun):
        table = type_.table_name
        sql = f"SELECT id FROM {table} WHERE {field.column} = :id ORDER BY id"
        for row in store.rows(sql, id=row_id):
            if field.on_delete == REFUSE:
                raise _in_use(store, noun, row_id, type_, field, row[0])
            if field.on_delete == CLEAR:
                store.update(table, row[0], **{field.column: None})
            elif field.on_delete == CASCADE_LAST:
                _remove_with_empty_parent(store, type_, row[0])
            else:
                remove_row(store, type_.name, row[0])
    store.delete(removed.table_name, row_id)


def _in_use(
    store: Store, noun: str, row_id: int, type_: RecordType, field: Reference, user_id: int
) -> ConflictError:
    """Return the error for a row that another one needs; a part is named by its whole."""
    whole = next((each for each in type_.references if each.column == type_.parent), None)
    name = type_.name
    if whole is not None:
        sql = f"SELECT {whole.column} FROM {type_.table_name} WHERE id = :id"
        name, user_id = whole.to, store.value(sql, id=user_id)
    remedy = field.if_refused.format(id=row_id) or f"Remove that {name} first."
    return ConflictError(f"{noun} {row_id} is used in {name} {user_id}", remedy)


def _remove_with_empty_parent(store: Store, type_: RecordType, row_id: int) -> None:
    """Delete a row, and what it is a part of once that has no other part of the kind."""
    parent = next(each for each in type_.references if each.column == type_.parent)
    table = type_.table_name
    parent_id = store.value(f"SELECT {parent.column} FROM {table} WHERE id = :id", id=row_id)
    store.delete(table, row_id)
    others = f"SELECT 1 FROM {table} WHERE {parent.column} = :id LIMIT 1"
    if not store.rows(others, id=parent_id):
        remove_row(store, parent.to, parent_id)


def reparent(
    store: Store, noun: str, keep_id: int, other_id: int, on_same: OnSame = _ignore
) -> None:
    """Move the rows that refer to one row over to another, inside a transaction.

    A row that repeats one that is there already stays behind, and ``on_same`` is called with it; so
    does a row that would then refer to the same row twice.
    """
    for type_, field in references_to(noun):
        if field.on_merge == REPARENT:
            _Move(store, type_, field, keep_id).run(other_id, on_same)


class _Move(NamedTuple):
    """The rows of one noun that are moved to another row by one of their references."""

    store: Store
    type: RecordType
    field: Reference
    keep_id: int

    def run(self, other_id: int, on_same: OnSame) -> None:
        """Move the rows of the other one."""
        there = {same for _, same in self._rows(self.keep_id)}
        for row_id, same in self._rows(other_id):
            if same and same in there:
                on_same(self.type, row_id, same)
            else:
                self._write(row_id)

    def _rows(self, id_: int) -> list[tuple[int, tuple[object, ...]]]:
        """Return the rows that refer to an id, each with what tells it apart."""
        same = [each for each in self.type.same_by if each not in (self.field.column, "id")]
        if same and self._twins:  # seen from its other end, a relation is identified by this one
            same = [*dict.fromkeys([*same, *self._twins])]
        columns = ", ".join(["id", *same])
        table = self.type.table_name
        sql = f"SELECT {columns} FROM {table} WHERE {self.field.column} = :id ORDER BY id"
        return [(row[0], tuple(row)[1:]) for row in self.store.rows(sql, id=id_)]

    @property
    def _twins(self) -> list[str]:
        """The columns of the other references to the same noun that must differ from this one."""
        return [
            each.column
            for each in self.type.references
            if each.to == self.field.to and each is not self.field and not each.may_repeat
        ]

    def _write(self, row_id: int) -> None:
        """Let a row refer to the one that is kept, unless it is that row or refers to it too."""
        table, column = self.type.table_name, self.field.column
        if self.type.name == self.field.to and row_id == self.keep_id:
            self.store.update(table, row_id, **{column: None})
            return
        for twin in self._twins:
            sql = f"SELECT {twin} FROM {table} WHERE id = :id"
            if self.store.value(sql, id=row_id) == self.keep_id:
                return
        self.store.update(table, row_id, **{column: self.keep_id})
