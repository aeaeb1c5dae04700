"""The import of a workbook of contacts, and reading its table, against calamine alone."""

import csv
import sys
from pathlib import Path

from bench.files import IMPORTED, run_timed, temporary_folder, write_rows
from bench.measure import Line, command, report

READ = 3.0

# The bare script reads all cells of the first sheet.
CALAMINE = """
import sys
from python_calamine import CalamineWorkbook
for row in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows():
    pass
"""

# The table that an import reads: checked against zip bombs, its header found, its cells as text.
TABLE = """
import sys
from pathlib import Path
from cardcrm.formats.file_reader import open_table
with open_table(Path(sys.argv[1]), "xlsx") as (table, _):
    for row in table.read_rows():
        pass
"""


def measure(runs: int) -> list[Line]:
    """Measure reading a workbook and importing it, against calamine alone."""
    label = f"reading {IMPORTED:,} XLSX rows, against calamine alone"
    with temporary_folder() as folder:
        path, database = folder / "contacts.xlsx", folder / "database.db"
        _write_workbook(folder / "contacts.csv", path)
        lines = {
            "floor": [sys.executable, "-c", CALAMINE, str(path)],
            "table": [sys.executable, "-c", TABLE, str(path)],
            "import": command("import", str(path)),
        }
        times: dict[str, list[float]] = {name: [] for name in lines}
        for number in range(count := max(runs // 7, 2)):
            report(f"  workbook {number + 1} of {count}")
            for name, line in lines.items():
                taken, _, message = run_timed(line, database)
                if message:
                    return [Line(label, note=message)]
                times[name].append(taken)
    floor = min(times["floor"])
    return [
        Line(label, min(times["table"]), floor, READ),
        Line(
            f"`import` of {IMPORTED:,} XLSX rows, against calamine alone",
            min(times["import"]),
            floor,
        ),
    ]


def _write_workbook(rows: Path, path: Path) -> None:
    """Write a workbook of generated contacts, by way of a file of CSV."""
    import xlsxwriter

    write_rows(rows, IMPORTED)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    with rows.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            sheet.write_row(number, 0, row)
    book.close()
