"""Filling an empty database on a server without updating its indexes for each row.

Indexes and foreign keys are dropped, and the statements that create them again are stored in a
table, all in one transaction. After an interrupted bulk load that table is still there, so the next
one drops nothing twice and restores everything at its end.
"""

from cardcrm.store.derived import DerivedTable
from cardcrm.store.engine import transaction
from cardcrm.store.postgresql.transactions import PostgresTransactions
from cardcrm.store.table_registry import all_tables, derived_kinds


def _filled() -> tuple[str, ...]:
    """Return every table that is filled."""
    computed = [each.table for each in derived_kinds() if isinstance(each, DerivedTable)]
    own = ("place", "setting", "step", "change")
    return (*all_tables(), *own, *computed, "card_fts", "text_fts")


_CREATE_DROPPED = "CREATE TABLE cardcrm_aside (id INTEGER PRIMARY KEY, statement TEXT NOT NULL)"

_HAS_DROPPED = (
    "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'cardcrm_aside'"
)

_OURS = (
    "t.relname = ANY(:tables) AND t.relnamespace = "
    "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
)

# Statements that drop and create each of them. Primary keys stay: rows come in the order of their
# ids, which costs little, and an interrupted copy continues after the last id.
_CONSTRAINTS = (
    "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname), "
    "format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, "
    "pg_get_constraintdef(c.oid)) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
    f'WHERE {_OURS} AND c.contype = CAST(:type AS "char") ORDER BY t.relname, c.conname'
)
_INDEXES = (
    "SELECT format('DROP INDEX %I', x.relname), pg_get_indexdef(x.oid) FROM pg_index i "
    "JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
    f"WHERE {_OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.oid "
    "AND c.contype IN ('p', 'u', 'x')) ORDER BY t.relname, x.relname"
)


def drop_indexes(connection: PostgresTransactions) -> None:
    """Drop indexes and foreign keys until `restore_indexes`, unless they are dropped already."""
    with transaction(connection):
        if not connection.rows(_HAS_DROPPED, {}):
            found = _droppable(connection)
            connection.run_script(";\n".join([_CREATE_DROPPED, *(drop for drop, _ in found)]))
            connection.execute_many(
                "INSERT INTO cardcrm_aside (id, statement) VALUES (:id, :statement)",
                [{"id": id_, "statement": create} for id_, (_, create) in enumerate(found)],
            )


def _droppable(connection: PostgresTransactions) -> list[tuple[str, str]]:
    """Return statements that drop and create each; foreign keys first, as they need unique keys."""
    tables = {"tables": list(_filled())}
    found = connection.rows(_CONSTRAINTS, {**tables, "type": "f"})
    found += connection.rows(_CONSTRAINTS, {**tables, "type": "u"})
    return [(row[0], row[1]) for row in found + connection.rows(_INDEXES, tables)]


def restore_indexes(connection: PostgresTransactions) -> None:
    """Create the dropped indexes and foreign keys again, and update the planner's statistics."""
    with transaction(connection):
        connection.run_script("SET LOCAL maintenance_work_mem = '256MB'")
        for row in connection.rows("SELECT statement FROM cardcrm_aside ORDER BY id DESC", {}):
            connection.run_script(row[0])
        connection.run_script("DROP TABLE cardcrm_aside")
    connection.run_script(f"ANALYZE {', '.join(_filled())}")
