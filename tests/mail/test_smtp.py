"""Test sending mail, and the message for each kind of failure."""

import datetime as dt
import os
import socket
import sys
from email import message_from_bytes
from email.policy import default

import keyring
import keyring.backends.fail
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import example, given
from hypothesis import strategies as st
from keyrings.alt.file import PlaintextKeyring

from cardcrm.cli.run import main
from cardcrm.config import Config
from cardcrm.errors import ServiceError, UsageError
from cardcrm.mail import imap, password, smtp
from cardcrm.mail import keyring_password as passwords
from cardcrm.mail.accounts import Account
from tests.support.certificates import create_authority, load_context
from tests.support.mail_servers import follow_script

NOW = dt.datetime(2026, 11, 21, 7, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse"


class Post:
    """The mail that a server received; it refuses recipients that begin with “no”."""

    def __init__(self):
        self.mails = []
        self.recipients = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address.startswith("no"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


def _check(_server, _session, _envelope, _mechanism, given):
    right = (given.login, given.password) == (b"me@example.com", PASSWORD.encode())
    return AuthResult(success=right, handled=not right and False)


@pytest.fixture
def serve():
    """Start local mail servers, and stop them at the end."""
    running = []

    def start(**options):
        post = Post()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(post, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return post, port

    yield start
    for controller in running:
        controller.stop(no_assert=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a certificate for 127.0.0.1 that only the test trusts."""
    return create_authority(tmp_path_factory.mktemp("tls"))


def where(port, **more):
    options = {"security": "none", "user": "", "sender": "me@example.com", **more}
    return smtp.SmtpServer("127.0.0.1", port, **options)


def mail(*to):
    return smtp.build_message(
        "me@example.com", to, "Due: 1 overdue", "Jane Döe", "<p>Jane</p>", NOW
    )


def test_mail_has_text_html_and_automatic_mark(serve):
    post, port = serve()
    smtp.send(where(port), mail("ann@example.com", "bob@example.com"))
    (arrived,) = post.mails
    assert post.recipients == [["ann@example.com", "bob@example.com"]]
    assert arrived.get_content_type() == "multipart/alternative"
    text, html = arrived.iter_parts()
    assert (text.get_content(), html.get_content()) == ("Jane Döe\r\n", "<p>Jane</p>\r\n")
    assert html.get_content_type() == "text/html"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"] == "Sat, 21 Nov 2026 07:00:00 +0000"
    assert arrived["Message-ID"].endswith("@example.com>")


@pytest.mark.parametrize(
    "wrong",
    [
        "jane",
        "",
        "a@b@c",
        "jane@example.com\nBcc: all@example.com",
        "jane@example.com, bob@example.com",
        "Jane <jane@example.com>",
        "jane@exa mple.com",
        "x" * 250 + "@example.com",
    ],
)
def test_invalid_address_is_rejected(wrong):
    with pytest.raises(UsageError, match="invalid email address"):
        smtp.validate_address(wrong)


@given(st.text(max_size=60))
@example("=?utf-8?q?x=0D=0ABcc:_all@example.com?=")
def test_subject_cannot_inject_a_header(text):
    made = smtp.build_message("me@example.com", ["a@example.com"], f"x{text}", "t", "h", NOW)
    names = {name for name, _ in message_from_bytes(made.as_bytes()).items()}
    assert names == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip


def test_wrong_login_is_reported_without_the_password(serve):
    options = {"authenticator": _check, "auth_require_tls": False}
    post, port = serve(**options)
    known = where(port, user="me@example.com")
    smtp.send(known, mail("ann@example.com"), PASSWORD)
    assert len(post.mails) == 1
    with pytest.raises(ServiceError, match=r"refused the login of me@example\.com") as caught:
        smtp.send(known, mail("ann@example.com"), "wrong horse")
    assert "wrong horse" not in caught.value.message + caught.value.hint
    assert len(post.mails) == 1


def test_password_is_never_sent_unencrypted(serve):
    far = smtp.SmtpServer("mail.example.com", 25, "none", "me", "me@example.com")
    with pytest.raises(UsageError, match="unencrypted"):
        smtp.send(far, mail("ann@example.com"), PASSWORD)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_mail_needs_a_trusted_certificate(serve, certificate, monkeypatch, security):
    key = "tls_context" if security == "starttls" else "ssl_context"
    post, port = serve(**{key: load_context(certificate)})
    with pytest.raises(ServiceError, match="not trusted"):
        smtp.send(where(port, security=security), mail("ann@example.com"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    smtp.send(where(port, security=security), mail("ann@example.com"))
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("security", "message"),
    [
        ("starttls", "does not offer encryption"),
        ("tls", "cannot open a secure connection"),
    ],
)
def test_server_without_encryption_is_rejected(serve, security, message):
    post, port = serve()
    with pytest.raises(ServiceError, match=message):
        smtp.send(where(port, security=security), mail("ann@example.com"))
    assert post.mails == []


def test_refused_recipients_are_named_and_others_get_the_mail(serve):
    post, port = serve()
    with pytest.raises(ServiceError, match=r"nobody@example\.com") as caught:
        smtp.send(where(port), mail("nobody@example.com"))
    assert "Nothing was sent" in caught.value.hint
    with pytest.raises(ServiceError, match=r"nobody@example\.com") as caught:
        smtp.send(where(port), mail("nobody@example.com", "ann@example.com"))
    assert "The mail was sent to the other recipients" in caught.value.hint
    assert post.recipients == [["ann@example.com"]]


def test_unreachable_server_is_reported_with_its_port(serve):
    _, port = serve()
    free = port + 1 if port < 65535 else port - 1
    with pytest.raises(ServiceError, match=rf"127\.0\.0\.1:{free}"):
        smtp.send(where(free), mail("ann@example.com"))
    nowhere = smtp.SmtpServer("mail.invalid", 25, "none", "", "me@example.com")
    with pytest.raises(ServiceError, match=r"mail\.invalid:25"):
        smtp.send(nowhere, mail("ann@example.com"))


# Settings and secrets


def settings(**values):
    return Config({name.replace("_", "."): value for name, value in values.items()}, {})


def test_port_follows_the_security_and_sender_the_login():
    for security, port in (("starttls", 587), ("tls", 465), ("none", 25)):
        found = smtp.load_server(
            settings(mail_host="mx", mail_user="me@example.com", mail_security=security)
        )
        assert (found.port, found.sender) == (port, "me@example.com")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_server_on_this_machine_needs_no_encryption_unless_it_is_set(host):
    found = smtp.load_server(settings(mail_host=host, mail_from="me@example.com"))
    assert (found.security, found.port) == ("none", 25)
    given = settings(mail_host=host, mail_from="me@example.com", mail_security="starttls")
    assert smtp.load_server(given).security == "starttls"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"mail_host": "mx"},
        {"mail_host": "mx", "mail_user": "me"},
        {"mail_host": "mx", "mail_from": "a@example.com", "mail_port": "99999"},
        {"mail_host": "mx", "mail_from": "a@example.com\nBcc: b@example.com"},
    ],
)
def test_missing_settings_are_reported_before_sending(wrong):
    with pytest.raises(UsageError):
        smtp.load_server(settings(**wrong))


def test_password_is_the_first_line_of_the_command(tmp_path):
    script = f"{sys.executable} -c \"print('correct horse'); print('battery')\""
    assert password.get_password("me", script) == PASSWORD


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("false", "failed"),
        ("true", "printed nothing"),
        ("/nonexistent/pass show mail", "cannot run"),
        ("sh -c 'echo hunter2; exit 3'", "exit 3"),
    ],
)
def test_failing_command_is_reported_without_its_output(command, message):
    with pytest.raises(ServiceError, match=message) as caught:
        password.get_password("me", command)
    assert "hunter2" not in f"{caught.value.message} {caught.value.__cause__}"


def test_command_runs_without_a_shell(tmp_path):
    assert password.get_password("me", f"echo secret; touch {tmp_path}/owned").startswith("secret;")
    assert not (tmp_path / "owned").exists()


def test_hanging_command_times_out(monkeypatch):
    monkeypatch.setattr(password, "TIMEOUT", 0.05)
    with pytest.raises(ServiceError, match="more than"):
        password.get_password("me", "sleep 5")


def test_invalid_or_blank_command_is_a_usage_error():
    for command in ("pass 'show", "   "):
        with pytest.raises(UsageError, match=r"mail\.token-command"):
            password.run_command(command, "mail.token-command")


@pytest.fixture
def ring(tmp_path):
    """Use the keyring library with a file."""
    before = keyring.get_keyring()
    kept = PlaintextKeyring()
    kept.file_path = str(tmp_path / "ring.cfg")
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)


def test_keyring_stores_and_deletes_the_password(ring):
    with pytest.raises(ServiceError, match="has no mail password"):
        password.get_password("me")
    passwords.store_password("me", PASSWORD)
    assert password.get_password("me") == PASSWORD
    assert (passwords.delete_password("me"), passwords.delete_password("me")) == (True, False)
    assert passwords.load_password("me") is None


@pytest.mark.parametrize(
    ("prefix", "hint"),
    [
        (
            "mail.imap-",
            "Store it with `cardcrm config password`, or set mail.imap-password-command.",
        ),
        ("account.work.", "Set account.work.password-command."),
    ],
)
def test_missing_password_of_an_account_names_its_setting(ring, prefix, hint):
    account = Account("work", prefix, "127.0.0.1", 1, "none", "ann")
    failure = pytest.raises(ServiceError, match="no mail password for ann")
    with failure as caught, imap.open_mailbox(account):
        pass
    assert caught.value.hint == hint


def test_failing_token_command_of_an_account_is_named():
    account = Account("work", "account.work.", "127.0.0.1", 1, "none", "ann", token_command="false")
    failure = pytest.raises(ServiceError, match=r"“false” of account\.work\.token-command failed")
    with failure, imap.open_mailbox(account):
        pass


def test_missing_keyring_is_reported_with_a_hint(ring, monkeypatch):
    keyring.set_keyring(keyring.backends.fail.Keyring())
    with pytest.raises(ServiceError, match="keyring is unavailable") as caught:
        password.get_password("me")
    assert "mail.password-command" in caught.value.hint
    monkeypatch.setitem(sys.modules, "keyring.errors", None)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ServiceError, match="the keyring library is not installed") as caught:
        password.get_password("me")
    assert "pip install 'keyring>=25'" in caught.value.hint


# `due --mail`


@pytest.fixture
def shop(tmp_path, monkeypatch, serve):
    """Return a server for the mail of a database with one overdue reminder."""
    post, port = serve()
    for name, value in {
        "DB": str(tmp_path / "cards.db"),
        "CONFIG": os.devnull,
        "NOW": "2026-11-21T07:00",
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_SECURITY": "none",
        "MAIL_FROM": "cards@example.com",
    }.items():
        monkeypatch.setenv(f"CARDCRM_{name}", value)
    main(["add", "Jane <Doe>", "--phone", "+44 113 496 0123"])
    main(["remind", "jane", "send the quote", "--due", "2026-11-18", "--promise"])
    return post


def test_the_digest_is_mailed_and_not_printed(shop, capsys):
    capsys.readouterr()
    code = main(["due", "--mail", "me@example.com", "--mail", "ann@example.com", "--check"])
    message = capsys.readouterr()
    assert (code, message.out, message.err) == (1, "", "")
    (arrived,) = shop.mails
    assert arrived["Subject"] == "Due: 1 overdue"
    text, html = arrived.iter_parts()
    assert "1 ! 3 days late  Jane <Doe>: send the quote" in text.get_content()
    assert "Jane &lt;Doe&gt;" in html.get_content()


def test_the_digest_is_mailed_with_a_token(shop, monkeypatch):
    monkeypatch.setenv("CARDCRM_MAIL_USER", "me@example.com")
    monkeypatch.setenv("CARDCRM_MAIL_TOKEN_COMMAND", "echo token")
    with follow_script(EHLO=["250-host\n250 AUTH XOAUTH2"]) as (accepted, port):
        monkeypatch.setenv("CARDCRM_MAIL_PORT", str(port))
        assert main(["due", "--mail", "me@example.com"]) == 0
    assert b"Subject: Due: 1 overdue" in accepted[0]


def test_no_mail_is_sent_when_nothing_is_due(shop, capsys):
    main(["done", "1"])
    capsys.readouterr()
    assert main(["due", "--mail", "me@example.com"]) == 0
    message = capsys.readouterr()
    assert (shop.mails, message.out, message.err) == ([], "", "")


def test_unreachable_server_is_a_service_error(shop, monkeypatch, capsys):
    monkeypatch.setenv("CARDCRM_MAIL_PORT", "1")
    assert main(["due", "--mail", "me@example.com"]) == 6
    assert "cannot reach the mail server" in capsys.readouterr().err


def test_invalid_address_is_rejected_before_connecting(shop):
    assert main(["due", "--mail", "me@example.com\r\nBcc: x@example.com"]) == 2
    assert shop.mails == []
