"""`mail inbox`, `mail reply` and `mail done`: mail that waits for an answer."""

import json
import sys
from pathlib import Path

import pytest

from cardcrm.formats.mbox.quoted_text import remove_quotes
from cardcrm.records.mail.reply_introduction import INTRODUCTIONS
from cardcrm.store import open_store
from tests.support.mails import mail

NOW = "2026-11-21T20:00"
TEXT = "Could I have both?\n\nOn Thu, 19 Nov 2026 at 10:00, Ann <ann@example.org> wrote:\n> Which?"


@pytest.fixture
def now() -> str:
    return NOW


class Shell:
    """The shell on a database with mail of Jane."""

    def __init__(self, typed, location, folder):
        self.type, self.location, self.folder = typed, location, folder
        self.count = 0
        self.run("config", "set", "mail.host", "localhost")
        self.run("config", "set", "mail.from", "ann@example.org")
        self.run("add", "Jane Doe", "--email", "jane@example.com")

    def run(self, *words, code=0):
        found, out, err = self.type(*words)
        assert found == code, out + err
        return out + err

    def json(self, *words):
        found, out, err = self.type(*words, "--json")
        assert found == 0, err
        return json.loads(out)

    def receive(self, text=TEXT, **headers):
        """Fetch a message from a Maildir."""
        self.count += 1
        new = self.folder / "new"
        for name in ("new", "cur", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        usual = {"Subject": "RE: Arches", "Message_ID": f"<m{self.count}@x>",
                 "In_Reply_To": "<root@x>", "References": "<root@x>"}  # fmt: skip
        (new / str(self.count)).write_bytes(mail(text, **{**usual, **headers}))
        self.run("mail", "fetch", "--maildir", str(self.folder))

    def inbox(self, *words):
        return self.json("mail", "inbox", *words)["threads"]

    def row(self, sql):
        opened = open_store(self.location, user="test")
        found = opened.row(sql)
        opened.close()
        return found


@pytest.fixture
def shell(typed, cli_location, tmp_path):
    return Shell(typed, cli_location, tmp_path / "work")


def test_inbox_lists_threads_and_senders_who_are_not_contacts(shell):
    shell.receive()
    shell.receive(From="Otto <otto@example.net>", Subject="Roses", In_Reply_To="", References="")
    found = shell.json("mail", "inbox")
    (thread,) = found["threads"]
    assert (thread["contact"], thread["email"]) == ("Jane Doe", "jane@example.com")
    assert (thread["subject"], thread["text"]) == ("RE: Arches", "Could I have both?")
    assert (thread["received"], thread["waiting_days"]) == ("2026-11-20T14:00:00Z", 1)
    assert (thread["account"], thread["promise_text"]) == ("work", None)
    assert [each["address"] for each in found["offers"]] == ["otto@example.net"]
    output = shell.run("mail", "inbox")
    assert "Jane Doe" in output
    assert "1 sender is not a contact; see: cardcrm mail offers" in output
    assert shell.inbox("name:otto") == []


def test_reply_stays_in_the_thread_and_quotes_the_whole_mail(shell):
    shell.receive(Message_ID="<q@x>")
    (thread,) = shell.inbox()
    output = shell.run("mail", "reply", str(thread["id"]), "Yes,", "both.")
    assert "queued message 1 to Jane Doe <jane@example.com>; send with: cardcrm mail run" in output
    row = shell.row("SELECT * FROM message")
    assert (row["subject"], row["reply_to_id"]) == ("Re: Arches", "q@x")
    assert (row["address"], row["purpose"]) == ("jane@example.com", "")
    assert row["text"] == (
        "Yes, both.\n\nOn 2026-11-20 at 14:00, Jane Doe wrote:\n> Could I have both?\n>\n"
        "> On Thu, 19 Nov 2026 at 10:00, Ann <ann@example.org> wrote:\n>> Which?"
    )
    assert shell.inbox() == []
    shell.run("undo")
    assert len(shell.inbox()) == 1


@pytest.mark.parametrize("language", INTRODUCTIONS)
def test_quote_is_introduced_in_the_language_of_the_contact(shell, language):
    shell.run("edit", "jane", "--language", f"{language}-XX, en")
    shell.receive("Could I have both?")
    text = shell.json("mail", "reply", "1", "Yes", "--preview")["text"]
    word, line = INTRODUCTIONS[language]
    when = f"2026-11-20 {word} 14:00"
    assert text.split("\n")[2] == line.format(when=when, name="Jane Doe")
    assert remove_quotes(text, "") == "Yes"


def add_template(shell, folder):
    """Add a template with HTML and an attachment."""
    page, plan = folder / "hello.html", folder / "plan.txt"
    page.write_text("<html><body><p>Hello there</p></BODY ></html>", "utf-8")
    plan.write_text("plan", "utf-8")
    texts = ("--text", "Hello there", "--html", str(page))
    shell.run("template", "add", "hello", "--subject", "Offer", *texts)
    shell.run("template", "attach", "hello", str(plan))


def attached(shell):
    return [each["name"] for each in shell.json("message", "show", "1")["attachments"]]


def test_reply_has_the_html_and_the_attachments_of_its_template(shell, tmp_path):
    shell.receive("Could I have <both>?\nJane")
    add_template(shell, tmp_path)
    shown = shell.json("mail", "reply", "1", "--template", "hello", "--preview")
    assert [each["name"] for each in shown["attachments"]] == ["plan.txt"]
    shell.run("mail", "reply", "1", "--template", "hello")
    row = shell.row("SELECT text, html FROM message")
    assert row["html"] == shown["html"]
    assert row["html"] == (
        "<html><body><p>Hello there</p><p>On 2026-11-20 at 14:00, Jane Doe wrote:</p>\n"
        "<blockquote>Could I have &lt;both&gt;?<br>\nJane</blockquote>\n</BODY ></html>"
    )
    assert row["text"].startswith("Hello there\n\nOn 2026")
    assert attached(shell) == ["plan.txt"]


def test_reply_keeps_its_html_if_the_editor_changes_nothing(shell, monkeypatch, tmp_path):
    shell.receive()
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setattr("cardcrm.cli.session.Session.can_ask", True)
    add_template(shell, tmp_path)
    shell.run("mail", "reply", "1", "--template", "hello", "--edit")
    assert "<p>Hello there</p>" in shell.row("SELECT html FROM message")["html"]


def test_reply_is_written_in_the_editor(shell, monkeypatch, tmp_path):
    shell.receive()
    script = tmp_path / "edit.py"
    script.write_text(
        "import sys, pathlib\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text()\n"
        "assert text.startswith('Subject: Re: Arches\\n\\nHello there'), text\n"
        "file.write_text(text.replace('Hello there', 'Hello Jane'))\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.setattr("cardcrm.cli.session.Session.can_ask", True)
    add_template(shell, tmp_path)
    shell.run("mail", "reply", "1", "--template", "hello", "--edit")
    row = shell.row("SELECT subject, text, html FROM message")
    assert (row["subject"], row["html"]) == ("Re: Arches", "")
    assert attached(shell) == ["plan.txt"]
    assert row["text"].startswith("Hello Jane\n\nOn 2026-11-20 at 14:00, Jane Doe wrote:\n> Could")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Arches", "Re: Arches"),
        ("AW: SV: Re[2]: Arches", "Re: Arches"),
        ("Antw: Arches", "Re: Arches"),
        ("", "Re:"),
        ("Regards", "Re: Regards"),
        ("Re: ", "Re:"),
    ],
)
def test_subject_has_re_once(shell, subject, expected):
    shell.receive(Subject=subject)
    shown = shell.json("mail", "reply", "1", "Yes", "--preview")
    assert shown["subject"] == expected


def test_reply_is_refused_where_it_must_not_or_cannot_be_sent(shell, monkeypatch):
    shell.receive()
    assert "no interaction 7" in shell.run("mail", "reply", "7", "Yes", code=3)
    shell.run("log", "jane", "rang")
    assert "interaction 2 is not received mail" in shell.run("mail", "reply", "2", "Yes", code=2)
    assert "a template takes no text" in shell.run(
        "mail", "reply", "1", "Yes", "--template", "x", code=2
    )
    shell.run("opt-out", "jane@example.com")
    output = shell.run("mail", "reply", "1", "Yes", code=4)
    assert "Jane Doe must not be mailed: jane@example.com: opted out" in output


def test_empty_reply_is_refused(shell, monkeypatch, tmp_path):
    shell.receive()
    empty = tmp_path / "empty"
    empty.write_text("\n")
    with Path(empty).open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert "the reply is empty" in shell.run("mail", "reply", "1", code=2)


def test_done_thread_leaves_the_inbox_until_it_is_undone(shell):
    shell.receive()
    assert "needs no answer: 1 Jane Doe: RE: Arches" in shell.run("mail", "done", "1")
    assert shell.inbox() == []
    shell.run("undo")
    assert len(shell.inbox()) == 1
    assert "interaction 9" in shell.run("mail", "done", "1", "9", code=3)
    assert len(shell.inbox()) == 1


def test_mail_of_ten_million_letters_is_cut_and_cleaned(shell):
    text = "\x1b[31mred\u202e " + "word " * 2_000_000
    shell.receive(text)
    (thread,) = shell.inbox()
    assert len(thread["text"]) <= 2000
    output = shell.run("mail", "inbox", "--format", "table")
    assert not set("\x1b\u202e") & set(output)
    shell.run("mail", "reply", "1", "Yes")
    assert len(shell.row("SELECT text FROM message")["text"]) < 25_000
