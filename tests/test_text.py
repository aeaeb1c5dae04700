import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm import text

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Müller", "muller"),
        ("  Anna   MARIA ", "anna maria"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Øresund", "oresund"),
        ("Đorđe", "dorde"),
        ("Æthelred", "aethelred"),
        ("Œuvre", "oeuvre"),
        ("İstanbul", "istanbul"),
        ("O’Brien", "o'brien"),
        ("ﬁne", "fine"),
        ("ＡＢＣ", "abc"),
        ("Jane\u200bDoe", "janedoe"),
        ("Ива\u0301н", "иван"),
    ],
)
def test_fold_makes_spellings_equal(written: str, key: str) -> None:
    assert text.fold(written) == key


@given(ANY)
def test_folding_twice_changes_nothing(written: str) -> None:
    assert text.fold(text.fold(written)) == text.fold(written)


@given(st.text(st.characters(categories=["L", "N"])))
def test_fold_is_independent_of_composition(written: str) -> None:
    decomposed = unicodedata.normalize("NFD", written)
    assert text.fold(decomposed) == text.fold(unicodedata.normalize("NFC", written))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\link", "alink"),
        ("a\x9b2Jb", "ab"),
        ("bell\x07", "bell�"),
        ("\x1bc", "�c"),
        ("a\tb", "a b"),
        ("a\nb\r\nc", "a ⏎ b ⏎ c"),
        ("a\n\n", "a"),
        ("a\rb", "a ⏎ b"),
        ("a\u2028b", "a ⏎ b"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2066x\u2069\u200e", "x"),
        ("a\ud800b", "a�b"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u200db", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_sanitize_removes_terminal_controls(written: str, shown: str) -> None:
    assert text.sanitize(written) == shown


def test_sanitize_keeps_lines_on_request() -> None:
    assert text.sanitize("a\r\nb\x1b[2J\n", newlines=True) == "a\nb\n"


_OBEYED = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u200e\u200f\u202e\u2066\u2028"}


@given(ANY)
@example("\x1b\x1b[0m[31m")
def test_sanitized_text_cannot_move_the_cursor(written: str) -> None:
    shown = text.sanitize(written)
    assert not _OBEYED & set(shown)
    shown.encode("utf-8")
    assert text.sanitize(shown) == shown
    assert _OBEYED & set(text.sanitize(written, newlines=True)) <= {"\n"}


@given(ANY)
def test_normalizing_twice_changes_nothing(written: str) -> None:
    once = text.normalize_line(written)
    assert text.normalize_line(once) == once
    assert "\n" not in once
    assert "\0" not in once
    once.encode("utf-8")
    block = text.normalize_block(written)
    assert text.normalize_block(block) == block
    assert not {"\r", "\0", "\x1b"} & set(block)
    block.encode("utf-8")


def test_normalize_line_gives_one_line() -> None:
    assert text.normalize_line("  Jane\n\t Doe\0 ") == "Jane Doe"
    assert text.normalize_line("Mu\u0308ller") == "Müller"


def test_normalize_block_keeps_lines_and_tabs() -> None:
    assert text.normalize_block("a\r\n\tb  \n\n\x1b c\0\n") == "a\n\tb\n\n c"


@given(st.text(st.characters(categories=["L", "N", "P", "Zs", "So"])), st.integers(0, 30))
def test_shortened_text_fits(written: str, cells: int) -> None:
    short = text.shorten(written, cells)
    assert text.cell_width(short) <= cells
    assert short == written or short.endswith("…") or not cells


def test_width_counts_cells() -> None:
    assert text.cell_width("Jane") == 4
    assert text.cell_width("Müller") == 6
    assert text.cell_width("東京") == 4
    assert text.shorten("東京都", 4) == "東…"
    assert text.shorten("Jane Doe", 6) == "Jane…"


def test_find_similar_returns_names_as_written() -> None:
    assert text.find_similar("mueler", ["Müller", "Jones"]) == ["Müller"]
    assert text.find_similar("zzz", ["Müller"]) == []


def test_digits_of_any_script_become_ascii() -> None:
    assert text.extract_digits("+44 (0)113 ٣４") == "44011334"
