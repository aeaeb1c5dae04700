"""Workbooks that are written: real numbers and dates, and no cell that acts."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from python_calamine import load_workbook

from cardcrm.errors import UsageError
from cardcrm.formats.xlsx import writer
from cardcrm.formats.xlsx.writer import SheetWriter, to_cell_text

MOMENT = dt.datetime.fromisoformat("2026-11-27T14:30")


def cells_of(*cells: Any) -> tuple[list[Any], str]:
    """Return the cells that are read back, and the XML of the sheet."""
    stream = io.BytesIO()
    with SheetWriter(stream, "test", [f"c{at}" for at in range(len(cells))]) as sheet:
        sheet.write_row(cells)
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    stream.seek(0)
    return load_workbook(stream).get_sheet_by_index(0).to_python()[-1], xml


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44 1", "-5", "@SUM(A1)", "\t=1", "https://ex.example", "mailto:a@b.example",
     "{=1}", "0042", "_x0041_", "a\nb", "<b>&amp;", "external:c:\\x"],
)  # fmt: skip
def test_a_text_stays_a_text(text: str):
    (cell,), xml = cells_of(text)
    assert cell == text
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_numbers_and_dates_are_real():
    cells, xml = cells_of(12.5, 3, dt.date(2026, 11, 27), MOMENT, None)
    assert cells[:4] == [12.5, 3, dt.date(2026, 11, 27), MOMENT]
    assert 'state="frozen"' in xml


def test_what_excel_would_change_is_text():
    cells, _ = cells_of(12345678901234567, dt.date(1850, 1, 2))
    assert cells == ["12345678901234567", "1850-01-02"]


def test_control_characters_are_left_out():
    assert to_cell_text("a\x00b\x1b[31mc\ufffe") == "abc"


def test_a_long_text_says_that_it_was_cut():
    assert to_cell_text("x" * 32_767) == "x" * 32_767
    cut = to_cell_text("x" * 40_000)
    assert len(cut) == 32_767
    assert cut.endswith("x … (cut: a cell holds 32,767 characters)")
    assert len(to_cell_text("😀" * 20_000).encode("utf-16-le")) // 2 <= 32_767


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer, "MAX_ROWS", 3)
    with SheetWriter(io.BytesIO(), "test", ["a"]) as sheet:
        sheet.write_row([1])
        sheet.write_row([2])
        with pytest.raises(UsageError, match="a sheet of XLSX holds at most 3 rows"):
            sheet.write_row([3])
