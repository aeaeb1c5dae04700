"""`consent` and `opt-out`: their rows, their answers, and addresses that come back later."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.records.mail import permission
from cardcrm.store import open_store

Run = Callable[..., tuple[int, str, str]]
JANE = "jane@example.com"


@pytest.fixture
def jane(typed: Run) -> Run:
    """Add Jane."""
    typed("add", "Jane", "Doe", "--email", JANE)
    return typed


def states(typed: Run) -> list[tuple[str, str, str]]:
    rows = json.loads(typed("consent", "list", "--json", "--sort", "id")[1])
    return [(each["purpose"], each["status"], each["at"]) for each in rows]


def test_a_consent_is_recorded_with_its_day_and_withdrawn(jane: Run):
    code, _, err = jane("consent", "set", "jane", "--purpose", "Newsletter", "--on", "2026-03-01")
    assert (code, err) == (0, "Jane Doe: consent to newsletter given\n")
    jane("consent", "set", "jane", "--purpose", "newsletter", "--withdraw", "--on", "2026-05-01")
    assert states(jane) == [
        ("newsletter", "given", "2026-03-01T00:00:00Z"),
        ("newsletter", "withdrawn", "2026-05-01T23:59:59Z"),
    ]


def test_the_only_purpose_in_use_needs_no_option(jane: Run):
    code, _, err = jane("consent", "set", "jane")
    assert (code, err) == (0, "Jane Doe: consent to newsletter given\n")
    jane("consent", "set", "jane", "--purpose", "surveys")
    code, _, err = jane("consent", "set", "jane")
    assert (code, err.splitlines()) == (2, [
        "error: --purpose is missing", "hint: Purposes in use: newsletter, surveys.",
    ])  # fmt: skip
    jane("consent", "require", "--none")
    jane("consent", "rm", "1", "2", "--yes")
    code, _, err = jane("consent", "set", "jane")
    assert (code, err.splitlines()[1]) == (2, "hint: For example: --purpose newsletter")


def test_a_slip_in_a_purpose_is_named(jane: Run):
    slip = "“newsleter” is a new purpose; did you mean newsletter? To revert: cardcrm undo"
    for words in (("opt-out", "jane"), ("consent", "set", "jane")):
        code, _, err = jane(*words, "--purpose", "newsleter")
        assert (code, slip in err) == (0, True)
        jane("undo")
    assert "did you mean" not in jane("opt-out", "jane", "--purpose", "newsletter")[2]
    assert "did you mean" not in jane("opt-out", "jane", "--purpose", "events")[2]


def test_the_card_shows_the_newest_state_of_each_purpose(jane: Run):
    jane("consent", "set", "jane", "--purpose", "newsletter", "--on", "2026-03-01")
    jane("consent", "set", "jane", "--purpose", "offers", "--pending", "--on", "2026-04-01")
    _, out, _ = jane("show", "jane")
    assert "newsletter since 2026-03-01" in out
    assert "offers pending since 2026-04-01" in out
    jane("consent", "set", "jane", "--purpose", "newsletter", "--withdraw")
    _, out, _ = jane("show", "jane", "--json")
    found = {each["purpose"]: each["status"] for each in json.loads(out)["consents"]}
    assert found == {"newsletter": "withdrawn", "offers": "pending"}


def test_opting_out_of_a_purpose_leaves_the_others(jane: Run):
    for purpose in ("newsletter", "offers"):
        jane("consent", "set", "jane", "--purpose", purpose)
    assert jane("opt-out", "jane", "--purpose", "offers", "--reason", "too many")[0] == 0
    assert [each[:2] for each in states(jane)] == [
        ("newsletter", "given"), ("offers", "given"), ("offers", "withdrawn"),
    ]  # fmt: skip


def test_a_consent_of_an_opted_out_contact_says_that_it_is_not_mailed(jane: Run):
    jane("opt-out", "jane")
    _, _, err = jane("consent", "set", "jane", "--purpose", "newsletter")
    assert f"{JANE} is not mailed: opted out on 2026-11-21" in err


def test_an_opted_out_contact_is_not_asked_for_a_consent(jane: Run, monkeypatch):
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "me@firm.example")
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "127.0.0.1")
    jane("consent", "set", "jane", "--purpose", "newsletter", "--on", "2026-03-01")
    jane("opt-out", "jane")
    code, _, err = jane("consent", "ask", "jane", "--purpose", "newsletter")
    assert code == 4
    assert f"{JANE} must not be mailed: opted out on 2026-11-21" in err
    assert "newsletter since 2026-03-01, but opted out" in jane("show", "jane")[1]


def test_an_address_without_a_contact_may_be_a_slip(typed: Run):
    typed("add", "Jane", "--email", JANE)
    code, _, err = typed("opt-out", "jnae@example.com")
    assert (code, "no contact has jnae@example.com now" in err) == (0, True)
    assert "no contact" not in typed("opt-out", JANE)[2]


def test_an_address_that_comes_back_is_opted_out_and_the_answer_says_so(typed: Run):
    typed("opt-out", JANE)
    _, _, err = typed("add", "Jane", "--email", JANE)
    assert f"{JANE} is marked: opted out on 2026-11-21" in err
    assert json.loads(typed("opt-out", "list", "--json")[1]) == {
        "suppressed": [{"reason": "opt-out", "count": 1}],
        "opted_out_points": [
            {"contact_id": 1, "contact": "Jane", "address": JANE, "reason": "opt-out",
             "on": "2026-11-21"},
        ],
    }  # fmt: skip
    typed("undo", "2")
    _, _, err = typed("add", "Jane", "--email", JANE)
    assert "is marked" not in err


def test_an_import_marks_suppressed_addresses_and_says_so(typed: Run, tmp_path: Path):
    typed("opt-out", JANE)
    file = tmp_path / "people.csv"
    file.write_text(f"Name,Email\nJane,{JANE}\nBob,bob@example.com\n")
    _, _, err = typed("import", str(file))
    said = "1 address was marked as opted out or invalid, as the suppression list says"
    assert said in err
    assert [each["name"] for each in json.loads(typed("find", "opted-out:yes", "--json")[1])] == [
        "Jane"
    ]
    assert said not in typed("import", str(file))[2]


@pytest.mark.parametrize("words", [("opt-out", JANE, "--undo"), ("undo",)])
def test_an_opt_out_by_mail_is_undone_after_a_question_alone(
    jane: Run, cli_location: object, words: tuple[str, ...]
):
    with contextlib.closing(open_store(str(cli_location))) as store:
        permission.opt_out(store, JANE, source="mail")
    code, _, err = jane(*words)
    assert code == 2
    assert "confirmation needed to" in err
    assert "opted out by mail" in err
    assert jane(*words, "--yes")[0] == 0
    assert jane("find", "opted-out:yes", "--format", "ids")[1] == ""
