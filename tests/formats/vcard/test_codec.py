"""The lines of vCards: folds, parameters, encodings and character sets, in every notation."""

import io
from pathlib import Path

import pytest

from cardcrm.formats.file_reader import read_entries
from cardcrm.formats.import_entries import BadEntry, ContactEntry, Entry, FileNote, ValueNote
from cardcrm.formats.vcard.content_line import parse_head
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    JobDraft,
    MediaDraft,
    RelationDraft,
)

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQ="


def entries(text: str, **options: int) -> list[Entry]:
    return list(read_vcard(io.StringIO(text, newline=""), **options))


def read(*lines: str, version: str = "3.0", **options: int) -> ContactEntry:
    body = "\n".join(("BEGIN:VCARD", f"VERSION:{version}", "FN:Ann Test", *lines, "END:VCARD"))
    entry = entries(body, **options)[-1]
    assert isinstance(entry, ContactEntry), entry
    return entry


def draft_of(*lines: str, version: str = "3.0") -> ContactDraft:
    return read(*lines, version=version).draft


def fate(*lines: str, version: str = "3.0", **options: int) -> tuple[str, str, str]:
    """Return the target, the way of keeping and the reason of the last property."""
    note = read(*lines, version=version, **options).notes[-1]
    return note.target, note.kept, note.reason


@pytest.mark.parametrize(
    ("text", "name", "types"),
    [
        ("TEL;WORK;VOICE", "TEL", ("work", "voice")),
        ("tel;type=work,voice", "TEL", ("work", "voice")),
        ('TEL;TYPE="work,voice"', "TEL", ("work", "voice")),
        ("item1.TEL ; TYPE = home ;", "TEL", ("home",)),
        ("X-messaging/xmpp-All", "X-MESSAGING/XMPP-ALL", ()),
        ("PHOTO;BASE64;JPEG", "PHOTO", ("jpeg",)),
        ("NOTE;X-P=a^nb^^c^'d", "NOTE", ()),
        ("two words", "", ()),
        ("", "", ()),
        ("Ä", "", ()),
    ],
)
def test_heads_in_every_writing(text: str, name: str, types: tuple[str, ...]) -> None:
    head = parse_head(text)
    assert (head.name, head.types) == (name, types)


def test_carets_in_parameters_are_decoded() -> None:
    assert parse_head("NOTE;X-P=a^nb^^c^'d").params["X-P"] == ('a\nb^c"d',)


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (("NOTE:one", "  two"), "one two"),
        (("NOTE:one", "", "", "\ttwo"), "onetwo"),
        (("NOTE;ENCODING=QUOTED-PRINTABLE:one=", "two=0D=0A=", "three"), "onetwo\nthree"),
        (("NOTE;QUOTED-PRINTABLE:a=3Bb=5C=6E",), "a;b\\n"),
        (("NOTE;ENCODING=b:b25lIHR3bw==",), "one two"),
        (("NOTE : spaced ",), "spaced"),
        (('NOTE;X-P="a:b;c":text',), "text"),
        (("NOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller",), "Müller"),
        (("NOTE;CHARSET=klingon;ENCODING=QUOTED-PRINTABLE:M=FCller",), "Müller"),
        (("NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=FCller",), "Müller"),
        (("NOTE;CHARSET=ISO-2022-JP:\x1b$BF|K\\\x1b(B",), "日本"),
        (("NOTE:N\0UL",), "NUL"),
    ],
)
def test_values_are_unfolded_and_decoded(lines: tuple[str, ...], note: str) -> None:
    assert draft_of(*lines, version="2.1").note == note


@pytest.mark.parametrize("codec", ["windows-1251", "shift_jis", "gb2312", "iso-8859-5"])
def test_raw_bytes_are_read_by_the_charset_of_their_property(tmp_path: Path, codec: str) -> None:
    name = {"windows-1251": "Анна", "iso-8859-5": "Анна"}.get(codec, "日本")
    text = f"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET={codec}:{name}\r\nEND:VCARD\r\n"
    path = tmp_path / "raw.vcf"
    path.write_bytes(text.encode(codec))
    assert [entry.draft.name for entry in read_entries(path) if hasattr(entry, "draft")] == [name]


def test_a_guess_of_the_charset_is_said_once_and_on_each_property(tmp_path: Path) -> None:
    card = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;ENCODING=QUOTED-PRINTABLE:M=FCller\r\nEND:VCARD\r\n"
    path = tmp_path / "old.vcf"
    path.write_text(card * 2, encoding="ascii", newline="")
    note, *found = read_entries(path)
    assert isinstance(note, FileNote)
    assert "in the vCard of line 1 as cp1252: “Müller”" in note.words
    assert [each.draft.name for each in found] == ["Müller", "Müller"]
    assert found[0].notes[0].reason == "read as cp1252, which is a guess"


@pytest.mark.parametrize(
    ("line", "version", "media"),
    [
        (f"PHOTO;ENCODING=b;TYPE=PNG:{PNG}", "3.0", MediaDraft("photo", "image/png", "", PNG)),
        (f"PHOTO;ENCODING=b:{PNG}", "3.0", MediaDraft("photo", "image/png", "", PNG)),
        (f"PHOTO:data:image/png;base64,{PNG}", "4.0", MediaDraft("photo", "image/png", "", PNG)),
        (f"PHOTO:data:image/png\\;base64\\,{PNG}", "4.0",
         MediaDraft("photo", "image/png", "", PNG)),
        ("PHOTO;VALUE=uri:../../etc/passwd", "3.0", None),
        ("PHOTO;VALUE=uri:file:///etc/passwd", "3.0", MediaDraft("photo", "", "file:///etc/passwd")),
        ("PHOTO:https://x.example/a.jpg", "4.0", MediaDraft("photo", "", "https://x.example/a.jpg")),
        ("KEY;PGP;ENCODING=BASE64:cHVibGlj", "2.1",
         MediaDraft("key", "application/pgp-keys", "", "cHVibGlj")),
    ],
)  # fmt: skip
def test_files_are_kept_and_addresses_never_opened(
    line: str, version: str, media: MediaDraft | None
) -> None:
    draft = draft_of(line, version=version)
    assert draft.media == ((media,) if media else ())
    assert draft.vcard_lines == (() if media else (line,))


def test_a_large_or_damaged_photo_is_left_out_and_named() -> None:
    big = "A" * 4000
    assert fate(f"PHOTO;ENCODING=b:{big}", media_limit=1000) == (
        "", "no", "it is larger than 0.001 MB"
    )  # fmt: skip
    folded = "\n ".join([f"PHOTO;ENCODING=b:{big}", *[big] * 2000])
    assert fate(folded, media_limit=1000) == ("", "no", "it is larger than 0.001 MB")
    assert fate("PHOTO;ENCODING=b:=é=") == ("", "no", "it is damaged")


def test_unknown_properties_are_kept_byte_for_byte_with_their_label() -> None:
    draft = draft_of('X-ODD;P="a;b":1\\,2\\n', "item1.X-ODD:x", "item1.X-ABLabel:_$!<Lake>!$_")
    assert draft.vcard_lines == (
        'X-ODD;P="a;b":1\\,2\\n', "item1.X-ODD:x\nitem1.X-ABLabel:_$!<Lake>!$_"
    )  # fmt: skip
    assert fate("X-ODD:1") == ("vCard property", "as is", "")


def test_an_encoded_unknown_property_is_kept_in_plain_text() -> None:
    line = "X-ODD;TYPE=x;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller=0D=0Atwo"
    assert draft_of(line, version="2.1").vcard_lines == ("X-ODD;TYPE=x:Müller\\ntwo",)


def test_further_organizations_and_titles_are_jobs() -> None:
    draft = draft_of("ORG:Acme;Sales", "TITLE:CEO", "ORG:Beta", "TITLE:Adviser", "ROLE:a", "ROLE:b")
    assert (draft.org, draft.title, draft.role) == ("Acme", "CEO", "a")
    assert draft.jobs == (JobDraft("Beta", "Adviser"),)
    assert draft.fields == (("department", "Sales"), ("other role", "b"))


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("TZ:-0530", "timezone", "-05:30"),
        ("TZ;VALUE=text:Europe/Berlin", "timezone", "Europe/Berlin"),
        ("GENDER:O;intersex", "gender", "other; intersex"),
        ("GENDER:;agender", "gender", "agender"),
        ("X-WAB-GENDER:2", "gender", "male"),
        ("GEO:geo:53.8,-1.55;u=30", "addresses",
         (AddressDraft(latitude="53.8", longitude="-1.55"),)),
        ("GEO:somewhere", "fields", (("coordinates as written", "somewhere"),)),
        ("DEATHDATE:20260101", "status", "deceased"),
        ("RELATED;TYPE=friend:urn:uuid:A-1", "relations", (RelationDraft("friend", "A-1"),)),
        ("RELATED;TYPE=spouse;VALUE=Bob:;", "relations", (RelationDraft("spouse", "Bob"),)),
        ("X-CHILDREN:Cy,Di", "relations",
         (RelationDraft("child", "Cy"), RelationDraft("child", "Di"))),
        ("KIND:location", "fields", (("vCard kind", "location"),)),
        ("X-SOCIALPROFILE;TYPE=twitter;x-user=ann:x-apple:ann", "points",
         (ContactPointDraft("social", "ann", "twitter"),)),
        ("SOUND;X-IRMC-N:Tesuto;An", "fields", (("phonetic name", "Tesuto An"),)),
    ],
)  # fmt: skip
def test_properties_and_what_they_become(line: str, attribute: str, value: object) -> None:
    assert getattr(draft_of(line, version="4.0"), attribute) == value


def test_the_inner_vcard_of_an_agent_is_told_and_the_outer_one_is_whole() -> None:
    inner = (
        "AGENT:",
        "",
        "BEGIN:VCARD",
        "FN:Sue",
        "AGENT:",
        "BEGIN:VCARD",
        "END:VCARD",
        "END:VCARD",
    )
    entry = read(*inner, "EMAIL:ann@example.com")
    assert entry.draft.points == (ContactPointDraft("email", "ann@example.com"),)
    assert ValueNote("AGENT", "", "no", "it is a vCard inside of this one: Sue") in entry.notes
    line = "AGENT:BEGIN:VCARD\\nFN:Sue\\nEND:VCARD"
    assert fate(line)[2] == "it is a vCard inside of this one: Sue"


def test_a_contact_list_of_evolution_is_a_group() -> None:
    text = (
        "BEGIN:VCARD\nFN:Team\nX-EVOLUTION-LIST:TRUE\nEMAIL:a@x.example\nEMAIL:b@x.example\n"
        "NOTE:x\nEND:VCARD"
    )
    [entry] = entries(text)
    assert entry.draft == GroupDraft("Team", ("mailto:a@x.example", "mailto:b@x.example"))
    assert ValueNote("NOTE", "", "no", "a group becomes a tag") in entry.notes


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>BEGIN:VCARD</body></html>",
        'BEGIN:VCARD\nVERSION:3.0\nN:{"a": "\\ud800"}\nEND:VCARD',
        "BEGIN:VCARD\r\rVERSION:3.0\r\rFN:Ann\r\rEND:VCARD\r\r",
        "begin: vcard\nFN:Ann\nend:VCARD ",
        "BEGIN:VCARD\nFN:" + "x" * 3_000_000 + "\nEMAIL:a@b.example\nEND:VCARD",
        "BEGIN:VCARD\n" + "AGENT:\nBEGIN:VCARD\n" * 2000,
        "BEGIN:VCARD\nFN:\udcff\udce9\nEND:VCARD",
    ],
)
def test_odd_files_give_entries_and_no_error(text: str) -> None:
    for entry in entries(text):
        if isinstance(entry, ContactEntry | BadEntry):
            entry.raw.encode()  # no lone surrogate goes on
