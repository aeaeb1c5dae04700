"""Words of texts: stems, and the coverage by a plain count."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.reports.knowledge.text_match import cover, find_stems, find_words, stem, weigh


@pytest.mark.parametrize(
    "words",
    [
        ("leak", "leaks", "leaking", "leaked"),
        ("rose", "roses"),
        ("delivery", "deliveries"),
        ("charge", "charged", "charges", "charging"),
        ("flower", "flowers"),
    ],
)
def test_forms_of_a_word_have_one_stem(words):
    assert len(set(map(stem, words))) == 1


def test_short_words_keep_their_letters():
    assert [stem(each) for each in ("gas", "red", "tie", "bus")] == ["gas", "red", "tie", "bus"]


def test_common_and_short_words_do_not_count():
    assert find_words("The vase, and the Vases: can you fix it?") == {"vas": "vase", "fix": "fix"}
    assert find_stems("Blüten für die TÜR") == {"blut", "fur", "die", "tur"}


TEXTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=6)


@given(st.sets(st.sampled_from("abcdef"), min_size=1), TEXTS, st.integers(0, 9))
def test_the_coverage_is_the_share_of_the_weights(words, texts, others):
    sets = [frozenset(each) for each in texts]
    total = len(sets) + others
    weights = weigh(sorted(words), sets, total)
    for each in sets:
        whole = part = 0.0
        for word in sorted(words):
            count = len([text for text in texts if word in text])
            weight = math.log(1 + max(total, 1) / max(count, 1))
            whole += weight
            part += weight if word in each else 0
        assert cover(weights, each) == pytest.approx(part / whole)
    assert cover(weights, frozenset(words)) == pytest.approx(1)


def test_nothing_covers_no_words():
    assert cover({}, frozenset("a")) == 0
