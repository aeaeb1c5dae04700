"""Test that no text of a template or a contact can add a header or a part to a mail."""

import contextlib
import datetime as dt
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.mail.composition import compose
from cardcrm.mail.header_policy import ASCII
from cardcrm.mail.smtp import SmtpServer
from cardcrm.records.mail.outgoing import Outgoing
from cardcrm.text import normalize_line, sanitize

NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "List-Unsubscribe", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
EVIL = (
    "x\r\nBcc: all@example.com",
    "x\nBcc: all@example.com",
    "x\rBcc: all@example.com",
    "x\r\n\r\n<script>",
    "x\u2028Bcc: all@example.com",
    "x\x85Bcc: all@example.com",
    "x\x0bBcc: a@b", "x\x0cBcc: a@b", "x\x1cBcc: a@b", "x\x00Bcc: a@b",
    "=?utf-8?q?x=0D=0ABcc:_all@example.com?=",
    "x=0D=0ABcc: all@example.com",
    '"x" <all@example.com>, y', "x\\", 'x"', "x, y@example.com", "(x", "x;", ">", "x" * 3000,
    "ö" * 3000, "ö\r\nBcc: a@b", "\ud800", "a b " * 500, "日本 " * 100,
)  # fmt: skip


def message(**changes):
    given = {
        "id": 1, "message_id": "1@example.com", "contact_id": 1, "name": "Jane",
        "address": "jane@example.com", "template_id": None, "purpose": "newsletter",
        "subject": "Hello", "text": "Dear Jane", "html": "<p>Dear Jane</p>", "reply_to_id": "2@b",
        "deal_id": None, "campaign_id": None, "due_at": "", "attempts": 0, "author": "ann",
        "zone": "",
    }  # fmt: skip
    known = Outgoing._fields
    rest = dict.fromkeys(known, None)
    return Outgoing(**{name: (rest | given | changes)[name] for name in known})


def read(sender_name="", sender="me@example.com", **changes):
    server = SmtpServer("h", 25, "none", "", sender, sender_name=sender_name)
    data = compose(server, message(**changes), NOW, token="T" * 26)
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    mail = message_from_bytes(data, policy=default)
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    return mail


def shown(text):
    return normalize_line(sanitize(text)).encode("utf-8", "replace").decode()


@pytest.mark.parametrize("evil", EVIL, ids=[ascii(each)[:30] for each in EVIL])
def test_no_field_adds_a_header_or_a_recipient(evil):
    for changes in ({"subject": evil}, {"name": evil}, {"sender_name": evil}):
        mail = read(**changes)
        assert [each.addr_spec for each in mail["To"].addresses] == ["jane@example.com"]
        assert [each.addr_spec for each in mail["From"].addresses] == ["me@example.com"]
    for changes in ({"subject": evil}, {"name": evil}, {"sender_name": evil}):
        mail = read(address="jörg@bücher.example", **changes)
        assert getaddresses([str(mail["To"])])[0][1] == "jörg@bücher.example"
        assert getaddresses([str(mail["From"])])[0][1] == "me@example.com"
    body = evil.encode("utf-8", "replace").decode()
    mail = read(text=body, html=body)
    assert mail.get_content_type() == "multipart/alternative"
    assert len(list(mail.walk())) == 3


@pytest.mark.parametrize("evil", EVIL, ids=[ascii(each)[:30] for each in EVIL])
@pytest.mark.parametrize("address", ["jane@example.com", "jörg@bücher.example"])
def test_no_message_id_and_no_address_adds_a_header(evil, address):
    for changes in ({"reply_to_id": evil}, {"message_id": evil}, {"address": address + evil}):
        with contextlib.suppress(ValueError):  # the mail is refused
            read(**({"address": address} | changes))


@given(st.text(max_size=200))
def test_any_subject_and_name_arrive_as_they_were_written(text):
    mail = read(subject=text, name=text)
    assert " ".join(str(mail["Subject"]).split()) == " ".join(shown(text).split())
    assert [each.addr_spec for each in mail["To"].addresses] == ["jane@example.com"]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_any_text_arrives_as_it_was_written(text):
    mail = read(text=f"{text}\n.\nFrom {text}", html="")
    assert mail.get_content() == f"{text}\r\n.\r\nFrom {text}\r\n"


def test_name_and_address_that_are_not_ascii_are_sent_as_utf8():
    mail = read(address="jörg@bücher.example", name="Jörg, Dr.", subject="Grüße")
    assert str(mail["Subject"]) == "Grüße"
    assert getaddresses([str(mail["To"])]) == [("Jörg, Dr.", "jörg@bücher.example")]


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\nB: c", "a\rB: c", "a\0"])
def test_header_of_several_lines_is_refused(value):
    with pytest.raises(ValueError, match="more than one line"):
        ASCII.header_store_parse("References", value)


def test_long_headers_are_folded_only_between_words():
    ids = " ".join(f"<{number}@{'long.' * 8}example.com>" for number in range(20))
    lines = ASCII.fold("References", ids)
    assert lines.replace("\r\n ", " ") == f"References: {ids}\r\n"
    assert max(map(len, lines.split("\r\n"))) <= 78
    assert ASCII.fold("List-Unsubscribe", f"<{'x' * 200}>").count("\r\n") == 1
