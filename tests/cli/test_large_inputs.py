"""Large inputs: read in linear time, or refused with the limit that they exceed."""

import pytest

LETTERS = 100_000

LONG_WORDS = (
    ["undo", "{}"], ["{}"], ["find", "--{}"], ["show", "{}"], ["value", "{}"], ["brief", "{}"],
    ["log", "1", "{}"], ["log", "{}", "x"], ["tag", "1", "+{}"],
    ["remind", "1", "x", "--due", "{}"],
    ["remind", "1", "x", "--due", "fri", "--every", "{}"], ["sell", "1", "{}"],
    ["sell", "1", "--line", "{}"], ["add", "{}"], ["add", "B", "--email", "{}@x.com"],
    ["add", "B", "--birthday", "{}"], ["add", "B", "--phone", "{}"], ["find", "{}"],
    ["find", "last<{}"], ["edit", "1", "--field", "{}=x"], ["field", "add", "{}"],
    ["segment", "add", "{}", "tag:x"], ["config", "get", "{}"], ["config", "set", "{}", "x"],
    ["find", "--format", "{}"], ["find", "--sort", "{}"], ["db", "sql", "{}"], ["report", "{}"],
    ["merge", "{}", "1"], ["done", "{}"], ["snooze", "1", "{}"], ["import", "{}"],
)  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "1", "(", "é", "a "])
def test_message_about_a_long_argument_is_short(typed, letter):
    typed("add", "Ann")
    long = letter * (LETTERS // len(letter))
    for words in LONG_WORDS:
        _, _, err = typed(*(word.replace("{}", long) for word in words))
        assert max(map(len, err.split("\n"))) <= 1100, words


def test_long_text_is_no_part_of_a_name(typed):
    typed("add", "Ann", "--nick", "a" * 200)
    assert typed("show", "a" * 190)[0] == 0
    code, _, err = typed("show", "a" * 1001)
    assert code == 3
    assert err.startswith("error: no contact matches “aaa")


def _save(typed, name, query):
    return typed("segment", "add", name, query)


def test_segments_may_be_nested_twenty_deep(typed):
    typed("add", "Ann", "--tag", "vip")
    _save(typed, "s1", "tag:vip")
    for number in range(2, 21):
        assert _save(typed, f"s{number}", f"segment:s{number - 1}")[0] == 0
    code, _, err = _save(typed, "s21", "segment:s20")
    assert (code, err.split("\n")[0]) == (
        2, "error: segments are nested more than 20 deep at “s1”",
    )  # fmt: skip
    code, _, err = typed("segment", "edit", "s1", "--query", "segment:s9")
    assert (code, err.split("\n")[0]) == (2, "error: the segment “s1” contains itself")
    assert typed("find", "segment:s20", "--format", "ids")[1] == "1\n"


def test_segments_that_double_are_refused(typed):
    _save(typed, "s1", "tag:vip")
    for number in range(2, 8):
        assert _save(typed, f"s{number}", f"segment:s{number - 1} or segment:s{number - 1}")[0] == 0
    code, _, err = _save(typed, "s8", "segment:s7 or segment:s7")
    assert code == 2
    assert "segments more than 200 times" in err


def test_long_segments_are_refused_together(typed):
    long = " or ".join(f"note:x{number}" for number in range(700))
    assert _save(typed, "long", long)[0] == 0
    assert typed("find", "segment:long", "-segment:long")[0] == 0
    code, _, err = typed("find", "segment:long or segment:long or segment:long")
    assert (code, err.split("\n")[0]) == (
        2, "error: the segments in the query have more than 20,000 characters together",
    )  # fmt: skip


@pytest.mark.parametrize("term", ["city:x", "tag:x", "id:1", "value>1", "-tag:x", "name:x", "w"])
@pytest.mark.parametrize("operator", [" or ", " "])
def test_query_may_have_many_conditions(typed, term, operator):
    typed("add", "Ann")
    count = 400 if term == "w" else 10_000 // len(term + operator)
    query = operator.join([term] * count)
    code, _, err = typed("find", query)
    assert (code, "error" in err) == (0, False)


def test_query_of_too_many_words_names_the_limit(typed):
    typed("add", "Ann")
    code, _, err = typed("find", " ".join(["w"] * 401))
    assert (code, err.split("\n")[0]) == (2, "error: the query has 401 words, at most 400")


@pytest.mark.parametrize("columns", [5000])
def test_csv_file_may_have_many_columns(typed, tmp_path, columns):
    file = tmp_path / "wide.csv"
    names = ",".join(f"Field {number}" for number in range(columns))
    file.write_text(f"Name,{names}\nAnn,{','.join(['v'] * columns)}\n")
    assert typed("import", str(file))[0] == 0
    values = "SELECT count(*) AS n FROM field_value"
    assert typed("db", "sql", values, "--format", "csv")[1] == f"n\n{columns}\n"


def test_vcard_may_have_a_long_quoted_printable_value(typed, tmp_path):
    file = tmp_path / "long.vcf"
    lines = "=\n".join(["caf=C3=A9 " * 6] * 30_000)
    file.write_text(
        "BEGIN:VCARD\nVERSION:2.1\nN:Lee;Ann\n"
        f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:{lines}\nEND:VCARD\n"
    )
    assert typed("import", str(file))[0] == 0
    length = typed("db", "sql", "SELECT length(note) AS n FROM contact", "--format", "csv")[1]
    assert length == f"n\n{30_000 * 30 - 1}\n"
