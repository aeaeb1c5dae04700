"""Names near a misspelled one are offered, from any part of the address book."""

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.similar_names import find_similar_names
from cardcrm.records.search.suggestions import suggest_query
from cardcrm.store import Store

NAMES = ("Eleanor Rigby", "Jörg Müller", "Anna Vogel", "Élodie Smith", "Bo Li", "Zoë O'Brien")


@pytest.fixture
def store(empty_store: Store) -> Store:
    for name in NAMES:
        contacts.add(empty_store, ContactDraft(name=name))
    return empty_store


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("elenor", ["Eleanor Rigby"]),  # a letter is missing
        ("eleannor", ["Eleanor Rigby"]),  # too many
        ("eleamor", ["Eleanor Rigby"]),  # wrong
        ("elaenor", ["Eleanor Rigby"]),  # in the place of its neighbor
        ("leanor", ["Eleanor Rigby"]),
        ("rigbi", ["Eleanor Rigby"]),
        ("jorg mullr", ["Jörg Müller"]),
        ("mueler", ["Jörg Müller"]),
        ("elodi smiht", ["Élodie Smith"]),
        ("eleanore rugby", ["Eleanor Rigby"]),
        ("xylophone", []),
        ("", []),
    ],
)
def test_a_misspelled_name_is_near(store: Store, text: str, names: list[str]) -> None:
    assert find_similar_names(store, text) == names


def test_for_many_contacts_of_one_name_the_name_itself_is_offered(store: Store) -> None:
    for family in ("Abbott", "Baker", "Clark", "Dunn"):
        contacts.add(store, ContactDraft(name=f"Eleanor {family}"))
    assert find_similar_names(store, "elenor") == ["Eleanor"]


@pytest.mark.parametrize(
    ("query", "question"),
    [
        ("elenor", "did you mean Eleanor Rigby?"),
        ("elenor -tag:cold", "did you mean Eleanor Rigby?"),
        ("elenor kind:person", "did you mean Eleanor Rigby?"),
        ("kind:persn", "did you mean kind:person?"),
        ("bo -tag:cold", ""),
        ("-elenor", ""),
    ],
)
def test_a_query_without_results_offers_a_similar_one(
    store: Store, query: str, question: str
) -> None:
    assert suggest_query(store, query.split()) == question
