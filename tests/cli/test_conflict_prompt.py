"""Two users edit one text: the second sees both versions and chooses which one stays."""

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
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_USER", "ann")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(Session, "can_ask", True)


@pytest.fixture
def bob(location):
    with contextlib.closing(open_store(location, user="bob", create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane", note="as it was"))
        interactions.log(store, [1], "as it was")
        yield store


@pytest.fixture
def edits(monkeypatch, capsys):
    """Run a command as ann, who writes a text in her editor while another change happens."""

    def edit(*words, text="hers", meanwhile=lambda: None, answer="", code=0):
        def edited(_before):
            meanwhile()
            return text

        monkeypatch.setattr("cardcrm.editor.edit_text", edited)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        ended = main(list(words))
        message = capsys.readouterr()
        assert ended == code, message.err
        return message.err

    return edit


def note(store):
    return contacts.get(store, 1).note


def noting(store, text):
    return lambda: update.edit(store, [1], update.Edit(values=(("note", text),)))


@pytest.mark.parametrize(("answer", "stays"), [("y\n", "hers"), ("theirs\n", "his")])
def test_second_writer_chooses_which_note_stays(bob, edits, answer, stays):
    message = edits("edit", "jane", meanwhile=noting(bob, "his"), answer=answer)
    assert f"bob on {bob.author.host} (20:00) changed “note” in the meantime." in message
    assert "theirs: his\nyours:  hers\n" in message
    assert note(bob) == stays


@pytest.mark.parametrize("answer", ["\n", "", "what?\n"])
def test_choosing_neither_changes_nothing(bob, edits, answer):
    message = edits("edit", "jane", meanwhile=noting(bob, "his"), answer=answer, code=1)
    assert "nothing was changed" in message
    assert note(bob) == "his"


def test_change_of_another_field_is_not_a_conflict(bob, edits):
    def meanwhile():
        update.edit(bob, [1], update.Edit(values=(("title", "boss"),)))

    assert edits("edit", "jane", meanwhile=meanwhile) == "changed 1 Jane: note as it was → hers\n"
    assert (note(bob), contacts.get(bob, 1).title) == ("hers", "boss")


def test_unchanged_text_reverts_nothing(bob, edits):
    message = edits("edit", "jane", text="as it was", meanwhile=noting(bob, "his"))
    assert message == "no change to 1 Jane\n"
    assert note(bob) == "his"


def test_json_reports_the_conflict_without_asking(bob, edits):
    message = edits("--format", "json", "edit", "jane", meanwhile=noting(bob, "his"), code=4)
    assert json.loads(message)["error"]["message"] == "bob has changed note in the meantime"
    assert note(bob) == "his"


@pytest.mark.parametrize(("answer", "stays"), [("yours\n", "hers"), ("t\n", "his\nin two lines")])
def test_conflict_in_an_interaction_asks_as_well(bob, edits, answer, stays):
    def meanwhile():
        interactions.edit(bob, 1, text="his\nin two lines", kind="call")

    message = edits("interaction", "edit", "1", meanwhile=meanwhile, answer=answer)
    assert "theirs: his\n        in two lines\nyours:  hers\n" in message
    after = interactions.get(bob, 1)
    assert (after.text, after.kind) == (stays, "call")
