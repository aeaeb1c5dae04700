"""Custom fields: what a firm wants to note that no other program thought of, each with a type."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.store import Locale, Query, Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold, near, tidy

TYPES = ("text", "number", "money", "date", "choice")


class Field(NamedTuple):
    """A custom field: its name in queries, its label on the card, its type and its choices."""

    id: int
    name: str
    label: str
    type: str
    choices: tuple[str, ...]


class FieldValue(NamedTuple):
    """What a card says for a field; ``number`` is what it is compared by, where it is one."""

    id: int
    name: str
    label: str
    type: str
    text: str
    number: float | None


def field_name(label: str) -> str:
    """The name by which queries know a field: folded, words joined with hyphens."""
    from cardcrm.query import FIELDS  # not at the top, as few commands read queries

    words = "".join(char if char.isalnum() else " " for char in fold(label)).split()
    name = "-".join(words)
    if not name or not name[0].isalpha():
        name = f"field-{name}".rstrip("-")

    return f"my-{name}" if name in FIELDS else name


def fields(store: Store) -> list[Field]:
    """All custom fields by name."""
    return store.fetch(fields_query())


def fields_query() -> Query[list[Field]]:
    """Build the query of `fields`."""
    return Query(
        "SELECT id, name, label, type, choices FROM field ORDER BY name",
        {},
        lambda rows: [
            Field(row[0], row[1], row[2], row[3], tuple(row[4].split("\n")) if row[4] else ())
            for row in rows
        ],
    )


def uses(store: Store) -> list[tuple[Field, int]]:
    """All custom fields by name, each with the number of cards that say something for it."""
    used = {
        row[0]: row[1]
        for row in store.rows("SELECT field_id, count(*) FROM field_value GROUP BY field_id")
    }
    return [(field, used.get(field.id, 0)) for field in fields(store)]


def find(store: Store, name: str) -> Field | None:
    """The field of that name or label, or None."""
    wanted = field_name(name)
    return next((field for field in fields(store) if field.name == wanted), None)


@retry_transaction
def add(store: Store, label: str, type_: str = "text", choices: tuple[str, ...] = ()) -> Field:
    """Make a custom field. Raises ConflictError if there is one of that name."""
    label, name = tidy(label), field_name(label)
    if type_ not in TYPES:
        raise UsageError(f"“{type_}” is no type of field", f"There are: {', '.join(TYPES)}.")
    if (type_ == "choice") != bool(choices):
        raise UsageError("choices belong to a field of type choice, and it needs some")
    if find(store, label) is not None:
        raise ConflictError(f"there is a field “{name}” already", "See `cardcrm field list`.")
    with store.transaction():
        store.insert(
            "field",
            name=name,
            label=label,
            type=type_,
            choices="\n".join(tidy(choice) for choice in choices),
        )
    found = find(store, label)
    assert found is not None
    return found


@retry_transaction
def remove(store: Store, name: str) -> tuple[Field, int]:
    """Remove a field and what the cards say for it; the field and the number of such cards."""
    field = find(store, name)
    if field is None:
        known = [each.name for each in fields(store)]
        raise NotFoundError(f"there is no field “{name}”", near=near(field_name(name), known))
    with store.transaction():
        used = store.value("SELECT count(*) FROM field_value WHERE field_id = :id", id=field.id)
        store.delete_where("field_value", "field_id", field.id)
        store.delete("field", field.id)
    return field, used


def values_of(store: Store, contact_id: int) -> list[FieldValue]:
    """What a card says for custom fields."""
    return store.fetch(values_query(contact_id))


def values_query(contact_id: int) -> Query[list[FieldValue]]:
    """Build the query of `values_of`."""
    return Query(
        "SELECT v.id, f.name, f.label, f.type, v.text, v.number FROM field_value v "
        "JOIN field f ON f.id = v.field_id WHERE v.contact_id = :id ORDER BY f.id",
        {"id": contact_id},
        lambda rows: [FieldValue(*row) for row in rows],
    )


def put(store: Store, contact_id: int, name: str, text: str) -> None:
    """Write a field on a card; empty text takes it off. An unknown field is made as text."""
    field = find(store, name) or add(store, name)
    known = store.row(
        "SELECT id FROM field_value WHERE contact_id = :contact AND field_id = :field",
        contact=contact_id,
        field=field.id,
    )
    if not tidy(text):
        if known:
            store.delete("field_value", known["id"])
        return
    values = field_columns(field, text, store)
    if known:
        store.update("field_value", known["id"], **values)
    else:
        store.insert("field_value", contact_id=contact_id, field_id=field.id, **values)


def field_columns(field: Field, text: str, store: Store) -> dict[str, str | float | None]:
    """A value's columns, checked against the field's type. Raises UsageError."""
    shown, number = checked(field, text, store.locale)
    return {"text": shown, "text_key": fold(shown), "number": number}


def checked(field: Field, text: str, locale: Locale) -> tuple[str, float | None]:
    """A value as a card shows it, and the number it is compared by. Raises UsageError."""
    text = tidy(text)
    if field.type == "number":
        return text, _number(field, text)
    if field.type == "money":
        from cardcrm import money

        amount = money.parse_money(text, locale.currency, negative=True)
        return money.format_money(amount), amount.minor / 10 ** money.exponent(amount.currency)
    if field.type == "date":
        now = dates.now(locale.zone)
        return dates.parse_when(text, now).day.isoformat(), None
    if field.type == "choice":
        return _choice(field, text), None
    return text, None


def _number(field: Field, text: str) -> float:
    try:
        number = float(text.replace(" ", "").replace(",", "."))
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise UsageError(f"{field.label}: “{text}” is no number", "Write it like 12 or 3.5.")
    return number


def _choice(field: Field, text: str) -> str:
    for choice in field.choices:
        if fold(choice) == fold(text):
            return choice
    like = near(text, field.choices)
    raise UsageError(
        f"{field.label}: “{text}” is not among its choices",
        (f"Did you mean {like[0]}? " if like else "") + f"There are: {', '.join(field.choices)}.",
    )
