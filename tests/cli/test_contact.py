"""`edit`, `tag`, `rm` and `merge` as they are typed: on one card, on many, and refused."""

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli import suggestions
from cardcrm.cli.commands import NOUNS
from cardcrm.cli.run import main
from cardcrm.cli.session import Session
from cardcrm.store import open_store

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(typed: Callable[..., tuple[int, str, str]]) -> Run:
    """Run a command that ends with ``code``; its data and its words. Four cards are there."""

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        ended, out, told = typed(*words)
        assert ended == code, told
        return out, told

    for name in ("Ann Lee", "Bob Ray", "Cay Poe"):
        run("add", name, "--city", "Leeds")
    run("add", "Dan Fox", "--city", "York", "--email", "dan@x.example", "--phone", "01904 496012")
    return run


def ids(run: Run, query: str) -> list[str]:
    return run("find", query, "--format", "ids")[0].split()


def test_tags_go_on_and_off_one_card(run: Run) -> None:
    assert run("tag", "ann", "+vip", "garden")[1] == "tags of 1 Ann Lee: garden vip\n"
    assert run("tag", "ann", "-vip")[1] == "tags of 1 Ann Lee: garden\n"
    assert run("tag", "@ann", "-vip")[1] == "unchanged: tags of 1 Ann Lee: garden\n"


def test_tags_go_on_all_cards_that_a_query_finds_after_asking(run: Run) -> None:
    assert "Tag 3 cards?" in run("tag", "--where", "city:leeds", "+north", code=2)[1]
    assert ids(run, "tag:north") == []
    assert run("tag", "--where", "city:leeds", "+north", "--yes")[1] == "changed 3 of 3 cards\n"
    assert ids(run, "tag:north") == ["1", "3", "2"]
    run("undo")
    assert ids(run, "tag:north") == []


def test_tags_go_on_a_segment(run: Run) -> None:
    run("segment", "add", "Far Away", "city:york")
    assert run("tag", "@far-away", "+north")[1] == "tags of 4 Dan Fox: north\n"


def test_no_card_that_fits_is_told(run: Run) -> None:
    told = "no card fits; nothing was changed\n"
    assert run("tag", "--where", "city:hull", "+x")[1] == told
    assert run("edit", "--where", "city:hull", "--set", "owner=ann")[1] == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tag", "ann"], "which tags?"),
        (["tag", "ann", "--vip"], "no such option: --vip"),
        (["tag", "--where", " ", "+x"], "which cards?"),
        (["find", "--limt", "3"], "Did you mean --limit? See `cardcrm find --help`."),
        (["show", "ann", "--timelin=3"], "Did you mean --timeline? See `cardcrm show --help`."),
        (["--fromat", "json", "find"], "Did you mean --format? See `cardcrm --help`."),
        (["find", "tag:vip", "--format"], "--format needs a value"),
        (["show", "1", "--db"], "--db needs a value"),
        (["add", "-dash"], "begins with - stands behind --."),
        (["find", "--limit", "-1"], "-1 is not 0 or more"),
        (["due", "--days", "9999"], "9999 is not from 0 to 3660"),
        (["db", "bakup"], "Did you mean `cardcrm db backup`?"),
        (["db", "frob"], "there is no command “cardcrm db frob”"),
        (["help", "frob"], "there is no command “frob”"),
        (["edit", "ann", "--where", "city:york", "--set", "owner=x"], "by --where, too"),
        (["edit", "ann", "--set", "=x"], "nothing before the ="),
        (["edit", "ann", "--set", "x"], "has no ="),
        (["edit", "ann", "--set", "email=a@b.example"], "--email adds one"),
        (["edit", "ann", "--set", "tag=vip"], "cardcrm tag WHO +vip"),
        (["find", "--limit", "many"], "“many” is no whole number"),
        (["log", "ann", "x", "--minutes", "1.5"], "“1.5” is no whole number"),
        (["done", "1", "--log"], "See `cardcrm done --help`."),
        (["find", "--columns", "name," * 300], "too many"),
        (["merge", "ann", "1"], "both name the same card"),
        (["export", "--format", "json"], "cardcrm find --format json"),
        (["export", "--to", "all.XLSX"], "all.XLSX would be no xlsx file"),
        (["edit", "ann", "--relation", "referred by=1"], "Ann Lee cannot be their own “referred"),
        (["config", "set", "region", "UK"], "no region"),
        (["show"], "WHO is missing\nhint: For example: cardcrm show jane"),
        (["add"], "NAME is missing\nhint: For example: cardcrm add Jane Doe --email"),
        (["config", "get"], "NAME is missing\nhint: For example: cardcrm config get"),
        (["list"], "there is no command “list”\nhint: Did you mean `cardcrm find`?"),
        (["delete", "ann"], "Did you mean `cardcrm rm`?"),
        (["tutorial"], "Did you mean `cardcrm demo`?"),
        (["ad", "Ann"], "Did you mean `cardcrm add`?"),
        (["ann"], "a card is shown by `cardcrm show ann`."),
    ],
)
def test_bad_wishes_are_refused(run: Run, words: list[str], told: str) -> None:
    assert told in run(*words, code=2)[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["segment", "add", "x:y", "tag:vip"], "invalid segment name “x:y”"),
        (["segment", "add", "", "tag:vip"], "invalid segment name “”"),
        (["field", "add", " "], "a field needs a name"),
        (["field", "add", "!!"], "a field needs a name"),
    ],
)
def test_bad_names_are_told_as_what_they_are_of(run: Run, words: list[str], told: str) -> None:
    assert told in run(*words, code=2)[1]


def test_a_segment_is_found_by_its_name_as_it_was_given(run: Run) -> None:
    run("segment", "add", "Far Away", "city:york")
    for name in ("Far Away", "far-away"):
        assert "Dan Fox" in run("segment", "show", name)[0]
    assert ids(run, 'segment:"far away"') == ids(run, "segment:far-away") == ["4"]


def test_a_choice_is_there_once(run: Run) -> None:
    assert "(choice: gas, oil)" in run("field", "add", "Heating", "--choices", "gas,oil,gas")[1]


def test_behind_two_hyphens_a_word_is_text(run: Run) -> None:
    run("log", "ann", "asked", "--", "--really")
    run("remind", "ann", "--due", "fri", "--", "--shout")
    card = json.loads(run("show", "ann", "--format", "json")[0])
    assert card["interactions"][0]["text"] == "asked --really"
    assert card["reminders"][0]["text"] == "--shout"
    assert "no such option: --really" in run("log", "ann", "--really", "--", "x", code=2)[1]


def test_help_is_a_word_too(run: Run) -> None:
    for words in ([], ["add"], ["db", "backup"]):
        assert run("help", *words) == run(*words, "--help")


def test_an_unknown_point_is_answered_with_those_there_are(run: Run) -> None:
    assert "There are: dan@x.example, " in run("edit", "dan", "--opt-out", "x@x", code=3)[1]


@pytest.mark.parametrize("number", ["-1", "99", "99999999999999999999", "#99999999999999999999"])
def test_a_number_that_no_reminder_has_is_told_as_that(run: Run, number: str) -> None:
    assert f"there is no reminder {number}" in run("done", number, code=3)[1]


def test_fields_of_the_query_language_are_listed_in_order(run: Run) -> None:
    hint = run("find", "zzzzz:1", code=2)[1]
    fields = hint.partition("Fields: ")[2].partition(".")[0].split(", ")
    assert len(fields) > 20
    assert fields == sorted(fields)


def test_a_no_is_no_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "asks", True)
    monkeypatch.setattr(Session, "ask", lambda _self, _prompt: "n\n")
    assert run("rm", "ann", code=1)[1] == "nothing was changed\n"
    assert ids(run, "ann") == ["1"]


@pytest.mark.parametrize("answer", ["", "\n", "9\n", "jane\n"])
def test_of_several_that_a_name_fits_one_is_picked_or_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    run("add", "Ann Roe", "--org", "Acme")
    monkeypatch.setattr(Session, "asks", True)
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n"))
    told = run("tag", "ann", "+picked")[1]
    assert told.splitlines()[1:3] == ["  1  Ann Lee  Leeds  #1", "  2  Ann Roe  Acme  #6"]
    assert ids(run, "tag:picked") == ["6"]
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    told = run("tag", "ann", "+never", code=4)[1]
    after = told.partition("Which one? [1-2] ")[2]
    # Who types an answer ends the line; who ends the input does not.
    assert after.startswith("\n" * (not answer) + "error: none of them was chosen\n")
    assert ids(run, "tag:never") == []


@pytest.mark.parametrize(
    ("editor", "told"),
    [
        ("false", "“false” ended with 1"),
        ("/no/such", "cannot be started: No such file"),
        ("'", "cannot be read: No closing quotation"),
    ],
)
def test_an_editor_that_fails_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, editor: str, told: str
) -> None:
    monkeypatch.setattr(Session, "asks", True)
    monkeypatch.setenv("VISUAL", editor)
    assert told in run("log", "ann", code=6)[1]


def test_a_message_does_not_repeat_a_flood(run: Run) -> None:
    assert len(run("show", "a " * 50_000, code=3)[1]) < 2000


def test_words_for_a_terminal_are_broken_between_words() -> None:
    from cardcrm.cli import session

    line = "  stopped: 15000 cards came in; import it again to go on, or `cardcrm undo`"
    broken = session._wrapped(line, 40).split("\n")
    assert max(map(len, broken)) <= 40
    assert " ".join(part.strip() for part in broken) == line.strip()
    assert session._wrapped(line, 0) == line


def test_a_name_needs_no_quotes_where_nothing_follows_it(run: Run) -> None:
    assert "Ann Lee" in run("show", "ann", "lee")[0]
    assert "Ann Lee" in run("brief", "ann", "lee")[0]
    assert "no sales yet" in run("value", "ann", "lee")[1]


def test_a_number_that_was_dead_can_be_brought_back(run: Run) -> None:
    run("add", "Jane", "--phone", "+44 113 496 0123")
    for option, dead in (("--invalid", True), ("--valid", False)):
        run("edit", "jane", option, "0113 496 0123")
        told = json.loads(run("show", "jane", "--format", "json")[0])
        assert told["points"][0]["invalid"] is dead


def test_a_file_named_where_a_query_stands_is_told_how_to_write_it(run: Run) -> None:
    data, words = run("export", "everyone.csv")
    assert data.startswith("uid,")
    assert data.count("\n") == 1
    assert words == "no card fits; to write a file: --to everyone.csv\n"
    assert run("export", "zzzz")[1] == "no card fits\n"


# Phone numbers that can be none, or were kept wrongly


def test_a_number_that_can_be_none_is_kept_and_told(run: Run) -> None:
    told = run("add", "Tom Tick", "--phone", "12", "--phone", "0113 496 0188")[1]
    assert told.splitlines()[1:] == [
        "  “12” is kept as it was written, but is too short for a phone number"
    ]
    assert json.loads(run("show", "tick", "--format", "json")[0])["points"][0]["value"] == "12"
    told = run("edit", "tick", "--phone", "work:0113 496 0123 456 789")[1]
    assert "“0113 496 0123 456 789” is kept as it was written, but is too long" in told
    assert run("edit", "tick", "--phone", "0113 496 0199")[1].count("\n") == 1


@pytest.fixture
def odd(run: Run) -> None:
    """Three cards with numbers as earlier imports kept them."""
    for number in (1, 2, 3):
        run("add", f"Odd {number}", "--phone", f"0113 496 013{number}")
    run("add", "Short", "--phone", "12")
    run("add", "Twin", "--phone", "0113 496 0132")
    with contextlib.closing(open_store(os.environ["CARDCRM_DB"])) as store, store.transaction():
        for row in store.rows(
            "SELECT p.id, p.value FROM point p JOIN contact c ON c.id = p.contact_id "
            "WHERE p.kind = 'phone' AND c.name_key LIKE 'odd %'"
        ):
            value = row["value"].replace("+44 ", "+44 0")
            store.update("point", row["id"], value=value, value_key=value.translate(NO_SIGNS))


NO_SIGNS = {ord(sign): None for sign in "+ "}


def test_odd_numbers_are_listed_and_nothing_is_changed(run: Run, odd: None) -> None:
    out, told = run("db", "phones", "--format", "json"), run("db", "phones")[1]
    rows = [(row["phone"], row["better"]) for row in json.loads(out[0])]
    assert rows[0] == ("+44 0113 496 0131", "+44 113 496 0131")
    assert rows[-1] == ("12", "")
    assert json.loads(out[0])[-1]["problem"] == "too short"
    assert len(rows) == 4
    assert "3 phone numbers would be kept better; the same with --repair does it" in told
    assert "1 phone number can be none; mend them one by one: cardcrm edit WHO" in told
    assert "the same number, +44 113 496 0132: " in told
    assert json.loads(run("db", "phones", "--format", "json")[0]) == json.loads(out[0])
    assert json.loads(run("db", "phones", "name:short", "--format", "json")[0])[0]["phone"] == "12"


def test_odd_numbers_are_repaired_in_one_step(run: Run, odd: None) -> None:
    before = run("db", "phones", "--format", "json")[0]
    assert "Say --yes" in run("db", "phones", "--repair", code=2)[1]
    told = run("db", "phones", "--repair", "--yes")[1]
    assert told.startswith("repaired 3 phone numbers; `cardcrm undo` takes it back\n")
    assert "the same number, +44 113 496 0132: " in told
    assert "if they are one: `cardcrm merge" in told
    assert run("db", "phones", "--repair")[1] == "there is nothing to repair\n"
    run("undo")
    assert run("db", "phones", "--format", "json")[0] == before


def test_a_box_without_odd_numbers_says_so(run: Run) -> None:
    assert run("db", "phones") == ("", "all phone numbers are kept as they are read\n")


def test_words_that_are_taken_for_commands_name_some_that_there_are() -> None:
    assert set(suggestions._ALSO) <= set(NOUNS)
    words = [word for each in suggestions._ALSO.values() for word in each.split()]
    assert len(words) == len(set(words))
    assert not set(words) & set(NOUNS)


def test_a_query_where_one_card_is_named_leads_to_its_cards(run: Run) -> None:
    told = run("tag", "city:leeds", "+north", code=3)[1]
    assert "That is a query: `cardcrm find 'city:leeds'` lists its cards" in told
    assert "take --where 'city:leeds'" in told
    assert "See `cardcrm find`." in run("show", "mail:x", code=3)[1]


def test_a_new_box_is_told_once_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = tmp_path / "typo" / "cads.db"
    box.parent.mkdir()
    for command, told in (("due", ""), ("add", f"this is a new card box: {box}\n"), ("add", "")):
        main([command, *["Ann Lee"] * (command == "add"), "--db", str(box)])
        said = capsys.readouterr().err
        assert said.endswith(told)
        assert ("new card box" in said) is bool(told)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("city:Leads", "no card fits; did you mean city:leeds?"),
        ("-tag:x city:Yrok", "no card fits; did you mean city:york?"),
        ("stage:customer city:leeds", "no card fits"),
        ("tag:none-such", "no card fits"),
        ("anne lee", "no card fits; did you mean Ann Lee?"),
        ("zzzz", "no card fits"),
        ("value>9000", "no card fits"),
    ],
)
def test_a_query_that_finds_nothing_is_asked_about(
    run: Run, monkeypatch: pytest.MonkeyPatch, query: str, told: str
) -> None:
    assert run("find", *query.split()) == ("", "")  # into a pipe nothing is said
    monkeypatch.setattr(Session, "is_watched", True)
    assert run("find", *query.split()) == ("", f"{told}\n")
