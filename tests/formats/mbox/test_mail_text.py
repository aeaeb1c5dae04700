"""The text of a message is its subject and what its sender wrote."""

import datetime as dt
import io
import re
from collections.abc import Iterator

import pytest

from cardcrm.formats.mbox.mail_reader import read_mail
from cardcrm.formats.mbox.mail_sources import read_stream
from cardcrm.records.activity.mail_drafts import MailDraft
from tests.support.mails import HEAD, mail, message, with_type

CLOCK = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


def drafts(data: bytes) -> Iterator[MailDraft]:
    for raw in read_stream(io.BytesIO(data)):
        draft = read_mail(raw, CLOCK)
        assert draft is not None
        yield draft


def text_of(data: bytes) -> str:
    (draft,) = drafts(data)
    return draft.text


PAGE = (
    "<html><head><title>T</title><style>p {color: red}</style></head><body><p>Hello &amp; bye,<br>"
    "line two</p><script>x()</script><!-- <p>no</p> --><ul><li>one</li><li>two</li></ul>"
    '<div style="display:none">preview</div><table><tr><td>a</td><td>b</td></tr></table>'
    "<blockquote>old</blockquote></body></html>"
)
FLOWED = b"So \nthis is one \nline.\nTwo\n>> quoted \n>> line\n-- \nJane\n"
PARTS = (
    b"--b\nContent-Type: text/plain; charset=utf-8\n\none\n--b\nContent-Type: image/png; "
    b'name="a b.png"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b\n'
    b"Content-Type: text/plain\nContent-Disposition: inline\n\ntwo\n--b--\nepilogue\n"
)
SIGNED = (
    b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nYes.\n- -- no signature\n"
    b"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
)
EVENT = (
    b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Fitting\\, second\r\n"
    b"DTSTART;TZID=Europe/London:20261124T093000\r\nLOCATION:Leeds\r\nEND:VEVENT\r\n"
)
INNER = b"From: bob@example.com\nSubject: The offer\n\nWe offer ten."


def attached(name: str, **disposition: str) -> bytes:
    made = message("See it.", Subject="x")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()


MESSAGES = {
    "base64": (mail("Können Sie?\n\nBis Freitag.\n", encoding="base64", Subject="Grüße"),
               "Grüße\n\nKönnen Sie?\n\nBis Freitag."),
    "base64 without padding": (
        with_type("text/plain\nContent-Transfer-Encoding: base64", b"SGVsb\nG8 gd29y\nbGQ"),
        "x\n\nHello world"),
    "quoted": (mail("a = b, naïve " * 9, encoding="quoted-printable", Subject="x"),
               "x\n\n" + ("a = b, naïve " * 9).strip()),
    "damaged quoted": (
        with_type("text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
                  b"a=ZZ =C3=A4 50=25 =\n="), "x\n\na=ZZ ä 50%"),
    "alternative": (mail("plain", "<b>marked</b>", Subject="x"), "x\n\nplain"),
    "empty plain text": (mail("\n", "<b>marked</b>", Subject="x"), "x\n\nmarked"),
    "html": (mail(None, PAGE, Subject="x"),
             "x\n\nHello & bye,\nline two\n\n- one\n- two\n\na b"),
    "html that is not closed": (mail(None, "<head><body>1 < 2 <b>&ouml;", Subject="x"),
                                "x\n\n1 < 2 ö"),
    "two texts": (with_type("multipart/mixed; boundary=b", PARTS),
                  "x\n\none\n\ntwo\n\nAttachments: a b.png"),
    "no closing boundary": (
        with_type("multipart/mixed; boundary=b", b"--b\nContent-Type: text/plain\n\none\n"),
        "x\n\none"),
    "no boundary": (with_type("multipart/mixed", b"one\n"), "x\n\none"),
    "part without headers": (with_type("multipart/mixed; boundary=b", b"--b\n\none\n--b--"),
                             "x\n\none"),
    "attachment": (attached("plan.pdf"), "x\n\nSee it.\n\nAttachments: plan.pdf"),
    "path in a name": (attached("../../etc/pass\x1b[31mwd"), "x\n\nSee it.\n\nAttachments: passwd"),
    "encoded name": (
        with_type('application/pdf; name="=?utf-8?B?w6QucGRm?="', b"%PDF",
                  more=b"Content-Disposition: attachment\n"), "x\n\nAttachments: ä.pdf"),
    "name in pieces": (
        with_type("application/pdf", b"%PDF",
                  more=b"Content-Disposition: attachment; filename*0*=utf-8''%C3%A4;\n "
                       b"filename*1=b.pdf\n"), "x\n\nAttachments: äb.pdf"),
    "winmail.dat": (with_type("application/ms-tnef", b"\x78\x9f"), "x\n\nAttachments: winmail.dat"),
    "flowed": (with_type("text/plain; format=flowed", FLOWED), "x\n\nSo this is one line.\nTwo"),
    "flowed with DelSp": (
        with_type("text/plain; format=flowed; delsp=yes", b"Wort \nende\n"), "x\n\nWortende"),
    "latin-1": (with_type("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe \x80",
                          b"=?iso-8859-1?Q?Gr=FC=DFe?="), "Grüße\n\nGrüße €"),
    "unknown charset": (with_type("text/plain; charset=x", b"Gr\xc3\xbc\xc3\x9fe"), "x\n\nGrüße"),
    "wrong charset": (with_type("text/plain; charset=utf-8", b"Gr\xfc\xdfe"), "x\n\nGrüße"),
    "UTF-8 called Latin-1": (with_type("text/plain; charset=latin1", b"Gr\xc3\xbc"), "x\n\nGrü"),
    "no charset": (with_type("text/plain", b"Gr\xfc\xdfe"), "x\n\nGrüße"),
    "a codec of Python": (with_type("text/plain; charset=unicode_escape", b"\\x41"), "x\n\n\\x41"),
    "Japanese": (with_type("text/plain; charset=iso-2022-jp", "こんにちは".encode("iso2022_jp")),
                 "x\n\nこんにちは"),
    "Chinese": (with_type("text/plain; charset=gb2312", "你好".encode("gbk")), "x\n\n你好"),
    "Russian": (with_type("text/plain; charset=koi8-r", "Привет".encode("koi8-r")), "x\n\nПривет"),
    "signed": (
        with_type("multipart/signed; boundary=b", b"--b\nContent-Type: text/plain\n\nYes.\n--b\n"
                  b"Content-Type: application/pgp-signature; name=s.asc\n\nxx\n--b--"),
        "x\n\nYes."),
    "signed in the text": (with_type("text/plain", SIGNED), "x\n\nYes.\n-- no signature"),
    "encrypted": (
        with_type("multipart/encrypted; boundary=b", b"--b\nContent-Type: application/"
                  b"pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n"
                  b"xx\n--b--"), "x\n\n(encrypted)"),
    "encrypted in the text": (
        with_type("text/plain", b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n"), "x\n\n(encrypted)"),
    "S/MIME": (
        with_type("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"xx"),
        "x\n\n(encrypted)\n\nAttachments: smime.p7m"),
    "invitation": (with_type("text/calendar; method=REQUEST", EVENT),
                   "x\n\nInvitation: Fitting, second, 2026-11-24 09:30, Leeds"),
    "forwarded as a part": (
        with_type("multipart/mixed; boundary=b", b"--b\nContent-Type: text/plain\n\nFYI\n--b\n"
                  b"Content-Type: message/rfc822\n\n" + INNER + b"\n--b--"),
        "x\n\nFYI\n\nAttachments: message “The offer”"),
    "forwarded alone": (with_type("message/rfc822", INNER),
                        "x\n\nWe offer ten.\n\nAttachments: message “The offer”"),
    "uuencoded": (with_type("text/plain", b"See it.\n\nbegin 644 plan.doc\n#0V%T\n`\nend\n"),
                  "x\n\nSee it.\n\nAttachments: plan.doc"),
    "folded subject": (HEAD + b"Subject: one\n two\n\ntext\n", "one two\n\ntext"),
    "subject alone": (HEAD + b"Subject: call me back\n\n", "call me back"),
    "nothing": (HEAD + b"\n\n", "(no text)"),
    "CR LF": (HEAD.replace(b"\n", b"\r\n") + b"Subject: x\r\n\r\none\r\ntwo\r\n", "x\n\none\ntwo"),
    "byte order mark": (b"\xef\xbb\xbf" + HEAD + b"Subject: x\n\none", "x\n\none"),
    "Apple Mail": (b"1234 \n" + HEAD + b"Subject: x\n\none", "x\n\none"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "text"), MESSAGES.values(), ids=MESSAGES)
def test_the_text_of_a_message_is_what_its_sender_wrote(data: bytes, text: str) -> None:
    assert text_of(data) == text


SUBJECTS = {
    "=?utf-8?q?Gr=C3=BC=C3=9Fe?=": "Grüße",
    "=?utf-8?B?R3LDvMOfZQ==?= und =?utf-8?Q?mehr?=": "Grüße und mehr",
    "=?utf-8?B?R3LDvMOfZQ?=": "Grüße",  # no padding
    "=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=": "Grüße",  # broken inside a character
    "=?utf-8?Q?a?=\n =?utf-8?Q?b?=": "ab",
    "=?utf-8?Q?What?_ok?= x": "What? ok x",  # a question mark in the text
    "=?utf-8?Q?two words?=": "two words",
    "=?utf-8?Q?unfinished": "unfinished",
    "=?utf-8?Q?one =?utf-8?Q?two?=": "one two",
    '"=?utf-8?Q?quoted?="': '"quoted"',
    "=?x-unknown?Q?caf=E9?=": "café",
    "=?utf-8*de?Q?mit_Sprache?=": "mit Sprache",
    "=?utf-8?X?no?=": "=?utf-8?X?no?=",
    "1 =? 2": "1 =? 2",
    "a\x1b[31mb\x07": "ab",
}  # fmt: skip


@pytest.mark.parametrize(("raw", "subject"), SUBJECTS.items())
def test_encoded_words_are_decoded_also_broken_ones(raw: str, subject: str) -> None:
    assert text_of(HEAD + b"Subject: " + raw.encode() + b"\n\n") == subject


def test_raw_bytes_in_a_subject_are_utf_8_or_windows_1252() -> None:
    assert text_of(HEAD + b"Subject: Gr\xc3\xbc\xc3\x9fe\n\n") == "Grüße"
    assert text_of(HEAD + b"Subject: Gr\xfc\xdfe\n\n") == "Grüße"


def nested(levels: int) -> bytes:
    body = b"Content-Type: text/plain\n\ndeep"
    for level in range(levels):
        edge = b"b%d" % level
        kind = b"Content-Type: multipart/mixed; boundary=" + edge
        body = kind + b"\n\n--" + edge + b"\n" + body + b"\n--" + edge + b"--"
    return HEAD + b"Subject: x\n" + body


def test_parts_are_read_down_to_twenty_levels() -> None:
    assert text_of(nested(20)) == "x\n\ndeep"
    assert "deep" in text_of(nested(21))  # as it is written
    assert text_of(nested(3_000)).startswith("x\n\n")


def test_a_thousand_parts_are_read() -> None:
    part = b"--b\nContent-Type: text/plain\n\nword\n"
    text = text_of(with_type("multipart/mixed; boundary=b", part * 5_000))
    assert text.count("word") == 1_000


def test_a_long_text_is_cut_and_says_so() -> None:
    text = text_of(with_type("text/plain", b"0123456789\n" * 200_000))
    assert len(text) < 1_000_000
    assert text.endswith("… (cut at 900,000 characters)")


def test_a_message_of_a_hundred_megabytes_is_cut(tmp_path: object) -> None:
    data = HEAD + b"Subject: x\n\n" + b"a b c d e\n" * 4_000_000
    (draft,) = drafts(data)
    assert draft.is_cut
    (small,) = drafts(HEAD + b"Subject: x\n\nshort")
    assert not small.is_cut


def test_control_characters_are_not_part_of_a_name() -> None:
    (draft,) = drafts(HEAD.replace(b"Jane Doe", b"Ja\x1b[2Jne \x00Doe") + b"\n")
    assert draft.sender is not None
    assert not re.search(r"[\x00-\x1f]", draft.sender.name)
