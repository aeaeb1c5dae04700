"""Help: asked for by its own word only, never read out of another word."""

import pytest

from cardcrm.records.activity import interactions


@pytest.fixture
def jane(typed):
    typed("add", "Jane Doe", "--email", "jane@example.org")
    typed("add", "Tom")


@pytest.mark.parametrize(
    "words", [("-h",), ("find", "-h"), ("sale", "list", "-h"), ("product", "add", "-h")]
)
def test_h_asks_for_help_everywhere(typed, words):
    code, out, _ = typed(*words)
    assert code == 0
    assert "Usage: cardcrm" in out


def test_words_with_an_h_after_a_minus_are_words(typed, jane):
    assert typed("find", "-has:email", "--format", "ids") == (0, "2\n", "")
    code, out, err = typed("log", "jane", "she", "said", "-perhaps")
    assert (code, out) == (0, "")
    assert err.startswith("logged note 1 with 1 Jane Doe")
    code, _, err = typed("tag", "jane", "-nothere")
    assert (code, err) == (0, "no change to 1 Jane Doe; tags: none\n")


def test_h_after_two_dashes_is_text(typed, jane, store):
    typed("log", "jane", "--", "-h")
    assert interactions.get(store, 1).text == "-h"
