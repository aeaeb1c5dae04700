"""The headers of a mail: who, when, its ids, and whether a person wrote it."""

import datetime as dt
import io

import pytest

from cardcrm.formats.mbox.mail_dates import parse_date
from cardcrm.formats.mbox.mail_reader import read_mail
from cardcrm.formats.mbox.mail_sources import read_stream
from cardcrm.formats.mbox.mime_headers import message_ids, read_addresses
from cardcrm.records.activity.mail_drafts import MailDraft
from tests.support.mails import HEAD

CLOCK = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


def draft_of(data: bytes) -> MailDraft:
    (raw,) = read_stream(io.BytesIO(data))
    draft = read_mail(raw, CLOCK)
    assert draft is not None
    return draft


ADDRESSES = {
    "jane@example.com": [("jane@example.com", "")],
    "<jane@example.com>": [("jane@example.com", "")],
    "Jane Doe <Jane@Example.COM>": [("Jane@Example.COM", "Jane Doe")],
    '"Doe, Jane" <jane@example.com>': [("jane@example.com", "Doe, Jane")],
    "Doe, Jane <jane@example.com>": [("jane@example.com", "Doe, Jane")],  # without quotes
    "jane@example.com (Jane Doe)": [("jane@example.com", "Jane Doe")],
    "Jane (the (first)) <jane@example.com>": [("jane@example.com", "Jane")],
    "=?utf-8?Q?J=C3=B6rg_Ma=C3=9F?= <j@example.com>": [("j@example.com", "Jörg Maß")],
    '"=?utf-8?Q?J=C3=B6rg?=" <j@example.com>': [("j@example.com", "Jörg")],
    "=?utf-8?Q?Ma=C3=9F,_J?= <j@example.com>": [("j@example.com", "Maß, J")],
    "a@example.com, b@example.com;c@example.com": [
        ("a@example.com", ""), ("b@example.com", ""), ("c@example.com", "")],
    "Team: a@example.com, B <b@example.com>;": [("a@example.com", ""), ("b@example.com", "B")],
    "undisclosed-recipients:;": [],
    "a@example.com, A@EXAMPLE.com": [("a@example.com", "")],
    "a@example.com <a@example.com>": [("a@example.com", "")],
    "'a@example.com' <a@example.com>": [("a@example.com", "")],
    "Jane <mailto:jane@example.com>": [("jane@example.com", "Jane")],
    "Jane <@relay.example:jane@example.com>": [("jane@example.com", "Jane")],
    "Jane <jane @ example.com>": [("jane@example.com", "Jane")],
    "jörg@müller.de": [("jörg@müller.de", "")],
    '"Jane \\"JJ\\" Doe" <jane@example.com>': [("jane@example.com", "Jane JJ Doe")],
    "Jane <jane@example.com": [("jane@example.com", "Jane")],
    "<<jane@example.com>>": [("jane@example.com", "")],
    '"Jane <jane@example.com>': [("jane@example.com", "Jane")],
    "jane": [], "": [], "@": [], "a@": [], "@b": [], ",,;": [], "(": [], '"': [], "<": [],
    "Jane\x1b[2J <jane@example.com>": [("jane@example.com", "Jane")],
}  # fmt: skip


@pytest.mark.parametrize(("raw", "found"), ADDRESSES.items())
def test_addresses_are_read_also_from_broken_headers(
    raw: str, found: list[tuple[str, str]]
) -> None:
    assert [tuple(each) for each in read_addresses([raw])] == found


def test_no_more_than_a_thousand_addresses_are_read() -> None:
    raw = ", ".join(f"user{number}@example.com" for number in range(3_000))
    assert len(read_addresses([raw])) == 1_000


DATES = {
    "Fri, 20 Nov 2026 09:00:00 -0500": "2026-11-20T14:00:00",
    "20 Nov 2026 09:00 +0100": "2026-11-20T08:00:00",
    "Fri, 20 Nov 26 09:00:00 GMT": "2026-11-20T09:00:00",
    "Fri, 20 Nov 2026 09:00:00 EST": "2026-11-20T14:00:00",
    "Fri, 20 Nov 2026 09:00:00 +0100 (CET)": "2026-11-20T08:00:00",
    "Fri, 20 Nov 2026 09:00:00": "2026-11-20T09:00:00",
    "Fri Nov 20 09:00:00 2026": "2026-11-20T09:00:00",
    "2026-11-20T09:00:00Z": "2026-11-20T09:00:00",
    "Fri,  20\tNov 2026\n 09:00:00 +0000": "2026-11-20T09:00:00",
    "Fri, 31 Feb 2026 09:00:00 +0000": None,
    "yesterday": None,
    "": None,
    "99 Nov 99999 99:99:99 +9999": None,
    "Fri, 20 Nov 2026 09:00:00 +9959": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "instant"), DATES.items())
def test_dates_are_read_with_their_zone(text: str, instant: str | None) -> None:
    found = parse_date(text)
    assert (found and found.isoformat()) == (instant and f"{instant}+00:00")


def dated(date: str, *received: str, envelope: str = "") -> MailDraft:
    lines = [f"Received: from a by b; {each}" for each in received]
    lines += [f"Date: {date}"] if date else []
    start = f"From a@b {envelope}\n" if envelope else ""
    return draft_of("\n".join([f"{start}From: a@example.com", *lines, "", "x"]).encode())


@pytest.mark.parametrize(
    ("draft", "day", "is_doubtful"),
    [
        (dated("Thu, 19 Nov 2026 09:00:00 +0000"), "2026-11-19T09:00", False),
        (dated("Sun, 22 Nov 2026 09:00:00 +0000"), "2026-11-21T20:00", False),  # a fast clock
        (dated("Tue, 24 Nov 2026 09:00:00 +0000", "Thu, 19 Nov 2026 08:00:00 +0000"),
         "2026-11-19T08:00", True),
        (dated("Thu, 1 Jan 1970 00:00:00 +0000", "Thu, 19 Nov 2026 08:00:00 +0000"),
         "2026-11-19T08:00", True),
        (dated("rubbish", "rubbish", "Thu, 19 Nov 2026 08:00:00 +0000"), "2026-11-19T08:00", True),
        (dated("", envelope="Thu Nov 19 07:00:00 2026"), "2026-11-19T07:00", True),
        (dated(""), "", True),
    ],
)  # fmt: skip
def test_a_date_that_is_missing_or_impossible_is_that_of_the_delivery(
    draft: MailDraft, day: str, is_doubtful: bool
) -> None:
    assert (draft.at.isoformat()[:16] if draft.at else "") == day
    assert draft.is_date_doubtful is is_doubtful


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("<a@b>", ["a@b"]), (" <a@b>\n <c@d>", ["a@b", "c@d"]), ("a@b", ["a@b"]),
        ("<a b@c>", ["ab@c"]), ('Your message of <a@b> "x"', ["a@b"]), ("", []),
        ("<a@b><a@b>", ["a@b"]), (f"<{'x' * 501}@b>", []), ("<Ä\x1b@b>", ["Ä@b"]),
    ],
)  # fmt: skip
def test_message_ids(raw: str, ids: list[str]) -> None:
    assert message_ids(raw) == ids


def test_a_message_without_an_id_gets_the_same_one_in_each_copy() -> None:
    first = draft_of(HEAD + b"Subject: x\n\ntext")
    again = draft_of(b"Received: from a by b; Fri\nStatus: RO\n" + HEAD + b"Subject: x\n\ntext\n")
    other = draft_of(HEAD + b"Subject: x\n\nother text")
    assert first.message_id == again.message_id != other.message_id
    assert first.message_id.startswith("sha256:")


AUTOMATIC = {
    b"List-Id: <dev.example.org>": "list mail",
    b"Precedence: list": "list mail",
    b"X-Mailing-List: dev": "list mail",
    b"Precedence: bulk": "newsletter",
    b"List-Unsubscribe: <mailto:out@example.com>": "newsletter",
    b"Auto-Submitted: auto-replied": "automatic reply",
    b"Auto-Submitted: auto-generated; type=x": "automatic reply",
    b"X-Autoreply: yes": "automatic reply",
    b"Precedence: auto_reply": "automatic reply",
    b"Return-Path: <>": "bounce",
    b"Content-Type: multipart/report; boundary=b": "bounce",
    b"Auto-Submitted: no": "",
    b"X-Auto-Response-Suppress: All": "",
    b"Precedence: first-class": "",
    b"X-Autorespond: no": "",
    b"Return-Path: <jane@example.com>": "",
    b"X-Gmail-Labels: Inbox,Spam": "spam",
    b"X-Gmail-Labels: Drafts": "draft",
}


@pytest.mark.parametrize(("header", "reason"), AUTOMATIC.items())
def test_mail_of_programs_is_told_by_its_headers(header: bytes, reason: str) -> None:
    assert draft_of(HEAD + header + b"\n\ntext").is_automatic == reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("noreply@example.com", "sender without replies"),
        ("no-reply+x@example.com", "sender without replies"),
        ("shop.noreply@example.com", "sender without replies"),
        ("DoNotReply@example.com", "sender without replies"),
        ("MAILER-DAEMON@example.com", "bounce"),
        ("postmaster@example.com", "bounce"),
        ("bounce+a=b@example.com", "bounce"),
        ("norma.reply@example.com", ""), ("bouncer@example.com", ""), ("jane@example.com", ""),
    ],
)  # fmt: skip
def test_mail_of_programs_is_told_by_its_sender(address: str, reason: str) -> None:
    data = HEAD.replace(b"jane@example.com", address.encode())
    assert draft_of(data + b"\ntext").is_automatic == reason
