"""Test that every row of a CSV file becomes a contact or a bad entry with its line."""

import io

import pytest

from cardcrm.errors import UsageError
from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.csv.records import MAX_FIELD_SIZE
from cardcrm.formats.import_entries import BadEntry, ColumnReport, ContactEntry
from cardcrm.formats.numbered_lines import MAX_LINE_SIZE
from tests.support.import_entries import without_remarks


def entries(text: str) -> list:
    return without_remarks(read_csv(io.StringIO(text, newline="")))


def drafts(text: str) -> list:
    found = entries(text)
    assert all(isinstance(entry, ContactEntry) for entry in found), found
    return [entry.draft for entry in found]


def bad_lines(text: str) -> list[int]:
    return [entry.line for entry in entries(text) if isinstance(entry, BadEntry)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found(sign):
    text = "name,email,phone\nJane,jane@example.com,+44 113 496 0101\n".replace(",", sign)
    [draft] = drafts(text)
    assert [point.value for point in draft.points] == ["jane@example.com", "+44 113 496 0101"]


def test_quoted_separator_is_ignored():
    [draft] = drafts('"name, or what we call them";email;phone\n"Doe, Jane";j@example.com;1\n')
    assert draft.fields == (("name, or what we call them", "Doe, Jane"),)
    [draft] = drafts('name;email;"town, city"\n"Doe, Jane";j@example.com;Leeds\n')
    assert draft.name == "Doe, Jane"


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_sep_line_declares_the_separator(line):
    [entry] = entries(f"{line}\r\nname;email\r\nJane;jane@example.com\r\n")
    assert (entry.line, entry.draft.name) == (3, "Jane")


def test_preamble_is_skipped():
    text = (
        'Notes:\n"When exporting your connection data, some e-mail addresses are missing."\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Jane,Doe,https://example.com/in/jane,j@example.com,Acme,Buyer,15-Jan-24\n"
    )
    [entry] = entries(text)
    assert (entry.line, entry.draft.given, entry.draft.family) == (5, "Jane", "Doe")
    assert entry.draft.fields == (("Connected On", "15-Jan-24"),)


def test_line_numbers_are_those_of_the_file():
    text = 'name,note\n\nJane,"one\ntwo\nthree"\n,,\nJoe,x\n'
    assert [entry.line for entry in entries(text)] == [3, 7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_accepted(end):
    text = end.join(["name,note", 'Jane,"a', 'b"', "Joe,c"])
    first, second = entries(text)
    assert (first.draft.note, second.line, second.draft.note) == ("a\nb", 4, "c")


def test_extra_cell_makes_a_row_bad_but_missing_cell_does_not():
    good, bad, also_good = entries("name,email,city\nJane\nJoe,j@example.com,Leeds,x\nAnn,,,,\n")
    assert good.draft.name == "Jane"
    assert (bad.line, bad.raw) == (3, "Joe,j@example.com,Leeds,x")
    assert "4 cells, but the header has 3" in bad.problem
    assert also_good.draft.name == "Ann"


def test_unnamed_row_is_bad_and_empty_row_is_skipped():
    assert bad_lines("name,email,city\n,,Leeds\n,,\n \n,j@example.com,\n") == [2]


def test_nul_byte_makes_only_its_row_bad():
    text = "name,city\nJa\0ne,Leeds\nJoe,York\n"
    assert bad_lines(text) == [2]
    assert entries(text)[0].raw == "Ja\0ne,Leeds"


def test_field_above_one_mebibyte_is_bad():
    big, small = "x" * (MAX_FIELD_SIZE + 1), "x" * MAX_FIELD_SIZE
    for quote in ("", '"'):
        text = f"name,note\nJane,{quote}{big}{quote}\nJoe,{quote}{small}{quote}\nAnn,x\n"
        bad, good, _ = entries(text)
        assert (bad.line, bad.problem) == (2, "a field is longer than 1 MiB")
        assert len(good.draft.note) == MAX_FIELD_SIZE


def test_huge_field_keeps_its_raw_text():
    text = "name,note\nJane," + "y" * 10_000_000 + "\nJoe,x\n"
    bad, good = entries(text)
    assert len(bad.raw) == 10_000_005
    assert good.line == 3


def test_endless_line_is_cut_and_the_next_line_is_read():
    bad, good = entries("name,note\nJane," + "y" * (MAX_LINE_SIZE + 5) + "\nJoe,x\n")
    assert len(bad.raw) == MAX_LINE_SIZE
    assert (good.line, good.draft.name) == (3, "Joe")


def test_unclosed_quote_makes_only_its_line_bad():
    rows = "".join(f"Joe {n},x\n" for n in range(3000))
    found = entries('name,note\nJane,"oh\n' + rows)
    assert [entry.line for entry in found if isinstance(entry, BadEntry)] == [2]
    assert len(found) == 3001
    assert found[-1].line == 3002


def test_quote_closed_in_a_later_row_does_not_join_rows():
    text = 'name,note\n"Jane,x\nJoe,y\n"Ann",z\nBob,w\n'
    assert bad_lines(text) == [2]
    assert [e.draft.name for e in entries(text) if isinstance(e, ContactEntry)] == [
        "Joe",
        "Ann",
        "Bob",
    ]


def test_unclosed_quote_in_the_last_line_is_bad():
    assert bad_lines('name,note\nJane,"oh') == [2]


def test_misplaced_quotes_are_read_leniently():
    one, two = drafts('name,note\n"Jane" Doe,5" pipe\nJoe,"a ""b"" c"\n')
    assert (one.name, one.note) == ("Jane Doe", '5" pipe')
    assert two.note == 'a "b" c'


def test_header_and_raw_text_can_be_read_again():
    text = 'name;note;city\nJane;"a\nb";Leeds\n'
    [entry] = entries(text)
    assert entry.raw == 'Jane;"a\nb";Leeds'


@pytest.mark.parametrize("text", ["", "\n\n", "blub,blah\n1,2\n", "city,notes\nLeeds,x\n"])
def test_file_without_contact_header_is_rejected_with_a_hint(text):
    with pytest.raises(UsageError) as caught:
        entries(text)
    assert "name,email,phone" in caught.value.hint


def test_excel_text_marks_are_removed():
    text = 'name,phone,Kundennr,PLZ\nJane,\'+44 113 496 0101,\'0042,"=""01067"""\n'
    [draft] = drafts(text)
    assert draft.points[0].value == "+44 113 496 0101"
    assert (draft.ref, draft.addresses[0].postcode) == ("0042", "01067")


def test_unknown_and_doubled_columns_become_custom_fields():
    [draft] = drafts("name,Shoe size,,Title,Position,email\nJane,39,x,Boss,Owner,j@example.com\n")
    assert draft.title == "Boss"
    assert draft.fields == (("Shoe size", "39"), ("column 3", "x"), ("Position", "Owner"))


def test_second_column_fills_an_empty_first():
    [draft] = drafts("name,Title,Position\nJane,,Owner\n")
    assert (draft.title, draft.fields) == ("Owner", ())


def test_several_values_in_a_cell_are_split():
    [draft] = drafts(
        'name,email,phone,tags\nJane,"a@example.com, b@example.com;c@example.com",'
        '+1 202-555-0101 ::: +1 202-555-0102,"vip, trade;new"\n'
    )
    assert [p.value for p in draft.points] == [
        "a@example.com",
        "b@example.com",
        "c@example.com",
        "+1 202-555-0101",
        "+1 202-555-0102",
    ]
    assert draft.tags == ("vip", "trade", "new")


def test_row_with_only_an_organization_is_an_organization():
    org, person = drafts("name,company,email\n,Acme,a@example.com\nJane,Acme,\n")
    assert (org.kind, org.name, org.org) == ("org", "Acme", "")
    assert (person.kind, person.name, person.org) == ("person", "Jane", "Acme")


@pytest.mark.parametrize(
    ("header", "word", "out"),
    [
        ("Accepts Email Marketing", "no", True),
        ("Accepts Email Marketing", "yes", False),
        ("UNSUB_TIME", "2024-01-02 10:00:00", True),
        ("Unsubscribed", "FALSE", False),
        ("Email Opt Out", "1", True),
        ("Newsletter", "Nein", True),
    ],
)
def test_opt_out_applies_to_email_only(header, word, out):
    [draft] = drafts(f"name,email,phone,{header}\nJane,j@example.com,123,{word}\n")
    assert [point.opted_out for point in draft.points] == [out, False]
    assert bool(draft.fields) == (header == "UNSUB_TIME")


def test_birthdays_lose_only_the_additions_of_programs():
    text = "name,birthday\nA,15-Jan-24\nB,1980-05-01 00:00:00\nC,29342\nD,5 May\n"
    days = [draft.days[0].day for draft in drafts(text)]
    assert days == ["15-Jan-24", "1980-05-01", "1980-05-01", "5 May"]


def test_header_may_span_several_lines():
    text = 'name,"email\n(work)","home\nphone"\nJane,j@example.com,1\n'
    [entry] = entries(text)
    assert entry.line == 4
    assert [point.label for point in entry.draft.points] == ["work", "home"]


def test_columns_added_to_our_own_export_become_custom_fields():
    text = "name,emails,phones,webs,addresses,Shoe size\nJane,j@example.com|work,,,|Leeds,39\n"
    [draft] = drafts(text)
    assert draft.points[0].label == "work"
    assert (draft.addresses[0].city, draft.fields) == ("Leeds", (("Shoe size", "39"),))


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("0113 496 0111 / 0113 496 0112", ["0113 496 0111", "0113 496 0112"]),
        ("0113 496 0111 or 0113 496 0112", ["0113 496 0111", "0113 496 0112"]),
        ("+49 221 123456 und +49 221 123457", ["+49 221 123456", "+49 221 123457"]),
        ('"0113 496 0111, 0113 496 0112"', ["0113 496 0111", "0113 496 0112"]),
        ("02203/123456", ["02203/123456"]),
        ("+44 113 496 0111 ext. 12", ["+44 113 496 0111 ext. 12"]),
        ('"+441134960111,,12"', ["+441134960111,,12"]),
        ("01134960123.0", ["01134960123"]),
        ("N/A", []),
        ("-", []),
        ("none", []),
    ],
)
def test_phone_cell_is_split_into_full_numbers_only(cell, values):
    [draft] = drafts(f"name,phone\nJane,{cell}\n")
    assert [point.value for point in draft.points] == values


@pytest.mark.parametrize("cell", ["n/a", "-", "None", "NULL", "a@x.com;n/a"])
def test_email_placeholders_are_ignored(cell):
    [draft] = drafts(f"name,email,city\nJane,{cell},Leeds\n")
    assert [point.value for point in draft.points] == ["a@x.com"] * ("@" in cell)


@pytest.mark.parametrize(
    ("row", "name", "kind"),
    [
        ("jane.doe@x.com,0113 496 0111,", "jane.doe@x.com", "person"),
        (",0113 496 0111,", "0113 496 0111", "person"),
        ("info@acme.com,,Acme", "Acme", "org"),
    ],
)
def test_missing_name_is_filled_from_contact_point_or_organization(row, name, kind):
    [draft] = drafts(f"email,phone,company\n{row}\n")
    assert (draft.name, draft.kind) == (name, kind)


def test_row_of_placeholders_is_bad():
    assert bad_lines("name,email,phone\n,n/a,-\n") == [2]


def test_quoted_tags_are_split_at_commas():
    [draft] = drafts('email,TAGS\na@x.com,"""vip"",""garden, roses"""\n')
    assert draft.tags == ("vip", "garden, roses")


def test_fillers_of_outlook_are_reported_as_not_kept():
    text = "Vorname,Nachname,Privat\nAnn,Lee,Aus\nBob,Ray,Ein\nCay,Poe,\n"
    [report] = [
        each for each in read_csv(io.StringIO(text, newline="")) if isinstance(each, ColumnReport)
    ]
    found = [(each.target, each.count, each.why) for each in report.columns]
    assert found[2:] == [("Privat", 1, ""), ("", 1, "filled in by Outlook")]
