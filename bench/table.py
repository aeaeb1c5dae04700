"""Print the table of the bench, and write it into the documentation."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.measure import Line

BEGIN = "<!-- bench: begin -->"
END = "<!-- bench: end -->"
HEADS = ("what", "measured", "floor", "ratio", "bound", "ok")


def machine() -> str:
    """Return the machine and the versions that were measured."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def format_cells(line: Line) -> tuple[str, ...]:
    """Return the cells of a line as text."""
    if line.measured is None:
        return line.label, line.note, "", "", "", ""
    bound = f"≤ {line.bound:g} ms" if line.unit == "ms" else f"≤ {line.bound:g}x"
    return (
        line.label,
        _number(line.measured),
        "" if line.floor is None else _number(line.floor),
        "" if line.ratio is None else f"{line.ratio:.2f}x",
        bound if line.bound else "",
        {True: "yes", False: "NO", None: ""}[line.ok],
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def plain_text(lines: Iterable[Line]) -> str:
    """Return the table with aligned columns, each remark below its line."""
    rows = [(HEADS, "")] + [
        (format_cells(line), line.note if line.measured is not None else "") for line in lines
    ]
    widths = [max(len(row[number]) for row, _ in rows) for number in range(len(HEADS))]
    out = []
    for row, note in rows:
        first, *rest = (
            cell.ljust(width) if number in (0, 5) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        out.append("  ".join([first, *rest]).rstrip())
        if note:
            out.append(f"    {note}")
    return "\n".join(out)


def markdown(lines: Iterable[Line]) -> str:
    """Return the table for the documentation, with the machine above it."""
    rows = [HEADS, ("---", "---:", "---:", "---:", "---:", "---"), *map(format_cells, lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{machine()}. Times in milliseconds.\n\n{table}"


def write_into(page: Path, lines: Sequence[Line]) -> None:
    """Write the table between the page's markers."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} has no {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n{markdown(lines)}\n{END}{after}", encoding="utf-8")
