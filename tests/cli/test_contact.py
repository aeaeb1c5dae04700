"""`edit`, `tag`, `rm` and `merge` from the command line: on one contact, on many, refused."""

import contextlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli import completion_index, suggestions
from cardcrm.cli.commands import COMMANDS
from cardcrm.cli.run import main
from cardcrm.cli.session import Session
from cardcrm.store import open_store

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(typed: Callable[..., tuple[int, str, str]]) -> Run:
    """Run a command that exits with ``code``; return output and messages. Four contacts exist."""

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        ended, out, message = typed(*words)
        assert ended == code, message
        return out, message

    for name in ("Ann Lee", "Bob Ray", "Cay Poe"):
        run("add", name, "--city", "Leeds")
    run("add", "Dan Fox", "--city", "York", "--email", "dan@x.example", "--phone", "01904 496012")
    return run


def ids(run: Run, query: str) -> list[str]:
    return run("find", query, "--format", "ids")[0].split()


def test_tags_are_added_to_and_removed_from_one_contact(run: Run) -> None:
    assert run("tag", "ann", "+vip", "garden")[1] == (
        "changed 1 Ann Lee: tag vip added, tag garden added; tags: garden vip\n"
    )
    assert run("tag", "ann", "-vip")[1] == "changed 1 Ann Lee: tag vip removed; tags: garden\n"
    assert run("tag", "@ann", "-vip")[1] == "no change to 1 Ann Lee; tags: garden\n"


def test_tags_are_added_to_matching_contacts_after_asking(run: Run) -> None:
    assert (
        "confirmation needed to tag 3 contacts"
        in run("tag", "--where", "city:leeds", "+north", code=2)[1]
    )
    assert ids(run, "tag:north") == []
    assert run("tag", "--where", "city:leeds", "+north", "--yes")[1].splitlines() == [
        "changed 3 of 3 contacts:",
        "  1 Ann Lee: tag north added",
        "  3 Cay Poe: tag north added",
        "  2 Bob Ray: tag north added",
    ]
    assert ids(run, "tag:north") == ["1", "3", "2"]
    run("undo")
    assert ids(run, "tag:north") == []


def test_tags_are_added_to_a_segment(run: Run) -> None:
    run("segment", "add", "Far Away", "city:york")
    assert (
        run("tag", "@far-away", "+north")[1] == "changed 4 Dan Fox: tag north added; tags: north\n"
    )


def test_no_match_is_reported(run: Run) -> None:
    message = "no contacts found; nothing was changed\n"
    assert run("tag", "--where", "city:hull", "+x")[1] == message
    assert run("edit", "--where", "city:hull", "--set", "owner=ann")[1] == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tag", "ann"], "no tags given"),
        (["tag", "ann", "--vip"], "no such option: --vip"),
        (["tag", "--where", " ", "+x"], "no contact given"),
        (["find", "--limt", "3"], "Did you mean --limit? See `cardcrm find --help`."),
        (["show", "ann", "--timelin=3"], "Did you mean --timeline? See `cardcrm show --help`."),
        (["--fromat", "json", "find"], "Did you mean --format? See `cardcrm --help`."),
        (["find", "tag:vip", "--format"], "--format needs a value"),
        (["show", "1", "--db"], "--db needs a value"),
        (["add", "-dash"], "Put `--` before text that starts with a dash."),
        (["find", "--limit", "-1"], "-1 is out of range; it must be 0 or more"),
        (["due", "--days", "9999"], "9999 is out of range; it must be between 0 and 3660"),
        (["db", "bakup"], "Did you mean `cardcrm db backup`?"),
        (["db", "frob"], "unknown command “cardcrm db frob”"),
        (["config", "region", "DE"], "To change it: `cardcrm config set region VALUE`."),
        (["demo", "a.db"], "unexpected argument “a.db”"),
        (["demo", "a.db", "b.db"], "unexpected arguments “a.db b.db”"),
        (["help", "frob"], "unknown command “frob”"),
        (
            ["edit", "ann", "--where", "city:york", "--set", "owner=x"],
            "Use either names or --where.",
        ),
        (["edit", "ann", "--set", "=x"], "nothing before the ="),
        (["edit", "ann", "--set", "x"], "has no ="),
        (["edit", "ann", "--set", "email="], "--email adds one"),
        (["edit", "ann", "--set", "day=wedding"], "--day adds one"),
        (["find", "--limit", "many"], "“many” is not a whole number"),
        (["log", "ann", "x", "--minutes", "1.5"], "“1.5” is not a whole number"),
        (["done", "1", "--log"], "See `cardcrm done --help`."),
        (["find", "--columns", "name," * 300], "too many"),
        (["merge", "ann", "1"], "both names mean the same contact"),
        (["export", "--format", "html"], "cardcrm find --format html"),
        (["export", "--format", "csv", "--json"], "use either --format csv or json"),
        (["export", "--to", "all.ODS"], "cannot write .ods files"),
        (["export", "--to", "all.jsonl"], "For everything in the database: --all FILE.jsonl"),
        (["edit", "ann", "--relation", "referred by=1"], "Ann Lee cannot be their own “referred"),
        (["config", "set", "region", "UK"], "unknown region"),
        (["export", "--format", "vcf"], "To write such a file: cardcrm export --format vcard."),
        (["export", "--format", "jsonl"], "To write such a file: cardcrm export --all FILE.jsonl."),
        (["find", "--format", "xlsx"], "To write such a file: cardcrm export --format xlsx."),
        (["report", "revenue", "--by", "custmer"], "Did you mean customer?"),
        (["find", "last<"], "a value is missing after “last<”\nhint: For none: last:none"),
        (["find", "value>="], "a value is missing after “value>=”"),
        (["interaction", "list", "minutes>"], "a value is missing after “minutes>”"),
        (["show"], "no contact given\nhint: For example: cardcrm show jane"),
        (["add"], 'a contact needs a name\nhint: For example: cardcrm add "Jane Doe"'),
        (["config", "get"], "NAME is missing\nhint: For example: cardcrm config get"),
        (["list"], "unknown command “list”\nhint: Did you mean `cardcrm find`?"),
        (["delete", "ann"], "Did you mean `cardcrm rm`?"),
        (["forecast"], "Did you mean `cardcrm report forecast`?"),
        (["at-risk"], "Did you mean `cardcrm report at-risk`?"),
        (["board"], "Did you mean `cardcrm tui`?"),
        (["report", "lost"], "Did you mean `cardcrm report lost-reasons`?"),
        (["target", "set", "ann", "2026-11", "20k"], "Write thousands in full: 20000"),
        (["tutorial"], "Did you mean `cardcrm demo`?"),
        (["ad", "Ann"], "Did you mean `cardcrm add`?"),
        (["articles"], "Did you mean `cardcrm article list`?"),
        (["ann"], "To show a contact: `cardcrm show ann`."),
        (["tom"], "To show a contact: `cardcrm show tom`."),
    ],
)
def test_bad_options_are_refused(run: Run, words: list[str], message: str) -> None:
    assert message in run(*words, code=2)[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["segment", "add", "x:y", "tag:vip"], "invalid segment name “x:y”"),
        (["segment", "add", "", "tag:vip"], "invalid segment name “”"),
        (["field", "add", " "], "a custom field needs a name"),
        (["field", "add", "!!"], "a custom field needs a name"),
    ],
)
def test_bad_names_of_segments_and_fields_are_refused(
    run: Run, words: list[str], message: str
) -> None:
    assert message in run(*words, code=2)[1]


def test_segment_is_found_by_its_original_name(run: Run) -> None:
    run("segment", "add", "Far Away", "city:york")
    for name in ("Far Away", "far-away"):
        assert "Dan Fox" in run("segment", "show", name)[0]
    assert ids(run, 'segment:"far away"') == ids(run, "segment:far-away") == ["4"]


def test_duplicate_choices_are_dropped(run: Run) -> None:
    assert "(choice: gas, oil)" in run("field", "add", "Heating", "--choices", "gas,oil,gas")[1]


def test_words_after_two_hyphens_are_text(run: Run) -> None:
    run("log", "ann", "asked", "--", "--really")
    run("remind", "ann", "--due", "fri", "--", "--shout")
    card = json.loads(run("show", "ann", "--format", "json")[0])
    assert card["interactions"][0]["text"] == "asked --really"
    assert card["reminders"][0]["text"] == "--shout"
    assert "no such option: --really" in run("log", "ann", "--really", "--", "x", code=2)[1]


def test_help_works_as_a_command(run: Run) -> None:
    for words in ([], ["add"], ["db", "backup"]):
        assert run("help", *words) == run(*words, "--help")


def test_unknown_contact_point_lists_the_known_ones(run: Run) -> None:
    assert "There are: dan@x.example, " in run("edit", "dan", "--opt-out", "x@x", code=3)[1]


@pytest.mark.parametrize("number", ["-1", "99", "99999999999999999999", "#99999999999999999999"])
def test_number_without_reminder_is_reported(run: Run, number: str) -> None:
    assert f"unknown reminder {number}" in run("done", number, code=3)[1]


def test_fields_of_the_query_language_are_listed_in_order(run: Run) -> None:
    hint = run("find", "zzzzz:1", code=2)[1]
    fields = hint.partition("Fields: ")[2].partition(".")[0].split(", ")
    assert len(fields) > 20
    assert fields == sorted(fields)


def test_declining_is_not_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "can_ask", True)
    monkeypatch.setattr(Session, "ask", lambda _self, _prompt: "n\n")
    assert run("rm", "ann", code=1)[1] == "nothing was changed\n"
    assert ids(run, "ann") == ["1"]


@pytest.mark.parametrize("answer", ["", "\n", "9\n", "jane\n"])
def test_ambiguous_name_lets_the_user_pick(
    run: Run, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    run("add", "Ann Roe", "--org", "Acme")
    monkeypatch.setattr(Session, "can_ask", True)
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n"))
    message = run("tag", "ann", "+picked")[1]
    assert message.splitlines()[1:3] == ["  1  Ann Lee  Leeds  #1", "  2  Ann Roe  Acme  #6"]
    assert ids(run, "tag:picked") == ["6"]
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    message = run("tag", "ann", "+never", code=4)[1]
    after = message.partition("Which one? [1-2] ")[2]
    # An answer ends its line; Ctrl+D does not.
    assert after.startswith("\n" * (not answer) + "error: no contact was picked\n")
    assert ids(run, "tag:never") == []


@pytest.mark.parametrize(
    ("editor", "message"),
    [
        ("false", "“false” exited with code 1"),
        ("/no/such", "could not be started: No such file"),
        ("'", "is not a valid command: No closing quotation"),
    ],
)
def test_failing_editor_is_reported(
    run: Run, monkeypatch: pytest.MonkeyPatch, editor: str, message: str
) -> None:
    monkeypatch.setattr(Session, "can_ask", True)
    monkeypatch.setenv("VISUAL", editor)
    assert message in run("log", "ann", code=6)[1]


def test_long_input_is_shortened_in_messages(run: Run) -> None:
    assert len(run("show", "a " * 50_000, code=3)[1]) < 2000


def test_messages_wrap_between_words() -> None:
    from cardcrm.cli.terminal import wrap_line

    line = "  stopped: 15000 cards came in; import it again to go on, or `cardcrm undo`"
    broken = wrap_line(line, 40).split("\n")
    assert max(map(len, broken)) <= 40
    assert " ".join(part.strip() for part in broken) == line.strip()
    assert wrap_line(line, 0) == line


def test_name_as_last_argument_needs_no_quotes(run: Run) -> None:
    assert "Ann Lee" in run("show", "ann", "lee")[0]
    assert "Ann Lee" in run("brief", "ann", "lee")[0]
    assert "no sales yet" in run("value", "ann", "lee")[1]


def test_invalid_contact_point_can_be_marked_valid(run: Run) -> None:
    run("add", "Jane", "--phone", "+44 113 496 0123")
    for option, dead in (("--invalid", True), ("--valid", False)):
        run("edit", "jane", option, "0113 496 0123")
        result = json.loads(run("show", "jane", "--format", "json")[0])
        assert result["contact_points"][0]["invalid"] is dead


def test_file_name_as_query_is_refused_with_a_hint(
    run: Run, typed: Callable[..., tuple[int, str, str]]
) -> None:
    code, data, words = typed("export", "everyone.csv")
    assert (code, data) == (2, "")
    assert words == (
        "error: no contacts match “everyone.csv”\nhint: To write a file: --to everyone.csv\n"
    )
    assert run("export", "zzzz")[1] == "no matching contacts\n"


# Invalid and wrongly stored phone numbers


def test_invalid_number_is_kept_and_reported(run: Run) -> None:
    message = run("add", "Tom Tick", "--phone", "12", "--phone", "0113 496 0188")[1]
    assert message.splitlines()[1:] == [
        "  “12” is stored as written, but is too short for a phone number",
        "  1 phone number without a country code was read as a number of the region GB",
    ]
    assert json.loads(run("show", "tick", "--json")[0])["contact_points"][0]["address"] == "12"
    message = run("edit", "tick", "--phone", "work:0113 496 0123 456 789")[1]
    assert "“0113 496 0123 456 789” is stored as written, but is too long" in message
    assert run("edit", "tick", "--phone", "0113 496 0199")[1].count("\n") == 2


@pytest.fixture
def odd(run: Run) -> None:
    """Create three contacts with numbers as earlier versions stored them."""
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


def test_phone_issues_are_listed_without_changes(run: Run, odd: None) -> None:
    out, message = run("db", "phones", "--format", "json"), run("db", "phones")[1]
    rows = [(row["phone"], row["better"]) for row in json.loads(out[0])]
    assert rows[0] == ("+44 0113 496 0131", "+44 113 496 0131")
    assert rows[-1] == ("12", "")
    assert json.loads(out[0])[-1]["problem"] == "too short"
    assert len(rows) == 4
    assert "3 phone numbers can be repaired; to do so: cardcrm db phones --repair" in message
    assert "1 invalid phone number; to fix one: cardcrm edit WHO" in message
    assert "+44 113 496 0132 is shared by " in message
    assert json.loads(run("db", "phones", "--format", "json")[0]) == json.loads(out[0])
    assert json.loads(run("db", "phones", "name:short", "--format", "json")[0])[0]["phone"] == "12"


def test_phone_issues_are_repaired_in_one_step(run: Run, odd: None) -> None:
    before = run("db", "phones", "--format", "json")[0]
    assert "add --yes" in run("db", "phones", "--repair", code=2)[1]
    message = run("db", "phones", "--repair", "--yes")[1]
    assert message.startswith("repaired 3 phone numbers; to undo: cardcrm undo\n")
    assert "+44 113 496 0132 is shared by " in message
    assert "to merge duplicates: cardcrm merge" in message
    assert run("db", "phones", "--repair")[1] == "nothing to repair\n"
    run("undo")
    assert run("db", "phones", "--format", "json")[0] == before


def test_database_without_phone_issues_is_reported(run: Run) -> None:
    assert run("db", "phones") == ("", "all phone numbers are stored correctly\n")


def test_synonyms_name_existing_commands() -> None:
    program = completion_index.read()
    options = {"--help", *(name for param in program.params for name in param.options)}
    for each in suggestions.SYNONYMS:
        first, *rest = each.split()
        assert first in options if each.startswith("--") else first in program.commands, each
        assert all(word in program.commands[first].commands for word in rest), each
    words = [word for each in suggestions.SYNONYMS.values() for word in each.split()]
    assert len(words) == len(set(words))
    assert not set(words) & set(COMMANDS)


def test_query_in_place_of_who_gets_a_hint(run: Run) -> None:
    message = run("tag", "city:leeds", "+north", code=3)[1]
    assert "That is a query: `cardcrm find 'city:leeds'` lists its contacts" in message
    assert "take --where 'city:leeds'" in message
    assert "See `cardcrm find`." in run("show", "mail:x", code=3)[1]


def test_new_database_is_reported_once_with_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "typo" / "cads.db"
    database.parent.mkdir()
    for command, message in (
        ("due", ""),
        ("add", f"created a new database: {database}\n"),
        ("add", ""),
    ):
        main([command, *["Ann Lee"] * (command == "add"), "--db", str(database)])
        output = capsys.readouterr().err
        assert output.endswith(message)
        assert ("new database" in output) is bool(message)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("city:Leads", "no matching contacts; did you mean city:leeds?"),
        ("-tag:x city:Yrok", "no matching contacts; did you mean city:york?"),
        ("stage:customer city:leeds", "no matching contacts"),
        ("tag:none-such", "no matching contacts"),
        ("anne lee", "no matching contacts; did you mean Ann Lee?"),
        ("zzzz", "no matching contacts"),
        ("value>9000", "no matching contacts"),
    ],
)
def test_query_without_match_gets_a_suggestion(run: Run, query: str, message: str) -> None:
    assert run("find", *query.split()) == ("", f"{message}\n")
    assert run("find", *query.split(), "--format", "tsv")[1] == ""
