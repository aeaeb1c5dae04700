"""Completion of queries on a noun, and of the options of its commands."""

from collections.abc import Sequence

from cardcrm.records.fields import Field, Reference, References, User
from cardcrm.records.query_sql import value_completion
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store

MOST = 200  # values of a field, or rows that are read
LATEST = 30  # rows that are offered


def completed(store: Store, type_: RecordType, text: str) -> list[str]:
    """Return a query with its last word completed in each way that fits."""
    known = sorted(type_.filters())
    return value_completion.complete_query(
        text, known, lambda name: filter_values(store, type_, name, text)
    )


def filter_values(store: Store, type_: RecordType, name: str, text: str) -> Sequence[str]:
    """Return the values that a filter of a query may have."""
    field = type_.filters().get(name)
    return [] if field is None else values(store, type_, field, text.rpartition(":")[2])


def values(store: Store, type_: RecordType, field: Field, start: str = "") -> Sequence[str]:
    """Return the values of a field that begin with a text, where they are few."""
    if isinstance(field, Reference | References):
        return names(store, field.to, start)
    if isinstance(field, User):
        sql = (
            f"SELECT DISTINCT {field.column} FROM {type_.table_name} "
            f"WHERE {field.column} <> '' ORDER BY 1 LIMIT :most"
        )
        return [row[0] for row in store.rows(sql, most=MOST)]
    return field.values(store)


def names(store: Store, noun: str, start: str) -> Sequence[str]:
    """Return names of rows of a noun: of contacts those that a text begins, of others the first."""
    if noun == "contact":
        from cardcrm.records.search.prefix import complete_names

        return [name for name, _apart in complete_names(store, start)]
    from cardcrm.records import registry

    type_ = registry.record_type(noun)
    column = type_.title_column
    sql = f"SELECT {column} FROM {type_.table_name} ORDER BY {column} LIMIT :most"
    return [str(row[0]) for row in store.rows(sql, most=MOST)]


def ids(store: Store, type_: RecordType, start: str = "") -> list[tuple[str, str]]:
    """Return the numbers of the rows added last that begin with a text, each with its title."""
    from cardcrm.query import ALL
    from cardcrm.records import records
    from cardcrm.records.query_sql.record_query import Selection

    found = records.select(
        store, type_, Selection(ALL, sort="-id", limit=MOST if start else LATEST)
    )
    shown = [(str(each.id), records.title_of(store, each)) for each in found]
    return [each for each in shown if each[0].startswith(start)][:LATEST]


def owners(store: Store) -> list[str]:
    """Return the users who look after contacts added last or reminders."""
    sql = "SELECT DISTINCT owner FROM reminder WHERE owner <> '' ORDER BY owner LIMIT :most"
    found = [row[0] for row in store.rows(sql, most=MOST)]
    return sorted({*found, *value_completion.list_values(store, "owner")})
