"""Workbooks of contacts and of any noun, written and read by commands."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from cardcrm.cli.session import Session

Run = Callable[..., tuple[int, str, str]]


def rows_of(path: Path) -> list[list[Any]]:
    """Return the cells of the first sheet."""
    return load_workbook(str(path)).get_sheet_by_index(0).to_python()


def test_contacts_go_out_and_come_in(typed: Run, tmp_path: Path, locations: Callable[[str], Any]):
    typed("add", "Jane Doe", "--email", "jane@ex.example", "--birthday", "1985-11-25",
          "--note", "=HYPERLINK(1)", "--phone", "+44 113 496 0123", "--org", "Acme")  # fmt: skip
    path = tmp_path / "people.xlsx"
    assert typed("export", "--to", str(path)) == (0, "", f"wrote 2 contacts to {path}\n")
    header, *rows = rows_of(path)
    jane = dict(zip(header, next(row for row in rows if "Jane Doe" in row), strict=True))
    assert (jane["birthday"], jane["note"]) == (dt.date(1985, 11, 25), "=HYPERLINK(1)")
    assert path.stat().st_mode & 0o777 == 0o600
    there = str(locations("there"))
    code, _, err = typed("--db", there, "import", str(path))
    assert code == 0, err
    typed("export", "--to", str(tmp_path / "a.csv"))
    typed("--db", there, "export", "--to", str(tmp_path / "b.csv"))
    assert (tmp_path / "b.csv").read_text() == (tmp_path / "a.csv").read_text()


def test_columns_have_amounts_as_numbers_and_the_currency_beside_them(typed: Run, tmp_path: Path):
    typed("add", "Jane Doe")
    typed("sell", "jane", "12.50 GBP")
    path = tmp_path / "list.xlsx"
    assert typed("export", "--columns", "name,value,last", "--to", str(path))[0] == 0
    assert rows_of(path) == [["name", "value", "currency", "last"], ["Jane Doe", 12.5, "GBP", ""]]


@pytest.mark.parametrize(
    ("noun", "add", "cells"),
    [
        ("sale", ("sell", "jane", "12.50 GBP", "=flowers"),
         {"on": dt.date(2026, 11, 21), "amount": 12.5, "currency": "GBP", "for": None,
          "text": "=flowers", "contact": "Jane Doe"}),
        ("product", ("product", "add", "Rose", "--price", "0.045"),
         {"name": "Rose", "price": 0.045, "currency": "GBP", "retired": "no"}),
        ("reminder", ("remind", "jane", "call", "--due", "2026-11-27 14:00"),
         {"text": "call", "due": dt.datetime.fromisoformat("2026-11-27T14:00"), "promise": "no"}),
        ("interaction", ("log", "jane", "hello", "--minutes", "20"),
         {"text": "hello", "minutes": 20, "with": "Jane Doe"}),
    ],
)  # fmt: skip
def test_rows_of_a_noun_go_out_and_come_in(
    typed: Run, tmp_path: Path, noun: str, add: tuple[str, ...], cells: dict[str, Any]
):
    typed("add", "Jane Doe")
    assert typed(*add)[0] == 0
    path = tmp_path / "rows.xlsx"
    assert typed(noun, "export", str(path))[0] == 0
    header, row = rows_of(path)
    found = dict(zip(header, row, strict=True))
    assert {key: found.get(key) for key in cells} == cells
    code, _, err = typed(noun, "import", str(path))
    assert (code, err.splitlines()[0]) == (0, f"added 0 {noun}s, changed 0")
    typed("undo")
    code, _, err = typed(noun, "import", str(path))
    assert (code, err.splitlines()[0]) == (0, f"added 1 {noun}, changed 0")


def test_a_terminal_gets_no_workbook(typed: Run, monkeypatch: pytest.MonkeyPatch):
    typed("add", "Jane Doe")
    monkeypatch.setattr(Session, "has_reader", property(lambda _session: True))
    assert typed("export", "--format", "xlsx")[0] == 2
