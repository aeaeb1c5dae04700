"""Completion of queries on a noun, and of the options of its commands."""

from collections.abc import Sequence

from cardcrm.records.fields import Field, Reference, References, User
from cardcrm.records.query_sql import value_completion
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.store import placeholders

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

    found = records.select(store, type_, Selection(ALL, sort="-id", limit=MOST))
    shown = [(str(each.id), records.title_of(store, each)) for each in found]
    return [each for each in shown if each[0].startswith(start)][:LATEST]


def open_reminders(store: Store, start: str = "") -> list[tuple[str, str]]:
    """Return the numbers of open reminders that begin with a text, those due first in front."""
    sql = (
        "SELECT r.id, r.due_on, r.text, c.name FROM reminder r "
        "LEFT JOIN contact c ON c.id = r.contact_id "
        "WHERE r.done_at IS NULL ORDER BY r.due_on, r.id LIMIT :most"
    )
    rows = store.rows(sql, most=MOST)
    shown = [
        (str(row["id"]), " · ".join(filter(None, (row["due_on"], row["name"], row["text"]))))
        for row in rows
    ]
    return [each for each in shown if each[0].startswith(start)][:LATEST]


def reminded_contacts(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the names that a text may mean, of contacts with an open reminder."""
    from cardcrm.records.search.prefix import complete_names

    found = complete_names(store, start)
    numbers = [int(detail.partition(" ")[0]) for _, detail in found]
    marks, params = placeholders(numbers, "i")
    sql = (
        "SELECT DISTINCT contact_id FROM reminder "
        f"WHERE done_at IS NULL AND contact_id IN ({marks})"
    )
    reminded = {row[0] for row in store.rows(sql, **params)} if numbers else set()
    return [each for each, id_ in zip(found, numbers, strict=True) if id_ in reminded]


def owners(store: Store) -> list[str]:
    """Return the users who look after contacts added last or reminders."""
    sql = "SELECT DISTINCT owner FROM reminder WHERE owner <> '' ORDER BY owner LIMIT :most"
    found = [row[0] for row in store.rows(sql, most=MOST)]
    return sorted({*found, *value_completion.list_values(store, "owner")})


def organizations(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the names of organizations that a text may mean."""
    from cardcrm.records.search.prefix import suggest

    return [(name, str(id_)) for id_, name, _ in suggest(store, start, "org", LATEST)]


def steps(store: Store, start: str) -> list[tuple[str, str]]:
    """Return the numbers of the last steps of the journal, each with its command."""
    sql = "SELECT id, command FROM step ORDER BY id DESC LIMIT :most"
    found = [(str(row[0]), row[1]) for row in store.rows(sql, most=MOST)]
    return [each for each in found if each[0].startswith(start)][:LATEST]
