"""Tell kinds of messages apart, read absences in ten languages, and survive damage."""

import datetime as dt
import random

import pytest

from cardcrm.formats.mbox.absence_dates import find_last_day
from cardcrm.formats.mbox.incoming_reader import read_incoming
from cardcrm.formats.mbox.raw_messages import RawMessage
from cardcrm.formats.mbox.stop_requests import asks_to_stop
from tests.cli.test_mail_fetch import COMPLAINT, bounce
from tests.support.mails import mail

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until 5 December.",
        "away until Friday, December 5th, 2026",
        "Ich bin bis einschließlich 5. Dezember nicht im Büro",
        "Ab dem 6.12. bin ich wieder erreichbar",
        "Je suis absent jusqu’au 5 décembre",
        "Estaré fuera hasta el 5 de diciembre",
        "Sono assente fino al 5 dicembre",
        "Ik ben afwezig tot en met 5 december",
        "Estou ausente até 5 de dezembro de 2026",
        "Jestem nieobecna do 5 grudnia",
        "Jag är borta till och med den 5 december",
        "Jeg er væk til og med 5. december",
        "away until 2026-12-05",
    ],
)
def test_the_last_day_of_an_absence_is_read(text: str) -> None:
    assert find_last_day(text, TODAY) == dt.date(2026, 12, 5)


@pytest.mark.parametrize("text", ["Thanks, talk to you then.", "from 3 to 99", "until 5 May 2019"])
def test_other_texts_have_none(text: str) -> None:
    assert find_last_day(text, TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["STOP", "Please remove me from your list.", "bitte keine E-Mails mehr", "Désinscription",
     "Quiero darme de baja", "cancellatemi", "uitschrijven", "sair da lista", "Proszę mnie wypisać",
     "Avregistrera mig", "frameld mig", "unsubscribe, thanks"],
)  # fmt: skip
def test_a_request_to_stop_is_recognized(text: str) -> None:
    assert asks_to_stop(text)


def test_a_longer_text_is_no_request() -> None:
    assert not asks_to_stop("Stop by on Monday")
    assert not asks_to_stop("unsubscribe\nis the button that\ndoes not work\nfor me, I think\nwhy?")


def test_damaged_messages_raise_no_error_and_print_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    random_ = random.Random(15)
    seeds = [
        bounce("b@mx", "a@example.org"),
        bounce("b@mx", "a@example.org", "4.4.7"),
        COMPLAINT.format(original="a@example.org").encode(),
        mail("Ünsubscribe", "<p>bye</p>", "quoted-printable", Auto_Submitted="auto-replied"),
        mail("bis 5. Dezember", Content_Language="de", In_Reply_To="<a@example.org>"),
    ]
    for number in range(2_000):
        data = _damage(random_, seeds[number % len(seeds)])
        found = read_incoming(RawMessage(1, data, len(data)), NOW)
        assert found is None or found.draft.text
    assert caplog.records == []


HOSTILE = (
    b"; charset*0*=x''%", b"\0", b"\r", b"=?utf-8?q?", b"?=", b"(" * 500, b'boundary=""',
    b"Content-Type: message/rfc822\n\n", b"Content-Transfer-Encoding: base64\n", b"&#x110000;",
    b"<div>" * 300, b"<!--", b"> " * 500, b"\n>" * 300, b"On Monday x wrote:\n" * 50,
    b"Date: Mon, 1 Jan 99999 00:00:00 +0000\n", b"References: " + b"<x@y> " * 500 + b"\n",
    b"To: " + b"a@b, " * 500 + b"\n", b"away until 31.12.99999", b"A" * 5_000, b"\xff" * 20,
)  # fmt: skip
CHARSETS = (
    b"utf-7", b"utf-16", b"idna", b"punycode", b"rot13", b"hex", b"zlib", b"base64",
    b"unicode_escape", b"undefined", b"x-unknown", b"iso-2022-kr", b"\xff\xfe", b"uu",
)  # fmt: skip


def test_hostile_pieces_and_charsets_raise_no_error_and_print_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    random_ = random.Random(16)
    seeds = [
        bounce("b@mx", "a@example.org"),
        COMPLAINT.format(original="a@example.org").encode(),
        mail("Ünsubscribe", "<p>bye</p>", "quoted-printable", Auto_Submitted="auto-replied"),
    ]
    for number in range(600):
        data = seeds[number % len(seeds)].replace(b"utf-8", random_.choice(CHARSETS))
        for _ in range(random_.randint(1, 6)):
            at = random_.randrange(len(data) + 1)
            data = data[:at] + random_.choice(HOSTILE) + data[at:]
        found = read_incoming(RawMessage(1, data, len(data)), NOW)
        assert found is None or found.draft.text
    assert caplog.records == []


def _damage(random_: random.Random, data: bytes) -> bytes:
    """Return a message with bytes replaced, removed, doubled or cut."""
    for _ in range(random_.randint(1, 12)):
        at, end = sorted((random_.randrange(len(data) + 1), random_.randrange(len(data) + 1)))
        end = min(end, at + 40)
        noise = bytes(random_.randrange(256) for _ in range(random_.randint(0, 8)))
        kind = random_.randrange(4)
        data = (
            data[:at] + (noise, b"", data[at:end] * 2, b'"; charset=x-?\n\n--b')[kind] + data[end:]
        )
    return (
        data[: random_.randint(1, len(data))] if data and random_.random() < 0.2 else data or b"x"
    )
