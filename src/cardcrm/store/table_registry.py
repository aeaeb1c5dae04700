"""Which tables the journal watches, and which kept facts hang on each.

A kept fact can always be reckoned anew from the other tables: a card's search text, the day of its
last interaction, its sums of sales. Kept facts are not journalled; they follow every change, undo
and redo in the same transaction.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]
Mark = Callable[["DirtySet", int, Values], None]


class DirtySet:
    """Ids of rows whose kept facts a transaction has made stale."""

    def __init__(self) -> None:
        self.cards: set[int] = set()
        self.notes: set[int] = set()
        self.orgs: set[int] = set()
        self.texts: set[int] = set()
        self.moved: set[int] = set()  # interactions that were on another day
        self.touches: set[int] = set()
        self.values: set[int] = set()


def _contact(stale: DirtySet, row_id: int, values: Values) -> None:
    if not values.keys().isdisjoint(("name", "title", "org_id")):
        stale.cards.add(row_id)
    if "name" in values:
        stale.orgs.add(row_id)
    if "note" in values:
        stale.notes.add(row_id)
    # One never spoken with counts from the day the card was made, which a merge may set back.
    if not values.keys().isdisjoint(("cadence_days", "created_at")):
        stale.touches.add(row_id)


def _new_contact(stale: DirtySet, row_id: int, values: Values) -> None:
    """Nobody works at a new card yet, and nobody has spoken with it."""
    stale.cards.add(row_id)
    if "note" in values:
        stale.notes.add(row_id)
    if "cadence_days" in values:
        stale.touches.add(row_id)


def _card(stale: DirtySet, _row_id: int, values: Values) -> None:
    stale.cards.add(values["contact_id"])


def _touch(stale: DirtySet, _row_id: int, values: Values) -> None:
    stale.touches.add(values["contact_id"])


def _value(stale: DirtySet, _row_id: int, values: Values) -> None:
    stale.values.add(values["contact_id"])


def _text(stale: DirtySet, row_id: int, values: Values) -> None:
    stale.texts.add(row_id)
    if "on_date" in values:
        stale.moved.add(row_id)


def _new_text(stale: DirtySet, row_id: int, _values: Values) -> None:
    """Who took part is told by rows of their own, after it."""
    stale.texts.add(row_id)


def _nothing(_stale: DirtySet, _row_id: int, _values: Values) -> None:
    """A table on which no kept fact hangs."""


class Table(NamedTuple):
    """A journalled table. ``owner`` must be known for a change to reach its card's kept facts;
    ``heeds`` are the columns that kept facts are made of. ``mark`` tells what a changed row makes
    stale, ``only_new`` what a new one does where that is less.
    """

    name: str
    mark: Mark = _nothing
    owner: str = ""
    heeds: tuple[str, ...] = ()
    only_new: Mark | None = None

    @property
    def mark_new(self) -> Mark:
        """What tells what a new row makes stale, by the columns that it fills."""
        return self.only_new or self.mark


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "contact",
            _contact,
            heeds=("name", "title", "org_id", "note", "cadence_days"),
            only_new=_new_contact,
        ),
        Table("nickname", _card, "contact_id"),
        Table("point", _card, "contact_id"),
        Table("address", _card, "contact_id"),
        Table("tag", _card, "contact_id"),
        Table("yearly_day"),
        Table("field"),
        Table("field_value"),
        Table("relation"),
        Table("interaction", _text, only_new=_new_text),
        Table("participant", _touch, "contact_id"),
        Table("reminder"),
        Table("product"),
        Table("sale", _value, "contact_id"),
        Table("sale_line"),
        Table("segment"),
    )
}

# Columns that hold kept facts: never compared, never part of a box's content.
DERIVED_COLUMNS = frozenset({"last_on", "touch_on", "bare"})

# Columns that may change without anybody having built on what the row says: one who comes later
# touches the card's time stamp even when only a tag is put on it.
IGNORED_COLUMNS = DERIVED_COLUMNS | {"updated_at"}
