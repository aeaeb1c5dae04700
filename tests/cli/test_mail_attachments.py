"""Attachments, `mail --now` and `campaign test`: what the server gets, and what is stored."""

import json
from email import message_from_bytes, policy

import pytest

from cardcrm.records.mail import attachments
from tests.support.mail_servers import follow_script, free_port

PDF = b"%PDF-1.4\n" + bytes(range(256))


@pytest.fixture
def run(typed, tmp_path, monkeypatch):
    """Run a command beside Jane and two files; it must end with a code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "price list.pdf").write_bytes(PDF)
    (tmp_path / "plan.txt").write_text("Grüße")
    for name, value in {"HOST": "127.0.0.1", "SECURITY": "none", "FROM": "me@firm.com"}.items():
        monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)
    monkeypatch.setenv("CARDCRM_MAIL_PORT", str(free_port()))

    def check(*words, code=0):
        found, out, err = typed(*words)
        assert found == code, err
        return out + err

    check("add", "Jane", "--email", "jane@example.com", "--tag", "vip", "--language", "de")
    check("template", "add", "offer", "--subject", "Offer", "--text", "Dear {{ contact.name }}")
    return check


@pytest.fixture
def deliver(run, monkeypatch):
    """Run a command with a server; return the mails that it accepted."""

    def work(*words, code=0, **script):
        with follow_script(**script) as (accepted, port):
            monkeypatch.setenv("CARDCRM_MAIL_PORT", str(port))
            shown = run(*words, code=code)
        return [message_from_bytes(each, policy=policy.default) for each in accepted], shown

    return work


def files_of(mail):
    return {each.get_filename(): each.get_payload(decode=True) for each in mail.iter_attachments()}


def show(run, *words):
    return json.loads(run(*words, "show", "1", "--json"))


def test_files_of_a_template_and_of_a_mail_arrive_as_they_are(run, deliver, store):
    assert "attached to offer: price list.pdf" in run("template", "attach", "offer",
                                                      "price list.pdf")  # fmt: skip
    shown = run("mail", "jane", "--template", "offer", "--attach", "plan.txt", "--preview")
    assert "Files:   price list.pdf, plan.txt" in shown
    run("mail", "jane", "--template", "offer", "--attach", "plan.txt")
    (mail,), _ = deliver("mail", "run")
    assert files_of(mail) == {"price list.pdf": PDF, "plan.txt": "Grüße".encode()}
    assert mail.get_body().get_content().strip() == "Dear Jane"
    assert [each.get_content_type() for each in mail.iter_attachments()] == [
        "application/pdf", "text/plain",
    ]  # fmt: skip
    assert [each["name"] for each in show(run, "message")["attachments"]] == [
        "price list.pdf", "plan.txt",
    ]  # fmt: skip
    text = store.value("SELECT text FROM interaction WHERE kind = 'mail'")
    assert text.endswith("Attachments: price list.pdf, plan.txt")


def test_a_language_without_files_is_sent_with_those_for_any(run, deliver):
    run("template", "attach", "offer", "price list.pdf")
    run("template", "add", "offer", "--language", "de", "--subject", "Angebot", "--text", "Hallo !")
    run("campaign", "add", "spring", "--segment", "tag:vip", "--template", "offer")
    run("campaign", "send", "spring", "--yes")
    (mail,), _ = deliver("mail", "run")
    assert (mail["Subject"], list(files_of(mail))) == ("Angebot", ["price list.pdf"])


def test_the_copy_in_the_folder_of_sent_mail_is_not_logged_again(run, deliver, store, tmp_path):
    (mail,), _ = deliver(
        "mail", "jane", "--subject", "Plan", "Here", "--attach", "plan.txt", "--now"
    )
    folder = tmp_path / "Sent"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "cur" / "1.host:2,S").write_bytes(mail.as_bytes())
    run("mail", "fetch", "--maildir", str(folder))
    assert store.value("SELECT count(*) FROM interaction") == 1


def test_an_attachment_is_replaced_detached_and_restored(run, tmp_path):
    run("template", "attach", "offer", "price list.pdf", "plan.txt")
    (tmp_path / "plan.txt").write_text("longer than before")
    run("template", "attach", "offer", "plan.txt")
    assert show(run, "template")["attachments"] == [
        {"name": "price list.pdf", "type": "application/pdf", "size": len(PDF)},
        {"name": "plan.txt", "type": "text/plain", "size": 18},
    ]
    assert "no attachment “plan.tx”" in run("template", "detach", "offer", "plan.tx", code=3)
    run("template", "detach", "offer", "price list.pdf", "plan.txt")
    assert show(run, "template")["attachments"] == []
    run("undo")
    assert len(show(run, "template")["attachments"]) == 2
    run("template", "rm", "offer", "--yes")
    run("undo")
    assert "price list.pdf" in run("template", "show", "offer")


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (("big.bin",), "larger than 10 MB", 2),
        (("half.bin", "other.bin"), "12.0 MB together", 2),
        (("missing.pdf",), "no such file", 3),
        ((".",), "is a folder", 2),
        (("plan.txt", "sub/plan.txt"), "two attachments are named “plan.txt”", 2),
    ],
)
def test_files_that_cannot_be_sent_are_refused(run, tmp_path, words, message, code, store):
    for name, size in (("big", 10_000_001), ("half", 6_000_000), ("other", 6_000_000)):
        (tmp_path / f"{name}.bin").write_bytes(bytes(size))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "plan.txt").write_text("x")
    assert message in run("template", "attach", "offer", *words, code=code)
    attach = [part for each in words for part in ("--attach", each)]
    assert message in run("mail", "jane", "--template", "offer", *attach, code=code)
    assert store.value("SELECT count(*) FROM message") == 0
    assert attachments.list_template_files(store, 1) == []


def test_no_name_of_a_file_can_add_a_header(run, deliver, tmp_path):
    (tmp_path / "a\r\nBcc: x@example.com\r\n\r\nb.txt").write_text("x")
    name = "a\r\nBcc: x@example.com\r\n\r\nb.txt"
    (mail,), _ = deliver("mail", "jane", "--subject", "Hi", "Text", "--attach", name, "--now")
    assert mail["Bcc"] is None
    (attached,) = mail.iter_attachments()
    assert attached["Bcc"] is None


def test_removed_and_forgotten_messages_take_their_files_along(run, request):
    run("mail", "jane", "--subject", "Plan", "Here", "--attach", "plan.txt")
    run("forget", "jane", "--yes")
    store = request.getfixturevalue("store")
    assert store.value("SELECT count(*) FROM message_file") == 0
    assert not store.rows("SELECT 1 FROM change WHERE new LIKE '%R3LDvMOfZQ==%'")


# --now


def test_now_sends_this_message_alone(run, deliver, store):
    run("mail", "jane", "--subject", "Later", "Text")
    (mail,), shown = deliver("mail", "jane", "--subject", "Now", "Text", "--now")
    assert mail["Subject"] == "Now"
    assert "sent message 2 to Jane <jane@example.com>" in shown
    assert [row[0] for row in store.rows("SELECT status FROM message ORDER BY id")] == [
        "queued", "sent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "message", "code", "status"),
    [
        ({"RCPT": ["550 unknown"]}, "message 1 was not sent: 550 unknown", 1, "failed"),
        ({"text": ["drop"]}, "message 1 may have been sent: no answer", 6, "uncertain"),
        ({"RCPT": ["450 busy"]}, "message 1 was not sent yet: 450 busy", 6, "queued"),
    ],
)
def test_now_says_what_became_of_the_mail(run, deliver, store, script, message, code, status):
    _, shown = deliver("mail", "jane", "--subject", "Now", "Text", "--now", code=code, **script)
    assert message in shown
    assert store.value("SELECT status FROM message") == status


def test_now_without_a_server_keeps_the_message_in_its_queue(run, store):
    shown = run("mail", "jane", "--subject", "Now", "Text", "--now", code=6)
    assert "message 1 was not sent yet: cannot reach the mail server" in shown
    assert "cardcrm mail run" in shown
    assert store.value("SELECT status FROM message") == "queued"
    assert "excludes --at" in run("mail", "jane", "--subject", "S", "T", "--now", "--at", "mon",
                                  code=2)  # fmt: skip
    run("segment", "add", "vip", "tag:vip")
    assert "for one contact" in run("mail", "@vip", "--template", "offer", "--now", code=2)


def test_now_leaves_the_message_to_a_run_that_is_under_way(run, store):
    with store.engine.try_lock("sending"):
        shown = run("mail", "jane", "--subject", "Now", "Text", "--now", code=1)
    assert "another run is sending mail" in shown
    assert store.value("SELECT status FROM message") == "queued"


# campaign test


def test_a_campaign_is_tested_without_a_trace(run, deliver, store):
    run("add", "Bob", "--email", "bob@example.com", "--tag", "vip")
    run("template", "attach", "offer", "plan.txt")
    run("campaign", "add", "spring", "--segment", "tag:vip", "--template", "offer")
    mails, shown = deliver("campaign", "test", "spring", "--count", "5")
    assert "sent 2 mails to me@firm.com" in shown
    assert {each["Subject"] for each in mails} == {"[Test] Offer"}
    assert {each["To"] for each in mails} == {"me@firm.com"}
    assert sorted(each.get_body().get_content().strip() for each in mails) == [
        "Dear Bob", "Dear Jane",
    ]  # fmt: skip
    assert list(files_of(mails[0])) == ["plan.txt"]
    assert store.value("SELECT count(*) FROM message") == 0
    assert store.value("SELECT count(*) FROM interaction") == 0
    assert json.loads(run("campaign", "results", "spring", "--json"))["queued"] == 0
    (mail,), _ = deliver("campaign", "test", "spring", "--to", "boss@firm.com")
    assert mail["To"] == "boss@firm.com"


def test_a_test_has_each_text_and_the_preview_counts_them(run, deliver):
    run("add", "Karl", "--email", "karl@example.com", "--tag", "vip", "--language", "de")
    run("add", "Bob", "--email", "bob@example.com", "--tag", "vip")
    words = ("--language", "de", "--subject", "Angebot", "--text", "Guten Tag")
    run("template", "add", "offer", *words)
    run("campaign", "add", "spring", "--segment", "tag:vip", "--template", "offer")
    found = json.loads(run("campaign", "preview", "spring", "--json"))
    assert found["mail_texts"] == [
        {"template": "offer", "language": "de", "count": 2},  # Jane reads German as well
        {"template": "offer", "language": None, "count": 1},
    ]
    assert "offer:de 2" in " ".join(run("campaign", "preview", "spring").split())
    mails, _ = deliver("campaign", "test", "spring")
    assert [each["Subject"] for each in mails] == ["[Test] Angebot", "[Test] Offer"]


def test_a_test_goes_to_no_contact_and_needs_every_field(run, deliver):
    run("campaign", "add", "spring", "--segment", "tag:vip", "--template", "offer")
    shown = run("campaign", "test", "spring", "--to", "Jane@Example.com", code=4)
    assert "is the address of a contact" in shown
    run("template", "edit", "offer", "--text", "Dear {{ contact.first_name }}, {{ contact.role }}")
    mails, shown = deliver("campaign", "test", "spring", code=2)
    assert mails == []
    assert "contact.role is empty" in shown
    run("campaign", "edit", "spring", "tag:nobody")
    assert "the campaign spring reaches no one now" in run("campaign", "test", "spring", code=3)
