"""Test reading vCards of all versions, including broken ones."""

import io
from pathlib import Path

import pytest

from cardcrm.errors import UsageError
from cardcrm.formats.import_entries import BadEntry, ContactEntry, GroupEntry
from cardcrm.formats.vcard.reader import MAX_BLOCK_SIZE, read_vcard
from cardcrm.formats.vcard.writer import fold_line, write_vcard
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    RelationDraft,
)
from cardcrm.records.contacts.names import name_of

JANE = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nN:Doe;Jane;;;\nEND:VCARD\n"


def entries(text: str) -> list:
    return list(read_vcard(io.StringIO(text, newline="")))


def card(*lines: str, version: str = "3.0") -> ContactDraft:
    body = "\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD"))
    [entry] = entries(body)
    assert isinstance(entry, ContactEntry), entry
    return entry.draft


def test_names_parts_and_nicknames():
    draft = card("FN:Dr. Jane Doe", "N:Doe;Jane;Q;Dr.;", "NICKNAME:Jenny,J\\,D")
    assert (draft.name, draft.prefix, draft.middle) == ("Dr. Jane Doe", "Dr.", "Q")
    assert draft.nicknames == ("Jenny", "J,D")


def test_missing_full_name_is_read_from_its_parts():
    assert name_of(card("N:Doe;Jane;Q;Dr.;Jr.", version="2.1")).name == "Jane Q Doe Jr."


def test_escapes_and_folds_are_decoded():
    draft = card("FN:Jane", "NOTE:one\\nt", " wo\\, three\\; four \\\\n", "\t five: six")
    assert draft.note == "one\ntwo, three; four \\n five: six"


@pytest.mark.parametrize(
    ("line", "point"),
    [
        ("EMAIL;TYPE=INTERNET,WORK,pref:j@example.com",
         ContactPointDraft("email", "j@example.com", "work")),
        ("TEL;TYPE=HOME;TYPE=VOICE:1", ContactPointDraft("phone", "1", "home")),
        ("TEL;HOME;CELL:1", ContactPointDraft("phone", "1", "mobile")),
        ('TEL;TYPE="fax,work":1', ContactPointDraft("phone", "1", "work fax")),
        ("TEL;VALUE=uri;TYPE=cell:tel:+1-202-555-0101;ext=5",
         ContactPointDraft("phone", "+1-202-555-0101 ext. 5", "mobile")),
        ("URL:https://example.com/a;b\\,c", ContactPointDraft("web", "https://example.com/a;b,c")),
        ("IMPP;X-SERVICE-TYPE=Skype:skype:jane",
         ContactPointDraft("social", "skype:jane", "skype")),
        ("X-SOCIALPROFILE;type=twitter:https://example.com/j",
         ContactPointDraft("social", "https://example.com/j", "twitter")),
        ("X-SKYPE:jane", ContactPointDraft("social", "jane", "skype")),
        ("EMAIL;X-CARDCRM=opted-out,invalid:j@example.com",
         ContactPointDraft("email", "j@example.com", "", opted_out=True, invalid=True)),
    ],
)  # fmt: skip
def test_contact_points_and_labels(line, point):
    assert card("FN:Jane", line).points == (point,)


def test_apple_labels_belong_to_their_group():
    draft = card(
        "FN:Jane",
        "item1.TEL:1",
        "item1.X-ABLabel:Lake house",
        "item2.X-ABDATE;type=pref:2001-02-03",
        "item2.X-ABLabel:_$!<Anniversary>!$_",
        "item3.X-ABRELATEDNAMES:Joe",
        "item3.X-ABLabel:_$!<Spouse>!$_",
    )
    assert draft.points == (ContactPointDraft("phone", "1", "Lake house"),)
    assert draft.days == (AnniversaryDraft("anniversary", "2001-02-03"),)
    assert draft.relations == (RelationDraft("spouse", "Joe"),)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:19800501", "1980-05-01"),
        ("BDAY:1980-05-01", "1980-05-01"),
        ("BDAY;VALUE=date:1980-05-01T00:00:00Z", "1980-05-01"),
        ("BDAY:--0501", "--05-01"),
        ("BDAY:--05-01", "--05-01"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-01", "--05-01"),
        ("BDAY:1604-05-01", "--05-01"),
        ("BDAY:16040501", "--05-01"),
        ("BDAY:1953", "1953"),
        ("BDAY:1985-04", "1985-04"),
        ("BDAY:--04", "--04"),
        ("BDAY:19850412T230000Z", "1985-04-12"),
        ("BDAY;VALUE=text:circa 1800", "circa 1800"),
    ],
)
def test_birthdays_in_every_notation(line, day):
    assert card("FN:Jane", line).days == (AnniversaryDraft("birthday", day),)


def test_address_organization_title_and_other_properties():
    draft = card(
        "FN:Jane",
        "ORG:Acme\\, Inc.;Sales",
        "TITLE:Buyer",
        "ROLE:Purchasing",
        "ADR;TYPE=home:PO 1;;1 Elm St\\nFlat 2;Leeds;WY;LS1;GB",
        "CATEGORIES:vip,a\\,b",
        "UID:urn:uuid:5f0a2c1e-93b1-4a52-8c1d-2f60f0a1c101",
        "X-CARDCRM-STAGE:lead",
        "X-CARDCRM-FIELD:shoe size;39\\;5",
        "PHOTO;ENCODING=b;TYPE=JPEG:AAAA",
        version="4.0",
    )
    assert (draft.org, draft.title, draft.stage) == ("Acme, Inc.", "Buyer", "lead")
    assert draft.addresses == (
        AddressDraft("home", "PO 1\n1 Elm St\nFlat 2", "Leeds", "WY", "LS1", "GB"),
    )
    assert draft.tags == ("vip", "a,b")
    assert draft.uid == "5f0a2c1e-93b1-4a52-8c1d-2f60f0a1c101"
    assert draft.role == "Purchasing"
    assert draft.fields == (("shoe size", "39;5"), ("department", "Sales"))


@pytest.mark.parametrize("mark", ["KIND:org", "X-ABShowAs:COMPANY", "X-ABDATE:2001-02-03"])
def test_vcard_of_an_organization(mark):
    draft = card("FN:Acme", "N:;;;;", "ORG:Acme", mark)
    assert (draft.kind, draft.name, draft.org) == ("org", "Acme", "")


def test_quoted_printable_of_version_two():
    draft = card(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;;",
        "NOTE;ENCODING=quoted-printable:first=0D=0Asecond and a long li=",
        "ne",
        "TEL;CELL:1",
        version="2.1",
    )
    assert (draft.family, draft.given) == ("Müller", "Jörg")
    assert draft.note == "first\nsecond and a long line"
    assert draft.points == (ContactPointDraft("phone", "1", "mobile"),)


@pytest.mark.parametrize(
    "broken",
    [
        "BEGIN:VCARD\nVERSION:3.0\nFN:Half",
        "BEGIN:VCARD\nVERSION:4.0\nEND:VCARD",
        "BEGIN:VCARD\nKIND:group\nMEMBER:urn:uuid:1\nEND:VCARD",
    ],
)
def test_broken_vcard_is_the_only_bad_entry(broken):
    first, bad, last = entries(JANE + broken + "\n" + JANE)
    assert isinstance(bad, BadEntry)
    assert (bad.line, bad.raw) == (6, broken)
    assert "\n" not in bad.problem
    assert (first.line, last.line) == (1, 7 + broken.count("\n"))


@pytest.mark.parametrize(
    "lines",
    [
        ("VERSION:4.0", "KIND:group", "FN:Family", "MEMBER:urn:uuid:a-1", "MEMBER:mailto:j@x.de"),
        (
            "VERSION:3.0",
            "N:Family;;;;",
            "X-ADDRESSBOOKSERVER-KIND:group",
            "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:a-1",
            "X-ADDRESSBOOKSERVER-MEMBER:mailto:j@x.de",
            "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:a-1",
            "UID:g-1",
        ),
    ],
)
def test_group_entry_lists_its_members(lines):
    body = "\n".join(("BEGIN:VCARD", *lines, "END:VCARD"))
    jane, group = entries(JANE + body)
    assert isinstance(jane, ContactEntry)
    assert isinstance(group, GroupEntry)
    assert (group.line, group.raw) == (6, body)
    assert group.draft == GroupDraft("Family", ("a-1", "mailto:j@x.de"))


def test_members_of_a_contact_are_skipped():
    assert card("FN:Jane", "MEMBER:urn:uuid:1") == ContactDraft(name="Jane")


def test_incomplete_vcard_at_the_end_is_bad():
    good, bad = entries(JANE + "BEGIN:VCARD\nVERSION:3.0\nFN:Ha")
    assert isinstance(good, ContactEntry)
    assert (bad.line, bad.problem) == (6, "the vCard is incomplete: END:VCARD is missing")


def test_text_between_vcards_is_one_bad_entry():
    _, bad, _ = entries(JANE + "hello\n\nworld\n" + JANE)
    assert (bad.line, bad.raw) == (6, "hello\n\nworld")


def test_a_vcard_of_endless_properties_is_bad():
    big = "BEGIN:VCARD\nFN:x\n" + f"NOTE:{'y' * 1000}\n" * (MAX_BLOCK_SIZE // 1000) * 3
    bad, good = entries(big + "END:VCARD\n" + JANE)
    assert "longer than 5 MiB" in bad.problem
    assert len(bad.raw) <= MAX_BLOCK_SIZE * 2.5
    assert good.draft.name == "Jane Doe"


def test_unknown_version_is_rejected():
    with pytest.raises(UsageError):
        write_vcard([], io.StringIO(), "2.1")


def test_folding_does_not_split_a_character():
    line = "NOTE:" + "é🎈" * 60
    pieces = fold_line(line).split("\r\n")
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == line


def test_version_four_format_of_dates_and_ids():
    draft = ContactDraft(
        name="Jane",
        days=(
            AnniversaryDraft("birthday", "--05-01"),
            AnniversaryDraft("anniversary", "2001-02-03"),
        ),
        uid="5f0a2c1e-93b1-4a52-8c1d-2f60f0a1c101",
    )
    stream = io.StringIO(newline="")
    write_vcard([draft], stream, "4.0")
    lines = stream.getvalue().split("\r\n")
    assert "BDAY:--0501" in lines
    assert "ANNIVERSARY:20010203" in lines
    assert "UID:urn:uuid:5f0a2c1e-93b1-4a52-8c1d-2f60f0a1c101" in lines


def test_sample_vcards_are_read_completely():
    path = Path(__file__).parents[3] / "examples" / "contacts.vcf"
    with path.open(encoding="utf-8", newline="") as stream:
        found = list(read_vcard(stream))
    assert [type(entry) for entry in found] == [ContactEntry] * 6


def test_vcard_with_only_an_email_is_named_by_it():
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:\nEMAIL:jane@example.com\nEND:VCARD\n"
    [entry] = read_vcard(io.StringIO(text, newline=""))
    assert (entry.draft.name, entry.draft.kind) == ("jane@example.com", "person")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("no colon here", (("unread line", "no colon here"),)),
        ("TEL" + ";TYPE=a" * 40 + "," * 4000, "TEL" + ";TYPE=a" * 40 + "," * 4000),
        ("N with spaces: x", (("unread line", "N with spaces: x"),)),
        ("PHOTO;ENCODING=BASE64:/9j/4AAQ\n2wBDAAMC\nCQgKCgkI", ()),
    ],
)
def test_an_odd_line_does_not_cost_the_contact(line, fields):
    draft = card("FN:Ann Test", "N:Test;Ann;;;", line, "EMAIL:ann@example.com")
    assert (draft.given, draft.points) == ("Ann", (ContactPointDraft("email", "ann@example.com"),))
    expected = (("unread line", fields),) if isinstance(fields, str) else fields
    assert draft.fields == expected


def test_a_semicolon_before_the_value_is_left_out():
    draft = card("FN:Ann", "ADR;HOME;PREF;:;;1 High St;Leeds;;LS1;UK", version="2.1")
    assert draft.addresses == (AddressDraft("home", "1 High St", "Leeds", "", "LS1", "UK"),)


def test_the_preferred_value_comes_first():
    draft = card("FN:Ann", "EMAIL;TYPE=HOME:b@example.com", "EMAIL;TYPE=WORK,PREF:a@example.com")
    assert [point.value for point in draft.points] == ["a@example.com", "b@example.com"]
    draft = card("FN:Ann", "TEL:12345678", "TEL;PREF=1:+441134960123", version="4.0")
    assert [point.value for point in draft.points] == ["+441134960123", "12345678"]


def test_a_role_beside_a_title_is_kept():
    draft = card("FN:Ann", "TITLE:Head of Sales", "ROLE:Buyer")
    assert (draft.title, draft.role, draft.fields) == ("Head of Sales", "Buyer", ())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("X-SPOUSE:Bob Doe", "spouse"),
        ("X-MS-SPOUSE;N:Bob Doe", "spouse"),
        ("X-EVOLUTION-MANAGER:Bob Doe", "manager"),
        ("X-MS-ASSISTANT:Bob Doe", "assistant"),
    ],
)
def test_people_of_other_programs_are_relations(line, kind):
    assert card("FN:Ann", line).relations == (RelationDraft(kind, "Bob Doe"),)
