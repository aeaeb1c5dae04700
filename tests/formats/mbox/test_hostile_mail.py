"""Messages that are made to take long, to fill the memory, or to write where they must not.

Each of the first kind took from seconds to minutes where a parser looked at its text in two ways.
"""

import datetime as dt

import pytest

from cardcrm.formats.mbox.flowed_text import join_flowed
from cardcrm.formats.mbox.html_text import to_text
from cardcrm.formats.mbox.incoming_reader import read_incoming
from cardcrm.formats.mbox.quoted_text import remove_quotes
from cardcrm.formats.mbox.raw_messages import RawMessage
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.mail.incoming import AUTOMATIC, BOUNCE, Incoming
from tests.cli.test_mail_fetch import bounce
from tests.support.mails import HEAD, with_type

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
LENGTH = 300_000


def read(data: bytes) -> Incoming:
    found = read_incoming(RawMessage(1, data, len(data)), NOW)
    assert found is not None
    return found


def draft_of(data: bytes) -> MailDraft:
    return read(data).draft


def fill(line: str) -> str:
    return line * (LENGTH // len(line))


@pytest.mark.parametrize(
    "line",
    [
        "a@b, " * 90 + "1:\n", "from" + " " * 490 + "x\n", "original message" + " " * 480 + "x\n",
        "On 1:00 a@b " + "wrote " * 78 + "\n", "1:00 a@b " + "schreib " * 14 + ":\n", "1:00@:\n",
        "sent from my" + " " * 480 + "\n",
    ],
    ids=range(7),
)  # fmt: skip
def test_own_text_that_looks_like_introductions_stays(line: str) -> None:
    assert len(remove_quotes(fill(line)).split()) == len(fill(line).split())


@pytest.mark.parametrize(
    "quoted",
    [
        "\n" * (LENGTH // 2) + ">\n" * (LENGTH // 4), fill(">\n\n"),
        "On 1 May 1:00 a@b wrote:\n> x\n" * 50,
        "\n" * 4_000 + "On 1 May 1:00 a@b wrote:\n> x\n" * 50,
    ],
    ids=range(4),
)  # fmt: skip
def test_quotations_go_between_any_number_of_empty_lines(quoted: str) -> None:
    assert remove_quotes(f"Yes.\n{quoted}\nBye.") == "Yes.\n\nBye."


def test_lines_of_flowed_text_are_joined_however_many_there_are() -> None:
    assert join_flowed("ab \n" * 300_000 + "c", drops_space=False) == "ab " * 300_000 + "c"
    assert join_flowed("> a \n" * 300_000, drops_space=False).startswith("> a a a ")


@pytest.mark.parametrize("page", ["<", "<a", "<!--", "<blockquote>a", "&#1;", "<div><"])
def test_pages_of_nothing_but_markup_end(page: str) -> None:
    assert len(to_text(fill(page))) < 5 * LENGTH


@pytest.mark.parametrize(
    "parameters", [";" * 50_000, '\\"' * 50_000, "; a*0=b" * 20_000, '="' * 50_000], ids=range(4)
)
def test_long_parameters_are_cut(parameters: str) -> None:
    for head in ('multipart/mixed; boundary="', "text/plain; charset="):
        assert draft_of(with_type(head + parameters, b"Hello")).text.startswith("x")


def test_many_headers_are_read_up_to_a_limit() -> None:
    data = HEAD + b"X-A: b\n" * 100_000 + b"Subject: late\n\nHello"
    assert draft_of(data).subject == ""
    part = b"--b\n" + b"X: y\n" * 300 + b"\nword\n"
    data = with_type("multipart/mixed; boundary=b", part * 1_000)
    assert draft_of(data).text.count("word") == 1_000
    many = HEAD + b"".join(b"Cc: c%d@example.com\n" % each for each in range(5_000)) + b"\nx"
    assert len(draft_of(many).recipients) < 500


def nested(levels: int, head: bytes) -> bytes:
    body = b"Content-Type: text/plain\n\ndeep"
    for level in range(levels):
        edge = b"b%d" % level
        kind = b"Content-Type: multipart/mixed; boundary=" + edge
        body = kind + b"\n\n--" + edge + b"\n" + body + b"\n--" + edge + b"--"
    return head + b"Subject: x\n" + body


def test_a_bounce_of_a_thousand_levels_names_no_address() -> None:
    from_server = HEAD.replace(b"jane@example.com", b"MAILER-DAEMON@example.com")
    found = read(nested(1_000, from_server))
    assert (found.kind, found.failures) == (BOUNCE, ())
    found = read(from_server + b"Subject: x\n\n" + b"<a@b.example>\n" * 100_000)
    assert len(found.failures) <= 100
    found = read(bounce("b@mx", "a@example.org") + b"\nx" * 500_000)
    assert [each.address for each in found.failures] == ["jane@example.com"]


def test_only_the_beginning_of_a_huge_part_is_decoded() -> None:
    text = with_type("text/plain", b"a b c d e\n" * 5_000_000)
    assert len(draft_of(text).text) < 1_000_000
    encoded = b"Content-Transfer-Encoding: base64\n"
    text = with_type("text/plain", b"YSBiIGMK\n" * 2_000_000, more=encoded)
    assert draft_of(text).text.startswith("x\n\na b c\na b c")


@pytest.mark.parametrize(
    "charset",
    ["utf-7", "utf-16", "utf-32", "idna", "punycode", "rot13", "hex", "zlib", "bz2", "base64",
     "uu", "unicode_escape", "undefined", "mbcs", "x-unknown", "iso-2022-kr", "hz", "", "\x00"],
)  # fmt: skip
def test_a_text_in_a_wrong_charset_is_read(charset: str) -> None:
    assert draft_of(with_type(f'text/plain; charset="{charset}"', b"Caf\xe9 +AD4- ~{ \x1b$B")).text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"), ("..\\..\\evil.exe", "evil.exe"), ("/etc/cron.d/x", "x"),
        ("a\x00b.pdf", "a b.pdf"), ("=?utf-8?q?a=0D=0ABcc:_x.pdf?=", "a Bcc: x.pdf"),
        ("=?utf-8?q?report=E2=80=AEfdp.exe?=", "reportfdp.exe"), ("x" * 300 + ".pdf", "x" * 200),
        ("=?utf-8?q?=1B[2Jx.pdf?=", "x.pdf"),
    ],
)  # fmt: skip
def test_the_name_of_an_attachment_is_one_harmless_line(name: str, shown: str) -> None:
    part = (
        b"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="' + name.replace("\\", "\\\\").encode()
        + b'"\n\nx\n--b--\n'
    )  # fmt: skip
    text = draft_of(with_type("multipart/mixed; boundary=b", part)).text
    assert text == f"x\n\nHello\n\nAttachments: {shown}"


def test_an_answer_that_names_thousands_of_days_is_read() -> None:
    data = HEAD + b"Auto-Submitted: auto-replied\n\n" + b"until friday, the 5th of " * 10_000
    assert read(data).kind == AUTOMATIC
