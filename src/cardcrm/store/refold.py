"""The stored keys of texts that are not ASCII: proving them, and filling them in older databases.

Version 3 has keys for more columns, writes internationalized domains in one form, and indexes
German umlauts, and scripts without spaces, in further forms; version 7 has keys for the names of
mail. All of that concerns texts with other letters than ASCII, so that a million contacts are
migrated by looking at a few of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from cardcrm.domains import email_key, web_key
from cardcrm.store import migrations, table_registry, touch_migration
from cardcrm.store.derived import ContactDocument, TextDocument
from cardcrm.store.derived_refresh import DirtySet, Effect, refresh
from cardcrm.store.engine import Engine
from cardcrm.store.table_registry import Table

Change = tuple[int, Mapping[str, str]]  # the id of a row, and columns to write

_BATCH = 500

# The texts in the document of a contact: table, column with the id of the contact, column.
_SEARCHED = (
    ("contact", "id", "name"),
    ("contact", "id", "title"),
    ("nickname", "contact_id", "name"),
    ("address", "contact_id", "city"),
    ("point", "contact_id", "value"),
)


def find_wrong_keys(engine: Engine, table: Table) -> Iterator[Change]:
    """Yield the ids of rows whose keys are not what their columns give, with the right keys."""
    if not table.keys:
        return
    columns = [name for each in table.keys for name in (each.column, each.key)]
    where = " OR ".join(
        f"{each.key} <> '' OR {_is_odd(engine, each.column)}" for each in table.keys
    )
    sql = f"SELECT id, {', '.join(columns)} FROM {table.name} WHERE {where}"
    for row in engine.stream(sql, {}):
        right = {each.key: each.value(row[each.column]) for each in table.keys}
        if any(row[key] != value for key, value in right.items()):
            yield row["id"], right


def fill_keys(engine: Engine, names: Collection[str] = ()) -> None:
    """Write the keys of all rows that lack them, or those of some tables."""
    for table in table_registry.all_tables().values():
        if names and table.name not in names:
            continue
        keys = [each.key for each in table.keys]
        _update(engine, table.name, keys, find_wrong_keys(engine, table))


def migrate(engine: Engine, version: int) -> None:
    """Write the keys, days and search documents that a database of an older version lacks."""
    if version >= migrations.REFOLDED:
        fill_keys(engine, migrations.NAMED_COLUMNS)
        return
    touch_migration.fill_days(engine)
    fill_keys(engine)
    _update(engine, "point", ["value_key"], _find_moved_points(engine))
    _refresh_documents(engine)


def _is_odd(engine: Engine, column: str) -> str:
    """Return SQL: a column holds other letters than ASCII, or the sign of an encoded domain."""
    return (
        f"({engine.byte_length.format(column)} > length({column}) OR lower({column}) LIKE '%xn--%')"
    )


def _find_moved_points(engine: Engine) -> Iterator[Change]:
    """Yield contact points whose key has another form in version 3."""
    rows = engine.stream(
        "SELECT id, kind, value, value_key FROM point "
        f"WHERE kind <> 'phone' AND {_is_odd(engine, 'value')}",
        {},
    )
    for id_, kind, value, before in rows:
        key = email_key(value) if kind == "email" else web_key(value)
        if key != before:
            yield id_, {"value_key": key}


def _update(engine: Engine, table: str, columns: Sequence[str], changes: Iterator[Change]) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    rest = iter(list(changes))  # rows are not changed while they are read
    while batch := list(islice(rest, _BATCH)):
        engine.execute_many(
            f"UPDATE {table} SET {sets} WHERE id = :id",
            [{"id": id_, **values} for id_, values in batch],
        )


def _refresh_documents(engine: Engine) -> None:
    """Write the search documents of contacts and texts that have others now."""
    dirty = DirtySet()
    for kind in table_registry.derived_kinds():
        if isinstance(kind, ContactDocument):
            dirty.add(Effect(kind), _odd_contacts(engine) | _otherwise_named(engine))
        elif isinstance(kind, TextDocument):
            for column in kind.columns:
                dirty.add(Effect(kind), _odd_rows(engine, kind.source, "id", column))
    refresh(engine, dirty)


def _odd_contacts(engine: Engine) -> set[int]:
    found = {id_ for each in _SEARCHED for id_ in _odd_rows(engine, *each)}
    sql = (
        "SELECT c.id FROM contact c WHERE c.org_id IN "
        f"(SELECT id FROM contact WHERE kind = 'org' AND {_is_odd(engine, 'name')})"
    )
    return found | {row[0] for row in engine.stream(sql, {})}


def _otherwise_named(engine: Engine) -> set[int]:
    """Return the contacts whose stated given or family name is not in the name to show."""
    missing = " OR ".join(
        f"name_key NOT LIKE '%' || lower({part}) || '%'" for part in ("given", "family")
    )
    sql = f"SELECT id FROM contact WHERE stated <> '' AND ({missing})"
    return {row[0] for row in engine.stream(sql, {})}


def _odd_rows(engine: Engine, table: str, id_column: str, column: str) -> Iterable[int]:
    sql = f"SELECT {id_column} FROM {table} WHERE {_is_odd(engine, column)}"
    return [row[0] for row in engine.stream(sql, {})]
