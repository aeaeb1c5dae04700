import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.render import FORMATS, render
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet
from cardcrm.text import cell_width

ANY = st.text(st.characters(exclude_categories=()))
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def rendered(what: Sheet | Card, fmt: str, *, color: bool = False, width: int = 0) -> str:
    stream = io.StringIO()
    render(what, fmt, stream=stream, color=color, width=width)
    return stream.getvalue()


def encoded(what: Sheet | Card, fmt: str, encoding: str) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
    render(what, fmt, stream=stream, color=False, width=0)
    stream.flush()
    return raw.getvalue().decode(encoding)


def sheet(*rows: tuple[Cell, ...]) -> Sheet:
    columns = (Column("id", "Id"), Column("name", "Name", wide=True), Column("city", "City"))
    return Sheet(columns, rows)


def one(cell: Cell) -> Sheet:
    return Sheet((Column("id", "Id"),), ((cell,),))


def card(text: str) -> Card:
    section = Section(text, (Line(text, text, text, "red", text),), one(text), text)
    return Card(
        text, text, ((text, text),), (section,), {"id": text}, text, (text,), ((text, text),)
    )


@pytest.mark.parametrize("fmt", FORMATS)
@given(text=ANY)
def test_no_text_controls_the_terminal(fmt: str, text: str) -> None:
    for what in (sheet((1, text, text)), card(text)):
        assert not OBEYED.search(rendered(what, fmt))


@given(ANY)
def test_json_keeps_text_exactly(text: str) -> None:
    assert json.loads(rendered(sheet((1, text, None)), "json")) == [
        {"id": 1, "name": text, "city": None}
    ]


@given(ANY)
def test_json_is_exact_on_an_ascii_stream(text: str) -> None:
    assert json.loads(encoded(one(text), "json", "ascii")) == [{"id": text}]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
@given(text=ANY)
def test_every_format_works_in_every_encoding(fmt: str, encoding: str, text: str) -> None:
    assert encoded(sheet((1, text, text)), fmt, encoding)
    assert encoded(card(text), fmt, encoding)


def test_missing_letters_lose_their_accents() -> None:
    assert encoded(one("Łukasz Müller, 東京"), "table", "ascii") == "Id\nLukasz Muller, ????\n"
    assert "&#321;ukasz M&#252;ller" in encoded(one("Łukasz Müller"), "html", "latin-1")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@cmd", "'@cmd"),
        ("\t=1", "' =1"),
        ("\x1b[0m=1", "'=1"),
        ("＝1", "'＝1"),
        ("+44 113 496 0123", "+44 113 496 0123"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (Money(-500, "EUR"), "-5.00 EUR"),
        ("a=b", "a=b"),
    ],
)
@pytest.mark.parametrize(("fmt", "sign"), [("csv", ","), ("tsv", "\t")])
def test_no_text_starts_a_formula(fmt: str, sign: str, value: Cell, shown: str) -> None:
    text = rendered(one(value), fmt)
    assert list(csv.reader(io.StringIO(text), delimiter=sign)) == [["id"], [shown]]


def test_line_end_does_not_hide_a_formula() -> None:
    assert rendered(one("\r=1"), "tsv") == "id\n'=1\n"
    assert rendered(one("\r=1"), "csv") == 'id\n"\'\n=1"\n'


@given(st.lists(st.tuples(ANY, ANY), max_size=5))
def test_tsv_is_one_line_a_row(rows: list[tuple[str, str]]) -> None:
    columns = (Column("a", "A"), Column("b", "B"))
    text = rendered(Sheet(columns, rows), "tsv")
    assert text.count("\n") == len(rows) + 1
    assert all("\t" in line for line in text.split("\n")[:-1])


@given(st.lists(st.tuples(st.integers(), ANY, ANY), min_size=1, max_size=5), st.integers(0, 60))
def test_columns_are_aligned(rows: list[tuple[int, str, str]], width: int) -> None:
    marked = Sheet((*sheet().columns, Column("end", "End")), [(*row, "|end") for row in rows])
    lines = rendered(marked, "table", width=width).splitlines()
    assert len({cell_width(line.removesuffix("|end")) for line in lines[1:]}) == 1


# The cleaning takes a control character with the letters that follow it as one sequence.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="…‡")
PRINTABLE = st.text(CHARACTERS)  # without the marks of a cut and of an end


@given(st.lists(st.tuples(PRINTABLE, PRINTABLE), min_size=1, max_size=5), st.integers(30, 60))
def test_a_wrapped_column_loses_no_word(rows: list[tuple[str, str]], width: int) -> None:
    columns = (
        Column("a", "A", wide=True, wrapped=True),
        Column("b", "B", wide=True, wrapped=True),
    )
    texts = [tuple(" ".join(["word", each[:8], "end‡"]) for each in row) for row in rows]
    lines = rendered(Sheet(columns, texts), "table", width=width).splitlines()
    assert max(map(cell_width, lines)) <= width
    assert "".join(lines).count("end‡") == 2 * len(rows)
    assert "…" not in "".join(lines)


def test_a_wrapped_column_stays_in_one_piece_in_a_pipe() -> None:
    columns = (Column("id", "Id"), Column("a", "A", wide=True, wrapped=True))
    text = "a text with many words"
    assert rendered(Sheet(columns, [(1, text)]), "table") == f"Id  A\n 1  {text}\n"
    shown = rendered(Sheet(columns, [(1, text), (2, "b")]), "table", width=16)
    assert shown == "Id  A\n 1  a text with\n    many words\n 2  b\n"


@given(st.text(), st.integers(30, 120), st.booleans())
def test_a_card_is_a_rectangle(text: str, width: int, boxes: bool) -> None:
    from cardcrm.render.card import draw_card

    drawn = draw_card(card(text), color=False, width=width, unicode=boxes)
    assert {cell_width(line) for line in drawn.split("\n")[:-1]} == {min(width, 100)}


def test_wide_columns_are_shortened_on_a_terminal_only() -> None:
    long = sheet((1, "a long name " * 9, "Leeds"))
    assert len(rendered(long, "table", width=40).splitlines()[1]) <= 40
    assert "…" in rendered(long, "table", width=40)
    assert "…" not in rendered(long, "table", width=0)


def test_without_color_there_are_no_codes() -> None:
    for what in (Sheet((Column("id", "Id", style="red"),), [(1,)], "T", "N"), card("x")):
        assert "\x1b" not in rendered(what, "table", width=80)
        assert "\x1b[" in rendered(what, "table", width=80, color=True)


def test_markup_in_data_is_text() -> None:
    assert "[bold red]x[/] :smile:" in rendered(card("[bold red]x[/] :smile:"), "table", width=100)


def test_empty_sheet_is_silent_for_people_and_valid_data() -> None:
    assert rendered(sheet(), "table") == ""
    assert rendered(sheet(), "ids") == ""
    assert rendered(sheet(), "json") == "[]\n"
    assert rendered(sheet(), "csv") == "id,name,city\n"
    assert rendered(sheet(), "markdown").count("\n") == 2


@pytest.mark.parametrize("fmt", FORMATS)
def test_rows_are_streamed(fmt: str) -> None:
    stream = io.StringIO()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for number in range(5_000):
            if number == 4_500:
                assert stream.getvalue().count("\n") > 2_000
            yield (number, "Jane", "Leeds")

    render(Sheet(sheet().columns, rows()), fmt, stream=stream, color=False, width=0)
    assert stream.getvalue().count("4999") == 1


def test_later_rows_look_like_the_first() -> None:
    rows = [(number, "Jane", "Leeds") for number in range(2_500)]
    lines = rendered(sheet(*rows), "table").splitlines()
    assert lines[1] == "   0  Jane  Leeds" or lines[1] == "  0  Jane  Leeds"
    assert len(lines) == 2_501


def test_amounts_are_exact_in_json() -> None:
    big = Money(-123456789012345678901, "EUR")
    data = json.loads(rendered(one(big), "json"))
    assert data == [{"id": {"amount": "-1234567890123456789.01", "currency": "EUR"}}]
    assert '"0.05"' in rendered(one(Money(5, "EUR")), "json")
    assert '"5"' in rendered(one(Money(5, "JPY")), "json")


def test_infinity_and_nan_are_null() -> None:
    assert json.loads(rendered(one(float("nan")), "json")) == [{"id": None}]
    nested = Card("x", data={"id": 1, "on": dt.date(2026, 5, 1), "all": [float("inf")]})
    assert json.loads(rendered(nested, "json")) == {"id": 1, "on": "2026-05-01", "all": [None]}


def test_unknown_formats_and_missing_ids_are_rejected() -> None:
    with pytest.raises(UsageError, match="xml"):
        rendered(sheet(), "xml")
    with pytest.raises(UsageError, match="no ids"):
        rendered(Sheet((Column("name", "Name"),), ()), "ids")
    with pytest.raises(UsageError, match="no id"):
        rendered(Card("x"), "ids")


def test_columns_shrink_below_their_minimum_rather_than_wrap():
    wide = Column("name", "name", wide=True, min_width=16)
    sheet = Sheet((wide, Column("a", "a"), wide), [("n" * 30, "a" * 20, "n" * 30)])
    assert len(rendered(sheet, "table", width=60).splitlines()[1]) == 60
    lines = rendered(sheet, "table", width=48).splitlines()
    assert all(len(line) <= 48 for line in lines)
    assert "a" * 20 in lines[1]


def test_a_sheet_that_cuts_columns_shows_the_first_ones_with_whole_headings() -> None:
    columns = tuple(Column(f"heading_{n}", f"heading_{n}", wide=True) for n in range(9))
    rows = [(1, "a long name " * 3, None, *range(6))]
    cut = Sheet(columns, rows, cuts_columns=True)
    head, line, note = rendered(cut, "table", width=60).splitlines()
    assert head.split() == [f"heading_{n}" for n in (0, 1, 3, 4, 5)]
    assert len(line) <= 60
    assert note == "5 of 9 columns fit; name those to see, or add --format csv"
    assert rendered(cut, "table", width=20).splitlines()[0] == "heading_0"
    for width in (0, 140):  # a pipe, and a terminal with room for all
        assert rendered(cut, "table", width=width).splitlines()[0].split()[-1] == "heading_8"
    assert rendered(cut._replace(rows=[]), "table", width=60) == ""


def test_no_text_is_shortened_for_an_empty_column() -> None:
    columns = (*sheet().columns, Column("last", "last contact"))
    named = [(1, "Marks and Sons Landscapes", "Leeds", None), (2, "Ann", "", None)]
    empty = Sheet(columns, named)
    assert "last contact" in rendered(empty, "table", width=80)  # it fits
    narrow = rendered(empty, "table", width=40).splitlines()
    assert narrow[0].split() == ["Id", "Name", "City"]
    assert "Marks and Sons Landscapes" in narrow[1]
    assert "last contact" in rendered(empty, "table")  # in a pipe all is there
    filled = Sheet(columns, [*named, (3, "Bob", "", "2026-11-20")])
    assert "last contact" in rendered(filled, "table", width=40)


def test_column_filled_in_a_late_row_is_shown() -> None:
    rows = [(number, "Marks and Sons Landscapes", "") for number in range(1_500)]
    rows.append((1_500, "Ann", "Leeds"))
    lines = rendered(sheet(*rows), "table", width=30).splitlines()
    assert lines[0].split() == ["Id", "Name", "City"]
    assert lines[-1].split() == ["1500", "Ann", "Leeds"]


def test_a_wrapped_column_keeps_its_longest_word_before_others_are_whole() -> None:
    columns = (
        Column("a", "A", wide=True, wrapped=True),
        Column("b", "B", wide=True, wrapped=True),
    )
    rows = [("Qualification", "a b c d e f g h i j k l m n"), ("Won", "k")]
    lines = rendered(Sheet(columns, rows), "table", width=24).splitlines()
    assert lines[1].startswith("Qualification  ")
