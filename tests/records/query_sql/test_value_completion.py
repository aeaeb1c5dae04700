"""Completion of queries: fields, and the values of fields that have few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm import query
from cardcrm.records.contacts import contacts, custom_fields
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import segments, value_completion

KNOWN = ("city", "stage", "source", "tag")
OF = {"stage": ["lead", "customer", "lapsed"], "city": ["leeds", "st ives"], "tag": ["vip", "v"]}


def completed(text):
    return value_completion.complete_query(text, KNOWN, lambda field: OF.get(field, ()))


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("s", ["stage:", "source:"]),
        ("jane (ST", ["jane (stage:"]),
        ("-ta", ["-tag:"]),
        ("stage:", ["stage:lead", "stage:customer", "stage:lapsed"]),
        ("x stage:L", ["x stage:lead", "x stage:lapsed"]),
        ("Stage=cu", ["Stage=customer"]),
        ("stage:lead,la", ["stage:lead,lapsed"]),
        ("city:s", ['city:"st ives"']),
        ("-city:l", ["-city:leeds"]),
        ("", []),
        ("jane ", []),
        ("value>1", []),
        ("email:x", []),
    ],
)
def test_the_last_word_is_completed_in_each_possible_way(text, offers):
    assert completed(text) == offers


@pytest.mark.parametrize(
    ("text", "is_incomplete"),
    [
        ("stage:", True), ("x -stage:cu", True), ("stage:customer", False),
        ("stage:CUSTOMER", False),
        ("stage:none", False), ("value>", True), ("value>=", True), ("value>1", False), ("-", True),
        ("jane -", True), ("jane", False), ("", False), ("jane ", False), ("tag:v", False),
        ("tag:vi", True), ("tag:x", False), ("stage:lead,", True), ("stage:lead,cu", True),
        ("email:", True), ("http://x", False), ("o'b", False),
    ],
)  # fmt: skip
def test_an_incomplete_query_is_recognized(text, is_incomplete):
    assert value_completion.is_incomplete(text, OF) is is_incomplete


@given(st.text(alphabet='stage:=,()-" lv', max_size=12))
def test_any_text_can_be_completed_and_completions_begin_with_it(text):
    value_completion.is_incomplete(text, OF)
    for offer in completed(text):
        assert offer.lower().replace('"', "").startswith(text.lower().replace('"', ""))


@pytest.fixture
def store(empty_store):
    with empty_store.transaction("test"):
        contacts.add(empty_store, ContactDraft(
            name="Jane", tags=("vip", "Big Wig"), owner="ann", source="web",
            addresses=(AddressDraft(city="St Ives"),),
        ))  # fmt: skip
        contacts.add(empty_store, ContactDraft(name="Bob", tags=("vip",), owner="ann"))
    return empty_store


def test_each_value_is_read_once(store):
    custom_fields.add(store, "Size", "choice", choices=("S", "XL"))
    segments.save(store, "best", "value>100")
    _, read = value_completion.list_fields_and_values(store)
    assert read["tag"] == ["big-wig", "vip"]
    assert (read["owner"], read["source"], read["city"]) == (["ann"], ["web"], ["st ives"])
    assert (read["segment"], read["size"]) == (["best"], ["S", "XL"])
    assert (
        value_completion.list_values(store, "email")
        == value_completion.list_values(store, "nonsense")
        == []
    )
    assert {"size", "tag"} <= set(value_completion.list_fields(store))
    for field, each in read.items():
        for value in each:
            assert query.parse(
                f"{field}:{value_completion._quote_value(value)}", {field}
            ) == query.Term(field, ":", value)


def test_at_most_200_values_are_read(store):
    contacts.add(store, ContactDraft("Many", tags=tuple(f"t{n:03}" for n in range(200))))
    read = value_completion.list_values(store, "tag")
    assert len(read) == value_completion.MAX_VALUES == 200
    assert read[0] == "big-wig"
