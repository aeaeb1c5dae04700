"""Messages are found in mbox files, Maildir folders and pipes, and read one at a time."""

import io
import os
from pathlib import Path

import pytest

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.formats.mbox.mail_sources import detect_mail, find_folders, read_folder, read_stream
from cardcrm.formats.mbox.raw_messages import RawMessage, split_mbox
from tests.support.mails import HEAD, mail, mbox


def split(data: bytes) -> list[RawMessage]:
    return list(read_stream(io.BytesIO(data)))


def bodies(data: bytes) -> list[bytes]:
    return [each.data.partition(b"\n\n")[2].rstrip() for each in split(data)]


def test_an_mbox_file_is_split_at_its_separators() -> None:
    found = split(mbox(HEAD + b"\none", HEAD + b"\ntwo", HEAD + b"\nthree"))
    assert [each.line for each in found] == [1, 8, 15]
    assert [each.data.rstrip()[-5:] for each in found] == [b"\n\none", b"\n\ntwo", b"three"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (b">From here", b"From here"),
        (b">>From here", b">From here"),
        (b"From here on it goes\nup", b"From here on it goes\nup"),
        (b"one\n\nFrom Monday at 10:00 we open", b"one\n\nFrom Monday at 10:00 we open"),
        (b"a\n\nFrom 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: x",
         b"a\n\nFrom 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\nFrom: x"),
    ],
)  # fmt: skip
def test_lines_that_begin_with_from_are_part_of_the_text(text: bytes, body: bytes) -> None:
    start = b"From a@b Fri Nov 20 14:00:00 2026\n"
    data = start + HEAD + b"\n" + text + b"\n\n" + start + HEAD + b"\nlast"
    assert bodies(data) == [body, b"last"]


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Fri Nov 20 14:00:00 2026", b"From jane@example.com  Fri Nov 20 14:00:00 2026",
        b"From 1234567890@xxx Fri Nov 20 14:00:00 +0000 2026", b"From MAILER-DAEMON Fri Nov 20 "
        b"14:00:00 2026", b"From jane@example.com Fri Nov 20 14:00 2026",
        b"From jane@example.com Fri, 20 Nov 2026 14:00:00 +0100",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_separators_of_many_programs(separator: bytes, end: bytes) -> None:
    one = separator + end + HEAD.replace(b"\n", end) + end + b"x" + end + end
    assert len(split(one + one)) == 2


def test_a_pipe_may_hold_one_message_with_or_without_a_separator() -> None:
    assert bodies(HEAD + b"\none\n\nFrom a Fri Nov 20 14:00:00 2026\nTo: x\n\ntwo") == [
        b"one\n\nFrom a Fri Nov 20 14:00:00 2026\nTo: x\n\ntwo"
    ]
    assert bodies(mbox(HEAD + b"\none")) == [b"one"]
    assert bodies(b"\n\n" + HEAD + b"\none") == [b"one"]
    (empty,) = split(b"")
    assert empty.size == 0


def test_a_large_attachment_is_dropped_while_reading() -> None:
    line = b"QUJD" * 19 + b"\n"
    (found,) = split(HEAD + b"\n" + line * 200_000 + b"--b\nContent-Type: text/plain\n\nend")
    assert found.size > 15_000_000 > 10_000_000 > len(found.data)
    assert found.data.endswith(b"end")
    assert not found.is_cut


def test_a_line_without_an_end_is_cut() -> None:
    pieces = iter([b"From a 1:00\nA: b\n", *[b"x y " * 262_144] * 200])
    (found,) = split_mbox(lambda _size: next(pieces, b""))
    assert found.is_cut
    assert len(found.data) < 34 << 20 < 200 << 20 < found.size


@pytest.mark.parametrize("size", [1, 2, 7, 64, 4_097])
def test_the_pieces_in_which_a_file_is_read_do_not_matter(size: int) -> None:
    data = mbox(HEAD + b"\none", HEAD + b"\n" + b"two\n" * 3_000, HEAD + b"\nFrom x 1:00\nA: b")
    stream = io.BytesIO(data)
    found = list(split_mbox(lambda _size: stream.read(size)))
    assert found == split(data)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (mbox(HEAD), "mbox"), (HEAD, "message"), (b"\xef\xbb\xbf" + HEAD, "message"),
        (b"123\n" + HEAD, "message"), (b"Return-Path: <a@b>\r\nReceived: x\r\n\r\n", "message"),
        (b"name,email\nJane,j@example.com", ""), (b"From: a\n\nDate: b", ""), (b"", ""),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:x", ""), (b"From,To,Date\na,b,c", ""),
        (b"From me to you at 10:00\nmore text", ""),
    ],
)  # fmt: skip
def test_mail_is_told_by_its_first_lines(head: bytes, kind: str) -> None:
    assert detect_mail(head) == kind


def maildir(folder: Path, *names: str) -> None:
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(mail(name.partition("/")[2]))


def found_in(path: Path) -> list[tuple[str, str]]:
    """Return the messages in a folder, each by the last line of its text and its role."""
    return [
        (raw.data.rstrip().split(b"\n")[-1].decode(), raw.role)
        for folder in find_folders(path)
        for raw in read_folder(folder)
        if isinstance(raw, RawMessage)
    ]


def test_a_maildir_has_messages_in_new_and_cur(tmp_path: Path) -> None:
    maildir(tmp_path, "new/1.a", "cur/2.b:2,S", "cur/3.c:2,DS", "cur/4.d:2,ST", "tmp/5.e")
    (tmp_path / "cur" / ".hidden").write_text("x")
    (tmp_path / "cur" / "folder").mkdir()
    (tmp_path / "dovecot.index").write_bytes(b"\0\1")
    (tmp_path / "maildirfolder").touch()
    os.mkfifo(tmp_path / "cur" / "6.pipe")
    (tmp_path / "cur" / "7.link").symlink_to("/dev/zero")
    assert found_in(tmp_path) == [
        ("1.a", ""), ("2.b:2,S", ""), ("3.c:2,DS", "draft"), ("4.d:2,ST", "trash"),
    ]  # fmt: skip


def test_folders_in_a_folder_are_read_with_their_roles(tmp_path: Path) -> None:
    maildir(tmp_path / "INBOX", "cur/1.a")
    maildir(tmp_path / "INBOX" / ".Sent", "cur/2.b")
    maildir(tmp_path / "Gesendete Objekte", "cur/3.c")
    maildir(tmp_path / "[Gmail]" / "Trash", "cur/4.d")
    maildir(tmp_path / "Drafts", "cur/5.e")
    (tmp_path / "old.mbox").write_bytes(mbox(mail("6")))
    (tmp_path / "Junk.mbox").write_bytes(mbox(mail("7")))
    (tmp_path / "one.eml").write_bytes(mail("8"))
    (tmp_path / "note.txt").write_bytes(mail("9"))
    assert sorted(found_in(tmp_path)) == [
        ("1.a", ""), ("2.b", "sent"), ("3.c", "sent"), ("4.d", "trash"), ("5.e", "draft"),
        ("6", ""), ("7", "spam"), ("8", ""),
    ]  # fmt: skip
    assert found_in(tmp_path / "Drafts") == [("5.e", "")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_refused_alone(tmp_path: Path) -> None:
    maildir(tmp_path, "cur/1.a", "cur/2.b")
    (tmp_path / "cur" / "1.a").chmod(0)
    (folder,) = find_folders(tmp_path)
    first, second = read_folder(folder)
    assert isinstance(first, CardcrmError)
    assert isinstance(second, RawMessage)


def test_what_is_no_mail_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(UsageError):
            list(find_folders(path))
