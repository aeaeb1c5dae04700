"""`log`: one line logs an interaction and its next step."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(typed: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command, and return exit code, output and messages. Three contacts exist."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        raw = io.BytesIO(stdin.encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, encoding="utf-8"))
        return typed(*words)

    for name in ("Jane Doe", "Ann Lee", "Bob Ray"):
        run("add", name)
    return run


def card(run: Run, who: str = "jane") -> Any:
    return json.loads(run("show", who, "--format", "json")[1])


def undo(path: Path | str) -> None:
    from cardcrm.store import journal, open_store

    store = open_store(path)
    journal.undo(store)
    store.close()


def test_text_needs_no_quotes(run: Run) -> None:
    code, out, err = run("log", "jane", "asked", "for", "a", "quote")
    assert (code, out) == (0, "")
    assert err == "logged note 1 with 1 Jane Doe: asked for a quote\n"
    assert card(run)["interactions"][0]["text"] == "asked for a quote"


def test_log_and_next_step_are_one_undo_step(run: Run, location: Path | str) -> None:
    _, _, err = run("log", "jane", "asked for a quote", "--next", "send quote", "--due", "fri")
    logged, planned = "note 1 with 1 Jane Doe: asked for a quote", "reminder 1 for Fri 27 Nov"
    assert err == f"logged {logged}; {planned}: send quote\n"
    assert card(run)["reminders"][0]["due_on"] == "2026-11-27"
    undo(location)
    assert (card(run)["interactions"], card(run)["reminders"]) == ([], [])


def test_next_step_without_date_is_due_tomorrow(run: Run) -> None:
    _, _, err = run("log", "jane", "x", "--next", "call", "--promise")
    assert "promise 1 for Sun 22 Nov (tomorrow, because --due is missing): call" in err
    assert card(run)["reminders"][0]["promise"] is True


def test_invalid_next_step_logs_nothing(run: Run) -> None:
    assert run("log", "jane", "x", "--next", "call", "--due", "someday")[0] == 2
    assert run("log", "jane", "x", "--next", "  ", "--due", "fri")[0] == 2
    assert run("log", "jane", "x", "--due", "fri")[0] == 2
    assert card(run)["interactions"] == []


def test_all_options_of_log_are_stored(run: Run) -> None:
    run(
        "log", "jane", "at the fair", "--kind", "meeting", "--on", "yesterday 14:05", "--in",
        "--minutes", "45", "--outcome", "interested", "--with", "ann",
    )  # fmt: skip
    result = card(run)["interactions"][0]
    assert result["participants"] == [{"id": 1, "name": "Jane Doe"}, {"id": 2, "name": "Ann Lee"}]
    assert {
        "kind": "meeting", "direction": "in", "on": "2026-11-20", "at": "2026-11-20T14:05:00Z",
        "minutes": 45, "outcome": "interested",
    }.items() <= result.items()  # fmt: skip
    assert card(run, "ann")["interaction_count"] == 1


def test_history_looks_back(run: Run) -> None:
    run("log", "jane", "x", "--on", "fri")
    assert card(run)["interactions"][0]["on"] == "2026-11-20"
    assert run("log", "jane", "x", "--on", "2026-11-22")[0] == 2


def test_mentions_become_participants_and_unknown_ones_are_reported(run: Run) -> None:
    code, _, err = run("log", "jane", "met @Ann Lee and @zorro today")
    assert code == 0
    assert "logged note 1 with 1 Jane Doe and 2 Ann Lee: met @Ann Lee and @zorro today\n" in err
    assert "@zorro matches no contact, or several" in err


def test_text_can_come_from_a_pipe(run: Run) -> None:
    assert run("log", "jane", stdin="first line\nsecond — line\n")[0] == 0
    assert card(run)["interactions"][0]["text"] == "first line\nsecond — line"


def test_empty_pipe_is_not_a_text(run: Run) -> None:
    code, _, err = run("log", "jane")
    assert code == 2
    assert "an interaction needs a text" in err


def test_editor_opens_without_a_text(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'from the editor' >> \"$1\"\n")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    monkeypatch.setattr("cardcrm.cli.session.Session.can_ask", True)
    run("log", "jane")
    run("interaction", "edit", "1")
    assert card(run)["interactions"][0]["text"] == "from the editor\nfrom the editor"


def test_json_has_the_interaction_and_its_reminder(run: Run) -> None:
    _, out, err = run("--format", "json", "log", "jane", "hi @ann", "--next", "call", "--due", "3d")
    result = json.loads(out)
    assert err == ""
    assert result["text"] == "hi @ann"
    assert sorted(result["with"].split(", ")) == ["Ann Lee", "Jane Doe"]
    assert result["outcome"] is None
    reminder = result.pop("reminder")
    assert reminder["due"] == "2026-11-24"
    assert json.loads(run("interaction", "show", "1", "--json")[1]) == result
    assert json.loads(run("reminder", "show", "1", "--json")[1]) == reminder
    assert run("--format", "ids", "log", "jane", "x")[1] == "2\n"


def test_interaction_is_edited(run: Run) -> None:
    run("log", "jane", "asked for a qoute", "--kind", "call")
    _, _, err = run(
        "interaction", "edit", "1", "asked", "for", "a", "quote", "--out", "--on", "fri"
    )
    assert err == (
        "changed call 1 asked for a quote (Jane Doe): on Sat 21 Nov 20:00 → Fri 20 Nov, "
        "direction none → outgoing, what asked for a qoute → asked for a quote\n"
    )
    result = card(run)["interactions"][0]
    assert (result["text"], result["direction"], result["on"]) == (
        "asked for a quote", "out", "2026-11-20",
    )  # fmt: skip
    assert "no change to" in run("interaction", "edit", "1", "--kind", "call")[2]
    assert run("interaction", "edit", "9", "x")[0] == 3


def test_participants_can_be_edited(run: Run) -> None:
    run("log", "jane", "met at the fair")
    _, _, err = run("interaction", "edit", "1", "--with", "ann", "--without", "jane")
    assert err == "changed note 1 met at the fair (Ann Lee): Ann Lee added, Jane Doe removed\n"
    assert "no change to" in run("interaction", "edit", "1", "--with", "ann")[2]
    code, _, err = run("interaction", "edit", "1", "--without", "jane")
    assert code == 2
    assert "interaction 1 is not with Jane Doe" in err
    assert "It is with Ann Lee." in err
    code, _, err = run("interaction", "edit", "1", "--without", "ann")
    assert code == 2
    assert "needs a contact" in err
    assert run("log", "ann", "x", "--without", "jane")[0] == 2


def test_removal_asks_first_and_can_be_undone(run: Run, location: Path | str) -> None:
    run("log", "jane", "one")
    run("log", "jane", "two")
    assert run("interaction", "rm", "1", "2")[0] == 2
    assert run("interaction", "rm", "1", "9", "--yes")[0] == 3
    assert card(run)["interaction_count"] == 2
    assert run("interaction", "rm", "1", "2", "--yes")[0] == 0
    assert card(run)["interaction_count"] == 0
    undo(location)
    assert card(run)["interaction_count"] == 2


@pytest.mark.parametrize("words", [[], ["jane"], ["--yess", "1x"]])
def test_removal_needs_ids(run: Run, words: list[str]) -> None:
    assert run("log", *words)[0] == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["nobody", "x"], 3),
        (["jane", "x", "--kind", "cal"], 2),
        (["jane", "x", "--minutes", "-3"], 2),
        (["jane", "x", "--with", "nobody"], 3),
        (["jane", "x", "--outcom", "y"], 2),
    ],
)
def test_mistakes_get_one_line_and_store_nothing(run: Run, words: list[str], code: int) -> None:
    got, out, err = run("log", *words)
    assert (got, out) == (code, "")
    assert err.startswith("error: ")
    assert card(run)["interaction_count"] == 0


def test_text_cannot_reach_the_terminal(run: Run) -> None:
    run("log", "jane", "red \x1b[31m alert @\x1b[2Jx [bold]no[/bold]")
    out = run("show", "jane")[1]
    assert "\x1b" not in out
    assert "[bold]no[/bold]" in out


def test_past_day_is_reported(run: Run) -> None:
    assert run("log", "jane", "called")[2] == "logged note 1 with 1 Jane Doe: called\n"
    message = run("log", "jane", "met @ann and @bob", "--on", "fri")[2]
    assert message == (
        "logged note 2 with 1 Jane Doe, 2 Ann Lee and 3 Bob Ray on Fri 20 Nov: met @ann and @bob\n"
    )


def test_unknown_mention_is_reported_once(run: Run) -> None:
    assert run("log", "jane", "@zoe asked @zoe")[2].count("@zoe matches no contact") == 1


def test_journal_shortens_a_long_command(run: Run) -> None:
    run("log", "jane", "word " * 50_000)
    assert len(run("undo")[2]) < 1000


def test_name_of_two_words_needs_no_quotes(run: Run) -> None:
    run("add", "Jane", "Dow")
    code, _, words = run("log", "Jane", "Doe", "asked", "for", "a", "quote")
    assert code == 0
    assert "with 1 Jane Doe" in words
    assert card(run, "1")["interactions"][0]["text"] == "asked for a quote"


def test_full_name_is_taken_if_it_matches(run: Run) -> None:
    run("log", "bob", "ray", "rang")
    assert card(run, "bob")["interactions"][0]["text"] == "rang"


def test_text_that_starts_like_a_name_stays_complete(run: Run) -> None:
    run("log", "bob", "rays", "of", "light")
    assert card(run, "bob")["interactions"][0]["text"] == "rays of light"


def test_ambiguous_name_is_reported_in_full(run: Run) -> None:
    run("add", "Jane", "Dow")
    run("add", "Jane", "Doe")
    code, _, words = run("log", "jane", "doe", "rang")
    assert code == 4
    assert "2 contacts match “jane doe”" in words


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (
            ["remind", "jane", "doe", "send", "it", "--due", "fri"],
            "for Jane Doe, due Fri 27 Nov: send it",
        ),
        (["sell", "jane", "doe", "12", "roses"], "to 1 Jane Doe on Sat 21 Nov: roses"),
        (["tag", "jane", "doe", "+vip"], "changed 1 Jane Doe: tag vip added; tags: vip"),
        (["edit", "jane", "doe", "--set", "owner=ann"], "changed 1 Jane Doe"),
    ],
)
def test_every_command_accepts_the_full_name(run: Run, words: list[str], output: str) -> None:
    run("add", "Jane", "Dow")
    code, _, message = run(*words)
    assert code == 0
    assert output in message


@pytest.mark.parametrize("command", [["log", "", "2", "rang"], ["sell", "", "2", "12"]])
def test_empty_name_does_not_use_the_next_word(run: Run, command: list[str]) -> None:
    code, _, message = run(*command)
    assert code == 2
    assert "no contact given" in message
