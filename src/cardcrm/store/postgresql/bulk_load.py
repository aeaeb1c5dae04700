"""Filling an empty box on a server: what else is done row by row is done once, at the end.

Indexes and references to other tables are laid aside: dropped, and written down in a table of their
own, all in one transaction. A box whose filling was broken off still has that table, so who goes on
with it lays nothing aside twice, and puts everything back that there was at first.
"""

from typing import TYPE_CHECKING

from cardcrm.store.engine import transaction
from cardcrm.store.table_registry import all_tables

if TYPE_CHECKING:
    from cardcrm.store.postgresql.engine import PostgresEngine


def _filled() -> tuple[str, ...]:
    """Return every table that is filled."""
    return (*all_tables(), "setting", "step", "change", "contact_value", "card_fts", "text_fts")


_ASIDE = "CREATE TABLE cardcrm_aside (id INTEGER PRIMARY KEY, statement TEXT NOT NULL)"

_IS_ASIDE = (
    "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'cardcrm_aside'"
)

_OURS = (
    "t.relname = ANY(:tables) AND t.relnamespace = "
    "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
)

# How to drop each and how to make it again. Primary keys stay: ids come in their order, which costs
# little, and tell where a copy was broken off.
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


def lay_aside(engine: "PostgresEngine") -> None:
    """Drop what is made again by `put_back`, unless that was done already."""
    with transaction(engine):
        if not engine.rows(_IS_ASIDE, {}):
            found = _aside(engine)
            engine.script(";\n".join([_ASIDE, *(drop for drop, _ in found)]))
            engine.execute_many(
                "INSERT INTO cardcrm_aside (id, statement) VALUES (:id, :statement)",
                [{"id": id_, "statement": make} for id_, (_, make) in enumerate(found)],
            )


def _aside(engine: "PostgresEngine") -> list[tuple[str, str]]:
    """How to drop and to make each: references first, for they need the unique columns."""
    tables = {"tables": list(_filled())}
    found = engine.rows(_CONSTRAINTS, {**tables, "type": "f"})
    found += engine.rows(_CONSTRAINTS, {**tables, "type": "u"})
    return [(row[0], row[1]) for row in found + engine.rows(_INDEXES, tables)]


def put_back(engine: "PostgresEngine") -> None:
    """Make everything again that was laid aside, and tell the server what it holds now."""
    with transaction(engine):
        engine.script("SET LOCAL maintenance_work_mem = '256MB'")
        for row in engine.rows("SELECT statement FROM cardcrm_aside ORDER BY id DESC", {}):
            engine.script(row[0])
        engine.script("DROP TABLE cardcrm_aside")
    engine.script(f"ANALYZE {', '.join(_filled())}")
