"""Looking after a box on a server: how large it is, who is there, and what time it is there."""

import time
from typing import TYPE_CHECKING

from cardcrm.store.engine import Engine

if TYPE_CHECKING:
    from cardcrm.store.postgresql.engine import PostgresEngine


def row_counts(engine: Engine) -> dict[str, int]:
    """The number of rows of every table, those of the search index among them."""
    tables = engine.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = "
        "current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name",
        {},
    )
    return {name: engine.rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for (name,) in tables}


def size(engine: Engine) -> int:
    """The bytes that the box takes on the server, indexes and all."""
    found = engine.rows(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind = 'r'",
        {},
    )
    return int(found[0][0])


def reached(engine: "PostgresEngine") -> str:
    """Who we are there, where that is, and which box: ``shop@db:5432/cards, schema public``."""
    info = engine.connection.info
    ((schema,),) = engine.rows("SELECT current_schema()", {})
    return f"{info.user}@{info.host}:{info.port}/{info.dbname}, schema {schema}"


def connections(engine: Engine) -> int:
    """How many connections the database has at this moment, this one among them."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    return int(engine.rows(sql, {})[0][0])


def clock_ahead(engine: Engine) -> float:
    """By how many seconds the server's clock is ahead of this machine's, less than 0 if behind.

    Right to half the time that the question and its answer take.
    """
    before = _now()
    ((there,),) = engine.rows("SELECT extract(epoch FROM clock_timestamp())", {})
    return float(there) - (before + _now()) / 2


def _now() -> float:
    return time.time()
