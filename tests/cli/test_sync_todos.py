"""`sync` of a folder of to-dos or events."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "todos"
    made.mkdir()
    return made


def calendar(*lines: str, kind: str = "VTODO") -> str:
    body = "".join(f"{line}\r\n" for line in lines)
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nBEGIN:{kind}\r\n{body}"
        f"END:{kind}\r\nEND:VCALENDAR\r\n"
    )


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.ics")
    return path


def change(path: Path, *pairs: str) -> None:
    """Replace each text by the one that follows it."""
    text = path.read_bytes().decode()
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    path.write_bytes(text.encode())


def read(path: Path) -> list[str]:
    return path.read_bytes().decode().split("\r\n")


def reminder(typed: Typed, number: int = 1) -> dict:
    return json.loads(typed("reminder", "show", str(number), "--json")[1])


def sync(typed: Typed, folder: Path, *words: str) -> str:
    code, _, said = typed("sync", str(folder), *words)
    assert code == 0, said
    return said


def is_settled(typed: Typed, folder: Path) -> bool:
    return sync(typed, folder).endswith(": nothing to do\n")


@pytest.fixture
def file(typed: Typed, folder: Path) -> Path:
    """A to-do of tomorrow at nine, which repeats every week."""
    typed("add", "Jane Doe")
    typed("remind", "jane", "call", "--due", "2026-11-23 09:00", "--every", "weekly")
    sync(typed, folder, "--as", "todo")
    return only_file(folder)


def test_a_reminder_becomes_a_todo_in_its_zone(file):
    lines = read(file)
    assert {
        "SUMMARY:Jane Doe: call", "DUE;TZID=Europe/London:20261123T090000", "RRULE:FREQ=WEEKLY",
        "DTSTART;TZID=Europe/London:20261123T090000", "STATUS:NEEDS-ACTION",
        "TZID:Europe/London",
    } <= set(lines)  # fmt: skip


def test_a_recurring_todo_that_is_checked_off_moves_to_its_next_turn(typed, folder, file):
    change(file, "STATUS:NEEDS-ACTION", "STATUS:COMPLETED\r\nCOMPLETED:20261121T120000Z")
    sync(typed, folder)
    found = reminder(typed)
    assert (found["due"], found["done"]) == ("2026-11-30T09:00:00Z", None)
    assert "STATUS:NEEDS-ACTION" in read(file)
    assert is_settled(typed, folder)


@pytest.mark.parametrize(
    "pairs",
    [
        # A turn is checked off, as Apple and Nextcloud store it.
        ("END:VCALENDAR",
         "BEGIN:VTODO\r\nUID:{uid}\r\nRECURRENCE-ID;TZID=Europe/London:20261123T090000\r\n"
         "SUMMARY:Jane Doe: call\r\nSTATUS:COMPLETED\r\nEND:VTODO\r\nEND:VCALENDAR"),
        # The series is moved on, as other programs do.
        ("TZID=Europe/London:20261123T090000", "TZID=Europe/London:20261130T090000"),
    ],
)  # fmt: skip
def test_a_turn_may_be_checked_off_in_several_ways(typed, folder, file, pairs):
    uid = reminder(typed)["uid"]
    change(file, *(each.format(uid=uid) for each in pairs))
    sync(typed, folder)
    assert reminder(typed)["due"] == "2026-11-30T09:00:00Z"
    assert "DUE;TZID=Europe/London:20261130T090000" in read(file)
    assert not any(line.startswith("RECURRENCE-ID") for line in read(file))
    assert is_settled(typed, folder)


@pytest.mark.parametrize(
    ("pairs", "key", "value"),
    [
        (("Jane Doe: call", "Jane Doe: write"), "text", "write"),
        (("Jane Doe: call", "ring the bell"), "text", "ring the bell"),
        (("20261123T090000", "20261124T101500"), "due", "2026-11-24T10:15:00Z"),
        (("DUE;TZID=Europe/London:20261123T090000", "DUE:20261124T101500Z"), "due",
         "2026-11-24T10:15:00Z"),
        (("DUE;TZID=Europe/London:20261123T090000", "DUE;VALUE=DATE:20261125"), "due",
         "2026-11-25T09:00:00Z"),
        (("FREQ=WEEKLY", "FREQ=DAILY"), "rule", "FREQ=DAILY"),
        (("STATUS:", "PRIORITY:1\r\nSTATUS:"), "priority", 9),
    ],
)  # fmt: skip
def test_what_the_calendar_changes_comes_back(typed, folder, file, pairs, key, value):
    change(file, *pairs)
    sync(typed, folder)
    assert reminder(typed)[key] == value
    assert is_settled(typed, folder)


def test_what_the_database_changes_goes_out_and_other_lines_stay(typed, folder):
    path = folder / "milk.ics"
    lines = ("UID:m", "SUMMARY:milk", "DUE;VALUE=DATE:20261210", "X-FOO;A=b:kept", "SEQUENCE:4")
    path.write_bytes(calendar(*lines).encode())
    sync(typed, folder)
    typed("reminder", "edit", "1", "milk and bread", "--due", "2026-12-11")
    sync(typed, folder)
    assert "X-FOO;A=b:kept" in read(path)
    assert "SUMMARY:milk and bread" in read(path)
    assert "DUE;VALUE=DATE:20261211" in read(path)
    assert "SEQUENCE:5" in read(path)
    typed("done", "1")
    sync(typed, folder)
    assert "STATUS:COMPLETED" in read(path)
    assert is_settled(typed, folder)


def test_a_todo_is_done_and_opened_again_in_the_calendar(typed, folder):
    typed("remind", "--no-contact", "pay", "--due", "2026-11-23")
    sync(typed, folder, "--as", "todo")
    path = only_file(folder)
    change(path, "STATUS:NEEDS-ACTION", "STATUS:COMPLETED\r\nCOMPLETED:20261120T120000Z")
    sync(typed, folder)
    assert reminder(typed)["done"] == "2026-11-20T12:00:00Z"
    change(path, "STATUS:COMPLETED\r\nCOMPLETED:20261120T120000Z", "STATUS:NEEDS-ACTION")
    sync(typed, folder)
    assert reminder(typed)["done"] is None
    assert is_settled(typed, folder)


def test_a_new_todo_becomes_a_reminder_of_the_contact_that_it_names(typed, folder):
    typed("add", "Jane Doe")
    new = calendar("UID:m", "SUMMARY:Jane Doe: buy milk", "DUE:20261210T150000Z")
    (folder / "a.ics").write_bytes(new.encode())
    sync(typed, folder)
    found = reminder(typed)
    assert (found["contact"], found["text"], found["uid"]) == ("Jane Doe", "buy milk", "m")
    assert (folder / "a.ics").read_bytes().decode() == new


def test_a_todo_without_a_date_is_due_today(typed, folder):
    (folder / "a.ics").write_bytes(calendar("UID:m", "SUMMARY:milk").encode())
    assert "“milk” has no date and is due today" in sync(typed, folder)
    assert reminder(typed)["due"] == "2026-11-21"
    assert "DUE;VALUE=DATE:20261121" in read(folder / "a.ics")
    assert is_settled(typed, folder)


def test_old_todos_and_events_of_others_are_left_alone(typed, folder):
    done = calendar("UID:d", "SUMMARY:old", "STATUS:COMPLETED")
    event = calendar("UID:e", "SUMMARY:party", "DTSTART:20261210T150000Z", kind="VEVENT")
    (folder / "d.ics").write_bytes(done.encode())
    (folder / "e.ics").write_bytes(event.encode())
    (folder / "bad.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nDUE:never\r\n")
    said = sync(typed, folder)
    assert "bad.ics: unreadable calendar" in said
    assert json.loads(typed("reminder", "list", "--all", "--json")[1]) == []
    assert (folder / "e.ics").read_bytes().decode() == event


def test_a_deleted_todo_asks_and_a_done_one_does_not(typed, folder):
    for text in ("pay", "call", "post"):
        typed("remind", "--no-contact", text, "--due", "2026-11-23")
    sync(typed, folder, "--as", "todo")
    typed("done", "1")
    sync(typed, folder)
    for path in folder.glob("*.ics"):
        if "SUMMARY:post" not in read(path):
            path.unlink()
    code, out, _ = typed("sync", str(folder), "--json")
    assert (code, [each["name"] for each in json.loads(out)["pending"]]) == (2, ["call"])
    sync(typed, folder, "--yes")
    assert [each["text"] for each in json.loads(typed("reminder", "list", "--all", "--json")[1])] \
        == ["pay", "post"]  # fmt: skip
    assert is_settled(typed, folder)


def test_titles_of_both_sides_are_kept(typed, folder, file):
    typed("reminder", "edit", "1", "ring")
    change(file, "Jane Doe: call", "Jane Doe: write")
    assert "changed on both sides" in sync(typed, folder)
    assert reminder(typed)["text"] == "ring / write"
    assert is_settled(typed, folder)


def test_events_show_open_reminders_and_go_when_they_are_done(typed, folder):
    typed("remind", "--no-contact", "pay", "--due", "2026-11-23")
    typed("remind", "--no-contact", "call", "--due", "2026-11-24")
    sync(typed, folder, "--as", "event")
    paths = {("pay" in path.read_text()): path for path in folder.glob("*.ics")}
    change(paths[True], "DTSTART;VALUE=DATE:20261123", "DTSTART;VALUE=DATE:20261126")
    sync(typed, folder)
    assert reminder(typed)["due"] == "2026-11-26"
    typed("done", "2")
    sync(typed, folder)
    assert list(folder.glob("*.ics")) == [paths[True]]
    assert is_settled(typed, folder)
