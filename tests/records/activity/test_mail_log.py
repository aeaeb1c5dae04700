"""Mails become interactions, also when many are delivered at once or are damaged."""

import contextlib
import datetime as dt
import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardcrm.formats.mbox.mail_reader import read_mail
from cardcrm.formats.mbox.mail_sources import read_stream
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.records.activity.mail_log import CREATED, MailOptions, log_mails
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.store import Store, open_store
from cardcrm.store.integrity import check_database
from tests.support.databases import Location
from tests.support.mails import HEAD, mail, mbox, with_type

JANE = ContactDraft(name="Jane Doe", points=(ContactPointDraft("email", "jane@example.com"),))
CLOCK = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


def draft(number: int) -> MailDraft:
    sender = MailAddress("jane@example.com", "Jane Doe")
    return MailDraft(f"{number}@x", sender, (), CLOCK, f"mail {number}", (f"{number - 1}@x",))


def test_many_deliveries_at_once_log_each_message_once(location: Location) -> None:
    with contextlib.closing(open_store(location, create=True)) as store:
        contacts.add(store, JANE)

    def deliver(numbers: list[int]) -> int:
        with contextlib.closing(open_store(location, wait=60)) as own:
            found = [log_mails(own, [draft(number)], MailOptions())[0] for number in numbers]
        return sum(each.status == CREATED for each in found)

    orders = [random.Random(seed).sample(range(1, 13), 12) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        created = sum(pool.map(deliver, orders))
    with contextlib.closing(open_store(location)) as store:
        rows = store.rows("SELECT message_id, thread_id FROM interaction")
        assert created == len(rows) == 12
        assert {row[1] for row in rows} == {"0@x"}
        assert store.value("SELECT count(*) FROM participant") == 12


def test_a_message_twice_in_one_batch_is_logged_once(store: Store) -> None:
    contacts.add(store, JANE)
    found = log_mails(store, [draft(1), draft(2), draft(1)], MailOptions())
    assert [each.status for each in found] == ["created", "created", "unchanged"]
    assert [each.interaction_id for each in found] == [1, 2, 1]


SAMPLES = (
    mail("Können Sie?", "<p>Können <b>Sie</b>?</p>", Subject="Grüße", References="<a@b> <c@d>"),
    mbox(mail("one", Cc='"Doe, Jane" <jane@example.com>'), mail("two", Date="soon")),
    with_type("text/plain; charset=utf-8; format=flowed; delsp=yes", b"a \nb\n> c \n> d\n-- \ne"),
    with_type(
        "multipart/mixed; boundary=b",
        b"--b\nContent-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: "
        b"quoted-printable\n\n=1B$B=\n\n--b\nContent-Type: image/png; name*0*=utf-8''%C3; "
        b"name*1*=%A4.png\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n"
        b"aGVsbG8\n--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?B?w6Q=?=\n\nx\n--b--\n",
    ),
    HEAD + b"Subject: =?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC?=\n\nOn 1 May 2026 at 10:00 a@b wrote:\n> x",
    with_type("text/calendar", b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nSUMMARY:x\nDTSTART:20261124"),
)


def damage(data: bytes, chosen: random.Random) -> bytes:
    """Return a copy in which pieces are changed, lost, doubled or moved."""
    copy = bytearray(data)
    for _ in range(chosen.randint(1, 8)):
        at, length = chosen.randrange(len(copy) + 1), chosen.randint(1, 30)
        piece = copy[at : at + length]
        kind = chosen.randrange(4)
        if kind == 0:
            copy[at : at + length] = bytes(chosen.randrange(256) for _ in piece)
        elif kind == 1:
            del copy[at : at + length]
        elif kind == 2:
            copy[at:at] = piece * 3
        else:
            copy += piece
    return bytes(copy)


def log_bytes(store: Store, data: bytes) -> None:
    """Log what can be read of some bytes, with all correspondents as contacts."""
    raws = list(read_stream(io.BytesIO(data)))
    read = [found for raw in raws if (found := read_mail(raw, CLOCK)) is not None]
    log_mails(store, read, MailOptions(adds_unknown=True, takes_automatic=True))


def test_damaged_messages_are_logged_or_left_without_an_error(store: Store) -> None:
    contacts.add(store, JANE)
    chosen = random.Random(11)
    for sample in SAMPLES * 100:
        log_bytes(store, damage(sample, chosen))
    rows = store.value("SELECT count(*) FROM interaction")
    assert rows > 20
    assert rows == store.value("SELECT count(DISTINCT interaction_id) FROM participant")
    assert check_database(store, lambda _done: None) == []


PIECES = st.sampled_from(
    [b"From: ", b"To: ", b"jane@example.com", b"<", b">", b'"', b",", b";", b":", b"(", b"\n",
     b"\r\n", b"\n\n", b"Content-Type: ", b"multipart/mixed; boundary=b", b"--b", b"--b--",
     b"text/html", b"<blockquote>", b"<!--", b"&#0;", b"&#xD800;", b"=?utf-8?Q?", b"?=", b"=ED=A0",
     b"\xff", b"\x00", b"\x1b[2J", b"From a 1:00\n", b"Date: ", b"Fri, 20 Nov 2026 09:00:00 -0500",
     b"Message-ID: ", b"References: ", b"Subject: ", b"begin 644 x\n", b"charset=utf-16", b" "]
)  # fmt: skip


@settings(max_examples=60)
@example(pieces=[b"\n", b"\x01"])
@given(pieces=st.lists(PIECES | st.binary(max_size=8), max_size=60))
def test_any_bytes_are_read_without_an_error(
    temporary_store: Callable[..., contextlib.AbstractContextManager[Store]], pieces: list[bytes]
) -> None:
    with temporary_store() as store:
        log_bytes(store, b"".join([HEAD, *pieces]))
        log_bytes(store, b"".join(pieces))
        assert check_database(store, lambda _done: None) == []


SLOW = {
    "open tags": b"<" * 3_000_000,
    "unfinished tags": b"<a " * 1_000_000,
    "unfinished comments": b"<!--" * 700_000,
    "nested quotations": b"<blockquote>" * 200_000 + b"x",
    "hidden parts": b'<div style="display:none">' * 100_000,
    "entities": b"&" * 3_000_000,
    "one long line": b"On 1:00 a@b " * 200_000,
    "many introductions": b"On 1 May 2026 10:00 a@b wrote:\n" * 60_000,
    "many rules": b"-----\n" * 400_000,
    "many labels": b"From: x\nSent: y\n" * 100_000,
    "many signatures": b"-- \n" * 400_000,
    "blank lines": b"\n" * 3_000_000,
    "uuencoded": b"begin 644 x\n" + b"M" * 60 + b"\n" * 100_000,
    "signed": b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 50_000,
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_hostile_texts_take_linear_time(kind: str, body: bytes) -> None:
    (raw,) = read_stream(io.BytesIO(with_type(kind, body)))
    assert read_mail(raw, CLOCK) is not None


LONG_HEADERS = (
    b"To: " + b'"' * 300_000, b"To: " + b"(" * 300_000, b"To: " + b"<" * 300_000,
    b"To: " + b"a@b.example," * 60_000, b"Subject: " + b"=?utf-8?Q?" * 60_000,
    b"Subject: " + b" " * 600_000 + b"x", b"References: " + b"<a@b> " * 60_000,
    b"Date: " + b"(" * 300_000, b"Date: " + b"9" * 300_000, b"X: y\n" * 60_000,
    b"Content-Type: text/plain" + b"; a=b" * 60_000,
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 400_000,
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; "
    b"boundary=b\n\n" * 40_000,
)  # fmt: skip


@pytest.mark.parametrize("header", LONG_HEADERS, ids=lambda each: each[:30].decode())
def test_hostile_headers_take_linear_time(header: bytes) -> None:
    (raw,) = read_stream(io.BytesIO(HEAD + header + b"\n\ntext"))
    assert read_mail(raw, CLOCK) is not None
