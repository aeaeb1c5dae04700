"""Custom fields: each type keeps what it can mean and refuses the rest."""

import operator

import pytest

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts import contacts, custom_fields, writer
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store, journal


@pytest.fixture
def store(empty_store: Store) -> Store:
    contacts.add(empty_store, ContactDraft(name="Jane"))
    return empty_store


def put(store: Store, name: str, text: str) -> custom_fields.FieldValue | None:
    with store.transaction():
        writer.set_custom_field(store, 1, name, text)
    return next(iter(custom_fields.values_of(store, 1)), None)


@pytest.mark.parametrize(
    ("type_", "text", "shown", "number"),
    [
        ("text", "  two   words ", "two words", None),
        ("number", "1,5", "1.5", 1.5),
        ("number", "1 234,5", "1234.5", 1234.5),
        ("number", "1.2340", "1.2340", 1.234),
        ("number", "-3", "-3", -3.0),
        ("money", "1,200", "1,200.00 GBP", 1200.0),
        ("money", "12.50 EUR", "12.50 EUR", 12.5),
        ("date", "24 Dec", "2026-12-24", None),
        ("choice", "RED", "Red", None),
    ],
)
def test_a_value_is_stored_in_the_format_of_its_type(
    store: Store, type_: str, text: str, shown: str, number: float | None
) -> None:
    custom_fields.add(store, "Thing", type_, ("Red", "Blue") if type_ == "choice" else ())
    value = put(store, "thing", text)
    assert value is not None
    assert (value.text, value.number) == (shown, number)


@pytest.mark.parametrize(
    ("type_", "text"),
    [("number", "many"), ("number", "nan"), ("number", "inf"), ("money", "lots"),
     ("date", "31 Feb"), ("choice", "green")],
)  # fmt: skip
def test_a_value_that_does_not_fit_the_type_is_refused(store: Store, type_: str, text: str) -> None:
    custom_fields.add(store, "Thing", type_, ("Red",) if type_ == "choice" else ())
    with pytest.raises(UsageError):
        put(store, "thing", text)


def test_an_unknown_field_is_added_as_text(store: Store) -> None:
    assert put(store, "Shoe size", "38") is not None
    assert [(each.name, each.label, each.type) for each in custom_fields.list_fields(store)] == [
        ("shoe-size", "Shoe size", "text")
    ]


def test_a_field_named_like_a_query_field_gets_a_prefix(store: Store) -> None:
    assert custom_fields.add(store, "City").name == "my-city"
    assert custom_fields.field_name("2nd visit") == "field-2nd-visit"


def test_empty_text_clears_a_value(store: Store) -> None:
    put(store, "size", "38")
    assert put(store, "size", " ") is None


def test_one_name_is_one_field(store: Store) -> None:
    custom_fields.add(store, "Shoe size")
    with pytest.raises(ConflictError):
        custom_fields.add(store, "shoe-SIZE")


@pytest.mark.parametrize(("type_", "choices"), [("colour", ()), ("choice", ()), ("text", ("a",))])
def test_an_invalid_field_is_refused(store: Store, type_: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        custom_fields.add(store, "Thing", type_, choices)


def test_removal_of_a_field_removes_its_values_and_can_be_undone(store: Store) -> None:
    put(store, "size", "38")
    field, used = custom_fields.remove(store, "Size")
    assert (field.name, used) == ("size", 1)
    assert custom_fields.values_of(store, 1) == []
    journal.undo(store)
    assert [value.text for value in custom_fields.values_of(store, 1)] == ["38"]


def test_an_unknown_field_cannot_be_removed(store: Store) -> None:
    custom_fields.add(store, "Size")
    with pytest.raises(NotFoundError) as caught:
        custom_fields.remove(store, "sise")
    assert caught.value.near == ("size",)


LARGE = (9007199254740991, 9007199254740992, 9007199254740993, 9007199254740994, 10**17, 10**17 + 1)


@pytest.mark.parametrize("op", ["=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("sign", [1, -1])
def test_whole_numbers_of_any_size_compare_exactly(store: Store, op: str, sign: int) -> None:
    custom_fields.add(store, "serial", "number")
    for number in LARGE:
        contacts.add(
            store, ContactDraft(name=f"n{number}", fields=(("serial", str(sign * number)),))
        )
    compare = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt,
               ">=": operator.ge}[op]  # fmt: skip
    for number in LARGE:
        node = contact_query.parse(store, f"serial{op}{sign * number}")
        found = {contacts.get(store, each).name for each in columns.find_ids(store, node)}
        assert found == {f"n{each}" for each in LARGE if compare(sign * each, sign * number)}
