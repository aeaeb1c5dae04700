"""Rows that a table in between ties to a row of a noun, such as the participants of an interaction.

They are added and removed one by one, so that two users can change the list at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cardcrm.errors import MissingValueError, UsageError
from cardcrm.records.fields import References
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.text import with_article


class LinkChange(NamedTuple):
    """The ids of rows to tie to a row, and of those to untie from it."""

    added: Sequence[int] = ()
    removed: Sequence[int] = ()


Links = Mapping[str, LinkChange]  # by the keys of the fields


def write(store: Store, type_: RecordType, row_id: int, links: Links) -> bool:
    """Change what a row is tied to, inside a transaction; return whether anything changed.

    Raises UsageError for a required field that nothing would be left of.
    """
    changed = False
    for field in type_.links:
        before = linked_ids(store, field, row_id)
        change = links.get(field.key, LinkChange())
        new = [each for each in dict.fromkeys(change.added) if each not in before]
        gone = [each for each in before if each in change.removed]
        if field.is_required and len(before) + len(new) == len(gone):
            raise MissingValueError(
                f"{type_.with_article} needs {with_article(field.to)}",
                f"Add it with --{field.option}, or remove the {type_.noun}: "
                f"cardcrm {type_.name} rm {row_id}",
                field.key,
            )
        for each in new:
            store.insert(field.via, **{field.via_column: row_id, field.to_column: each})
        for each in gone:
            store.delete(field.via, before[each])
        changed |= bool(new or gone)
    return changed


def refuse_absent(store: Store, type_: RecordType, row_id: int, links: Links) -> None:
    """Raise UsageError for a row to untie that a row is not tied to."""
    for field in type_.links:
        known = linked_ids(store, field, row_id)
        names = f"SELECT {field.shows} FROM {field.to} WHERE id = :id"
        for each in links.get(field.key, LinkChange()).removed:
            if each not in known:
                others = ", ".join(str(store.value(names, id=other)) for other in known)
                raise UsageError(
                    f"{type_.noun} {row_id} is not {field.label} {store.value(names, id=each)}",
                    f"It is {field.label} {others}.",
                )


def linked_ids(store: Store, field: References, row_id: int) -> dict[int, int]:
    """Return the ids that a row is tied to, each with the id of the row in between."""
    sql = (
        f"SELECT {field.to_column}, id FROM {field.via} WHERE {field.via_column} = :id ORDER BY id"
    )
    return {row[0]: row[1] for row in store.rows(sql, id=row_id)}


def replace(before: Iterable[int], wanted: Iterable[int]) -> LinkChange:
    """Return the change from some ids to others."""
    before, wanted = list(before), list(wanted)
    return LinkChange(
        [each for each in wanted if each not in before],
        [each for each in before if each not in wanted],
    )
