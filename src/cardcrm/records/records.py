"""Add, get, list, edit and remove rows of any noun by its declaration.

Each function that changes something is one transaction and one step of the journal.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError, MissingValueError, NotFoundError, UsageError
from cardcrm.query import Term
from cardcrm.records import links as row_links
from cardcrm.records import registry
from cardcrm.records.conflicts import merge_texts
from cardcrm.records.contacts.resolve import is_plain_name, resolve
from cardcrm.records.fields import Columns, Field, MoneyAmount, Reference, References
from cardcrm.records.links import Links
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.record_type import RecordType
from cardcrm.records.references import remove_row
from cardcrm.store import Store
from cardcrm.store.journal import Step, last_to_write
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, with_article

__all__ = ["Record", "Selection", "add", "edit", "find", "get", "remove", "select"]


class Record(NamedTuple):
    """A row of a noun: its id and its values by the keys of its fields."""

    type: RecordType
    id: int
    values: Mapping[str, Any]
    columns: Mapping[str, Any]

    @property
    def contact_id(self) -> int | None:
        """The id of the contact, or first participant, that the row belongs to, if it has one."""
        ids = (each for field in self.type.contact_fields for each in field.ids(self.columns))
        return next(ids, None)


Texts = Mapping[str, str]
NO_LINKS: Links = {}
NO_TEXTS: Texts = {}
EVERYTHING = Selection()
_MAX_SIMILAR = 5000  # titles among which a similar one is looked for


def select(store: Store, type_: RecordType, wanted: Selection = EVERYTHING) -> Iterator[Record]:
    """Yield the rows that a selection names. Raises UsageError."""
    rows = record_query.rows(store, type_, wanted)
    if type_.complete_rows is not None:
        rows = type_.complete_rows(store, rows)
    for row in rows:
        yield _record(store, type_, row)


def get(store: Store, type_: RecordType, row_id: int) -> Record:
    """Return one row. Raises NotFoundError."""
    node = record_query.parse(type_, f"id:{row_id}")
    found = next(iter(select(store, type_, Selection(node, limit=1, sort="id"))), None)
    if found is None:
        raise NotFoundError(
            f"unknown {type_.noun} {row_id}", f"To see them: cardcrm {type_.name} list"
        )
    return found


def find(store: Store, noun: str, text: str) -> Record:
    """Return the row of a noun that a key, its title or an id names. Raises NotFoundError."""
    type_ = registry.record_type(noun)
    titled = type_.title_field
    for field in type_.keys or filter(None, [titled]):
        found = find_by(store, type_, field, text)
        if found is not None:
            return get(store, type_, found)
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return get(store, type_, int(number))
    hint = f"To see them: cardcrm {noun} list"
    if titled is None:
        raise NotFoundError(f"name {type_.with_article} by its number", hint)
    sql = f"SELECT {titled.column} FROM {type_.table_name} ORDER BY id DESC LIMIT :most"
    names = [str(row[0]) for row in store.rows(sql, most=_MAX_SIMILAR)]
    raise NotFoundError(f"unknown {type_.noun} “{text}”", hint, near=find_similar(text, names))


def find_by(store: Store, type_: RecordType, field: Field, text: str) -> int | None:
    """Return the id of the row that has a text, as typed, in a field. Raises UsageError."""
    if not text.strip():
        return None
    column = field.folded or field.column
    matches = f"lower({column}) = lower(:value)" if field.ignores_case else f"{column} = :value"
    sql = f"SELECT id FROM {type_.table_name} WHERE {matches} ORDER BY id"
    found: int | None = store.value(sql, value=field.parse(text, store)[column])
    return found


def _record(store: Store, type_: RecordType, row: Any) -> Record:
    columns = dict(row)
    values = {each.key: each.read(columns, store) for each in type_.fields}
    return Record(type_, columns["id"], values, columns)


def title_of(store: Store, record: Record) -> str:
    """Return what a row is called in a sentence."""
    words = {"id": str(record.id)}
    for field in record.type.fields:
        words[field.column] = words[field.key] = field.format(record.values[field.key], store)
    return " ".join(record.type.title.format_map(words).split())


def parse_texts(
    store: Store, type_: RecordType, texts: Texts, before: Record | None = None
) -> Columns:
    """Return the columns that typed texts stand for, by the keys of the fields.

    For a new row the fields left out take their defaults; ``before`` is the row that is edited.
    Raises UsageError for a required field that is empty.
    """
    parsed: dict[str, Columns] = {}
    if type_.read_texts is not None:
        texts = type_.read_texts(store, texts, before)
    for field in type_.editable:
        text = texts.get(field.key)
        if before is not None and (text is None or text == text_of(store, before, field)):
            continue  # text that was shown may lack seconds, which an unchanged field keeps
        text = field.default if text is None else text
        if field.is_required and not text.strip():
            raise MissingValueError(
                f"{type_.with_article} needs {with_article(field.phrase)}",
                f"Add it with --{field.option}.",
                field.key,
            )
        parsed[field.key] = _parse(store, field, text)
    _check_currencies(type_, parsed, before)
    return {column: value for columns in parsed.values() for column, value in columns.items()}


def _parse(store: Store, field: Field, text: str) -> Columns:
    if isinstance(field, Reference) and text.strip():
        if field.to != "contact":
            return {field.column: find(store, field.to, text).id}
        try:
            return {field.column: resolve(store, text).id}
        except NotFoundError:
            if not (field.adds_org and is_plain_name(text)):
                raise
            from cardcrm.records.contacts.writer import find_or_add_org

            return {field.column: find_or_add_org(store, text)}
    return field.parse(text, store)


def _check_currencies(
    type_: RecordType, parsed: Mapping[str, Columns], before: Record | None
) -> None:
    """Raise UsageError where amounts that share a currency would be in different ones."""
    known: dict[str, tuple[str, str]] = {}
    for field in type_.editable:
        if not isinstance(field, MoneyAmount):
            continue
        columns = parsed.get(field.key) or (before.columns if before is not None else {})
        if columns.get(field.column) is None or field.currency not in columns:
            continue
        label, currency = known.setdefault(field.currency, (field.label, columns[field.currency]))
        if currency != columns[field.currency]:
            raise UsageError(
                f"the {field.label} is in {columns[field.currency]}, the {label} in {currency}",
                "Give both in one currency.",
            )


@retry_transaction
def add(
    store: Store,
    type_: RecordType,
    texts: Texts,
    links: Links = NO_LINKS,
    *,
    portable: Texts = NO_TEXTS,
) -> Record:
    """Add a row of typed texts, under the ids that it has elsewhere: texts of portable fields.

    Raises UsageError, NotFoundError and ConflictError.
    """
    with store.transaction():
        columns = parse_texts(store, type_, texts)
        for field in type_.fields:
            if field.is_automatic:
                columns[field.column] = field.initial(store)
        columns |= _parse_portable(store, type_.portable, portable)
        row_id = store.insert(type_.table_name, **_checked(store, type_, columns, 0))
        row_links.write(store, type_, row_id, links)
        if type_.check is not None:
            type_.check(store, row_id)
    return get(store, type_, row_id)


def _parse_portable(store: Store, fields: Sequence[Field], texts: Texts) -> Columns:
    """Return the columns of portable fields that have a text."""
    columns: Columns = {}
    for field in fields:
        if text := texts.get(field.key, "").strip():
            columns |= field.parse(text, store)
    return columns


def _checked(store: Store, type_: RecordType, columns: Columns, row_id: int) -> Columns:
    """Return the columns as they are written. Raises ConflictError for a value that is taken."""
    if type_.adjust is not None:
        columns = type_.adjust(store, columns, row_id)
    for field in type_.fields:
        value = columns.get(field.column)
        if field.is_unique and value and not field.is_automatic:
            column = field.folded or field.column
            other = store.value(
                f"SELECT id FROM {type_.table_name} WHERE {column} = :value AND id <> :id",
                value=columns[column],
                id=row_id,
            )
            if other is not None:
                raise ConflictError(
                    f"the {type_.noun} “{value}” already exists"
                    if field is type_.title_field
                    else f"{type_.noun} {other} already has the {field.label} “{value}”",
                    f"Give another {field.key}.",
                )
    return columns


@retry_transaction
def edit(
    store: Store,
    type_: RecordType,
    ids: Sequence[int],
    texts: Texts,
    links: Links = NO_LINKS,
    *,
    portable: Texts = NO_TEXTS,
) -> int:
    """Change the fields that texts name in some rows; return how many rows were changed.

    Of the ``portable`` fields, a unique one stays: it tells which row of this database it is.
    Raises UsageError, NotFoundError and ConflictError, and changes nothing then.
    """
    changed = 0
    with store.transaction():
        shared = [each for each in type_.portable if not each.is_unique]
        for row_id in dict.fromkeys(ids):
            before = get(store, type_, row_id)
            columns = parse_texts(store, type_, texts, before)
            columns |= _parse_portable(store, shared, portable)
            columns = _checked(store, type_, columns, row_id)
            is_changed = bool(columns) and store.update(type_.table_name, row_id, **columns)
            if links:
                is_changed |= row_links.write(store, type_, row_id, links)
            if is_changed and type_.check is not None:
                type_.check(store, row_id)
            changed += is_changed
    return changed


@retry_transaction
def remove(store: Store, type_: RecordType, ids: Sequence[int]) -> None:
    """Remove rows with what belongs to them.

    Raises NotFoundError, and ConflictError for a row that must stay, and removes nothing then.
    """
    with store.transaction():
        for row_id in dict.fromkeys(ids):
            get(store, type_, row_id)
            if type_.check_removal is not None:
                type_.check_removal(store, row_id)
        for row_id in dict.fromkeys(ids):
            remove_row(store, type_.name, row_id)


def texts_of(store: Store, record: Record) -> dict[str, str]:
    """Return what a person would type to get the row, by the keys of its fields."""
    return {each.key: text_of(store, record, each) for each in record.type.fields if each.columns}


def text_of(store: Store, record: Record, field: Field) -> str:
    """Return what a person would type to get one value of a row."""
    if isinstance(field, Reference):
        number = record.columns[field.column]
        return "" if number is None else f"#{number}"
    return field.to_text(record.values[field.key], store)


def json_of(record: Record) -> dict[str, Any]:
    """Return a row as JSON carries it: a reference as its id and its name."""
    found: dict[str, Any] = {"id": record.id}
    for field in record.type.fields:
        if isinstance(field, Reference):
            found[field.column] = record.columns[field.column]
        if isinstance(field, References):
            found[field.ids_column] = field.ids(record.columns)
        found[field.json_key] = field.to_json(record.values[field.key])
    return found


def json_with_lines(store: Store, record: Record) -> dict[str, Any]:
    """Return a row as JSON carries it, with the lines that it consists of."""
    found = json_of(record)
    for part in record.type.line_types:
        own = ("id", part.parent, record.type.name)
        lines = [json_of(each) for each in lines_of(store, record, part)]
        found[part.line_key] = [
            {key: line[key] for key in line if key not in own} for line in lines
        ]
    return found


def lines_of(store: Store, record: Record, part: RecordType) -> list[Record]:
    """Return the lines of a row in their order."""
    node = Term(record.type.name, ":", str(record.id))
    return list(select(store, part, Selection(node, sort="id")))


def remove_lines(store: Store, type_: RecordType, row_id: int) -> None:
    """Remove the lines that a row consists of."""
    for part in type_.line_types:
        store.delete_where(part.table_name, part.parent, row_id)


def cells_of(record: Record, fields: Sequence[Field]) -> tuple[Any, ...]:
    """Return the values of some fields as the cells of a list."""
    return tuple(
        record.id if each.key == "id" else each.cell(record.values[each.key]) for each in fields
    )


def uid_of(store: Store, table: str, row_id: int) -> str:
    """Return the permanent id of a row, or "" where the row is gone."""
    return str(store.value(f"SELECT uid FROM {table} WHERE id = :id", id=row_id) or "")


def find_uid(store: Store, table: str, uid: str) -> int | None:
    """Return the id of the row that has a permanent id, or None."""
    return store.value(f"SELECT id FROM {table} WHERE uid = :uid", uid=uid) if uid else None


@retry_transaction
def revise(store: Store, type_: RecordType, row_id: int, seen: Texts, wanted: Texts) -> None:
    """Write the values that were changed in a form since it was shown.

    ``seen`` are the texts that the form showed and ``wanted`` those that are to be there. Raises
    ConflictError where another user has changed the same fields meanwhile.
    """
    with store.transaction():
        now = texts_of(store, get(store, type_, row_id))
        names = {each.key: each.label for each in type_.editable}
        known = {key: text for key, text in seen.items() if key in names}
        after = {key: text.strip() for key, text in wanted.items() if key in names}

        def last(key: str) -> Step | None:
            field = type_.field(key)
            column = field.column if field is not None else ""
            return last_to_write(store, type_.table_name, row_id=row_id, column=column)

        texts = merge_texts(known, after, {key: now[key] for key in names}, names, last)
        edit(store, type_, [row_id], texts)
