"""`mail fetch`: mail comes in over IMAP and from Maildir folders, and is acted on once."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardcrm.records.mail import outbox, permission
from cardcrm.records.mail.outbox import Draft
from cardcrm.store import Store, open_store
from tests.support.databases import Location
from tests.support.dovecot import MISSING, PROGRAM, ImapServer, run_dovecot
from tests.support.mails import mail

NOW = "2026-11-30T09:00"
ME = "ann@example.org"
BOUNCE = """From: MAILER-DAEMON@mx.example.org
To: ann@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <{report}>
Date: Mon, 30 Nov 2026 08:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: user unknown

--b
Content-Type: text/rfc822-headers

From: ann@example.org
To: {address}
Subject: News
Message-ID: <{original}>

--b--
"""
COMPLAINT = """From: feedback@provider.example.net
To: ann@example.org
Subject: abuse report
Message-ID: <c1@provider>
Date: Mon, 30 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: provider/1.0
Version: 1

--b
Content-Type: message/rfc822

From: ann@example.org
To: jane@example.com
Subject: News
Message-ID: <{original}>

News.

--b--
"""


def bounce(
    report: str, original: str, status: str = "5.1.1", address: str = "jane@example.com"
) -> bytes:
    """Return a report of a failure, as Postfix writes it."""
    action = "failed" if status.startswith("5") else "delayed"
    return BOUNCE.format(
        report=report, original=original, status=status, action=action, address=address
    ).encode()


class Shell:
    """The shell on a database with Jane, to whom a message was sent."""

    def __init__(self, typed: Callable[..., tuple[int, str, str]], location: Location) -> None:
        self.type = typed
        self.location = location
        self.run("add", "Jane Doe", "--email", "jane@example.com")
        self.sent = self.send()

    def run(self, *words: str, code: int = 0) -> str:
        found, out, err = self.type(*words)
        assert found == code, out + err
        return out + err

    def fetch(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Return the counts of the only account."""
        found, out, err = self.type("mail", "fetch", *words, "--json")
        assert found == code, out + err
        (account,) = json.loads(out)["accounts"]
        assert isinstance(account, dict)
        return account

    def store(self) -> Store:
        return open_store(self.location)

    def send(self, address: str = "jane@example.com") -> str:
        """Return the Message-ID of a message that was sent."""
        store = self.store()
        (row_id,) = outbox.enqueue(store, [Draft(1, address, "News", "Hello")], "example.org")
        with store.transaction():
            store.update("message", row_id, status="sent", sent_at="2026-11-29T08:00:00Z")
        found = store.value("SELECT message_id FROM message WHERE id = :id", id=row_id)
        store.close()
        return str(found)

    def value(self, sql: str) -> Any:
        store = self.store()
        try:
            return store.value(sql)
        finally:
            store.close()

    def texts(self) -> list[str]:
        rows = json.loads(self.run("interaction", "list", "--sort", "id", "--json"))
        return [each["text"] for each in rows]


@pytest.fixture
def now() -> str:
    """The time of the commands."""
    return NOW


@pytest.fixture
def shell(
    typed: Callable[..., tuple[int, str, str]],
    cli_location: Location,
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A database with Jane; the user is Ann."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    monkeypatch.setenv("CARDCRM_MAIL_OWN", ME)
    monkeypatch.delenv("CARDCRM_CONFIG")
    return Shell(typed, cli_location)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty Maildir folder."""
    folder = tmp_path / "Mail"
    for each in ("new", "cur", "tmp"):
        (folder / each).mkdir(parents=True)
    return folder


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """A Dovecot server with an empty mailbox."""
    if PROGRAM is None:
        pytest.skip(MISSING)
    with run_dovecot() as running:
        yield running


@pytest.fixture
def account(
    imap_server: ImapServer, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ImapServer:
    """The server, which is the main account of the settings."""
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    for name, value in imap_server.settings().items():
        shell.run("config", "set", name, value)
    return imap_server


def deliver(folder: Path, *messages: bytes) -> None:
    """Put messages into a Maildir folder."""
    for each in messages:
        count = len(list((folder / "new").iterdir()))
        (folder / "new" / f"17960000{count:02}.M1.host").write_bytes(each)


def reply(sent: str, text: str = "Yes, please.", **headers: str) -> bytes:
    """Return Jane's reply to a message of ours."""
    usual = {"Message_ID": "<r1@example.com>", "Subject": "Re: News", "In_Reply_To": f"<{sent}>"}
    return mail(text, **{**usual, **headers})


# What was read before


def move_to_cur(folder: Path) -> None:
    """Mark all messages as read, as a mail program does."""
    for each in (folder / "new").iterdir():
        each.rename(folder / "cur" / f"{each.name}:2,S")


@pytest.mark.engines("sqlite", "postgresql")
def test_moved_mail_is_not_new(shell: Shell, maildir: Path) -> None:
    stranger = mail("Hi", From="Bob Ray <bob@example.net>", Message_ID="<a@x>")
    away = reply(shell.sent, "Away.", Auto_Submitted="auto-replied", Message_ID="<o@x>")
    mine = mail("Bye", To="sam@example.net", From=ME, Message_ID="<b@x>")
    deliver(maildir, stranger, away, mine)
    found = shell.fetch("--maildir", str(maildir))
    assert (found["read"], found["unknown_count"], found["automatic"]) == (3, 2, 1)
    for _ in range(2):
        move_to_cur(maildir)
        found = shell.fetch("--maildir", str(maildir))
        assert {name: found[name] for name in found if found[name]} == {"account": "Mail"}
    offered = json.loads(shell.run("mail", "offers", "--json"))
    assert [each["message_count"] for each in offered] == [1, 1]
    assert "is intact" in shell.run("db", "check")


def test_a_reply_that_is_read_again_is_no_reply(shell: Shell, maildir: Path) -> None:
    deliver(maildir, reply(shell.sent))
    assert shell.fetch("--maildir", str(maildir))["replied"] == 1
    move_to_cur(maildir)
    away = reply(shell.sent, "Away.", Auto_Submitted="auto-replied", Message_ID="<o@x>")
    deliver(maildir, away)
    found = shell.fetch("--maildir", str(maildir))
    assert (found["read"], found["automatic"], found["replied"]) == (1, 1, 0)


def test_mail_in_two_folders_is_counted_once(shell: Shell, maildir: Path) -> None:
    deliver(maildir, mail("Hi", From="Bob Ray <bob@example.net>", Message_ID="<a@x>"))
    copy = maildir.parent / "Copy"
    shutil.copytree(maildir, copy)
    shell.run("mail", "fetch", "--maildir", str(maildir), "--maildir", str(copy))
    (offer,) = json.loads(shell.run("mail", "offers", "--json"))
    assert offer["message_count"] == 1


def test_one_message_is_counted_in_the_singular(shell: Shell, maildir: Path) -> None:
    away = {"Auto_Submitted": "auto-replied", "Message_ID": "<o@x>"}
    stranger = mail("Hi", From="Bob Ray <bob@example.net>", Message_ID="<a@x>")
    deliver(maildir, reply(shell.sent), reply(shell.sent, "Away.", **away), stranger)
    said = shell.run("mail", "fetch", "--maildir", str(maildir))
    assert (
        "Mail: 3 new messages: 1 logged, 1 of an unknown correspondent, 1 reply to your mail, "
        "1 automatic answer"
    ) in said
    deliver(maildir, COMPLAINT.format(original=shell.sent).encode())
    said = shell.run("mail", "fetch", "--maildir", str(maildir))
    assert "Mail: 1 new message: 1 complaint" in said


# Over IMAP


@pytest.mark.engines("sqlite", "postgresql")
def test_a_message_is_logged_once_and_stays_unread(shell: Shell, account: ImapServer) -> None:
    account.deliver(mail("Hello", Subject="Gate", Message_ID="<a@x>"))
    assert shell.fetch()["logged"] == 1
    assert shell.fetch()["read"] == 0
    assert shell.texts() == ["Gate\n\nHello"]
    with account.login() as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "UNSEEN")[1] == [b"1"]


def test_sent_mail_is_outgoing(shell: Shell, account: ImapServer) -> None:
    message = mail("Bye", From=f"Ann <{ME}>", To="jane@example.com", Message_ID="<s@x>")
    account.deliver(message, folder="Sent")
    assert shell.fetch()["logged"] == 1
    rows = json.loads(shell.run("interaction", "list", "--json"))
    assert [each["direction"] for each in rows] == ["out"]


def test_a_mailbox_with_a_new_uidvalidity_is_read_again_without_doubles(
    shell: Shell, account: ImapServer
) -> None:
    message = mail("Hello", Subject="Gate", Message_ID="<a@x>")
    account.deliver(message)
    shell.fetch()
    before = shell.value("SELECT validity FROM mailbox WHERE folder = 'INBOX'")
    account.renumber()
    account.deliver(mail("More", Subject="Gate", Message_ID="<b@x>"))
    found = shell.fetch()
    assert (found["read"], found["logged"]) == (1, 1)
    assert len(shell.texts()) == 2
    assert shell.value("SELECT validity FROM mailbox WHERE folder = 'INBOX'") != before


def test_an_offer_that_is_taken_brings_the_earlier_mail(shell: Shell, account: ImapServer) -> None:
    account.deliver(
        mail("Hi", From="Bob Ray <bob@example.net>", Subject="Fence", Message_ID="<a@x>")
    )
    assert shell.fetch()["unknown_count"] == 1
    (offer,) = json.loads(shell.run("mail", "offers", "--json"))
    assert (offer["address"], offer["name"], offer["subject"]) == (
        "bob@example.net", "Bob Ray", "Fence",
    )  # fmt: skip
    shell.run("mail", "offers", "take", "bob@example.net")
    assert shell.fetch()["logged"] == 1
    assert shell.texts() == ["Fence\n\nHi"]
    assert json.loads(shell.run("mail", "offers", "--json")) == []


def test_a_dry_run_changes_nothing(shell: Shell, account: ImapServer) -> None:
    account.deliver(mail("Hello", Message_ID="<a@x>"))
    assert shell.fetch("--dry-run")["logged"] == 1
    assert shell.value("SELECT count(*) FROM interaction") == 0
    assert shell.value("SELECT count(*) FROM mailbox") == 0
    assert shell.fetch()["logged"] == 1


def test_a_huge_message_is_read_by_its_beginning(
    shell: Shell, account: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardcrm.mail.imap.HUGE", 10_000)
    monkeypatch.setattr("cardcrm.mail.imap.BEGINNING", 1_000)
    account.deliver(
        mail("First line\n" + "x" * 60 + "\n" + "more words\n" * 3_000, Message_ID="<a@x>"),
        mail("Small", Message_ID="<b@x>", Subject="s"),
    )
    found = shell.fetch()
    assert found["logged"] == 2, str(found)
    long, small = shell.texts()
    assert long.startswith("First line")
    assert len(long) < 1_100
    assert small == "s\n\nSmall"


def test_a_server_that_fails_does_not_stop_the_others(shell: Shell, account: ImapServer) -> None:
    account.deliver(mail("Hello", Message_ID="<a@x>"))
    for name, value in account.settings("work").items():
        shell.run("config", "set", name, value)
    shell.run("config", "set", "account.work.password-command", "echo wrong")
    code, out, _ = shell.type("mail", "fetch", "--json")
    assert code == 6
    main, work = json.loads(out)["accounts"]
    assert (main["logged"], main["error"]) == (1, None)
    assert "refused the login of ann@example.org" in work["error"]
    assert "wrong" not in work["error"]


def test_a_password_is_not_sent_in_clear_text(shell: Shell, account: ImapServer) -> None:
    shell.run("config", "set", "mail.imap-host", "imap.example.com")
    assert "would be sent unencrypted" in shell.run("mail", "fetch", code=2)
    shell.run("config", "set", "mail.imap-host", "127.0.0.1")
    shell.run("config", "set", "mail.imap-security", "starttls")  # the server has none
    assert "error" in shell.fetch(code=6)


def test_without_an_account_the_remedy_is_named(shell: Shell) -> None:
    assert "cardcrm config set mail.imap-host" in shell.run("mail", "fetch", code=2)


def test_take_all_adds_the_correspondents_of_a_folder(shell: Shell, account: ImapServer) -> None:
    with account.login() as client:
        client.create("Customers")
    message = mail("Hi", From="Bob Ray <bob@example.net>", Message_ID="<a@x>")
    account.deliver(message, folder="Customers")
    assert shell.fetch("--take-all", "Customers")["logged"] == 1
    assert shell.fetch("--take-all", "Customers")["read"] == 0
    assert "Bob Ray" in shell.run("find", "bob")


# What a message is


@pytest.mark.engines("sqlite", "postgresql")
def test_a_reply_marks_the_message_it_answers(shell: Shell, maildir: Path) -> None:
    deliver(maildir, reply(shell.sent))
    found = shell.fetch("--maildir", str(maildir))
    assert (found["logged"], found["replied"]) == (1, 1)
    assert shell.value("SELECT replied_at FROM message") == "2026-11-20T14:00:00Z"
    assert shell.fetch("--maildir", str(maildir))["read"] == 0


def test_an_automatic_answer_is_no_reply_and_tells_until_when(shell: Shell, maildir: Path) -> None:
    answer = reply(
        shell.sent,
        "I am away until 5 December.",
        Auto_Submitted="auto-replied",
        Date="Mon, 30 Nov 2026 08:00:00 +0000",
    )
    deliver(maildir, answer)
    found = shell.fetch("--maildir", str(maildir))
    assert (found["automatic"], found["replied"], found["logged"]) == (1, 0, 0)
    assert found["absences"] == [{"email": "jane@example.com", "until": "2026-12-05"}]
    assert shell.value("SELECT replied_at FROM message") is None
    assert shell.value("SELECT touched_on FROM contact") is None
    assert shell.value("SELECT count(*) FROM message WHERE status = 'queued'") == 0


@pytest.mark.engines("sqlite", "postgresql")
def test_an_absence_is_on_the_card_until_it_ends(
    shell: Shell, maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"Auto_Submitted": "auto-replied", "Date": "Mon, 30 Nov 2026 08:00:00 +0000"}
    deliver(maildir, reply(shell.sent, "I am away until 5 December.", **away))
    shell.fetch("--maildir", str(maildir))
    assert "until Sat 5 Dec" in shell.run("show", "jane")
    assert json.loads(shell.run("show", "jane", "--json"))["away_until"] == "2026-12-05"
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-06T09:00")
    assert "until" not in shell.run("show", "jane")
    assert json.loads(shell.run("show", "jane", "--json"))["away_until"] is None


@pytest.mark.engines("sqlite", "postgresql")
def test_a_permanent_bounce_makes_the_address_invalid(shell: Shell, maildir: Path) -> None:
    deliver(maildir, bounce("b1@mx", shell.sent))
    assert shell.fetch("--maildir", str(maildir))["bounces"] == 1
    assert shell.value("SELECT status FROM message") == "bounced"
    assert shell.value("SELECT invalid FROM point WHERE kind = 'email'") == 1
    shell.run("undo")
    assert shell.value("SELECT invalid FROM point WHERE kind = 'email'") == 0


def test_three_temporary_bounces_do_so_too(shell: Shell, maildir: Path) -> None:
    for number in range(3):
        assert shell.value("SELECT invalid FROM point WHERE kind = 'email'") == 0
        deliver(maildir, bounce(f"b{number}@mx", shell.sent, "4.4.7"))
        shell.fetch("--maildir", str(maildir))
    assert shell.value("SELECT invalid FROM point WHERE kind = 'email'") == 1
    assert shell.value("SELECT status FROM message") == "sent"


def test_forged_reports_do_nothing(shell: Shell, maildir: Path) -> None:
    deliver(
        maildir,
        bounce("b1@mx", "forged@example.org"),
        bounce("b2@mx", shell.sent, address="bob@example.net"),
        COMPLAINT.format(original="forged@example.org").encode(),
        reply("forged@example.org", "unsubscribe"),
    )
    shell.fetch("--maildir", str(maildir))
    sql = "SELECT count(*) FROM point WHERE invalid = 1 OR opted_out = 1"
    assert shell.value(sql) == 0


UNSUBSCRIBED = "SELECT count(unsubscribed_at) FROM message WHERE message_id = '{}'"


def test_a_complaint_opts_the_address_out(shell: Shell, maildir: Path) -> None:
    deliver(maildir, COMPLAINT.format(original=shell.sent).encode())
    assert shell.fetch("--maildir", str(maildir))["complaints"] == 1
    assert shell.value("SELECT opted_out FROM point WHERE kind = 'email'") == 1
    assert shell.value(UNSUBSCRIBED.format(shell.sent)) == 1


@pytest.mark.parametrize("text", ["Unsubscribe", "Bitte abmelden!\n\nJane", "désabonner", "BAJA."])
def test_a_bare_word_in_a_reply_opts_out(shell: Shell, maildir: Path, text: str) -> None:
    deliver(maildir, reply(shell.sent, text))
    assert shell.fetch("--maildir", str(maildir))["unsubscribed"] == 1
    assert shell.value("SELECT opted_out FROM point WHERE kind = 'email'") == 1
    assert shell.value(UNSUBSCRIBED.format(shell.sent)) == 1


@pytest.mark.engines("sqlite", "postgresql")
def test_a_request_to_unsubscribe_is_no_reply(shell: Shell, maildir: Path) -> None:
    store = shell.store()
    with store.transaction():
        store.update("message", 1, status="uncertain", attempts=1, sent_at=None)
    store.close()
    deliver(maildir, reply(shell.sent, "abmelden"))
    found = shell.fetch("--maildir", str(maildir))
    assert (found["replied"], found["unsubscribed"]) == (0, 1)
    sql = "SELECT count({}) FROM message WHERE status = 'sent'"
    counts = {name: shell.value(sql.format(name)) for name in ("replied_at", "unsubscribed_at")}
    assert counts == {"replied_at": 0, "unsubscribed_at": 1}
    assert shell.value("SELECT sent_at FROM message") is not None


@pytest.mark.engines("sqlite", "postgresql")
def test_what_was_carried_out_does_not_wait(
    shell: Shell, maildir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    subject = f"Re: {ask(shell)}"
    deliver(
        maildir,
        mail("Yes, please.\n\nJane", Subject=subject, Message_ID="<1@x>"),
        reply(shell.sent, "abmelden", Message_ID="<2@x>"),
    )
    found = shell.fetch("--maildir", str(maildir))
    assert (found["confirmed"], found["unsubscribed"], found["logged"]) == (1, 1, 2)
    assert json.loads(shell.run("mail", "inbox", "--json"))["threads"] == []
    assert "is intact" in shell.run("db", "check")


@pytest.mark.parametrize("text", ["Yes. What do tulips cost?", "Yes, and please call me tomorrow."])
def test_a_confirmation_with_a_question_waits(
    shell: Shell, maildir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    deliver(maildir, mail(text, Subject=f"Re: {ask(shell)}", Message_ID="<1@x>"))
    assert shell.fetch("--maildir", str(maildir))["confirmed"] == 1
    (thread,) = json.loads(shell.run("mail", "inbox", "--json"))["threads"]
    assert thread["text"] == text


OPTED_OUT = "SELECT count(*) FROM point WHERE opted_out = 1 AND value_key = '{}'"


STRANGER = {"From": "Eve <eve@bad.example>"}
OPEN_REQUEST = "eve@bad.example asks to opt out Jane Doe <jane@example.com>"


@pytest.mark.engines("sqlite", "postgresql")
def test_a_stranger_can_neither_opt_out_nor_answer_for_a_contact(
    shell: Shell, maildir: Path
) -> None:
    deliver(maildir, reply(shell.sent, "unsubscribe", **STRANGER))
    said = shell.run("mail", "fetch", "--maildir", str(maildir))
    assert f"{OPEN_REQUEST}; see: cardcrm mail inbox" in said
    assert shell.value(OPTED_OUT.format("jane@example.com")) == 0
    assert shell.value("SELECT count(replied_at) FROM message") == 0
    (request,) = json.loads(shell.run("mail", "inbox", "--json"))["requests"]
    assert (request["sender"], request["contact"]) == ("eve@bad.example", "Jane Doe")


@pytest.mark.parametrize(
    "decision", [("opt-out", "jane@example.com"), ("mail", "offers", "ignore", "eve@bad.example")]
)
def test_a_request_of_a_stranger_waits_for_a_decision(
    shell: Shell, maildir: Path, decision: tuple[str, ...]
) -> None:
    deliver(maildir, reply(shell.sent, "unsubscribe", **STRANGER))
    shell.fetch("--maildir", str(maildir))
    command = " ".join(("cardcrm", *decision))
    said = shell.run("mail", "inbox", "--format", "table")
    assert OPEN_REQUEST in said
    assert command in said
    shell.run(*decision)
    assert OPEN_REQUEST not in shell.run("mail", "inbox", "--format", "table")


def test_a_reply_cannot_opt_out_another_contact(shell: Shell, maildir: Path) -> None:
    shell.run("add", "Bob", "--email", "bob@example.com")
    deliver(maildir, reply(shell.sent, "unsubscribe", From="Bob <bob@example.com>"))
    found = shell.fetch("--maildir", str(maildir))
    assert (found["logged"], found["undecided"], found["unsubscribed"]) == (1, 1, 0)
    assert shell.value("SELECT count(*) FROM point WHERE opted_out = 1") == 0
    assert "cardcrm mail done 1" in shell.run("mail", "inbox", "--format", "table")
    shell.run("mail", "done", "1")
    assert json.loads(shell.run("mail", "inbox", "--json"))["requests"] == []


def test_a_reply_counts_once_its_address_is_one_of_the_contact(shell: Shell, maildir: Path) -> None:
    deliver(maildir, reply(shell.sent, From="Jane <jane@private.example>"))
    assert shell.fetch("--maildir", str(maildir))["replied"] == 0
    shell.run("edit", "1", "--email", "jane@private.example")
    found = shell.fetch("--maildir", str(maildir))
    assert (found["logged"], found["replied"]) == (1, 1)


def test_whom_mail_is_about_is_named(shell: Shell, maildir: Path) -> None:
    for name in ("Bob", "Cleo"):
        shell.run("add", name, "--email", f"{name.lower()}@example.com")
    bob, cleo = shell.send("bob@example.com"), shell.send("cleo@example.com")
    deliver(
        maildir,
        reply(shell.sent, "unsubscribe"),
        bounce("b1@mx", bob, address="bob@example.com"),
        COMPLAINT.format(original=cleo).encode(),
    )
    said = shell.run("mail", "fetch", "--maildir", str(maildir))
    assert "opted out: Jane Doe <jane@example.com>" in said
    assert "bounced: Bob <bob@example.com>" in said
    assert "opted out after a complaint: Cleo <cleo@example.com>" in said


def test_a_reply_from_a_second_address_opts_out_both(shell: Shell, maildir: Path) -> None:
    shell.run("edit", "1", "--email", "jane@private.example")
    deliver(maildir, reply(shell.sent, "unsubscribe", From="Jane <jane@private.example>"))
    shell.fetch("--maildir", str(maildir))
    assert shell.value(OPTED_OUT.format("jane@example.com")) == 1
    assert shell.value(OPTED_OUT.format("jane@private.example")) == 1


@pytest.mark.engines("sqlite", "postgresql")
def test_a_token_from_another_address_opts_out_its_owner(shell: Shell, maildir: Path) -> None:
    store = shell.store()
    outbox.enqueue(
        store, [Draft(1, "Jane@example.com", "News", "Hello", purpose="newsletter")], "example.org"
    )
    with store.transaction():
        store.update("message", 2, status="sent", attempts=1, sent_at="2026-11-29T08:00:00Z")
    token = permission.make_unsubscribe_token(store, "jane@example.com")
    store.close()
    forged = f"unsubscribe {token[:-1]}{'A' if token[-1] != 'A' else 'B'}"
    for number, subject in enumerate((forged, f"unsubscribe {token}")):
        text = mail(
            "", From="jane@private.example", Subject=subject, Message_ID=f"<u{number}@private>"
        )
        deliver(maildir, text)
        shell.fetch("--maildir", str(maildir))
        assert shell.value(OPTED_OUT.format("jane@example.com")) == number
    assert shell.value("SELECT unsubscribed_at FROM message WHERE id = 2")


def test_a_token_counts_for_the_campaign_that_was_mailed_last(shell: Shell, maildir: Path) -> None:
    store = shell.store()
    drafts = [Draft(1, "Jane@example.com", "News", "Hello", purpose="newsletter")] * 2
    outbox.enqueue(store, drafts, "example.org")
    with store.transaction():
        for row_id, day in ((2, 29), (3, 28)):
            sent_at = f"2026-11-{day}T08:00:00Z"
            store.update("message", row_id, status="sent", attempts=1, sent_at=sent_at)
    token = permission.make_unsubscribe_token(store, "jane@example.com")
    store.close()
    deliver(maildir, mail("", Subject=f"unsubscribe {token}", Message_ID="<u@x>"))
    shell.fetch("--maildir", str(maildir))
    assert shell.value("SELECT id FROM message WHERE unsubscribed_at IS NOT NULL") == 2
    assert shell.value("SELECT count(unsubscribed_at) FROM message") == 1


def test_an_opt_out_by_hand_does_not_count_for_a_campaign(shell: Shell) -> None:
    shell.run("opt-out", "jane@example.com")
    assert shell.value("SELECT count(unsubscribed_at) FROM message") == 0


def ask(shell: Shell) -> str:
    """Return the subject of the mail that asks Jane for a consent."""
    shell.run("config", "set", "mail.host", "mail.example.org")
    shell.run("config", "set", "mail.from", ME)
    shell.run("consent", "ask", "jane", "--purpose", "newsletter")
    return str(shell.value("SELECT subject FROM message ORDER BY id DESC LIMIT 1"))


@pytest.mark.parametrize(
    ("headers", "text", "status"),
    [
        ({}, "Yes!", "given"),
        ({"From": "Eve <eve@example.net>"}, "Yes!", "pending"),
        ({"Auto_Submitted": "auto-replied"}, "I am away.", "pending"),
        ({}, "Unsubscribe", "pending"),
    ],
)
def test_a_reply_with_its_token_confirms_a_consent(
    shell: Shell,
    maildir: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    headers: dict[str, str],
    text: str,
    status: str,
) -> None:
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    subject = ask(shell)
    usual = {"Subject": f"Re: {subject}", "Message_ID": "<yes@example.com>"}
    deliver(maildir, mail(text, **usual, **headers))
    found = shell.fetch("--maildir", str(maildir))
    assert found["confirmed"] == (status == "given")
    sql = "SELECT {} FROM consent ORDER BY id DESC LIMIT 1"
    assert shell.value(sql.format("status")) == status
    if status == "given":
        assert shell.value(sql.format("proof")) == "Message-ID yes@example.com"


def test_a_sentence_about_unsubscribing_does_not_opt_out(shell: Shell, maildir: Path) -> None:
    deliver(maildir, reply(shell.sent, "How do I unsubscribe my colleague Bob?"))
    assert shell.fetch("--maildir", str(maildir))["unsubscribed"] == 0
    assert shell.value("SELECT opted_out FROM point WHERE kind = 'email'") == 0


def test_the_token_opts_out_its_own_address_once(shell: Shell, maildir: Path) -> None:
    store = shell.store()
    token = permission.make_unsubscribe_token(store, "jane@example.com")
    store.close()
    subject = f"unsubscribe {token}"
    deliver(maildir, mail("", From="Eve <eve@example.net>", Subject=subject, Message_ID="<e@x>"))
    assert shell.fetch("--maildir", str(maildir))["unsubscribed"] == 0
    assert shell.value("SELECT opted_out FROM point WHERE kind = 'email'") == 0
    deliver(maildir, mail("", Subject=subject, Message_ID="<u@x>"))
    assert shell.fetch("--maildir", str(maildir))["unsubscribed"] == 1
    shell.run("undo", "--yes")
    again = maildir.parent / "Again"
    shutil.copytree(maildir, again)  # another folder with the same message
    assert shell.fetch("--maildir", str(again))["unsubscribed"] == 0
    assert shell.value("SELECT opted_out FROM point WHERE kind = 'email'") == 0


def test_the_full_text_is_kept(shell: Shell, maildir: Path) -> None:
    text = "Yes.\n\nOn Fri, 20 Nov 2026 at 09:00, Ann <ann@example.org> wrote:\n> Shall I come?\n"
    deliver(maildir, reply(shell.sent, text))
    shell.fetch("--maildir", str(maildir))
    assert shell.texts() == ["Re: News\n\nYes."]
    assert "> Shall I come?" in shell.run("interaction", "show", "1", "--full")
    assert "> Shall I come?" not in shell.run("interaction", "show", "1")
    found = json.loads(shell.run("interaction", "show", "1", "--full", "--json"))
    assert found["text"].endswith("> Shall I come?")
    assert "is intact" in shell.run("db", "check")
    shell.run("forget", "jane", "--yes")
    assert shell.value("SELECT count(*) FROM mail_text") == 0


# Silence


@pytest.mark.engines("sqlite", "postgresql")
def test_due_says_if_an_account_is_silent(
    shell: Shell, account: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("mail", "fetch")
    assert "mail account" not in shell.run("due")
    shell.run("config", "set", "mail.imap-password-command", "echo wrong")
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-03T09:30")
    shell.run("mail", "fetch", code=6)
    said = shell.run("due")
    assert "mail account main" in said
    assert "nothing fetched for 3 days" in said
    assert "refused the login" in " ".join(said.split())
    (silent,) = json.loads(shell.run("due", "--json"))["mail_silent"]
    assert (silent["account"], silent["last_success"]) == ("main", "2026-11-30")
    shell.run("config", "set", "mail.alarm", "5")
    assert "mail account" not in shell.run("due")
    shell.run("config", "set", "mail.alarm", "2")
    shell.run("mail", "fetch", "main", "--forget")
    assert "mail account" not in shell.run("due")


def test_an_account_that_was_never_fetched_is_no_alarm(
    shell: Shell, account: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("config", "set", "mail.imap-password-command", "echo wrong")
    shell.run("mail", "fetch", code=6)
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-09T09:30")
    assert "mail account" not in shell.run("due")
