"""A CSV file comes in row by row: good rows as drafts, bad ones with their line, none lost."""

import io

import pytest

from cardcrm.errors import UsageError
from cardcrm.formats.csv.numbered_lines import MAX_LINE
from cardcrm.formats.csv.reader import MAX_FIELD, read_csv
from cardcrm.formats.file_reader import Bad, Item


def entries(text: str) -> list:
    return list(read_csv(io.StringIO(text, newline="")))


def drafts(text: str) -> list:
    found = entries(text)
    assert all(isinstance(entry, Item) for entry in found), found
    return [entry.draft for entry in found]


def bad_lines(text: str) -> list[int]:
    return [entry.line for entry in entries(text) if isinstance(entry, Bad)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found(sign):
    text = "name,email,phone\nJane,jane@example.com,+44 113 496 0101\n".replace(",", sign)
    [draft] = drafts(text)
    assert [point.value for point in draft.points] == ["jane@example.com", "+44 113 496 0101"]


def test_a_separator_inside_quotes_does_not_mislead():
    [draft] = drafts('"name, or what we call them";email;phone\n"Doe, Jane";j@example.com;1\n')
    assert draft.fields == (("name, or what we call them", "Doe, Jane"),)
    [draft] = drafts('name;email;"town, city"\n"Doe, Jane";j@example.com;Leeds\n')
    assert draft.name == "Doe, Jane"


@pytest.mark.parametrize("told", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_line_that_tells_the_separator_is_believed(told):
    [entry] = entries(f"{told}\r\nname;email\r\nJane;jane@example.com\r\n")
    assert (entry.line, entry.draft.name) == (3, "Jane")


def test_a_preamble_is_passed_over():
    text = (
        'Notes:\n"When exporting your connection data, some e-mail addresses are missing."\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Jane,Doe,https://example.com/in/jane,j@example.com,Acme,Buyer,15-Jan-24\n"
    )
    [entry] = entries(text)
    assert (entry.line, entry.draft.name, entry.draft.title) == (5, "Jane Doe", "Buyer")
    assert entry.draft.fields == (("Connected On", "15-Jan-24"),)


def test_line_numbers_are_those_of_the_file():
    text = 'name,note\n\nJane,"one\ntwo\nthree"\n,,\nJoe,x\n'
    assert [entry.line for entry in entries(text)] == [3, 7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(end):
    text = end.join(["name,note", 'Jane,"a', 'b"', "Joe,c"])
    first, second = entries(text)
    assert (first.draft.note, second.line, second.draft.note) == ("a\nb", 4, "c")


def test_a_row_with_a_cell_too_many_is_bad_and_with_too_few_is_not():
    good, bad, also_good = entries("name,email,city\nJane\nJoe,j@example.com,Leeds,x\nAnn,,,,\n")
    assert good.draft.name == "Jane"
    assert (bad.line, bad.raw) == (3, "Joe,j@example.com,Leeds,x")
    assert "4 cells where the header has 3" in bad.problem
    assert also_good.draft.name == "Ann"


def test_a_row_that_names_nobody_is_bad_but_an_empty_one_is_nothing():
    assert bad_lines("name,email,city\n,,Leeds\n,,\n \n,j@example.com,\n") == [2]


def test_a_nul_byte_costs_only_its_row():
    text = "name,city\nJa\0ne,Leeds\nJoe,York\n"
    assert bad_lines(text) == [2]
    assert entries(text)[0].raw == "Ja\0ne,Leeds"


def test_a_field_over_a_mebibyte_is_bad_but_one_just_below_is_not():
    big, small = "x" * (MAX_FIELD + 1), "x" * MAX_FIELD
    for quote in ("", '"'):
        text = f"name,note\nJane,{quote}{big}{quote}\nJoe,{quote}{small}{quote}\nAnn,x\n"
        bad, good, _ = entries(text)
        assert (bad.line, bad.problem) == (2, "a field is longer than 1 MiB")
        assert len(good.draft.note) == MAX_FIELD


def test_a_field_of_ten_megabytes_keeps_its_text_for_the_bad_rows():
    text = "name,note\nJane," + "y" * 10_000_000 + "\nJoe,x\n"
    bad, good = entries(text)
    assert len(bad.raw) == 10_000_005
    assert good.line == 3


def test_a_line_without_end_is_cut_and_the_next_is_read():
    bad, good = entries("name,note\nJane," + "y" * (MAX_LINE + 5) + "\nJoe,x\n")
    assert len(bad.raw) == MAX_LINE
    assert (good.line, good.draft.name) == (3, "Joe")


def test_an_unclosed_quote_costs_only_its_own_line():
    rows = "".join(f"Joe {n},x\n" for n in range(3000))
    found = entries('name,note\nJane,"oh\n' + rows)
    assert [entry.line for entry in found if isinstance(entry, Bad)] == [2]
    assert len(found) == 3001
    assert found[-1].line == 3002


def test_a_quote_closed_by_a_later_row_does_not_melt_the_rows():
    text = 'name,note\n"Jane,x\nJoe,y\n"Ann",z\nBob,w\n'
    assert bad_lines(text) == [2]
    assert [e.draft.name for e in entries(text) if isinstance(e, Item)] == ["Joe", "Ann", "Bob"]


def test_an_unclosed_quote_in_the_last_line_is_bad():
    assert bad_lines('name,note\nJane,"oh') == [2]


def test_quotes_in_odd_places_of_one_line_are_read_as_well_as_can_be():
    one, two = drafts('name,note\n"Jane" Doe,5" pipe\nJoe,"a ""b"" c"\n')
    assert (one.name, one.note) == ("Jane Doe", '5" pipe')
    assert two.note == 'a "b" c'


def test_raw_text_and_header_make_a_file_that_reads_the_same():
    text = 'name;note;city\nJane;"a\nb";Leeds\n'
    [entry] = entries(text)
    assert entry.raw == 'Jane;"a\nb";Leeds'


@pytest.mark.parametrize("text", ["", "\n\n", "blub,blah\n1,2\n", "city,notes\nLeeds,x\n"])
def test_a_file_without_a_header_for_contacts_is_refused_with_a_hint(text):
    with pytest.raises(UsageError) as caught:
        entries(text)
    assert "name,email,phone" in caught.value.hint


def test_what_excel_puts_around_text_comes_off():
    text = 'name,phone,Kundennr,PLZ\nJane,\'+44 113 496 0101,\'0042,"=""01067"""\n'
    [draft] = drafts(text)
    assert draft.points[0].value == "+44 113 496 0101"
    assert (draft.ref, draft.addresses[0].postcode) == ("0042", "01067")


def test_unknown_and_doubled_columns_become_custom_fields():
    [draft] = drafts("name,Shoe size,,Title,Position,email\nJane,39,x,Boss,Owner,j@example.com\n")
    assert draft.title == "Boss"
    assert draft.fields == (("Shoe size", "39"), ("column 3", "x"), ("Position", "Owner"))


def test_a_doubled_column_fills_in_for_an_empty_first():
    [draft] = drafts("name,Title,Position\nJane,,Owner\n")
    assert (draft.title, draft.fields) == ("Owner", ())


def test_several_values_in_a_cell_come_apart():
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


def test_an_organisation_without_a_person_is_a_card_of_its_own():
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
def test_who_unsubscribed_elsewhere_stays_so_for_mail_and_only_for_mail(header, word, out):
    [draft] = drafts(f"name,email,phone,{header}\nJane,j@example.com,123,{word}\n")
    assert [point.opted_out for point in draft.points] == [out, False]
    assert bool(draft.fields) == (header == "UNSUB_TIME")


def test_birthdays_keep_their_text_but_for_what_programs_did_to_them():
    text = "name,birthday\nA,15-Jan-24\nB,1980-05-01 00:00:00\nC,29342\nD,5 May\n"
    days = [draft.days[0].day for draft in drafts(text)]
    assert days == ["15-Jan-24", "1980-05-01", "1980-05-01", "5 May"]


def test_a_header_may_go_over_several_lines():
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
def test_a_phone_cell_holds_the_numbers_that_it_holds(cell, values):
    [draft] = drafts(f"name,phone\nJane,{cell}\n")
    assert [point.value for point in draft.points] == values


@pytest.mark.parametrize("cell", ["n/a", "-", "None", "NULL", "a@x.com;n/a"])
def test_no_e_mail_address_is_nothing(cell):
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
def test_who_has_no_name_is_named_by_an_address_or_the_firm(row, name, kind):
    [draft] = drafts(f"email,phone,company\n{row}\n")
    assert (draft.name, draft.kind) == (name, kind)


def test_a_row_with_nothing_but_words_for_nothing_is_bad():
    assert bad_lines("name,email,phone\n,n/a,-\n") == [2]


def test_tags_in_quotes_come_apart_at_their_commas():
    [draft] = drafts('email,TAGS\na@x.com,"""vip"",""garden, roses"""\n')
    assert draft.tags == ("vip", "garden, roses")
