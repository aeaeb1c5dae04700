"""`calendar write` and `export --format ics`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from icalendar import Calendar

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(typed: Typed, tmp_path: Path) -> Path:
    """A file to be, in a database with two contacts and three reminders."""
    for name, tag in (("Jane Doe", "vip"), ("Carl Orr", "cold")):
        typed("add", name, "--tag", tag, "--birthday", "--05-17")
        typed("remind", name.split()[0].lower(), "call", "--due", "fri")
    typed("remind", "--no-contact", "pay", "--due", "fri")
    return tmp_path / "calendar.ics"


def titles(path: Path, kind: str = "VEVENT") -> list[str]:
    return sorted(str(each["summary"]) for each in Calendar.from_ical(path.read_bytes()).walk(kind))


ALL = ["Carl Orr: birthday", "Carl Orr: call", "Jane Doe: birthday", "Jane Doe: call", "pay"]


def test_a_calendar_is_kept_current(typed, path):
    code, _, said = typed("calendar", "write", str(path))
    assert (code, titles(path)) == (0, ALL)
    assert "shows names and phone numbers to everyone who can read it" in said
    before = path.stat()
    assert "is up to date: 5 entries" in typed("calendar", "write")[2]
    assert path.stat() == before
    typed("done", "3")
    data = json.loads(typed("calendar", "write", "--json")[1])
    assert data == {"entries": 4, "path": str(path), "written": True}
    assert titles(path) == ALL[:4]


def test_query_and_kind_are_remembered(typed, path):
    typed("calendar", "write", str(path), "tag:vip", "--as", "todo")
    typed("remind", "jane", "write", "--due", "fri")
    typed("calendar", "write")
    assert titles(path, "VTODO") == ["Jane Doe: call", "Jane Doe: write"]
    assert titles(path) == ["Jane Doe: birthday"]
    typed("calendar", "write", str(path), "--all", "--as", "event")
    assert len(titles(path)) == 6


def test_several_calendars_are_written_and_one_that_fails_keeps_none_back(typed, path):
    gone = path.parent / "gone"
    gone.mkdir()
    typed("calendar", "write", str(gone / "a.ics"))
    typed("calendar", "write", str(path))
    (gone / "a.ics").unlink()
    gone.rmdir()
    path.unlink()
    code, _, said = typed("calendar", "write")
    assert (code, titles(path)) == (1, ALL)
    assert f"{gone}/a.ics" in said


def test_the_file_of_another_program_is_not_replaced(typed, path):
    path.write_text("BEGIN:VCALENDAR\nPRODID:-//x//y\nEND:VCALENDAR\n")
    assert typed("calendar", "write", str(path))[0] == 2
    path.write_text("")
    path.chmod(0o644)
    assert typed("calendar", "write", str(path))[0] == 0
    assert oct(path.stat().st_mode & 0o777) == "0o644"


def test_a_forgotten_calendar_stays(typed, path):
    typed("calendar", "write", str(path))
    assert typed("calendar", "write", str(path), "--stop")[0] == 0
    assert path.exists()
    assert typed("calendar", "write")[0] == 2


def test_an_undo_is_in_the_calendar_at_once(typed, path):
    typed("calendar", "write", str(path))
    typed("reminder", "edit", "3", "pay twice")
    typed("calendar", "write")
    typed("undo")
    typed("calendar", "write")
    assert titles(path) == ALL


def test_export_writes_a_calendar(typed, path):
    code, _, said = typed("export", "--to", str(path))
    assert (code, titles(path)) == (0, ALL)
    assert "wrote 5 calendar items" in said
    assert typed("export", "tag:vip", "--format", "ics", "--as", "todo", "--to", str(path),
                 "--force")[0] == 0  # fmt: skip
    assert titles(path, "VTODO") == ["Jane Doe: call"]
    assert typed("export", "--to", str(path.with_suffix(".csv")), "--as", "todo")[0] == 2
    assert typed("calendar", "write")[0] == 2
