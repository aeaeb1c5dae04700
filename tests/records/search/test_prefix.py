"""Search as one types: beginnings of names first, then every other match, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import When, today
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, PointDraft
from cardcrm.records.query_sql import columns, compiler
from cardcrm.records.search import prefix
from cardcrm.store import open_store

GIVEN = ("Jane", "Janet", "Zoë", "Order", "Lee")
FAMILY = ("Smith", "Smithson", "Leeds", "O'Brien", "Müller", "Goldsmith")
NOTES = ("", "", "wants smithing tools", "order of roses", "an order, by Leeds post", "ask Zoë")


@pytest.fixture(scope="module")
def box(shared_locations):
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
                    points=(PointDraft("phone", f"+44 113 496 0{number:03}"),),
                    addresses=(AddressDraft(city=("Leeds", "York")[number % 2]),),
                ),
            )
            if number % 4 == 0:
                interactions.log(store, [card.id], f"said gardenia {number}", when=When(today()))
    yield store
    store.close()


def names(store, text, limit=20):
    return [hit.name for hit in prefix.quick(store, text, limit)]


def test_names_that_begin_with_the_text_come_before_all_others(box):
    found = names(box, "jan", 90)
    assert {"Jane Smith", "Janet Smithson"} <= set(found)
    begins = [name.startswith("Jan") for name in found]
    assert begins == sorted(begins, reverse=True)
    assert names(box, "smith", 90)[0].endswith(("Smith", "Smithson"))


def test_a_word_in_the_middle_of_a_name_comes_before_one_in_a_note(box):
    found = names(box, "smith", 90)
    middles = [number for number, name in enumerate(found) if "mith" in name]
    assert middles == list(range(len(middles)))
    assert "Goldsmith" in " ".join(found)
    assert len(found) > len(middles), "notes are searched too"


def test_a_nickname_an_org_a_place_a_number_and_a_spoken_word_are_found(box):
    assert names(box, "jol") == ["Zoë Smithson"]
    for text in ("goldhill", "york", "0113 496 0042", "496 0042", "garden", "muller", "o'brien"):
        assert names(box, text), text
    assert len(prefix.quick(box, "4960042")) == 1


def test_words_may_stand_on_the_card_and_in_what_was_said(box):
    hits = prefix.quick(box, "garden jane", 90)
    assert hits
    assert all("Jane" in hit.name for hit in hits)


def test_what_nobody_has_is_not_found(box):
    for text in ("xyzzy", "jane xyzzy", "qq", "!!!", '"', "*", "gardenias", "AND", "names:jane"):
        assert prefix.quick(box, text) == [], text


def test_an_empty_text_shows_the_first_names(box):
    assert names(box, "", 3) == sorted(names(box, "", 3))
    assert len(names(box, "", 3)) == 3


pieces = st.sampled_from(
    ["jan", "smith", "lee", "leeds", "order", "rose", "roses", "gard", "york", "zoe", "gold", "496",
     "muller", "o'brien", "tools", "by", "goldsmith", "0113", "wants", "post,", "(ask", "00"]
)  # fmt: skip


@given(st.lists(pieces, min_size=1, max_size=2))
def test_it_finds_what_find_finds(box, words):
    """Every hit is one that `find` would list; with room for all, none is missing but those that
    hold one word in one text, the other in another, and neither on the card.
    """
    long = {word for word in words if len(word) >= 3}
    found = {hit.id for hit in prefix.quick(box, " ".join(words), 200)}
    begun = set(prefix._beginning(box, " ".join(words), 200))
    if not long:
        assert found == begun
        return
    query = " ".join(f'"{word}"' for word in long)
    listed = set(columns.ids(box, compiler.parse(box, query)))
    assert found - begun <= listed
    for missing in listed - found:
        assert len(long) == 2
        row = box.row(
            f"SELECT * FROM ({box.engine.search.contacts_sql}) x WHERE id = :id", id=missing
        )
        assert not any(word in f"{row['names']} {row['rest']}" for word in long)
