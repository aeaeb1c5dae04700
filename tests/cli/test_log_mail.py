"""`log-mail`: messages from a pipe, mbox files and Maildir folders become interactions, once."""

import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.cli.session import Session
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store
from tests.support.databases import Location
from tests.support.mails import HEAD, mail, mbox

Typed = Callable[..., tuple[int, str, str]]


class Shell:
    """The shell: commands, and messages that are piped to `log-mail`."""

    def __init__(self, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
        self.type = typed
        self.patch = monkeypatch

    def run(self, *words: str, code: int = 0) -> str:
        found, out, err = self.type(*words)
        assert found == code, err
        return out + err

    def pipe(self, data: bytes, *words: str, code: int = 0) -> str:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return self.run("log-mail", *words, code=code)

    def answer(self, data: bytes, *words: str, code: int = 0) -> dict[str, Any]:
        """Return the part of the answer about the message."""
        found = json.loads(self.pipe(data, *words, "--json", code=code))
        (part,) = found["files"]
        return {**part, "refused": found["refused"]}

    def log_file(self, path: Path, *words: str, code: int = 0) -> dict[str, Any]:
        found = json.loads(self.run("log-mail", str(path), *words, "--json", code=code))
        (part,) = found["files"]
        return {**part, "refused": found["refused"]}

    def rows(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            self.run("interaction", "list", query, "--sort", "id", "--json")
        )
        return found


@pytest.fixture
def shell(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A database with Jane, Bob and Acme, who are not the user."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    shell = Shell(typed, monkeypatch)
    shell.run("add", "Jane Doe", "--email", "jane@example.com", "--email", "jd@home.example")
    shell.run("add", "Bob Ray", "--email", "Bob@Example.com")
    shell.run("add", "Müller AG", "--kind", "org", "--email", "info@müller.de")
    return shell


def counts(part: dict[str, Any]) -> tuple[int, int, int, int]:
    return part["created"], part["updated"], part["unchanged"], part["refused_count"]


def test_a_message_is_logged_once_as_a_mail_of_its_sender(shell: Shell) -> None:
    data = mail("Können Sie?\n", Subject="Grüße", Message_ID="<1@example.com>")
    assert counts(shell.answer(data)) == (1, 0, 0, 0)
    assert counts(shell.answer(data)) == (0, 0, 1, 0)
    (row,) = shell.rows()
    assert (row["with"], row["kind"], row["direction"]) == ("Jane Doe", "mail", "in")
    assert (row["on"], row["text"]) == ("2026-11-20T14:00:00Z", "Grüße\n\nKönnen Sie?")
    assert (row["message_id"], row["thread"]) == ("1@example.com", "1@example.com")
    assert shell.run("show", "jane").count("Grüße") == 1


def test_a_pipe_without_a_terminal_is_silent(shell: Shell) -> None:
    assert shell.pipe(mail("x")) == ""
    assert shell.pipe(mail("x")) == ""
    assert shell.pipe(mail("x", From="stranger@example.com")) == ""
    assert shell.pipe(mail("x", List_Id="<dev.example.com>")) == ""
    assert len(shell.rows()) == 1


WAYS = {
    "from a contact": ({"From": "Jane <JANE@example.COM>"}, [], "in", "Jane Doe"),
    "another address": ({"From": "jd@home.example"}, [], "in", "Jane Doe"),
    "an international domain": ({"From": "info@xn--mller-kva.de"}, [], "in", "Müller AG"),
    "to a contact": ({"From": "me@x.example", "To": "jane@example.com"}, [], "out", "Jane Doe"),
    "own address": ({"To": "bob@example.com"}, ["--me", "JANE@example.com"], "out", "Bob Ray"),
    "to all": ({"From": "me@x.example", "To": "jane@example.com", "Cc": "bob@example.com",
                "Bcc": "info@müller.de"}, [], "out", "Jane Doe, Bob Ray, Müller AG"),
    "with a contact as reader": ({"Cc": "bob@example.com"}, [], "in", "Jane Doe, Bob Ray"),
    "to me and a contact": (
        {"From": "x@x.example", "To": "me@x.example, bob@example.com"}, ["--me", "me@x.example"],
        "in", "Bob Ray"),
    "delivered to me": ({"From": "x@x.example", "To": "bob@example.com, me@x.example",
                         "Delivered-To": "me@x.example"}, [], "in", "Bob Ray"),
    "labeled as sent": ({"To": "bob@example.com", "X-Gmail-Labels": "Sent"}, [], "out", "Bob Ray"),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "words", "direction", "people"), WAYS.values(), ids=WAYS)
def test_own_addresses_decide_direction_and_participants(
    shell: Shell, headers: dict[str, str], words: list[str], direction: str, people: str
) -> None:
    shell.pipe(mail("x", **headers), *words)
    (row,) = shell.rows()
    assert (row["direction"], row["with"]) == (direction, people)


@pytest.mark.parametrize("name", ["CARDCRM_MAIL_OWN", "CARDCRM_MAIL_FROM", "CARDCRM_MAIL_USER"])
def test_the_settings_have_the_own_addresses(shell: Shell, name: str) -> None:
    shell.patch.setenv(name, "Jane <jane@example.com>, me@x.example")
    shell.pipe(mail("x", To="bob@example.com"))
    assert [(each["direction"], each["with"]) for each in shell.rows()] == [("out", "Bob Ray")]


def test_a_plus_address_is_another_address(shell: Shell) -> None:
    assert counts(shell.answer(mail("x", From="jane+news@example.com"))) == (0, 0, 0, 0)


def test_contacts_that_share_an_address_all_take_part_unless_one_is_named(shell: Shell) -> None:
    shell.run("add", "Ann Lee", "--email", "jane@example.com")
    shell.pipe(mail("one", From="jane@example.com"))
    shell.pipe(mail("two", From="ann lee <jane@example.com>"))
    assert [each["with"] for each in shell.rows()] == ["Jane Doe, Ann Lee", "Ann Lee"]


def test_a_thread_is_followed_in_any_order(shell: Shell) -> None:
    mails = [
        mail("4", Message_ID="<4@x>", In_Reply_To="<2@x>"),
        mail("3", Message_ID="<3@x>", References="<1@x> <2@x>"),
        mail("2", Message_ID="<2@x>", In_Reply_To="<1@x>"),
        mail("1", Message_ID="<1@x>"),
        mail("5", Message_ID="<5@x>", In_Reply_To="<4@x>"),
        mail("other", Message_ID="<6@x>"),
    ]
    for each in mails:
        shell.pipe(each)
    assert [each["thread"] for each in shell.rows()] == ["1@x"] * 5 + ["6@x"]
    assert [each["in_reply_to"] for each in shell.rows()][:3] == ["2@x", "2@x", "1@x"]
    assert len(shell.rows("thread:1@x")) == 5


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_exported_mails_come_back_as_the_mails_that_they_are(
    shell: Shell, tmp_path: Path, ending: str
) -> None:
    mails = [
        mail("1", Message_ID="<=1@x>"),
        mail("2", Message_ID="<2@x>", In_Reply_To="<=1@x>", From="bob@example.com"),
    ]
    file = str(tmp_path / f"mails.{ending}")
    for each in mails:
        shell.pipe(each)
    shell.run("log", "jane", "call", "no mail")
    before = shell.rows()
    shell.run("interaction", "export", file)
    shell.run("interaction", "rm", "1", "2", "3", "--yes")
    assert "added 3 interactions, changed 0" in shell.run("interaction", "import", file)
    ids = ("message_id", "thread", "in_reply_to", "with", "text")
    assert [[each[key] for key in ids] for each in shell.rows()] == [
        [each[key] for key in ids] for each in before
    ]
    assert [counts(shell.answer(each)) for each in mails] == [(0, 0, 1, 0)] * 2
    assert "added 0 interactions, changed 0" in shell.run("interaction", "import", file)


def test_a_mail_that_both_databases_logged_is_one_interaction(shell: Shell, tmp_path: Path) -> None:
    file = str(tmp_path / "mails.jsonl")
    root, answer = mail("1", Message_ID="<1@x>"), mail("2", Message_ID="<2@x>", References="<1@x>")
    shell.pipe(root)
    shell.pipe(answer)
    shell.run("interaction", "export", file)
    shell.run("interaction", "rm", "1", "2", "--yes")
    shell.pipe(mail("2", Message_ID="<2@x>"))  # with another permanent id, and a thread of its own
    (mine,) = shell.rows()
    assert "added 1 interaction, changed 1" in shell.run("interaction", "import", file)
    first, second = shell.rows()
    assert (first["uid"], first["message_id"]) == (mine["uid"], "2@x")
    assert second["message_id"] == "1@x"
    assert [first["thread"], second["thread"]] == ["1@x", "1@x"]


def test_a_row_that_has_its_permanent_id_here_keeps_its_message_id(
    shell: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "mails.csv"
    shell.pipe(mail("1", Message_ID="<1@x>"))
    shell.pipe(mail("2", Message_ID="<2@x>"))
    shell.run("interaction", "export", str(file))
    file.write_text(file.read_text().replace("1@x", "0@x").replace("2@x", "1@x"))
    assert "added 0 interactions" in shell.run("interaction", "import", str(file))
    assert [each["message_id"] for each in shell.rows()] == ["1@x", "2@x"]


def test_threads_are_the_same_in_one_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(
        mbox(
            mail("3", Message_ID="<3@x>", In_Reply_To="<2@x>"),
            mail("2", Message_ID="<2@x>", In_Reply_To="<1@x>"),
            mail("1", Message_ID="<1@x>"),
        )
    )
    shell.log_file(tmp_path / "a.mbox")
    assert {each["thread"] for each in shell.rows()} == {"1@x"}


def test_a_contact_who_is_added_later_joins_the_messages(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(mbox(mail("x", Cc="Ann <ann@example.com>"), mail("y", Subject="2")))
    assert counts(shell.log_file(path)) == (2, 0, 0, 0)
    shell.run("add", "Ann Lee", "--email", "ann@example.com")
    assert counts(shell.log_file(path)) == (0, 1, 1, 0)
    assert [each["with"] for each in shell.rows()] == ["Jane Doe, Ann Lee", "Jane Doe"]
    assert counts(shell.log_file(path)) == (0, 0, 2, 0)


def test_unknown_correspondents_are_listed_or_added(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(
        mbox(
            mail("one", From='"Lee, Ann" <ann@example.com>', Message_ID="<1@x>"),
            mail("two", From="ann@example.com", Message_ID="<2@x>"),
            mail("three", From="joe@example.com", Message_ID="<3@x>", Precedence="bulk"),
            mail("four", From="me@x.example", To="Kim <kim@example.com>", Message_ID="<4@x>"),
            mail("five", Message_ID="<5@x>"),
        )
    )
    part = shell.log_file(path, "--me", "me@x.example")
    assert counts(part) == (1, 0, 0, 0)
    assert part["unknown"] == [
        {"name": "Lee, Ann", "email": "ann@example.com", "count": 2},
        {"name": "Kim", "email": "kim@example.com", "count": 1},
    ]
    assert part["skipped"] == [{"reason": "newsletter", "count": 1}]
    part = shell.log_file(path, "--me", "me@x.example", "--add-unknown")
    assert counts(part) == (3, 0, 1, 0)
    assert (part["unknown"], part["contacts_created"]) == ([], 2)
    assert json.loads(
        shell.run("find", "source:mail", "--columns", "name,email", "--sort", "id", "--json")
    ) == [
        {"name": "Ann Lee", "email": "ann@example.com"},
        {"name": "Kim", "email": "kim@example.com"},
    ]
    shell.run("undo")
    assert len(shell.rows()) == 1
    assert shell.run("find", "source:mail", "--count") == "0\n"


def test_the_report_says_what_was_not_logged(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    data = mbox(
        mail("x", Message_ID="<1@x>"),
        mail("x", Message_ID="<2@x>", List_Id="<dev.x>"),
        mail("x", Message_ID="<3@x>", Auto_Submitted="auto-replied"),
        mail("x", Message_ID="<4@x>", From="Ann <ann@example.com>"),
        mail("x", Message_ID="<5@x>", Date="soon"),
        b"Subject: nobody\n\nx",
    )
    path.write_bytes(data)
    line = data.partition(b"Subject: nobody")[0].count(b"\n")
    assert shell.run("log-mail", str(path), code=1) == (
        "in.mbox: 2 interactions created, 0 updated, 0 unchanged, 1 refused\n"
        f"  line {line}: neither a sender nor a recipient\n"
        "  2 messages skipped: 1 automatic reply, 1 list mail\n"
        "  1 message left out: no correspondent is a contact\n"
        "  not contacts: Ann <ann@example.com>; to add them: cardcrm log-mail --add-unknown FILE\n"
        "  1 message without a usable Date header; the date is that of the delivery\n"
    )
    assert counts(shell.log_file(path, "--automatic", code=1)) == (2, 0, 2, 1)


def test_one_who_cannot_be_added_is_told_without_a_hint(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(mbox(mail("x", From="Ann <ann@example.com>")))
    shell.run("add", "Ann", "--email", "ann@example.com")
    shell.run("forget", "ann@example.com", "--yes")
    answer = shell.run("log-mail", str(path), "--me", "me@x.example", "--add-unknown")
    assert "  not added: Ann <ann@example.com>\n" in answer


def test_a_next_step_is_added_with_the_message(shell: Shell) -> None:
    for _ in range(2):
        shell.pipe(mail("x", Cc="bob@example.com"), "--next", "send the quote", "--due", "mon")
    (row,) = json.loads(shell.run("reminder", "list", "--json"))
    assert (row["text"], row["due"], row["contact"]) == ("send the quote", "2026-11-23", "Jane Doe")
    shell.run("undo")
    assert shell.rows() == []
    assert "no next step" in shell.pipe(mail("x"), "--due", "mon", code=2)


def test_a_dry_run_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(mbox(mail("x"), mail("y", From="new@example.com")))
    part = shell.log_file(tmp_path / "a.mbox", "--dry-run", "--add-unknown")
    assert (counts(part), part["contacts_created"]) == ((2, 0, 0, 0), 1)
    assert shell.rows() == []
    assert shell.run("find", "--count") == "3\n"


def test_several_files_are_one_step(shell: Shell, tmp_path: Path) -> None:
    for part in ("cur", "new"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    (tmp_path / "Maildir" / "cur" / "1.a:2,S").write_bytes(mail("one"))
    (tmp_path / "Maildir" / "new" / "2.a").write_bytes(mail("two"))
    (tmp_path / "b.mbox").write_bytes(mbox(mail("three")))
    shell.run("log-mail", str(tmp_path / "Maildir"), str(tmp_path / "b.mbox"))
    assert len(shell.rows()) == 3
    shell.run("undo")
    assert shell.rows() == []


def test_import_takes_an_mbox_file(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    path.write_bytes(mbox(mail("x"), mail("y", From="new@example.com")))
    for expected in ((1, 0, 0), (0, 0, 1)):
        _, out, _ = shell.type("import", str(path), "--json")
        found = json.loads(out)
        assert (found["created"], found["updated"], found["unchanged"]) == expected


def test_the_journal_names_a_message_and_counts_those_of_a_file(
    shell: Shell, tmp_path: Path
) -> None:
    shell.pipe(mail("x", Subject="Offer"))
    (tmp_path / "a.mbox").write_bytes(mbox(mail("1"), mail("2")))
    shell.run("log-mail", str(tmp_path / "a.mbox"))
    assert "mail added · Jane Doe" in shell.run("journal", "4")
    assert "interactions added · 2" in shell.run("journal", "5")


def test_a_mail_restarts_the_cadence(shell: Shell) -> None:
    shell.run("edit", "jane", "--every", "30d")
    shell.pipe(mail("x"))
    assert json.loads(shell.run("show", "jane", "--json"))["touched"] == "2026-11-20"


def test_an_interaction_that_was_removed_comes_back_with_its_message(shell: Shell) -> None:
    shell.pipe(mail("x"))
    shell.run("interaction", "rm", "1", "--yes")
    assert counts(shell.answer(mail("x"))) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty message"),
        (b"hello\nworld\n", "neither a sender nor a recipient"),
        (b"\0\xff" * 5_000, "neither a sender nor a recipient"),
    ],
)
def test_data_that_is_not_a_message_is_refused(shell: Shell, data: bytes, reason: str) -> None:
    part = shell.answer(data, code=1)
    assert [each["reason"] for each in part["refused"]] == [reason]
    assert reason in shell.pipe(data, code=1)


def test_an_address_of_many_contacts_is_refused(shell: Shell) -> None:
    for number in range(10):
        shell.run("add", f"Copy {number}", "--email", "jane@example.com")
    part = shell.answer(mail("x"), code=1)
    reason = "11 contacts have the address jane@example.com"
    assert [each["reason"] for each in part["refused"]] == [reason]


def test_a_wrong_own_address_is_refused(shell: Shell) -> None:
    assert "invalid email address" in shell.pipe(mail("x"), "--me", "nonsense", code=2)


def test_a_mail_server_is_asked_to_try_again_without_a_database(shell: Shell) -> None:
    assert "error:" in shell.pipe(HEAD + b"\nx", "--db", "/nowhere/x.db", code=75)


def test_a_mail_server_is_asked_to_try_again_where_the_database_is_locked(
    shell: Shell, cli_location: Location
) -> None:
    shell.patch.setenv("CARDCRM_LOCK_WAIT", "0.1")
    with contextlib.closing(open_store(cli_location)) as other, other.transaction():
        contacts.add(other, ContactDraft(name="Ann Lee"))
        message = shell.pipe(mail("x"), code=75)
    assert "error:" in message
    assert counts(shell.answer(mail("x"))) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("reply", "names"),
    [("2\n", ["Kim"]), ("all\n", ["Ann", "Kim"]), ("1, 2,9\n", ["Ann", "Kim"]), ("\n", []),
     ("none\n", [])],
)  # fmt: skip
def test_a_terminal_is_asked_which_people_to_add(
    shell: Shell, tmp_path: Path, reply: str, names: list[str]
) -> None:
    path = tmp_path / "in.mbox"
    one = mail("x", From="Ann <ann@x.example>")
    two = mail("x", From="Ann <ann@x.example>", Subject="2")
    path.write_bytes(mbox(one, two, mail("y", From="Kim <kim@x.example>")))
    shell.patch.setattr(Session, "can_ask", True)
    shell.patch.setattr(sys, "stdin", io.StringIO(reply))
    message = shell.run("log-mail", str(path))
    assert "not contacts yet:\n  1  Ann <ann@x.example>\n  2  Kim <kim@x.example>\n" in message
    found = json.loads(shell.run("find", "source:mail", "--sort", "id", "--json"))
    assert [each["name"] for each in found] == names
    assert len(shell.rows()) == len(names) + ("Ann" in names)


def test_a_list_sorted_by_thread_ends_with_what_is_no_mail(shell: Shell) -> None:
    shell.run("log", "jane", "a note")
    shell.pipe(mail("x", Message_ID="<1@x>"))
    shell.pipe(mail("y", Message_ID="<0@x>"))
    found = json.loads(shell.run("interaction", "list", "--sort", "thread", "--json"))
    assert [each["thread"] for each in found] == ["0@x", "1@x", None]
    assert [each["id"] for each in shell.rows("thread:none")] == [1]
    assert [each["id"] for each in shell.rows("message-id:1@x")] == [2]


def test_a_file_that_is_no_mail_is_refused_before_anything_is_logged(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "a.mbox").write_bytes(mbox(mail("x")))
    (tmp_path / "b.txt").write_text("hello")
    message = shell.run("log-mail", str(tmp_path / "a.mbox"), str(tmp_path / "b.txt"), code=2)
    assert "b.txt is not a mail file" in message
    assert shell.rows() == []


def test_control_characters_of_a_mail_reach_no_terminal(shell: Shell) -> None:
    data = (
        HEAD.replace(b"Jane", b"Ja\x1b[2J")
        + b"Subject: a\x1b]0;b\x07c\n\n\x1b[31mred\xc2\x9b1m\x00"
    )
    shell.pipe(data)
    (row,) = shell.rows()
    assert row["text"] == "ac\n\nred"
