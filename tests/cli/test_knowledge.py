"""The commands of answers, articles, scripts and recordings, as they are typed."""

import io
import json

import pytest

OK, USAGE, NOT_FOUND, CONFLICT, SERVICE, INTERRUPTED = 0, 2, 3, 4, 6, 130
TREE = """
title = "Broken vase"

[hello]
say = "Hello {{ contact.first_name }}, when did it break?"
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


@pytest.fixture
def now():
    return "2026-11-27T16:30"


class Terminal(io.StringIO):
    """A terminal at which someone types; Ctrl+C where a line says so."""

    encoding = "utf-8"

    def isatty(self):
        return True

    def readline(self, *_):
        line = super().readline()
        if line == "^C\n":
            raise KeyboardInterrupt
        return line


@pytest.fixture
def desk(typed, monkeypatch):
    """Return a function that types a command, perhaps with lines from a pipe or a person."""

    def say(*words, piped="", asked=None, code=OK):
        stdin = io.StringIO(piped) if asked is None else Terminal(asked)
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", stdin)
            if asked is not None:
                patch.setattr("cardcrm.cli.session.Session.can_ask", property(lambda _: True))
            found, out, err = typed(*words)
        assert found == code, err
        return (err + out).strip()

    say("add", "Jane", "Doe")
    say("case", "open", "jane", "the vase broke")
    return say


def rows(desk, *words, **options):
    return json.loads(desk(*words, "--format", "json", **options))


def test_the_words_after_the_name_of_an_answer_are_its_text(desk):
    desk("answer", "add", "thanks", "Thank", "you,", "{{ contact.first_name }}!")
    assert desk("answer", "use", "thanks", "1") == "Thank you, Jane!"
    assert "invalid name" in desk("answer", "add", "two", "words", "--text", "See you", code=USAGE)


def test_an_answer_is_filled_in_and_logged(desk):
    desk(
        "answer", "add", "sorry", "--text", "Dear {{ contact.first_name }}: {{ values.visit_day }}"
    )
    assert "needs the value visit_day" in desk("answer", "use", "sorry", "1", code=USAGE)
    assert desk("answer", "use", "sorry", "1", "--set", "visit_day=Friday") == "Dear Jane: Friday"
    asked = desk("answer", "use", "sorry", "1", asked="Monday\n")
    assert asked == "visit day: Dear Jane: Monday"
    assert "no value given" in desk("answer", "use", "sorry", "1", asked="", code=USAGE)
    shown = rows(desk, "answer", "use", "sorry", "1", "--set", "visit_day=x")
    assert shown == {"answer_id": 1, "answer": "sorry", "case_id": 1, "text": "Dear Jane: x"}
    desk("case", "reply", "1", "--answer", "sorry", "--set", "visit_day=Friday")
    [entry] = rows(desk, "case", "show", "1")["conversation"]
    assert entry["text"] == "Dear Jane: Friday"
    assert rows(desk, "answer", "list")[0]["uses"] == 1
    desk("undo")
    assert rows(desk, "case", "show", "1")["conversation"] == []
    assert rows(desk, "answer", "list")[0]["uses"] == 0


def test_a_text_of_a_file_becomes_an_article_and_keeps_its_versions(desk, tmp_path):
    file = tmp_path / "vases.md"
    file.write_text("# Vases\n\nGlue them.\n")
    desk("article", "add", "Broken", "vases", "--text", str(file))
    file.write_text("# Vases\n\nBuy a new one.\n")
    desk("article", "edit", "1", "--text", str(file))
    [new, old] = rows(desk, "article", "history", "1")
    assert (new["version"], new["lines_added"], new["lines_removed"]) == (2, 1, 1)
    assert old["lines_added"] == 3
    assert rows(desk, "article", "show", "1", "--version", "1")["text"] == "# Vases\n\nGlue them."
    assert "as version 3" in desk("article", "restore", "broken vases", "1")
    assert rows(desk, "article", "show", "1")["version"] == 3
    assert rows(desk, "article", "find", "glue")[0]["excerpt"] == "Vases Glue them."
    assert "these have some of them" in desk("article", "find", "glue", "nothing")


def test_an_article_helps_in_a_case_and_is_suggested(desk):
    desk("article", "add", "Broken", "vases", "--text", "Glue them.")
    assert desk("article", "link", "1", "1").startswith("linked article 1 Broken vases to case 1")
    assert desk("article", "link", "1", "1").startswith("no change: article 1 Broken vases is")
    assert "helped 1, did not help 0" in desk("article", "helped", "1", "yes", "--case", "1")
    assert rows(desk, "case", "show", "1")["articles"] == [{"id": 1, "title": "Broken vases"}]
    assert rows(desk, "article", "show", "1")["case_ids"] == [1]
    [found] = rows(desk, "case", "suggest", "1")
    assert (found["noun"], found["words"]) == ("article", ["broke", "vase"])
    desk("article", "unlink", "1", "1")
    assert rows(desk, "article", "show", "1")["case_ids"] == []


@pytest.fixture
def script(desk, tmp_path):
    file = tmp_path / "broken.toml"
    file.write_text(TREE)
    assert desk("script", "add", "broken", "--file", str(file)).startswith(
        "added script 1 broken\n4 steps, 2 ends"
    )
    return desk


def test_a_call_from_a_pipe_becomes_one_interaction(script):
    said = script("script", "run", "broken", "jane", "--case", "1", piped="toady\ntoday\nFriday\n")
    assert "Hello Jane, when did it break?" in said
    assert "unknown answer “toady”" in said
    assert "logged call 1 with 1 Jane Doe by script broken: 2 answers" in said
    shown = rows(script, "interaction", "show", "1")
    assert shown["text"] == (
        "script broken: Broken vase\nHello Jane, when did it break? → today\n"
        "Which day may we come? → Friday"
    )
    assert (shown["outcome"], shown["case_id"]) == ("visit promised", 1)
    assert "1 step" not in script("undo")
    assert rows(script, "interaction", "list") == []
    assert rows(script, "script", "runs") == []


def test_an_interrupted_call_goes_on(script):
    kept = script("script", "run", "broken", "jane", asked="today\n^C\n", code=INTERRUPTED)
    assert "kept 1 answer of Jane Doe; to continue: cardcrm script run broken 1" in kept
    [run] = rows(script, "script", "runs")
    assert (run["script"], run["contact"], run["step"]) == ("broken", "Jane Doe", "day")
    gone_on = script("script", "run", "broken", "jane", asked="\n<\nearlier\n")
    assert "type the answer" in gone_on
    assert gone_on.endswith("1 answer")
    assert rows(script, "interaction", "list")[0]["text"].endswith("→ earlier")
    assert rows(script, "script", "runs") == []


def test_a_call_can_be_stopped_and_begun_again(script):
    script("script", "run", "broken", "jane", piped="today\n", code=1)
    kept = script("script", "run", "broken", "jane", "--restart", piped="", code=1)
    assert "nothing was answered" in kept
    assert rows(script, "script", "runs")[0]["step"] == "day"
    script("script", "run", "broken", "jane", "--restart", piped="e\n")
    script("script", "run", "broken", "jane", piped="today\n!\n")
    script("script", "run", "broken", "jane", piped="today\n", code=1)
    script("script", "run", "broken", "jane", "--stop", "--minutes", "4")
    texts = [each["text"].splitlines()[1:] for each in rows(script, "interaction", "list")]
    question = "Hello Jane, when did it break? →"
    assert texts == [
        [f"{question} today", "stopped early"],
        [f"{question} today", "stopped early"],
        [f"{question} earlier"],
    ]
    assert "no unfinished call with Jane Doe by script broken" in script(
        "script", "run", "broken", "jane", "--stop", code=USAGE
    )


def test_a_script_that_comes_back_says_so(desk):
    tree = "a = {say = 'x', answers = {again = 'a', end = 'b'}}\nb = {say = 'y'}"
    assert desk("script", "add", "loop", "--file", tree).endswith("a call can return to: a")


def test_a_recording_is_played_by_a_command_and_sent_as_a_link(desk, tmp_path, monkeypatch):
    audio, log = tmp_path / "hours; x.ogg", tmp_path / "log"
    audio.touch()
    player = tmp_path / "player"
    player.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {log}\n')
    player.chmod(0o755)
    desk("recording", "add", "hours", str(audio))
    assert "no player is set" in desk("recording", "play", "hours", code=USAGE)
    monkeypatch.setenv("CARDCRM_DESK_PLAYER", f"{player} -q")
    assert "logged note 1 in case 1" in desk("recording", "play", "hours", "--case", "1")
    assert log.read_text() == f"-q|{audio}|"
    assert "has no link" in desk("case", "reply", "1", "--recording", "hours", code=USAGE)
    desk("recording", "edit", "hours", "--link", "example.com/hours.ogg")
    desk("case", "reply", "1", "our", "hours", "--recording", "hours")
    entry = rows(desk, "case", "show", "1")["conversation"][-1]
    assert entry["text"] == "our hours\n\nhttps://example.com/hours.ogg"
    monkeypatch.setenv("CARDCRM_DESK_PLAYER", "false")
    assert "exited with code 1" in desk("recording", "play", "hours", code=SERVICE)
    monkeypatch.setenv("CARDCRM_DESK_PLAYER", str(tmp_path / "nope"))
    assert "can't start the player" in desk("recording", "play", "hours", code=SERVICE)
    audio.unlink()
    missing = desk("recording", "play", "hours", code=NOT_FOUND)
    assert "the file of the recording hours is missing" in missing


def test_the_time_spent_on_a_case_adds_up(desk):
    desk("case", "note", "1", "asked the courier", "--minutes", "50")
    desk("case", "reply", "1", "it comes on Friday", "--minutes", "15")
    assert "time spent  1h5m" in desk("case", "show", "1")
    assert rows(desk, "case", "show", "1")["minutes_spent"] == 65
