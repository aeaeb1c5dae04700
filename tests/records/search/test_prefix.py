"""Search while the user types: beginnings of names first, then all other matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import DayTime, today
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.search import prefix
from cardcrm.store import open_store

GIVEN = ("Jane", "Janet", "Zoë", "Order", "Lee")
FAMILY = ("Smith", "Smithson", "Leeds", "O'Brien", "Müller", "Goldsmith")
NOTES = ("", "", "wants smithing tools", "order of roses", "an order, by Leeds post", "ask Zoë")


@pytest.fixture(scope="module")
def store(shared_locations):
    store = open_store(shared_locations("cards"), create=True)
    with store.transaction():
        for number in range(90):
            card = contacts.add(
                store,
                ContactDraft(
                    name=f"{GIVEN[number % 5]} {FAMILY[number % 6]}",
                    org=("", "Goldhill Ltd", "Rose & Order")[number % 3],
                    note=NOTES[number % len(NOTES)],
                    nicknames=("Jolly",) if number == 7 else (),
                    points=(ContactPointDraft("phone", f"+44 113 496 0{number:03}"),),
                    addresses=(AddressDraft(city=("Leeds", "York")[number % 2]),),
                ),
            )
            if number % 4 == 0:
                interactions.log(store, [card.id], f"said gardenia {number}", when=DayTime(today()))
    yield store
    store.close()


def names(store, text, limit=20):
    return [each.name for each in prefix.search(store, text, limit)]


def test_names_that_begin_with_the_text_come_before_all_others(store):
    found = names(store, "jan", 90)
    assert {"Jane Smith", "Janet Smithson"} <= set(found)
    begins = [name.startswith("Jan") for name in found]
    assert begins == sorted(begins, reverse=True)
    assert names(store, "smith", 90)[0].endswith(("Smith", "Smithson"))


def test_a_word_in_the_middle_of_a_name_comes_before_one_in_a_note(store):
    found = names(store, "smith", 90)
    middles = [number for number, name in enumerate(found) if "mith" in name]
    assert middles == list(range(len(middles)))
    assert "Goldsmith" in " ".join(found)
    assert len(found) > len(middles), "notes are searched too"


def test_a_nickname_an_org_a_place_a_number_and_a_spoken_word_are_found(store):
    assert names(store, "jol") == ["Zoë Smithson"]
    for text in ("goldhill", "york", "0113 496 0042", "496 0042", "garden", "muller", "o'brien"):
        assert names(store, text), text
    assert len(prefix.search(store, "4960042")) == 1


def test_words_may_be_in_the_fields_and_in_an_interaction(store):
    matches = prefix.search(store, "garden jane", 90)
    assert matches
    assert all("Jane" in each.name for each in matches)


def test_words_that_no_contact_contains_find_nothing(store):
    for text in ("xyzzy", "jane xyzzy", "qq", "!!!", '"', "*", "gardenias", "AND", "names:jane"):
        assert prefix.search(store, text) == [], text


def test_an_empty_text_shows_the_first_names(store):
    assert names(store, "", 3) == sorted(names(store, "", 3))
    assert len(names(store, "", 3)) == 3


pieces = st.sampled_from(
    ["jan", "smith", "lee", "leeds", "order", "rose", "roses", "gard", "york", "zoe", "gold", "496",
     "muller", "o'brien", "tools", "by", "goldsmith", "0113", "wants", "post,", "(ask", "00"]
)  # fmt: skip


@given(st.lists(pieces, min_size=1, max_size=2))
def test_it_finds_what_a_query_finds(store, words):
    """Compare the two searches; the quick one may miss words that are in two different texts."""
    long = {word for word in words if len(word) >= 3}
    found = {each.id for each in prefix.search(store, " ".join(words), 200)}
    begun = set(prefix._by_name_prefix(store, " ".join(words), 200))
    if not long:
        assert found == begun
        return
    query = " ".join(f'"{word}"' for word in long)
    listed = set(columns.find_ids(store, contact_query.parse(store, query)))
    assert found - begun <= listed
    for missing in listed - found:
        assert len(long) == 2
        row = store.row(
            f"SELECT * FROM ({store.engine.search.contacts_sql}) x WHERE id = :id", id=missing
        )
        assert not any(word in f"{row['names']} {row['rest']}" for word in long)
