"""The report of an import, for people and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from cardcrm.cli.contact_output import pluralize
from cardcrm.formats.import_job import ColumnUse, ImportReport
from cardcrm.sheet import Card, Cell, Column, Sheet

MAX_LINES: Final = 10  # refused rows that are reported one by one
_INDENT: Final = 2  # of the lines of a report
_NOUNS: Final = {
    "sales": "sale",
    "deals": "deal",
    "leads": "lead",
    "interactions": "interaction",
    "reminders": "reminder",
}
_COUNTS: Final = ("created", "updated", "unchanged")


def report_lines(report: ImportReport, *, dry_run: bool, width: int = 0) -> Iterator[str]:
    """Yield the report of a file for people; lists are broken at a width, unless it is 0."""
    would = "would be " if dry_run else ""
    number = report.extra.get("organizations", 0)
    orgs = f"{pluralize(number, 'organization')} {would}created, " if number else ""
    noun = _NOUNS.get(report.rows)
    created = pluralize(report.created, noun) if noun else str(report.created)
    left_out = f", {report.left_out} left out" if report.left_out else ""
    yield (
        f"{report.name}: {created} {would}created, {orgs}"
        f"{report.updated} {would}updated, "
        f"{report.unchanged} unchanged, {report.refused} refused{left_out}"
    )
    yield from (f"  {line}" for line in _describe_columns(report.columns, width))
    for each in report.refusals[:MAX_LINES]:
        column = f", {each.column}" if each.column else ""
        yield f"  line {each.line}{column}: {each.reason}"
    if report.listed > MAX_LINES:
        yield f"  … and {report.listed - MAX_LINES} more"
    yield from (f"  {note}" for note in report.notes)
    if report.bad_file:
        yield f"  refused entries are in {report.bad_file}; fix them and import that file"


def _describe_columns(columns: Sequence[ColumnUse], width: int) -> Iterator[str]:
    """Yield what became of the columns that have values."""
    filled = [each for each in columns if each.count]
    if known := [each for each in filled if each.is_kept and not each.is_field]:
        yield _join("columns:", map(_describe_known, known), width)
    if fields := [each for each in filled if each.is_kept and each.is_field]:
        shown = (f"{each.target} ({each.count:,})" for each in fields)
        yield _join("kept as custom fields:", shown, width)
    if lost := [each for each in filled if not each.is_kept]:
        shown = (f"{each.column} ({each.count:,}: {each.why})" for each in lost)
        yield _join("not kept:", shown, width)


def _join(title: str, items: Iterable[str], width: int) -> str:
    """Return a title and a list; a line is only broken between two items."""
    *others, last = items
    lines = [title]
    for item in (*(f"{each}," for each in others), last):
        if width and _INDENT + len(lines[-1]) + 1 + len(item) > width:
            lines.append(f"    {item}")
        else:
            lines[-1] += f" {item}"
    return "\n".join(lines)


def _describe_known(use: ColumnUse) -> str:
    guess = ", by its likeness" if use.is_guess else ""
    is_same = use.column.casefold() == use.target.casefold()
    target = "" if is_same else f" → {use.target}"
    return f"{use.column}{target} ({use.count:,}{guess})"


def describe_interruption(report: ImportReport) -> str:
    """Return what an interrupted import has done. Importing the file again completes it."""
    if report.step is None:
        return f"stopped: nothing was imported from {report.name}"
    created = report.created + report.extra.get("organizations", 0)
    rows = "contact" if report.rows == "contacts" else "row"
    return (
        f"stopped: {pluralize(created, rows)} imported from {report.name}; "
        "to continue, import it again; to undo: cardcrm undo"
    )


def build_answer(reports: Sequence[ImportReport]) -> Card:
    """Return the answer for programs: the sums of all files, and each file."""
    data: dict[str, Any] = {key: sum(getattr(each, key) for each in reports) for key in _COUNTS}
    data["refused"] = [
        {"file": report.name, "line": each.line, "column": each.column, "reason": each.reason}
        for report in reports
        for each in report.refusals
    ]
    data["columns"] = _list_columns(each for report in reports for each in report.columns)
    data["files"] = [_describe_file(each) for each in reports]
    return Card("import", data=data, row=_list_files(reports))


def _list_columns(columns: Iterable[ColumnUse]) -> list[dict[str, Any]]:
    """Return the columns of all files; equal ones are added up."""
    found: dict[ColumnUse, int] = {}
    for each in columns:
        key = replace(each, count=0)
        found[key] = found.get(key, 0) + each.count
    return [
        {
            "column": each.column,
            "as": each.target or None,
            "kept": each.is_kept,
            "count": count,
            "guess": each.is_guess,
            "reason": each.why or None,
        }
        for each, count in found.items()
    ]


def _describe_file(report: ImportReport) -> Mapping[str, Any]:
    return {
        "file": report.name,
        "kind": report.rows,
        **{key: getattr(report, key) for key in _COUNTS},
        "refused_count": report.refused,
        "left_out": report.left_out,
        "bad_file": report.bad_file or None,
        **report.extra,
    }


def _list_files(reports: Sequence[ImportReport]) -> Sheet:
    """Return the totals of each file as a row."""
    keys = ("file", "kind", *_COUNTS, "refused", "bad_file")
    rows: list[tuple[Cell, ...]] = [
        (each.name, each.rows, *(getattr(each, key) for key in keys[2:6]), each.bad_file or None)
        for each in reports
    ]
    return Sheet(tuple(Column(key, key.replace("_", " ")) for key in keys), rows, ids="file")
