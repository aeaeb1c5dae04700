"""Find the names in a query that no row can have, such as a misspelled user or stage."""

from collections.abc import Iterator

from cardcrm.query import And, Node, Not, Or, Term
from cardcrm.records import registry
from cardcrm.records.fields import Field, Reference, User
from cardcrm.records.query_sql import record_query
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

_MOST = 5000  # names among which a similar one is looked for
_LATEST = 1000  # rows in which a user is looked for before all of them are read
_PRESENCE = ("any", "none", "me")  # words with a meaning of their own


def find_unknown_names(store: Store, type_: RecordType, query: str) -> list[str]:
    """Return a sentence for each user or named row in a query that does not exist."""
    fields = type_.filters()
    found = []
    for term in _list_terms(record_query.parse(type_, query)):
        field = fields.get(term.field)
        if field is None or fold(term.value) in ("", *_PRESENCE):
            continue
        key = fold(term.value)
        if isinstance(field, User) and _is_among(key, _list_latest(store, type_, field)):
            continue
        names = _list_names(store, type_, field)
        if names and not _is_among(key, names):
            found.append(_describe(field.label, term.value, names))
    return found


def _is_among(key: str, names: list[str]) -> bool:
    return any(key in fold(each) for each in names)


def _list_latest(store: Store, type_: RecordType, user: User) -> list[str]:
    """Return the users of the latest rows, who answer most questions without reading all rows."""
    return [str(row[0]) for row in store.rows(latest_sql(type_, user), most=_LATEST)]


def latest_sql(type_: RecordType, user: User) -> str:
    """Return SQL for the users of the latest ``:most`` rows."""
    rows = f"SELECT {user.column} AS name FROM {type_.table_name} ORDER BY id DESC LIMIT :most"
    return f"SELECT DISTINCT name FROM ({rows}) AS latest"


def _list_terms(node: Node) -> Iterator[Term]:
    """Yield the terms of a query that ask for a name."""
    if isinstance(node, Term):
        if node.op in (":", "="):
            yield node
    elif isinstance(node, Not):
        yield from _list_terms(node.node)
    elif isinstance(node, And | Or):
        for each in node.nodes:
            yield from _list_terms(each)


def _list_names(store: Store, type_: RecordType, field: Field) -> list[str]:
    """Return the names that a field may have: those of users, or of rows other than contacts."""
    if isinstance(field, User):
        column = field.column
        sql = f"SELECT DISTINCT {column} FROM {type_.table_name} WHERE {column} <> '' LIMIT :most"
        return [str(row[0]) for row in store.rows(sql, most=_MOST)]
    if isinstance(field, Reference) and field.to in ("stage", "pipeline"):
        title = registry.record_type(field.to).title_field
        assert title is not None
        sql = f"SELECT DISTINCT {title.column} FROM {field.to} LIMIT :most"
        return [str(row[0]) for row in store.rows(sql, most=_MOST)]
    return []


def _describe(label: str, value: str, names: list[str]) -> str:
    similar = find_similar(value, names, limit=3) or sorted(names)[:5]
    return f"unknown {label} “{value}”, known: {', '.join(similar)}"
