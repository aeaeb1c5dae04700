"""Test the answers of a mail server in every phase, and what becomes of the message."""

from email import message_from_bytes
from email.policy import default

import pytest

from cardcrm import dates
from cardcrm.errors import ConflictError, ServiceError, StorageError, UsageError
from cardcrm.mail import limits, smtp
from cardcrm.mail.delivery import Run
from cardcrm.mail.limits import Limits
from cardcrm.mail.smtp import SmtpServer
from cardcrm.mail.smtp_dialogue import Dialogue
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import outbox, permission, sending
from cardcrm.store import journal
from tests.support.mail_servers import follow_script, free_port

pytestmark = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def jane(store):
    points = (ContactPointDraft("email", "jane@example.com"),)
    return contacts.add(store, ContactDraft(name="Jane Döe", points=points))


def queue(store, jane, count=1, **more):
    draft = outbox.Draft(jane.id, "jane@example.com", "Subject", "Dear Jane\n.\nBye", **more)
    return outbox.enqueue(store, [draft] * count, "example.com")


def send(store, port, **more):
    server = SmtpServer("127.0.0.1", port, "none", "", "me@example.com", sender_name="Ann")
    return Run(store, Dialogue(server), Limits(**more)).send()


def statuses(store):
    return [row[0] for row in store.rows("SELECT status FROM message ORDER BY id")]


def make_due(store):
    with store.transaction(), store.unrecorded():
        for row in store.rows("SELECT id FROM message WHERE status = 'queued'"):
            store.update("message", row[0], due_at="2020-01-01T00:00:00Z")


def test_mail_is_sent_and_logged_with_its_message_id(store, jane):
    queue(store, jane)
    with follow_script() as (accepted, port):
        assert send(store, port).sent == 1
    (mail,) = accepted
    row = store.row("SELECT * FROM message")
    assert (row["status"], row["attempts"], row["error"]) == ("sent", 1, "")
    assert f"Message-ID: <{row['message_id']}>".encode() in mail
    assert b"From: Ann <me@example.com>" in mail
    to = message_from_bytes(mail, policy=default)["To"]
    assert str(to) == "Jane Döe <jane@example.com>"
    assert b"\r\n..\r\nBye" in mail
    assert b"Auto-Submitted" not in mail
    logged = store.row("SELECT * FROM interaction WHERE id = :id", id=row["interaction_id"])
    assert (logged["kind"], logged["direction"]) == ("mail", "out")
    assert logged["message_id"] == logged["thread_id"] == row["message_id"]


@pytest.mark.parametrize("phase", ["RCPT", "DATA", "text"])
def test_temporary_refusal_is_tried_again_later_and_given_up_in_the_end(store, jane, phase):
    queue(store, jane)
    with follow_script(**{phase: ["451 later"] * 8}) as (accepted, port):
        for attempt in range(1, 9):
            summary = send(store, port)
            assert (summary.retried, summary.failed) == ((1, 0) if attempt < 8 else (0, 1))
            row = store.row("SELECT * FROM message")
            assert (row["attempts"], row["error"]) == (attempt, "451 later")
            assert row["status"] == ("queued" if attempt < 8 else "given up")
            if attempt < 8:
                assert row["due_at"] > dates.current_instant()
                assert send(store, port).retried == 0
                make_due(store)
        assert send(store, port).sent == 0
    assert accepted == []


@pytest.mark.parametrize("phase", ["RCPT", "DATA", "text"])
def test_permanent_refusal_fails_and_the_next_mail_is_sent(store, jane, phase):
    queue(store, jane, 2)
    with follow_script(**{phase: ["550 no such user"]}) as (accepted, port):
        summary = send(store, port)
    assert (summary.failed, summary.sent, len(accepted)) == (1, 1, 1)
    assert statuses(store) == ["failed", "sent"]


@pytest.mark.parametrize("phase", ["RCPT", "text"])
@pytest.mark.parametrize(
    ("answer", "is_invalid"),
    [
        ("550 5.1.1 <jane@example.com>: user unknown", True),
        ("550 5.1.10 recipient not found", True),
        ("550 5.7.1 relaying denied", False),
        ("550 no such user", False),
        ("450 4.1.1 try later", False),
    ],
)
def test_unknown_address_becomes_invalid(store, jane, phase, answer, is_invalid):
    queue(store, jane)
    with follow_script(**{phase: [answer]}) as (_, port):
        send(store, port)
    assert store.value("SELECT invalid FROM point") == is_invalid
    if is_invalid:
        journal.undo(store)
        assert store.value("SELECT invalid FROM point") == 0
        assert statuses(store) == ["failed"]


@pytest.mark.parametrize(
    "script",
    [
        {"connect": ["554 go away"]},
        {"connect": ["421 busy"]},
        {"EHLO": ["421 busy"]},
        {"EHLO": ["drop"]},
        {"MAIL": ["530 log in first"]},
        {"MAIL": ["drop"]},
        {"MAIL": ["silence"]},
        {"connect": ["silence"]},
        {"EHLO": ["silence"]},
        {"EHLO": ["500 what"], "HELO": ["500 what"]},
    ],
)
def test_server_that_takes_no_mail_at_all_ends_the_run_and_leaves_mail_queued(
    store, jane, script, monkeypatch
):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane, 3)
    with follow_script(**script) as (accepted, port):
        summary = send(store, port)
        assert isinstance(summary.error, ServiceError)
        assert statuses(store) == ["queued"] * 3
        assert [row[0] for row in store.rows("SELECT attempts FROM message")] == [0, 0, 0]
        assert send(store, port).sent == 3
    assert len(accepted) == 3


def test_unreachable_server_leaves_mail_queued(store, jane):
    queue(store, jane)
    assert isinstance(send(store, free_port()).error, ServiceError)
    assert statuses(store) == ["queued"]


@pytest.mark.parametrize("answer", ["drop", "silence"])
@pytest.mark.parametrize("phase", ["RCPT", "DATA"])
def test_mail_at_which_the_server_hangs_up_does_not_hold_up_the_others(
    store, jane, phase, answer, monkeypatch
):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane, 3)
    with follow_script(**{phase: ["250 ok" if phase == "RCPT" else "354 go", answer]}) as (
        accepted,
        port,
    ):
        summary = send(store, port)
    assert (summary.sent, summary.retried, summary.error) == (2, 1, None)
    assert (statuses(store), len(accepted)) == (["sent", "queued", "sent"], 2)
    row = store.row("SELECT attempts, due_at FROM message WHERE status = 'queued'")
    assert row["attempts"] == 1
    assert row["due_at"] > dates.current_instant()


def test_server_that_always_hangs_up_is_left_alone(store, jane):
    queue(store, jane, 20)
    with follow_script(RCPT=["drop"] * 20) as (_, port):
        summary = send(store, port)
    assert isinstance(summary.error, ServiceError)
    assert (summary.retried, statuses(store)) == (5, ["queued"] * 20)


def test_mail_that_is_bigger_than_the_server_accepts_fails_alone(store, jane):
    draft = outbox.Draft(jane.id, "jane@example.com", "Subject", "long " * 20_000)
    outbox.enqueue(store, [draft], "example.com")
    queue(store, jane)
    with follow_script(EHLO=["250-host\n250 SIZE 50000"]) as (accepted, port):
        summary = send(store, port)
    assert (summary.failed, summary.sent, len(accepted)) == (1, 1, 1)
    assert "at most 50,000 bytes" in store.value("SELECT error FROM message WHERE id = 1")


@pytest.mark.parametrize(
    ("answer", "status"),
    [("200 fine", "sent"), ("299 fine", "sent"), ("354 more", "uncertain"), ("?", "uncertain"),
     ("999 what", "uncertain"), ("250-first\n250 last", "sent"), ("silence", "uncertain")],
)  # fmt: skip
def test_odd_answer_after_the_mail_never_sends_it_twice(store, jane, answer, status, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane, 2)
    with follow_script(text=[answer]) as (_, port):
        send(store, port)
        assert send(store, port).sent == 0
    assert statuses(store) == [status, "sent"]


@pytest.mark.parametrize("answer", ["drop", "421 busy", "500 what", "silence"])
def test_connection_that_ends_between_mails_is_opened_again(store, jane, answer, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane, 3)
    with follow_script(RCPT=["550 unknown"], RSET=[answer]) as (accepted, port):
        summary = send(store, port)
    assert (summary.failed, summary.sent, len(accepted)) == (1, 2, 2)


@pytest.mark.parametrize("answer", ["drop", "500 what", "silence"])
def test_server_that_does_not_say_goodbye_changes_nothing(store, jane, answer, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane)
    with follow_script(QUIT=[answer]) as (_, port):
        assert send(store, port).sent == 1
    assert statuses(store) == ["sent"]


@pytest.mark.parametrize("answer", ["drop", "454 later", "534 no", "334 x", "silence"])
def test_refused_login_ends_the_run_and_leaves_mail_queued(store, jane, answer, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane, 2)
    hello = "250-host\n250 AUTH PLAIN"
    with follow_script(EHLO=[hello] * 9, AUTH=[answer]) as (accepted, port):
        server = SmtpServer("127.0.0.1", port, "none", "ann", "me@example.com")
        summary = Run(store, Dialogue(server, "secret"), Limits()).send()
        assert isinstance(summary.error, ServiceError)
        assert "secret" not in summary.error.message + summary.error.hint
        assert (accepted, statuses(store)) == ([], ["queued"] * 2)
        assert Run(store, Dialogue(server, "secret"), Limits()).send().sent == 2


def test_password_that_is_not_ascii_is_refused_in_words(store, jane):
    server = SmtpServer("127.0.0.1", free_port(), "none", "ann", "me@example.com")
    with pytest.raises(UsageError, match="not ASCII"):
        smtp.open_connection(server, "pässword")


@pytest.mark.parametrize("answer", ["454 later", "500 what", "drop", "220 but no TLS follows"])
def test_failed_starttls_ends_the_run_and_nothing_is_sent_in_the_clear(
    store, jane, answer, monkeypatch
):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.5)
    queue(store, jane)
    with follow_script(EHLO=["250-host\n250 STARTTLS"] * 9, STARTTLS=[answer]) as (accepted, port):
        server = SmtpServer("127.0.0.1", port, "starttls", "ann", "me@example.com")
        summary = Run(store, Dialogue(server, "secret"), Limits()).send()
    assert isinstance(summary.error, ServiceError)
    assert (accepted, statuses(store)) == ([], ["queued"])


@pytest.mark.parametrize("answer", ["drop", "drop after accepting"])
def test_mail_without_an_answer_is_uncertain_and_not_sent_again(store, jane, answer):
    queue(store, jane, 2)
    with follow_script(text=[answer]) as (accepted, port):
        summary = send(store, port)
        assert (summary.uncertain, summary.sent) == (1, 1)
        assert send(store, port).sent == 0
    assert statuses(store) == ["uncertain", "sent"]
    assert len(accepted) == (1 if answer == "drop" else 2)


def test_idle_connection_that_was_closed_is_opened_again(store, jane):
    queue(store, jane, 2)
    with follow_script(MAIL=["250 ok", "drop"]) as (accepted, port):
        assert send(store, port).sent == 2
    assert len(accepted) == 2


def test_server_that_says_later_to_all_is_left_alone(store, jane):
    queue(store, jane, 20)
    with follow_script(RCPT=["450 slow down"] * 20) as (_, port):
        summary = send(store, port)
    assert (summary.retried, statuses(store)) == (5, ["queued"] * 20)


def test_starttls_that_is_not_offered_is_refused(store, jane):
    queue(store, jane)
    with follow_script() as (accepted, port):
        server = SmtpServer("127.0.0.1", port, "starttls", "", "me@example.com")
        summary = Run(store, Dialogue(server), Limits()).send()
    assert isinstance(summary.error, ServiceError)
    assert (accepted, statuses(store)) == ([], ["queued"])


def test_mail_left_by_a_dead_program_is_uncertain(store, jane):
    queue(store, jane)
    sending.advance(store, [], sending.list_due(store, sending.Position(), 5))
    assert statuses(store) == ["sending"]
    with follow_script() as (accepted, port):
        assert send(store, port).uncertain == 1
    assert (accepted, statuses(store)) == ([], ["uncertain"])


def test_mail_canceled_meanwhile_is_not_sent(store, jane):
    (row_id,) = queue(store, jane)
    found = sending.list_due(store, sending.Position(), 5)
    with store.transaction():
        store.update("message", row_id, status="canceled")
    assert sending.advance(store, [], found) == ([], {})


def test_address_that_opted_out_after_queueing_is_not_mailed(store, jane):
    queue(store, jane)
    permission.opt_out(store, "Jane@Example.com", source="test")
    with follow_script() as (accepted, port):
        assert send(store, port).refused == 1
    row = store.row("SELECT status, error FROM message")
    assert (accepted, row["status"]) == ([], "canceled")
    assert row["error"].startswith("opted out")


def test_opt_out_is_checked_just_before_each_mail_if_the_rate_is_low(store, jane, monkeypatch):
    queue(store, jane, 3)
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        permission.opt_out(store, "jane@example.com", source="test")

    monkeypatch.setattr(limits.time, "sleep", sleep)
    with follow_script() as (accepted, port):
        summary = send(store, port, rate=1)
    assert (len(pauses), len(accepted)) == (1, 2)  # the second one waited already
    assert (summary.sent, summary.refused) == (2, 1)


def test_mail_with_a_purpose_says_how_to_unsubscribe(store, jane):
    queue(store, jane, purpose="newsletter")
    with store.transaction():
        store.insert(
            "consent", uid="u", contact_id=jane.id, address="jane@example.com", status="given",
            purpose="newsletter", at="2026-01-01T00:00:00Z", created_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
    with follow_script() as (accepted, port):
        assert send(store, port).sent == 1
    headers = b"".join(accepted[0].replace(b"\r\n ", b" ").split(b"\r\n\r\n")[:1]).decode()
    assert "Auto-Submitted: auto-generated" in headers
    assert "List-Unsubscribe: <mailto:me@example.com?subject=unsubscribe%20" in headers
    token = permission.make_unsubscribe_token(store, "jane@example.com")
    assert token in headers.replace("\r\n", "")


def test_queueing_is_undone_before_sending_and_not_after(store, jane):
    queue(store, jane)
    assert journal.undo(store) is not None
    assert statuses(store) == []
    journal.redo(store)
    with follow_script() as (_, port):
        assert send(store, port).sent == 1
    with pytest.raises(ConflictError, match="message 1 was sent already and cannot be undone"):
        journal.undo(store)
    assert statuses(store) == ["sent"]


def test_state_that_cannot_be_written_leaves_no_mail_to_be_sent_twice(store, jane, monkeypatch):
    queue(store, jane, 2)
    record = sending._record

    def fail(opened, outcomes):
        if outcomes:
            raise StorageError("the disk is full")
        record(opened, outcomes)

    with follow_script() as (accepted, port):
        with monkeypatch.context() as patched:
            patched.setattr(sending, "_record", fail)
            with pytest.raises(StorageError):
                send(store, port)
        assert send(store, port).uncertain == 2
    assert (len(accepted), statuses(store)) == (2, ["uncertain"] * 2)


def test_clock_that_jumps_does_not_send_twice(store, jane, monkeypatch):
    queue(store, jane, 15)
    times = iter(["2030-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "2027-01-01T00:00:00Z"] * 40)
    with follow_script(RCPT=["451 later"]) as (accepted, port):
        with monkeypatch.context() as patched:
            patched.setattr(dates, "current_instant", lambda: next(times))
            for _ in range(4):
                send(store, port)
        make_due(store)
        send(store, port)
    assert (
        len(accepted)
        == len(
            {
                part
                for each in accepted
                for part in each.split(b"\r\n")
                if part.startswith(b"Message-ID")
            }
        )
        == 15
    )


def test_a_reply_refers_to_the_whole_thread(store, jane):
    for number, answered in ((1, None), (2, "m1@x"), (3, "m2@x")):
        with store.transaction():
            values = interactions.prepare(store, "Mail", interactions.Details("mail"))
            values |= {"created_at": dates.current_instant(), "message_id": f"m{number}@x"}
            store.insert("interaction", thread_id="m1@x", reply_to_id=answered, **values)
    queue(store, jane, reply_to_id="m3@x")
    with follow_script() as (accepted, port):
        assert send(store, port).sent == 1
    mail = message_from_bytes(accepted[0])
    assert mail["In-Reply-To"] == "<m3@x>"
    assert mail["References"].split() == ["<m1@x>", "<m2@x>", "<m3@x>"]
