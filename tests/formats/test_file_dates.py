"""Test the dates of files: their order, instants, years that mean “unknown”, three columns."""

import io

import pytest

from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.file_dates import decide_order, join_day_parts, normalize_cell
from cardcrm.formats.import_entries import ContactEntry, DateNote
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.records.contacts.drafts import AnniversaryDraft


@pytest.mark.parametrize(
    ("texts", "region", "order", "reason"),
    [
        (["3/4/1980", "1/20/1981"], "GB", "month", "as 1/20/1981 in line 3 shows"),
        (["3/4/1980", "20/1/1981"], "US", "day", "as 20/1/1981 in line 3 shows"),
        (["04/12", "04/25"], "", "month", "as 04/25 in line 3 shows"),
        (["3/4/1980"], "US", "month", "as is usual in US"),
        (["3/4/80"], "GB", "day", "as is usual in GB"),
        (["3/4/1980"], "", "day", "as no region is set"),
        (["3.4.1980"], "US", "day", "as is usual with dots"),
        (["20/1/1981", "21/1/1981", "1/20/1981"], "US", "day",
         "as that in line 2 shows; 1/20/1981 in line 4 can only be month first, "
         "so check such dates"),
    ],
)  # fmt: skip
def test_order_is_decided_by_the_file_else_by_the_region(
    texts: list[str], region: str, order: str, reason: str
) -> None:
    decided = decide_order(enumerate(texts, 2), region)
    assert decided is not None
    assert decided.note == DateNote(
        order, f"dates such as {texts[0]} were read {order} first, {reason}"
    )


@pytest.mark.parametrize("text", ["1980-05-01", "--05-01", "5 May 1980", "29342", "0/0/00", ""])
def test_other_dates_have_no_order(text: str) -> None:
    assert decide_order([(2, text)], "US") is None


def read_days(rows: list[str], region: str = "") -> list[str]:
    text = "".join(f"{line}\n" for line in ("Name,Birthday", *rows))
    entries = read_csv(io.StringIO(text, newline=""), region)
    found = [each.draft.days for each in entries if isinstance(each, ContactEntry)]
    return [day.day for days in found for day in days]


def test_every_row_of_a_file_has_the_order_that_one_row_shows() -> None:
    rows = ["Ann,3/4/1980", "Bob,04/12", "Cleo,1/20/1981", "Dan,5/6/85", "Eve,2/25/82"]
    assert read_days(rows) == ["1980-03-04", "--04-12", "1981-01-20", "6.5.85", "25.2.82"]
    assert read_days(rows[:2], "US") == ["1980-03-04", "--04-12"]
    assert read_days(rows[:2], "DE") == ["1980-04-03", "--12-04"]


def test_dates_of_vcards_have_one_order_too() -> None:
    cards = "".join(
        f"BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nBDAY:{day}\nEND:VCARD\n"
        for day in ("3/4/1980", "1/20/1981", "1985-04-12")
    )
    note, *entries = read_vcard(io.StringIO(cards, newline=""), "GB")
    assert isinstance(note, DateNote)
    assert note.order == "month"
    days = [each.draft.days for each in entries if isinstance(each, ContactEntry)]
    assert days == [
        (AnniversaryDraft("birthday", day),) for day in ("1980-03-04", "1981-01-20", "1985-04-12")
    ]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("1604-05-01", "--05-01"),
        ("0000-05-01", "--05-01"),
        ("1604-05-01T00:00:00Z", "--05-01"),
        ("1985-04-12T22:00:00.000Z", "1985-04-12"),
        ("1985-04-12 10:30", "1985-04-12"),
        ("19850412", "1985-04-12"),
        ("--0412", "--04-12"),
        ("29342", "1980-05-01"),
        ("1985", "1985"),
        ("5/1/1980 0:00", "5/1/1980"),
    ],
)
def test_additions_of_programs_are_removed(cell: str, day: str) -> None:
    assert normalize_cell(cell) == day


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("1980", "4", "3"), "1980-04-03"),
        (("1980", "April", "03"), "1980-04-03"),
        (("", "04", "3"), "--04-03"),
        (("0000", "4", "3"), "--04-03"),
        (("1980", "4", ""), "1980-04"),
        (("1980", "", "3"), "1980"),
        (("", "4", "0"), "--04"),
        (("", "", "3"), ""),
    ],
)
def test_three_columns_make_one_birthday(parts: tuple[str, str, str], day: str) -> None:
    assert join_day_parts(*parts) == day


def test_columns_of_a_birthday_are_known_by_their_company() -> None:
    text = "Name,Birth Year,Birth Month,Birth Day\nAnn,1980,4,3\nBob,,12,\n"
    drafts = [
        each.draft
        for each in read_csv(io.StringIO(text, newline=""))
        if isinstance(each, ContactEntry)
    ]
    assert [draft.days[0].day for draft in drafts] == ["1980-04-03", "--12"]
