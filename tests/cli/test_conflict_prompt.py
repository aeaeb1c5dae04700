"""Two who write the same in their editors: the second is shown both texts, and says which stays."""

import contextlib
import io
import json
import sys

import pytest

from cardcrm.cli.run import main
from cardcrm.cli.session import Session
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store


@pytest.fixture(autouse=True)
def environment(location, tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_USER", "ann")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(Session, "asks", True)


@pytest.fixture
def bob(location):
    with contextlib.closing(open_store(location, user="bob", create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane", note="as it was"))
        interactions.log(store, [1], "as it was")
        yield store


@pytest.fixture
def edits(monkeypatch, capsys):
    """Runs a command of ann's in whose editor she writes a text while somebody does something."""

    def edit(*words, text="hers", meanwhile=lambda: None, answer="", code=0):
        def edited(_before):
            meanwhile()
            return text

        monkeypatch.setattr("cardcrm.editor.edited", edited)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        ended = main(list(words))
        told = capsys.readouterr()
        assert ended == code, told.err
        return told.err

    return edit


def note(store):
    return contacts.get(store, 1).note


def noting(store, text):
    return lambda: update.edit(store, [1], update.Edit(values=(("note", text),)))


@pytest.mark.parametrize(("answer", "stays"), [("y\n", "hers"), ("theirs\n", "his")])
def test_who_comes_second_says_which_note_stays(bob, edits, answer, stays):
    told = edits("edit", "jane", meanwhile=noting(bob, "his"), answer=answer)
    assert f"bob on {bob.author.host} (20:00) has changed “note” meanwhile." in told
    assert "theirs: his\nyours:  hers\n" in told
    assert note(bob) == stays


@pytest.mark.parametrize("answer", ["\n", "", "what?\n"])
def test_who_says_neither_has_changed_nothing(bob, edits, answer):
    told = edits("edit", "jane", meanwhile=noting(bob, "his"), answer=answer, code=1)
    assert "nothing was changed" in told
    assert note(bob) == "his"


def test_who_writes_something_else_meanwhile_is_in_nobodys_way(bob, edits):
    def meanwhile():
        update.edit(bob, [1], update.Edit(values=(("title", "boss"),)))

    assert edits("edit", "jane", meanwhile=meanwhile) == "changed 1 Jane\n"
    assert (note(bob), contacts.get(bob, 1).title) == ("hers", "boss")


def test_who_only_looks_takes_nothing_back(bob, edits):
    told = edits("edit", "jane", text="as it was", meanwhile=noting(bob, "his"))
    assert told == "1 Jane was so already\n"
    assert note(bob) == "his"


def test_a_program_is_told_and_not_asked(bob, edits):
    told = edits("--format", "json", "edit", "jane", meanwhile=noting(bob, "his"), code=4)
    assert json.loads(told)["error"]["message"] == "bob has changed note meanwhile"
    assert note(bob) == "his"


@pytest.mark.parametrize(("answer", "stays"), [("yours\n", "hers"), ("t\n", "his\nin two lines")])
def test_so_it_is_with_what_was_logged(bob, edits, answer, stays):
    def meanwhile():
        interactions.edit(bob, 1, text="his\nin two lines", kind="call")

    told = edits("log", "--edit", "1", meanwhile=meanwhile, answer=answer)
    assert "theirs: his\n        in two lines\nyours:  hers\n" in told
    after = interactions.get(bob, 1)
    assert (after.text, after.kind) == (stays, "call")
