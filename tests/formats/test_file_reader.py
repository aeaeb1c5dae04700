"""The border as its users see it: any file in, entries or one clear error out."""

import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.errors import CardError, NotFoundError, UsageError
from cardcrm.formats.file_reader import Bad, Item, header_of, read, sniff

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT = "name,email,city\nJörg Müller,j@example.com,Köln\nZoë,z@example.com,\n"


def saved(folder: Path, content: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def names(path: Path) -> list[str]:
    return [entry.draft.name for entry in read(path) if isinstance(entry, Item)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_is_read(tmp_path, encoding):
    assert names(saved(tmp_path, TEXT.encode(encoding))) == ["Jörg Müller", "Zoë"]
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jörg Müller\r\nN:;;;;\r\nEND:VCARD\r\n"
    assert names(saved(tmp_path, card.encode(encoding), "file.vcf")) == ["Jörg Müller"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_stray_byte_costs_its_row_and_garbles_no_other(tmp_path, mark):
    text = "name,city\nJosé,Köln\n".encode() + b"Andr\xe9,Nice\nBob,York\n"
    path = saved(tmp_path, mark + text)
    good, bad, last = read(path)
    assert (good.draft.name, last.draft.name) == ("José", "Bob")
    assert (bad.line, bad.raw) == (3, "André,Nice")
    assert "é" in bad.problem
    mended = saved(tmp_path, f"{header_of(path)}\n{bad.raw}\n", "mended.csv")
    assert names(mended) == ["André"]


def test_a_stray_byte_costs_its_card_alone(tmp_path):
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\nN:;;;;\r\nEND:VCARD\r\n"
    text = card.format("José").encode() + card.format("André").encode("latin-1")
    good, bad = read(saved(tmp_path, text, "file.vcf"))
    assert good.draft.name == "José"
    assert isinstance(bad, Bad)
    assert "FN:André" in bad.raw


def test_a_file_of_windows_is_none_of_utf_8(tmp_path):
    rows = "".join(f"Jörg {n},Köln\n" for n in range(30))
    path = saved(tmp_path, ("name,city\n" + rows).encode("cp1252") + "Zoë,x\n".encode())
    assert names(path)[:2] == ["Jörg 0", "Jörg 1"]


def test_utf16_with_the_big_end_first_is_told_by_its_mark(tmp_path):
    content = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert names(saved(tmp_path, content)) == ["Jörg Müller", "Zoë"]


def test_one_byte_that_is_no_utf8_far_down_decides_for_windows(tmp_path):
    content = b"name\n" + b"plain\n" * 300_000 + "Müller\n".encode("cp1252")
    assert names(saved(tmp_path, content))[-1] == "Müller"


def test_content_decides_what_a_file_is_not_its_name(tmp_path):
    assert sniff(saved(tmp_path, "\n begin:vcard\r\n", "a.csv")) == "vcard"
    assert sniff(saved(tmp_path, TEXT, "a.txt")) == "csv"
    assert sniff(saved(tmp_path, "junk\nBEGIN:VCARD\n", "a.vcf")) == "vcard"
    assert sniff(saved(tmp_path, TEXT, "a.vcf")) == "csv"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x89PNG\r\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b"BEGIN:VCALENDAR\n", "calendar"),
        (bytes(range(1, 20)) * 5, "not text"),
        (b"", "empty"),
        (b"\r\n \n", "empty"),
    ],
)
def test_other_files_are_named_and_a_way_on_is_told(tmp_path, start, what):
    with pytest.raises(UsageError, match=what) as caught:
        read(saved(tmp_path, start))
    assert caught.value.hint


def test_a_workbook_is_to_be_saved_as_csv(tmp_path):
    with pytest.raises(UsageError) as caught:
        sniff(saved(tmp_path, b"PK\x03\x04....", "clients.xlsx"))
    assert "save it as CSV" in caught.value.hint


def test_no_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(NotFoundError):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="folder"):
        read(tmp_path)


def test_a_header_nobody_knows_is_told_before_the_first_row(tmp_path):
    with pytest.raises(UsageError):
        read(saved(tmp_path, "a,b\n1,2\n"))


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
def test_header_and_bad_rows_make_a_file_that_reads_the_same(tmp_path, text, header):
    path = saved(tmp_path, text)
    assert header_of(path) == header
    again = saved(tmp_path, "\n".join([header_of(path), *(e.raw for e in read(path))]), "b.csv")
    assert [entry.draft for entry in read(again)] == [entry.draft for entry in read(path)]


def test_vcards_have_no_header():
    assert header_of(EXAMPLES / "contacts.vcf") == ""


def test_progress_goes_up_to_the_length_of_the_file(tmp_path):
    path = saved(tmp_path, "name\n" + "Jane Doe of Leeds\n" * 5000)
    seen: list[int] = []
    assert sum(1 for _ in read(path, on_bytes=seen.append)) == 5000
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size
    assert len(set(seen)) > 5


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(rows: int) -> int:
        path = saved(tmp_path, "name,note\n" + f"Jane,{'x' * 100}\n" * rows)
        tracemalloc.start()
        for _ in read(path):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    # The first pass over the encoding holds a piece of 1 MiB of whatever file is longer.
    assert peak(40_000) < 1.2 * peak(20_000)


def test_the_sample_sheet_comes_in_whole():
    found = list(read(EXAMPLES / "contacts.csv"))
    assert [type(entry) for entry in found] == [Item] * 12
    assert [entry.draft.kind for entry in found].count("org") == 1


def test_the_broken_sample_shows_what_can_go_wrong():
    found = list(read(EXAMPLES / "broken.csv"))
    assert [entry.line for entry in found if isinstance(entry, Bad)] == [3, 4, 5]
    assert [entry.line for entry in found if isinstance(entry, Item)] == [2, 6]


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
def test_no_bytes_raise_anything_but_our_own_errors(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), content, name)
        try:
            for entry in read(path):
                assert entry.line >= 1
        except CardError as error:
            message = error.message
            assert "\n" not in message
