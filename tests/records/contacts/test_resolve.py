"""A few words name one contact, or give a helpful error."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.contacts.resolve import (
    count_leading_words,
    count_name_words,
    is_full_name,
    resolve,
    resolve_or_none,
)
from cardcrm.store import Store, open_store


@pytest.fixture
def store(empty_store: Store) -> Store:
    for draft in (
        ContactDraft(name="Acme Heating Ltd", kind="org"),
        ContactDraft(
            name="Jane Doe",
            org="Acme Heating Ltd",
            nicknames=("Boss",),
            points=(
                ContactPointDraft("phone", "0113 496 0123"),
                ContactPointDraft("email", "Jane@Acme.example"),
            ),
            addresses=(AddressDraft(city="Leeds"),),
        ),
        ContactDraft(name="Jane Miller", addresses=(AddressDraft(city="York"),)),
        ContactDraft(name="Łukasz Müller"),
        ContactDraft(
            name="Janet Ray", points=(ContactPointDraft("web", "https://www.janet.example/"),)
        ),
        ContactDraft(name="Bo Li"),
    ):
        contacts.add(empty_store, draft)
    return empty_store


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("2", "Jane Doe"),
        ("#2", "Jane Doe"),
        ("jane doe", "Jane Doe"),
        ("  JANE   doe ", "Jane Doe"),
        ("doe", "Jane Doe"),
        ("doe jane", "Jane Doe"),
        ("boss", "Jane Doe"),
        ("@boss", "Jane Doe"),
        ("jane@acme.example", "Jane Doe"),
        ("JANE@ACME.EXAMPLE", "Jane Doe"),
        ("+44 113 496 0123", "Jane Doe"),
        ("(0113) 4960123", "Jane Doe"),
        ("00441134960123", "Jane Doe"),
        ("496 0123", "Jane Doe"),
        ("muller", "Łukasz Müller"),
        ("MÜLLER", "Łukasz Müller"),
        ("lukasz", "Łukasz Müller"),
        ("heating", "Acme Heating Ltd"),
        ("janet", "Janet Ray"),
        ("janet.example", "Janet Ray"),
        ("bo", "Bo Li"),
        ("li", "Bo Li"),
        ("bo li", "Bo Li"),
        ("ill", "Jane Miller"),
    ],
)
def test_a_few_words_name_one_contact(store: Store, words: str, name: str) -> None:
    assert resolve(store, words).name == name


def test_a_whole_word_of_a_name_wins_over_its_beginning(store: Store) -> None:
    """Check that Janet is not a candidate among three names that begin with jane."""
    with pytest.raises(AmbiguousError) as caught:
        resolve(store, "jane")
    assert [name for _, name, _ in caught.value.candidates] == ["Jane Doe", "Jane Miller"]


def test_the_beginning_of_a_word_wins_over_its_middle(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Tom Millard-Raymond"))
    assert resolve(store, "ray").name == "Janet Ray"
    assert resolve(store, "raym").name == "Tom Millard-Raymond"
    assert resolve(store, "anet").name == "Janet Ray"


def test_a_letter_after_an_apostrophe_begins_a_word(store: Store) -> None:
    zoe = contacts.add(store, ContactDraft(name="Zoë d’Arc"))
    contacts.add(store, ContactDraft(name="Enzoe Mad’Ari"))
    assert resolve(store, "zoe d'a") == resolve(store, "d'ar zoë") == zoe


def test_a_middle_word_matches_like_the_first(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Mary Janet Fox"))
    with pytest.raises(AmbiguousError):
        resolve(store, "janet")


def test_candidates_have_distinguishing_details(store: Store) -> None:
    with pytest.raises(AmbiguousError) as caught:
        resolve(store, "jane")
    first, second = caught.value.candidates
    assert "Acme Heating Ltd" in first[2]
    assert second[2] == "York"


def test_a_whole_name_wins_over_a_part_of_another(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Doe"))
    assert resolve(store, "doe").name == "Doe"


def test_a_nickname_that_equals_a_name_is_ambiguous(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Boss"))
    with pytest.raises(AmbiguousError):
        resolve(store, "boss")


def test_an_unknown_name_suggests_similar_ones(store: Store) -> None:
    with pytest.raises(NotFoundError) as caught:
        resolve(store, "jnae doe")
    assert "Jane Doe" in caught.value.near


@pytest.mark.parametrize("words", ["", "  ", "#", "@", "\x00"])
def test_an_empty_text_is_refused(store: Store, words: str) -> None:
    with pytest.raises(UsageError):
        resolve(store, words)


@pytest.mark.parametrize("words", ["999", "nobody@acme.example", "+44 20 7946 0000", "zzz"])
def test_an_unknown_text_is_not_found(store: Store, words: str) -> None:
    with pytest.raises(NotFoundError):
        resolve(store, words)


def test_resolve_or_none_returns_none_where_resolve_raises(store: Store) -> None:
    found = resolve_or_none(store, "doe")
    assert found is not None
    assert found.id == 2
    assert resolve_or_none(store, "jane") is None
    assert resolve_or_none(store, "nobody") is None
    assert resolve_or_none(store, "") is None


def test_a_removed_contact_is_not_found(store: Store) -> None:
    contacts.remove(store, [2])
    with pytest.raises(NotFoundError):
        resolve(store, "doe")


def test_a_common_name_is_ambiguous_with_few_candidates(store: Store) -> None:
    for number in range(60):
        contacts.add(store, ContactDraft(name=f"Smith Number{number}"))
    with pytest.raises(AmbiguousError) as caught:
        resolve(store, "smith")
    assert len(caught.value.candidates) == 10
    assert "more than 50" in caught.value.message


ANYTHING = st.text(max_size=40) | st.text(alphabet="@#+0-9 *\"'%_():^", max_size=12)


@given(words=ANYTHING)
def test_any_text_gives_a_contact_or_a_clear_error(everybody: Store, words: str) -> None:
    try:
        found = resolve(everybody, words)
    except (UsageError, NotFoundError, AmbiguousError):
        return
    assert found.name in {"Jane Doe", "Ann Lee"}


@pytest.fixture(scope="module")
def everybody(shared_locations: Callable[[str], Path | str]) -> Iterator[Store]:
    """Open a database that all examples read."""
    store = open_store(shared_locations("who"), create=True)
    for name in ("Jane Doe", "Ann Lee"):
        contacts.add(store, ContactDraft(name=name))
    yield store
    store.close()


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("jane doe asked for a quote", 2),
        ("JANE Doe, asked", 2),
        ("jane asked for a quote", 1),
        ("jane", 1),
        ("doe jane asked", 1),
        ("jane does not ask", 1),
    ],
)
def test_a_spelled_out_name_is_not_part_of_the_text(words: str, count: int) -> None:
    assert count_name_words("Jane Doe", words.split()) == count


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("jane doe asked", 2),
        ("jane miller: asked", 2),
        ("acme heating asked", 2),
        ("boss asked", 0),
        ("jane asked", 0),
        ("jane mill asked", 0),
        ("someone asked for this", 0),
        ("jane", 0),
    ],
)
def test_several_first_words_can_name_a_contact_together(
    store: Store, words: str, count: int
) -> None:
    assert count_leading_words(store, words.split()) == count


def test_words_are_a_name_only_together(store: Store) -> None:
    assert is_full_name(store, ["jane", "DOE"])
    assert not is_full_name(store, ["jane", "miller", "janet"])
    assert not is_full_name(store, ["boss"])


@pytest.mark.parametrize("words", ["0221 1234567", "(0221) 123 45 67", "+49 221 1234567"])
def test_a_foreign_number_is_found_by_its_national_format(store: Store, words: str) -> None:
    karl = ContactDraft(
        name="Karl Ott",
        points=(ContactPointDraft("phone", "0221 1234567"),),
        addresses=(AddressDraft(country="Germany"),),
    )
    contacts.add(store, karl)
    assert resolve(store, words).name == "Karl Ott"
