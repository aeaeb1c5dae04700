"""Custom fields: fields that users define for their contacts, each with a type."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.store import Locale, Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, normalize_line

# The field of the ids of contacts that were merged into another one; see `merged_ids`.
MERGED_FROM = "merged from"
JOINT = "; "  # between several texts of one field


class Field(NamedTuple):
    """A custom field: its name in queries, the label that is shown, its type and its choices."""

    id: int
    name: str
    label: str
    type: str
    choices: tuple[str, ...]


class FieldValue(NamedTuple):
    """The value of a contact for a custom field; ``number`` is set where it compares as one.

    The text of an amount is exact. As a float it still differs from its neighbors: amounts have at
    most 10**15 minor units, and floats tell integers of that size and their tenths apart.
    """

    id: int
    name: str
    label: str
    type: str
    text: str
    number: float | None


def field_name(label: str) -> str:
    """Return the name of a field in queries: folded, words joined with hyphens."""
    from cardcrm.records.contacts.query_fields import (
        FILTERS,
    )  # not at the top, as few commands read queries

    words = "".join(char if char.isalnum() else " " for char in fold(label)).split()
    name = "-".join(words)
    if not name or not name[0].isalpha():
        name = f"field-{name}".rstrip("-")

    return f"my-{name}" if name in FILTERS else name


_UNNAMED = "field"  # the label of a field whose name in a file is empty
_SELECT = "SELECT id, name, label, type, choices FROM field"


def list_fields(store: Store) -> list[Field]:
    """Return all custom fields by name."""
    return store.fetch(fields_query())


def fields_query() -> Query[list[Field]]:
    """Build the query of `list_fields`."""
    return Query(f"{_SELECT} ORDER BY name", {}, lambda rows: [_to_field(row) for row in rows])


def _to_field(row: Row) -> Field:
    return Field(row[0], row[1], row[2], row[3], tuple(row[4].split("\n")) if row[4] else ())


def count_uses(store: Store) -> list[tuple[Field, int]]:
    """Return all custom fields by name, each with the number of contacts that have a value."""
    used = {
        row[0]: row[1]
        for row in store.rows("SELECT field_id, count(*) FROM field_value GROUP BY field_id")
    }
    return [(field, used.get(field.id, 0)) for field in list_fields(store)]


def find(store: Store, name: str) -> Field | None:
    """Return the field of that name or label, or None."""
    row = store.row(f"{_SELECT} WHERE name = :name", name=field_name(name))
    return _to_field(row) if row is not None else None


@retry_transaction
def add(store: Store, label: str, type_: str = "text", choices: tuple[str, ...] = ()) -> Field:
    """Add a custom field. Raises UsageError, and ConflictError if its name is taken."""
    from cardcrm.records.contacts.contact_type import FIELD_TYPE
    from cardcrm.records.contacts.names import refuse_long

    label = normalize_line(label) or _UNNAMED
    refuse_long("label", label)
    name = field_name(label)
    type_ = FIELD_TYPE.normalize(type_)
    if (type_ == "choice") != bool(choices):
        raise UsageError("a field of type choice needs choices, and no other type takes any")
    if find(store, label) is not None:
        raise ConflictError(f"the field “{name}” exists already", "See `cardcrm field list`.")
    with store.transaction():
        store.insert(
            "field",
            name=name,
            label=label,
            type=type_,
            choices="\n".join(normalize_line(choice) for choice in choices),
        )
    found = find(store, label)
    assert found is not None
    return found


@retry_transaction
def remove(store: Store, name: str) -> tuple[Field, int]:
    """Remove a field with its values; return it and the number of contacts that had a value."""
    field = find(store, name)
    if field is None:
        known = [each.name for each in list_fields(store)]
        raise NotFoundError(f"unknown field “{name}”", near=find_similar(field_name(name), known))
    with store.transaction():
        used = store.value("SELECT count(*) FROM field_value WHERE field_id = :id", id=field.id)
        store.delete_where("field_value", "field_id", field.id)
        store.delete("field", field.id)
    return field, used


VALUES = (
    "SELECT v.id, f.name, f.label, f.type, v.text, v.number FROM field_value v "
    "JOIN field f ON f.id = v.field_id WHERE v.contact_id = :id ORDER BY f.id"
)


def values_of(store: Store, contact_id: int) -> list[FieldValue]:
    """Return the values of a contact for custom fields."""
    return [FieldValue(*row) for row in store.rows(VALUES, id=contact_id)]


def parse_value(field: Field, text: str, locale: Locale) -> tuple[str, float | None]:
    """Return a value as it is shown, and the number it is compared by. Raises UsageError."""
    text = normalize_line(text)
    if field.type == "number":
        from cardcrm.money import to_unambiguous

        number = _number(field, text)
        return to_unambiguous(number), float(number)
    if field.type == "money":
        from cardcrm import money

        amount = money.parse_money(text, locale.currency, negative=True)
        return money.format_money(amount), amount.minor / 10 ** money.count_decimals(
            amount.currency
        )
    if field.type == "date":
        now = dates.now(locale.zone)
        return dates.parse_date(text, now).day.isoformat(), None
    if field.type == "choice":
        return _choice(field, text), None
    return text, None


def _number(field: Field, text: str) -> str:
    """Return a number as a decimal. Raises UsageError, also for an ambiguous one."""
    from cardcrm.money import parse_number

    try:
        return parse_number(text)
    except UsageError as error:
        error.message = f"{field.label}: {error.message}"
        raise


def _choice(field: Field, text: str) -> str:
    for choice in field.choices:
        if fold(choice) == fold(text):
            return choice
    like = find_similar(text, field.choices)
    raise UsageError(
        f"{field.label}: unknown choice “{text}”",
        (f"Did you mean {like[0]}? " if like else "") + f"Use one of: {', '.join(field.choices)}.",
    )
