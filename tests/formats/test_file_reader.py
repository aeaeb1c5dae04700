"""Test that any file gives entries or one clear error."""

import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.formats.file_reader import detect_format, find_header, read_entries
from cardcrm.formats.import_entries import BadEntry, ContactEntry, FileNote, ValueNote
from tests.support.import_entries import without_remarks

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT = "name,email,city\nJörg Müller,j@example.com,Köln\nZoë,z@example.com,\n"


def saved(folder: Path, content: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def names(path: Path) -> list[str]:
    return [entry.draft.name for entry in read_entries(path) if isinstance(entry, ContactEntry)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_is_read(tmp_path, encoding):
    assert names(saved(tmp_path, TEXT.encode(encoding))) == ["Jörg Müller", "Zoë"]
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jörg Müller\r\nN:;;;;\r\nEND:VCARD\r\n"
    assert names(saved(tmp_path, card.encode(encoding), "file.vcf")) == ["Jörg Müller"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_stray_bytes_are_read_as_windows_1252_and_shown(tmp_path, mark):
    text = "name,city\nJosé,Köln\n".encode() + b"Andr\xe9,Nice\nBob,York\n"
    path = saved(tmp_path, mark + text)
    assert names(path) == ["José", "André", "Bob"]
    [note] = [entry.words for entry in read_entries(path) if isinstance(entry, FileNote)]
    assert note == (
        "1 line is not UTF-8 and was read as Windows-1252, which is a guess: line 3 is “André,Nice”"
    )


def test_stray_bytes_of_a_vcard_are_read_by_guess_and_said(tmp_path):
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\nN:;;;;\r\nEND:VCARD\r\n"
    text = card.format("José").encode() + card.format("André").encode("latin-1")
    good, note, odd = read_entries(saved(tmp_path, text, "file.vcf"))
    assert "in the vCard of line 6 as cp1252: “André”; for another encoding" in note.words
    assert (good.draft.name, odd.draft.name) == ("José", "André")
    assert odd.notes[0] == ValueNote("FN", "name", "mapped", "read as cp1252, which is a guess")
    assert "FN:André" in odd.raw


def test_windows_1252_file_is_not_read_as_utf8(tmp_path):
    rows = "".join(f"Jörg {n},Köln\n" for n in range(30))
    path = saved(tmp_path, ("name,city\n" + rows).encode("cp1252") + "Zoë,x\n".encode())
    assert names(path)[:2] == ["Jörg 0", "Jörg 1"]


def test_big_endian_utf16_is_detected_by_its_mark(tmp_path):
    content = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert names(saved(tmp_path, content)) == ["Jörg Müller", "Zoë"]


def test_late_invalid_byte_selects_windows_1252(tmp_path):
    content = b"name\n" + b"plain\n" * 300_000 + "Müller\n".encode("cp1252")
    assert names(saved(tmp_path, content))[-1] == "Müller"


def test_content_decides_the_format(tmp_path):
    assert detect_format(saved(tmp_path, "\n begin:vcard\r\n", "a.csv")) == "vcard"
    assert detect_format(saved(tmp_path, TEXT, "a.txt")) == "csv"
    assert detect_format(saved(tmp_path, "junk\nBEGIN:VCARD\n", "a.vcf")) == "vcard"
    assert detect_format(saved(tmp_path, TEXT, "a.vcf")) == "csv"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x89PNG\r\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html>", "web page"),
        (b'{\n "a": 1\n}', "JSON"),
        (b"BEGIN:VCALENDAR\n", "calendar"),
        (bytes(range(1, 20)) * 5, "not text"),
        (b"", "empty"),
        (b"\r\n \n", "empty"),
    ],
)
def test_other_file_types_are_named_with_a_hint(tmp_path, start, what):
    with pytest.raises(UsageError, match=what) as caught:
        read_entries(saved(tmp_path, start))
    assert caught.value.hint


def test_a_damaged_workbook_is_named(tmp_path):
    path = saved(tmp_path, b"PK\x03\x04....", "clients.xlsx")
    assert detect_format(path) == "xlsx"
    with pytest.raises(UsageError, match=r"clients\.xlsx is damaged or is not a workbook"):
        read_entries(path)


def test_a_workbook_packed_by_an_unknown_method_is_named(tmp_path):
    path = tmp_path / "clients.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02") + 6  # the version needed to unpack it
    path.write_bytes(content[:at] + b"\xee" + content[at + 1 :])
    with pytest.raises(UsageError, match=r"clients\.xlsx is damaged or is not a workbook"):
        list(read_entries(path))


def test_missing_file_and_folder_have_different_errors(tmp_path):
    with pytest.raises(NotFoundError):
        read_entries(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="folder"):
        read_entries(tmp_path)


def test_unknown_header_is_reported_before_the_first_row(tmp_path):
    with pytest.raises(UsageError):
        read_entries(saved(tmp_path, "a,b\n1,2\n"))


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("name,email\nJ,x\n", "name,email"),
        ("\ufeffname;email\r\nJ;x\r\n", "sep=;\nname;email"),
        ("sep=|\nname|email\nJ|x\n", "sep=|\nname|email"),
        ("sep=,\nname,a;email;phone\nJ,x\n", "sep=,\nname,a;email;phone"),
        ('Notes:\n\n"name",email\nJ,x\n', '"name",email'),
    ],
)
def test_header_and_bad_rows_can_be_read_again(tmp_path, text, header):
    path = saved(tmp_path, text)
    assert find_header(path) == header
    again = saved(
        tmp_path,
        "\n".join([find_header(path), *(e.raw for e in without_remarks(read_entries(path)))]),
        "b.csv",
    )
    assert [entry.draft for entry in without_remarks(read_entries(again))] == [
        entry.draft for entry in without_remarks(read_entries(path))
    ]


def test_vcard_has_no_header():
    assert find_header(EXAMPLES / "contacts.vcf") == ""


def test_progress_ends_with_the_file_size(tmp_path):
    path = saved(tmp_path, "name\n" + "Jane Doe of Leeds\n" * 5000)
    seen: list[int] = []
    assert len(without_remarks(read_entries(path, on_bytes=seen.append))) == 5000
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size
    assert len(set(seen)) > 5


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(rows: int) -> int:
        path = saved(tmp_path, "name,note\n" + f"Jane,{'x' * 100}\n" * rows)
        tracemalloc.start()
        for _ in read_entries(path):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    # Detecting the encoding reads chunks of 1 MiB.
    assert peak(40_000) < 1.2 * peak(20_000)


def test_sample_sheet_is_read_completely():
    found = without_remarks(read_entries(EXAMPLES / "contacts.csv"))
    assert [type(entry) for entry in found] == [ContactEntry] * 12
    assert [entry.draft.kind for entry in found].count("org") == 1


def test_broken_sample_has_each_kind_of_problem():
    found = without_remarks(read_entries(EXAMPLES / "broken.csv"))
    assert [entry.line for entry in found if isinstance(entry, BadEntry)] == [3, 4, 5]
    assert [entry.line for entry in found if isinstance(entry, ContactEntry)] == [2, 6]


SCRAPS = st.sampled_from(
    [b"name", b"email", b",", b";", b'"', b"\n", b"\r", b"\0", b"=", b"'", b"BEGIN:VCARD\n",
     b"END:VCARD\n", b"FN:x\n", b"N:a;b\n", b"TEL;TYPE=", b"ENCODING=QUOTED-PRINTABLE:=", b"=FF",
     b"CHARSET=x;", b"item1.", b"X-ABLabel:", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"\\", b" ",
     b"emails,phones,webs,socials,addresses,fields,relations\n", b"BDAY:", b"ADR:", b"NOTE;",
     b"sep=", b"E-mail 1 - Value", b"Event 1 - Value", b"\xf0\x9f\x8e\x88", b"12345", b"birthday"]
)  # fmt: skip


@pytest.mark.parametrize("name", ["file.csv", "file.vcf"])
@given(content=st.binary(max_size=200) | st.lists(SCRAPS, max_size=40).map(b"".join))
@example(content=b"name\n\xff")
@example(content=b"sep=\0\nname\0x\n")
@example(content=b'sep="\nname"x\n')
@example(content=b"BEGIN:VCARD\nFN;CHARSET=x;ENCODING=QUOTED-PRINTABLE:=FF\nEND:VCARD")
def test_any_bytes_raise_only_our_errors(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), content, name)
        try:
            for entry in without_remarks(read_entries(path)):
                assert entry.line >= 1
        except CardcrmError as error:
            message = error.message
            assert "\n" not in message
