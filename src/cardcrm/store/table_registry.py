"""The tables that the journal watches, and the derived data that hangs on each.

Derived data can always be computed from the other tables: a contact's search text, the day of its
last interaction, its sums of sales. It is not journalled; it follows every change, undo and redo in
the same transaction.

The store knows no noun. Each noun's declaration registers its tables here, and a loader that the
records package installs imports the declaration of a table when it is first asked for: a quick
command loads the nouns that it writes and no others.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import StorageError
from cardcrm.store.derived import Derived
from cardcrm.store.derived_refresh import DirtySet, Effect

Values = Mapping[str, Any]
Check = Callable[[Any], bool]  # of a stored value


class Link(NamedTuple):
    """A column that refers to the rows of another table."""

    column: str
    to: str


class FoldedKey(NamedTuple):
    """A column that holds what a function makes of another one, for search.

    The key of plain ASCII is empty.
    """

    column: str
    key: str
    fold: Callable[[str], str]

    def value(self, text: str | None) -> str:
        """Return the key of a text."""
        if not text or (text.isascii() and "--" not in text):  # xn--… is a domain
            return ""
        return self.fold(text)


class Table(NamedTuple):
    """A journalled table; ``required`` columns are never empty.

    ``load_checks`` returns the tests that stored values pass. Two rows of a part with equal values
    in all columns of ``same_by`` are duplicates. ``explain_final`` returns why an undo must leave
    a row as it is, "" where it need not.
    """

    name: str
    effects: tuple[Effect, ...] = ()
    links: tuple[Link, ...] = ()
    required: tuple[str, ...] = ()
    keys: tuple[FoldedKey, ...] = ()
    same_by: tuple[str, ...] = ()
    load_checks: Callable[[], dict[str, Check]] = dict
    explain_final: Callable[[Mapping[str, Any]], str] | None = None

    def with_keys(self, values: Values) -> Values:
        """Return the columns of a row with the keys of those columns."""
        keys = {
            each.key: each.value(values[each.column]) for each in self.keys if each.column in values
        }
        return {**values, **keys} if keys else values

    def with_filled_keys(self, values: Values) -> Values:
        """Return the columns of a new row with the keys that are not empty."""
        keys = {each.key: key for each in self.keys if (key := each.value(values.get(each.column)))}
        return {**values, **keys} if keys else values

    def load_keys(
        self, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Return the columns of many new rows with the keys that are not empty in all of them."""
        for each in self.keys:
            if each.column in columns and each.key not in columns:  # a redo has the keys already
                of = columns.index(each.column)
                texts = "\n".join([row[of] for row in rows if row[of]])
                if texts.isascii() and "--" not in texts:  # as `FoldedKey.value`, for all at once
                    continue
                keys = [each.value(row[of]) for row in rows]
                if any(keys):
                    columns = [*columns, each.key]
                    rows = [(*row, key) for row, key in zip(rows, keys, strict=True)]
        return columns, rows

    @property
    def other_ids(self) -> tuple[str, ...]:
        """The columns with the ids of other rows whose derived data a change makes stale."""
        return tuple(each.id_column for each in self.effects if each.id_column != "id")

    def mark_dirty(self, dirty: DirtySet, row_id: int, changed: Values, before: Values) -> None:
        """Mark what a row makes stale of which some columns are changed.

        ``before`` holds the ``other_ids`` as they were: both the row that this one belonged to and
        the one that it belongs to now are stale.
        """
        for effect in self.effects:
            if effect.columns and changed.keys().isdisjoint(effect.columns):
                continue
            if effect.id_column == "id":
                dirty.add(effect, {row_id})
            else:
                column = effect.id_column
                stale = {before.get(column), changed.get(column)}
                dirty.add(effect, {each for each in stale if each})

    def mark_new(self, dirty: DirtySet, row_id: int, filled: Values) -> None:
        """Mark what a new row makes stale of which some columns are filled."""
        for effect in self.effects:
            is_caused = not effect.columns or not filled.keys().isdisjoint(effect.columns)
            if effect.on_insert and is_caused:
                stale = row_id if effect.id_column == "id" else filled[effect.id_column]
                dirty.add(effect, {stale})

    def mark_loaded(
        self, dirty: DirtySet, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Mark what many new rows make stale; their first column is the id."""
        for effect in self.effects:
            if not effect.on_insert:
                continue
            of = columns.index(effect.id_column)
            causes = [at for at, name in enumerate(columns) if name in effect.columns]
            stale = {row[of] for row in rows if not effect.columns or any(row[at] for at in causes)}
            dirty.add(effect, stale)


_tables: dict[str, Table] = {}
_loaders: list[Callable[[str], None]] = []  # the one that is installed


def set_loader(load: Callable[[str], None]) -> None:
    """Install what imports the declaration of a table, or of every table where it is given ""."""
    _loaders[:] = [load]


def _load(name: str) -> None:
    if not _loaders:
        raise RuntimeError("no noun is declared: import cardcrm.records before using the store")
    _loaders[0](name)


def register(*tables: Table) -> None:
    """Make tables known to the store; parents come before their children."""
    _tables.update({table.name: table for table in tables})


def forget(name: str) -> None:
    """Remove a table that `register` has made known."""
    _tables.pop(name, None)


def table(name: str) -> Table:
    """Return the table of that name. Raises StorageError for one that no noun declares."""
    if name not in _tables:
        _load(name)
    try:
        return _tables[name]
    except KeyError:
        raise StorageError(
            f"unknown table “{name}”", "It may come from a newer cardcrm; update this one."
        ) from None


def all_tables() -> dict[str, Table]:
    """Return every table, parents before their children."""
    _load("")
    ordered: dict[str, Table] = {}
    for each in _tables.values():
        _add_after_parents(each, ordered)
    return ordered


def derived_kinds() -> list[Derived]:
    """Return every kind of derived data."""
    effects = [effect for each in all_tables().values() for effect in each.effects]
    return list(dict.fromkeys(effect.derived for effect in effects))


def _add_after_parents(child: Table, ordered: dict[str, Table]) -> None:
    for link in child.links:
        if link.to != child.name and link.to in _tables and link.to not in ordered:
            _add_after_parents(_tables[link.to], ordered)
    ordered.setdefault(child.name, child)


# Columns that hold derived data: never compared, never part of a database's content.
DERIVED_COLUMNS = frozenset({"last_on", "touched_on", "touch_by", "bare"})

# Columns that may change without anything depending on their values: a later change touches the
# contact's time stamp even when it only adds a tag.
IGNORED_COLUMNS = DERIVED_COLUMNS | {"updated_at"}
