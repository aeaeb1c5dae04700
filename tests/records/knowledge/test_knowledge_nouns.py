"""Answers, articles, scripts and recordings in undo, merge, deletion, archive, copy and check."""

import contextlib
import json
import sys

import pytest

from cardcrm.config import Config
from cardcrm.errors import ConflictError, MissingValueError, NotFoundError, UsageError
from cardcrm.formats import archive
from cardcrm.mail.answer_text import fill_answer
from cardcrm.records import records
from cardcrm.records.activity.interactions import Details
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.knowledge import answers, articles, recordings, script_runs
from cardcrm.records.knowledge.answer_type import ANSWER
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.knowledge.recording_type import RECORDING
from cardcrm.records.knowledge.script_runs import Answered
from cardcrm.records.knowledge.script_type import SCRIPT
from cardcrm.records.privacy import forget
from cardcrm.records.references import remove_row
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.store import database_copy, integrity, journal, open_store

TREE = """
[hello]
say = "When did it break?"
answers = { today = "day", earlier = "advice" }

[day]
ask = "Which day may we come?"
to = "promised"

[promised]
say = "Goodbye."
outcome = "visit promised"

[advice]
say = "Glue it."
"""
SETTINGS = Config({}, {})
OWN = ("answer_use", "article_version", "article_link", "article_vote", "script_run")


@pytest.fixture
def case(store):
    """Open a case of Jane, and write down what helps; return its number."""
    contacts.add(store, ContactDraft("Jane Doe"))
    case_id = records.add(store, CASE, {"contact": "#1", "text": "The vase broke"}).id
    records.add(store, ANSWER, {"name": "Sorry", "text": "{{ contact.name }}: {{ values.day }}"})
    records.add(store, ARTICLE, {"title": "Broken vases", "text": "Glue them."})
    records.add(store, SCRIPT, {"name": "broken", "tree": TREE})
    return case_id


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or OWN]


def article(store, key, article_id=1):
    return records.get(store, ARTICLE, article_id).values[key]


def is_sound(store):
    return integrity.check_database(store, lambda _words: None) == []


def start(store, case_id=None):
    script = script_runs.find_script(store, "broken")
    return script, script_runs.begin(store, script, 1, case_id)


def say(store, run, answer, to, step=None):
    return script_runs.store_answer(
        store, run, Answered(run.step, f"{run.step}?", answer), to, step
    )


def test_each_verb_is_one_step_of_undo(store, case):
    script, run = start(store, case)
    steps = {
        "use": lambda: answers.note_use(store, 1, case, None),
        "link": lambda: articles.link(store, 1, case),
        "vote": lambda: articles.vote(store, 1, helped=True),
        "edit": lambda: records.edit(store, ARTICLE, [1], {"text": "Buy a new one."}),
        "restore": lambda: articles.restore(store, 1, 1),
        "unlink": lambda: articles.unlink(store, 1, case),
        "take": lambda: say(store, run, "today", "day"),
        "finish": lambda: script_runs.finish(
            store, script_runs.find_run(store, script.id, 1), script, Details("call"), None
        ),
    }
    states = []
    for verb in steps.values():
        states.append(list(dump.lines(store)))
        verb()
        assert list(dump.lines(store)) != states[-1]
    assert is_sound(store)
    for before in reversed(states):
        journal.undo(store)
        assert list(dump.lines(store)) == before
    assert is_sound(store)


# Answers


def test_an_answer_asks_for_the_values_in_the_order_of_its_text(store, case):
    text = "{{ values.b }} {{ values.a | upper }} {{ values.c | default('x') }} {{ contact.name }}"
    records.add(store, ANSWER, {"name": "asks", "text": text})
    found = answers.find_answer(store, "ASKS")
    assert answers.list_asked(store, found) == ["b", "a"]
    assert fill_answer(store, found, case, {"b": "1", "a": "z"}, SETTINGS) == "1 Z x Jane Doe"
    with pytest.raises(UsageError, match="answer asks for case 1 needs the value a"):
        fill_answer(store, found, case, {"b": "1"}, SETTINGS)


def test_an_answer_shows_the_case(store, case):
    text = "{{ case.number }} {{ case.text }} {{ case.status }} {{ case.product | default('-') }}"
    records.add(store, ANSWER, {"name": "about", "text": text})
    found = answers.find_answer(store, "about")
    assert fill_answer(store, found, case, {}, SETTINGS) == "1 The vase broke new -"
    records.add(store, ANSWER, {"name": "product", "text": "{{ case.product }}"})
    with pytest.raises(MissingValueError, match=r"case\.product is empty"):
        fill_answer(store, answers.find_answer(store, "product"), case, {}, SETTINGS)


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"name": "two words", "text": "x"}, "invalid name “two words”"),
        ({"name": "12", "text": "x"}, "invalid name “12”"),
        ({"name": "x", "text": "{{ nope }}"}, "unknown name “nope”"),
        ({"name": "x", "text": "{{ case.nope }}"}, r"unknown field case\.nope"),
        ({"name": "x", "text": "{{ contact.name() }}"}, "call is not allowed"),
        ({"name": "x", "text": ""}, "needs a text"),
    ],
)
def test_a_wrong_answer_is_refused(store, case, texts, problem):
    with pytest.raises(UsageError, match=problem):
        records.add(store, ANSWER, texts)
    assert count(store, "answer") == [1]


def test_two_answers_differ_in_more_than_case(store, case):
    with pytest.raises(ConflictError, match="already exists"):
        records.add(store, ANSWER, {"name": "SORRY", "text": "x"})


# Articles


def test_an_article_keeps_its_versions(store, case):
    records.edit(store, ARTICLE, [1], {"text": "Buy a new one."})
    records.edit(store, ARTICLE, [1], {"product": ""})
    records.edit(store, ARTICLE, [1], {"title": "Vases"})
    found = articles.list_versions(store, 1)
    assert [(each.version, each.title, each.text) for each in found] == [
        (3, "Vases", "Buy a new one."),
        (2, "Broken vases", "Buy a new one."),
        (1, "Broken vases", "Glue them."),
    ]
    assert articles.restore(store, 1, 1) == 4
    assert (article(store, "title"), article(store, "version")) == ("Broken vases", 4)
    with pytest.raises(ConflictError, match="already has the texts"):
        articles.restore(store, 1, 1)
    with pytest.raises(NotFoundError, match="no version 9"):
        articles.restore(store, 1, 9)
    assert count(store, "article_version") == [4]


def test_links_and_votes_are_counted_once_for_each_case(store, case):
    assert articles.link(store, 1, case)
    assert not articles.link(store, 1, case)
    articles.vote(store, 1, helped=True, case_id=case)
    articles.vote(store, 1, helped=False)
    assert [article(store, key) for key in ("cases", "helped", "failed")] == [1, 1, 1]
    assert articles.list_linked(store, case) == [(1, "Broken vases")]
    articles.unlink(store, 1, case)
    with pytest.raises(NotFoundError, match="not linked"):
        articles.unlink(store, 1, case)
    with pytest.raises(NotFoundError, match="unknown case 9"):
        articles.vote(store, 1, helped=True, case_id=9)
    assert article(store, "helped") == 1


def test_a_merged_case_gives_its_articles_to_the_other(store, case):
    other = records.add(store, CASE, {"contact": "#1", "text": "Again"}).id
    for each in (case, other):
        articles.link(store, 1, each)
    answers.note_use(store, 1, case, None)
    cases.merge(store, other, case)
    assert articles.list_linked(store, other) == [(1, "Broken vases")]
    assert article(store, "cases") == 1
    assert store.value("SELECT case_id FROM answer_use") == other
    assert is_sound(store)


# Calls by a script


def test_a_call_is_logged_with_its_path(store, case):
    script, run = start(store, case)
    assert count(store, "script_run") == [0]
    run = say(store, run, "today", "day")
    run = say(store, run, "Friday", "promised")
    logged = script_runs.finish(store, run, script, Details("call", minutes=3), None)
    row = store.row("SELECT kind, minutes, outcome, text, case_id FROM interaction")
    assert tuple(row) == (
        "call", 3, "visit promised", "script broken\nhello? → today\nday? → Friday", case,
    )  # fmt: skip
    assert logged == 1
    assert count(store, "script_run") == [0]
    assert is_sound(store)


def test_a_call_goes_on_where_it_was(store, case):
    script, run = start(store)
    run = say(store, run, "today", "day")
    found = script_runs.find_run(store, script.id, 1)
    assert (found.step, found.path) == ("day", run.path)
    back = script_runs.go_back(store, found, None)
    assert (back.step, back.path) == ("hello", ())
    assert script_runs.go_back(store, back, None) == back
    ended = say(store, back, "earlier", "advice")
    script_runs.finish(store, ended, script, Details("call"), None)
    assert script_runs.find_run(store, script.id, 1) is None


def test_a_call_that_is_stopped_says_so(store, case):
    script, run = start(store)
    run = say(store, run, "today", "day")
    script_runs.finish(store, run, script, Details("call"), None)
    assert store.value("SELECT text FROM interaction").endswith("→ today\nstopped early")
    assert store.value("SELECT outcome FROM interaction") == ""


def test_a_call_whose_step_the_script_lost_is_kept(store, case):
    _, run = start(store)
    say(store, run, "today", "day")
    records.edit(store, SCRIPT, [1], {"tree": "[a]\nsay = 'x'"})
    script = script_runs.find_script(store, "broken")
    found = script_runs.find_run(store, script.id, 1)
    with pytest.raises(ConflictError, match="the step “day” no longer exists"):
        script_runs.current_step(found, script)
    script_runs.finish(store, found, script, Details("call"), None)
    assert "hello? → today" in store.value("SELECT text FROM interaction")


def test_a_call_about_the_case_of_another_is_refused(store, case):
    contacts.add(store, ContactDraft("Bob"))
    script = script_runs.find_script(store, "broken")
    with pytest.raises(UsageError, match="belongs to another contact"):
        script_runs.begin(store, script, 2, case)


# Recordings


@pytest.fixture
def audio(tmp_path):
    path = tmp_path / "hours; true.ogg"
    path.write_bytes(b"OggS")
    return path


def test_a_recording_is_an_audio_file(store, audio, tmp_path):
    records.add(store, RECORDING, {"name": "hours", "path": str(audio)})
    (tmp_path / "notes.txt").touch()
    for path, error in (("notes.txt", UsageError), ("gone.ogg", NotFoundError), (".", UsageError)):
        with pytest.raises(error):
            records.add(store, RECORDING, {"name": "x", "path": str(tmp_path / path)})
    for link in ("javascript:alert(1)", "--help", "file:///etc/passwd"):
        with pytest.raises(UsageError, match="invalid link"):
            records.edit(store, RECORDING, [1], {"link": link})
    records.edit(store, RECORDING, [1], {"link": "example.com/a.ogg"})
    assert records.get(store, RECORDING, 1).values["link"] == "https://example.com/a.ogg"


def test_a_player_is_a_command_and_no_shell_line(audio):
    found = recordings.build_command("play -q 'a b'", "hours", str(audio))
    assert found == ["play", "-q", "a b", str(audio)]
    with pytest.raises(UsageError, match="no player is set"):
        recordings.build_command(" ", "hours", str(audio))
    with pytest.raises(UsageError, match=r"invalid desk\.player setting"):
        recordings.build_command("play '", "hours", str(audio))
    audio.unlink()
    with pytest.raises(NotFoundError, match="the file of the recording hours is missing"):
        recordings.build_command(sys.executable, "hours", str(audio))


# The whole database


@pytest.fixture
def full(store, case, audio):
    """Use all that is there; return the case."""
    articles.vote(store, 1, helped=True, case_id=case)
    articles.vote(store, 1, helped=False)
    answers.note_use(store, 1, case, None)
    _, run = start(store, case)
    say(store, run, "on her birthday", "day")
    records.add(store, RECORDING, {"name": "hours", "path": str(audio)})
    assert count(store) == [1, 1, 1, 2, 1]
    return case


def test_a_merge_of_contacts_moves_the_call(store, full):
    other = contacts.add(store, ContactDraft("Jane D."))
    merge.merge(store, other.id, 1)
    assert store.value("SELECT contact_id FROM script_run") == other.id
    assert is_sound(store)


@pytest.mark.parametrize(
    ("noun", "left"),
    [
        ("contact", [0, 1, 0, 2, 0]),
        ("case", [0, 1, 0, 2, 1]),
        ("answer", [0, 1, 1, 2, 1]),
        ("article", [1, 0, 0, 0, 1]),
        ("script", [1, 1, 1, 2, 0]),
    ],
)
def test_a_removal_takes_what_belongs_to_it_and_undo_restores_it(store, full, noun, left):
    before = list(dump.lines(store))
    with store.transaction("rm"):
        remove_row(store, noun, 1)
    assert count(store) == left
    assert is_sound(store)
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_a_forgotten_contact_leaves_no_answers(store, full):
    forget.forget(store, 1)
    assert count(store) == [0, 1, 0, 2, 0]
    assert not any("birthday" in str(tuple(each)) for each in store.rows("SELECT * FROM change"))
    assert is_sound(store)


def test_an_archive_holds_everything_and_restores_it(store, full, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines


def test_a_copy_has_everything(store, full, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in OWN] == [1, 1, 1, 2, 1]
