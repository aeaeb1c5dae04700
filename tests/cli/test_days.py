"""Days in the zone of the reader, recurrences and dates of files, from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Run = Callable[..., Result]
BERLIN, TOKYO, NEW_YORK = "Europe/Berlin", "Asia/Tokyo", "America/New_York"


@pytest.fixture
def run(typed: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command at a time and in a zone: ``at=``, ``zone=``; these stay for the next ones."""
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-28T23:30")
    monkeypatch.setenv("CARDCRM_TIMEZONE", NEW_YORK)
    monkeypatch.setenv("CARDCRM_REGION", "GB")

    def run_there(*words: str, at: str = "", zone: str = "") -> Result:
        for name, value in (("CARDCRM_NOW", at), ("CARDCRM_TIMEZONE", zone)):
            if value:
                monkeypatch.setenv(name, value)
        return typed(*words)

    return run_there


def rows(result: Result) -> list[dict[str, object]]:
    assert result[0] == 0, result
    found = json.loads(result[1])
    return found if isinstance(found, list) else [found]


def test_contact_added_late_in_the_evening_is_of_the_local_day(run: Run) -> None:
    run("add", "Ann", "--every", "7d")
    columns = ("find", "--columns", "created,updated")
    assert run(*columns, "--format", "csv")[1].splitlines() == [
        "created,updated", "2026-11-28,2026-11-28"
    ]  # fmt: skip
    assert rows(run(*columns, "--format", "json")) == [
        {"created": "2026-11-28", "updated": "2026-11-28"}
    ]
    [card] = rows(run("show", "ann", "--format", "json"))
    assert (card["created"], card["updated"]) == ("2026-11-28", "2026-11-28")
    assert card["touch_by"] == "2026-12-05"
    assert run("find", "created:today", "--format", "ids")[1] == "1\n"
    assert run("find", "created:2026-11-29", "--format", "ids")[1] == ""
    assert run("find", "updated:2026-11-29", "--format", "ids", zone=TOKYO)[1] == "1\n"
    assert run("db", "check")[0] == 0


def test_created_is_the_local_day_of_every_record(run: Run) -> None:
    run("add", "Ann")
    added = [("remind", "1", "x", "--due", "fri"), ("log", "1", "y"), ("sell", "1", "5")]
    records = [rows(run(*words, "--json"))[0] for words in added]
    assert {each["created"] for each in records} == {"2026-11-28"}
    for noun in ("reminder", "interaction", "sale"):
        found = run(noun, "list", "created:today", "--columns", "created", "--format", "csv")[1]
        assert found.splitlines() == ["created", "2026-11-28"]


def test_older_day_of_creation_survives_a_merge(run: Run) -> None:
    run("add", "Ann", "--every", "7d")
    run("add", "Ann Old", at="2026-11-01T23:30")
    run("merge", "1", "2", "--yes", at="2026-11-28T23:30")
    [card] = rows(run("show", "1", "--format", "json"))
    assert (card["created"], card["touch_by"]) == ("2026-11-01", "2026-11-08")


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [(NEW_YORK, "2026-11-29", "23:00"), (BERLIN, "2026-11-30", "05:00"),
     (TOKYO, "2026-11-30", "13:00"), ("Pacific/Kiritimati", "2026-11-30", "18:00"),
     ("Pacific/Pago_Pago", "2026-11-29", "17:00")],
)  # fmt: skip
def test_reminder_at_an_instant_stands_under_the_day_of_the_reader(
    run: Run, zone: str, day: str, time: str
) -> None:
    run("add", "Ann")
    run("remind", "ann", "call", "--due", "2026-11-29 23:00")
    run("remind", "ann", "write", "--due", "2026-12-24")
    [digest] = rows(run("due", "--format", "json", zone=zone, at=f"{day}T08:00"))
    [call] = digest["today"]  # type: ignore[misc]
    assert call["due_on"] == day
    assert f" {time}  " in run("due")[1]
    assert digest["overdue"] == []
    for query in ("due:today", f"due:{day}", "next:today", f"due<={day}"):
        assert run("find", query, "--format", "ids")[1] == "1\n", query
    assert run("find", f"next<{day}", "--format", "ids")[1] == ""
    assert run("find", "--columns", "next", "--format", "csv")[1].splitlines()[1] == day
    assert len(rows(run("reminder", "list", f"due:{day}", "--format", "json"))) == 1
    [card] = rows(run("show", "ann", "--format", "json"))
    assert [each["due_on"] for each in card["reminders"]] == [day, "2026-12-24"]  # type: ignore[attr-defined]


def test_late_reminder_is_overdue_where_its_day_has_passed(run: Run) -> None:
    run("add", "Ann")
    run("remind", "ann", "call", "--due", "2026-11-29 01:00", zone=TOKYO, at="2026-11-28T09:00")
    [digest] = rows(run("due", "--format", "json", zone=NEW_YORK, at="2026-11-29T09:00"))
    assert [each["due_on"] for each in digest["overdue"]] == ["2026-11-28"]  # type: ignore[attr-defined]
    [digest] = rows(run("due", "--format", "json", zone=TOKYO, at="2026-11-29T09:00"))
    assert (digest["overdue"], len(digest["today"])) == ([], 1)  # type: ignore[arg-type]


def due_after(result: Result) -> str:
    """Return the words for the next due date from an answer."""
    assert result[0] == 0, result
    return result[2].partition("due ")[2].split(",")[0].partition(":")[0]


@pytest.mark.parametrize(
    ("at", "options", "first", "following"),
    [
        ("2026-01-31", ["--every", "monthly"], "Sat 28 Feb",
         [("2026-02-28", "Tue 31 Mar"), ("2026-03-31", "Thu 30 Apr")]),
        ("2028-02-29", ["--every", "yearly"], "28 Feb 2029",
         [("2029-02-28", "28 Feb 2030"), ("2031-02-28", "29 Feb 2032")]),
        ("2026-11-28", ["--every", "weekday"], "Mon 30 Nov", [("2026-11-30", "Tue 1 Dec")]),
        ("2026-11-28", ["--every", "weekday", "--due", "today"], "Mon 30 Nov", []),
        ("2026-04-28", ["--every", "monthly", "--due", "eom"], "Thu 30 Apr",
         [("2026-04-30", "Sun 31 May")]),
        ("2026-04-28", ["--every", "monthly", "--due", "2026-04-30"], "Thu 30 Apr",
         [("2026-04-30", "Sat 30 May")]),
        ("2026-11-28", ["--after", "2w"], "Sat 12 Dec", [("2026-12-20", "3 Jan 2027")]),
        ("2026-11-28", ["--after", "1 month", "--due", "today"], "today",
         [("2026-11-30", "Wed 30 Dec")]),
    ],
)  # fmt: skip
def test_recurrence_keeps_its_place(
    run: Run, at: str, options: list[str], first: str, following: list[tuple[str, str]]
) -> None:
    run("add", "Ann")
    added = run("remind", "ann", "pay", *options, at=f"{at}T10:00", zone=BERLIN)
    assert due_after(added) == first
    for day, coming in following:
        assert due_after(run("done", "1", at=f"{day}T10:00")) == coming


def test_first_date_that_is_none_of_the_recurrence_is_said(run: Run) -> None:
    run("add", "Ann")
    added = run("remind", "ann", "pay", "--due", "28 nov", "--every", "weekday")
    assert "Sat 28 Nov is not a day of this recurrence; the first is Mon 30 Nov" in added[2]


def test_hour_that_a_clock_change_leaves_out_comes_back(run: Run) -> None:
    run("add", "Ann", at="2026-03-20T10:00", zone=BERLIN)
    made = run("remind", "ann", "oven", "--due", "2026-03-29 02:30", "--every", "daily")
    assert "due Sun 29 Mar 03:30" in made[2]
    assert "due Mon 30 Mar 02:30" in run("done", "1", at="2026-03-29T10:00")[2]
    run("reminder", "edit", "1", "--due", "2027-03-28 02:30")
    assert "due 29 Mar 2027 02:30" in run("done", "1", at="2027-03-28T10:00")[2].replace(
        "Mon 29 Mar", "29 Mar 2027"
    )


def test_end_in_utc_heeds_the_zone(run: Run) -> None:
    run("add", "Ann")
    rule = "FREQ=DAILY;UNTIL=20260202T233000Z"  # the third in Berlin, the second in New York
    run("remind", "ann", "x", "--due", "2026-02-01", "--every", rule, at="2026-01-31T10:00")
    assert "recurs, due Mon 2 Feb" in run("done", "1", at="2026-02-01T10:00")[2]
    assert "recurs" not in run("done", "1", at="2026-02-02T10:00")[2]
    run("undo")
    assert "recurs, due Tue 3 Feb" in run("done", "1", zone=BERLIN)[2]


def test_second_done_on_one_day_skips_no_turn(run: Run) -> None:
    run("add", "Ann", zone=BERLIN, at="2026-11-28T10:00")
    run("remind", "ann", "call", "--due", "today", "--every", "weekly")
    assert "due Sat 5 Dec" in run("done", "1")[2]
    code, _, words = run("done", "1")
    assert code == 4
    assert "reminder 1 was done today already; it is due again Sat 5 Dec" in words
    assert "cardcrm done 1 --again" in words
    assert "due Sat 12 Dec" in run("done", "1", "--again")[2]
    run("undo")
    assert "due Sat 12 Dec" in run("done", "1", at="2026-11-30T10:00")[2]  # ahead of its day


def test_overdue_reminder_may_be_done_twice_on_one_day(run: Run) -> None:
    run("add", "Ann", zone=BERLIN, at="2026-11-28T00:10")
    run("remind", "ann", "till", "--due", "2026-11-27 23:30", "--every", "daily")
    assert "due today 23:30" in run("done", "1")[2]
    assert "due Sun 29 Nov 23:30" in run("done", "1", at="2026-11-28T23:40")[2]


def test_reminder_is_not_done_in_the_future(run: Run) -> None:
    run("add", "Ann")
    run("remind", "ann", "call", "--due", "fri")
    code, _, words = run("reminder", "edit", "1", "--done", "2027-01-01")
    assert (code, "2027-01-01 is in the future" in words) == (2, True)
    assert run("reminder", "edit", "1", "--done", "yesterday")[0] == 0


def test_recurrence_from_completion_is_edited_exported_and_imported(
    run: Run, tmp_path: Path
) -> None:
    run("add", "Ann", at="2026-11-28T10:00")
    run("remind", "ann", "filter", "--due", "fri", "--every", "weekly")
    edited = run("reminder", "edit", "1", "--after", "3 months")
    assert "every week → 3 months after it is done" in edited[2]
    [row] = rows(run("reminder", "show", "1", "--format", "json"))
    assert row["rule"] == "FREQ=MONTHLY;INTERVAL=3;AFTER=DONE"
    for name in ("out.csv", "out.jsonl"):
        run("reminder", "export", str(tmp_path / name))
        run("reminder", "rm", "1", "--yes")
        assert run("reminder", "import", str(tmp_path / name))[0] == 0
        [row] = rows(run("reminder", "list", "--format", "json"))
        assert (row["rule"], row["due"]) == ("FREQ=MONTHLY;INTERVAL=3;AFTER=DONE", "2026-12-04")
        run("undo")
        run("undo")
    assert run("remind", "ann", "x", "--after", "weekday")[0] == 2
    code, _, words = run("remind", "ann", "x", "--after", "2w", "--every", "2w")
    assert (code, "use either --every or --after, not both" in words) == (2, True)


FILES = {
    "us.csv": (
        "First Name,Last Name,Email,Birthday,Anniversary\n"
        "Ann,Test,ann@example.com,1/20/1981,6/3/2005\nBob,Test,bob@example.com,3/4/1980,12/25/1999\n",
        "dates such as 6/3/2005 were read month first, as 1/20/1981 in line 2 shows",
        {"Ann Test": "1981-01-20", "Bob Test": "1980-03-04"},
    ),
    "gb.csv": (
        "Name,Birthday\nAnn Test,3/4/1980\nBob Test,5/6/85\n",
        "dates such as 3/4/1980 were read day first, as is usual in GB",
        {"Ann Test": "1980-04-03", "Bob Test": "1985-06-05"},
    ),
    "partial.vcf": (
        "".join(
            f"BEGIN:VCARD\nVERSION:4.0\nFN:{name}\nBDAY:{day}\nEND:VCARD\n"
            for name, day in (("Ann", "--04"), ("Bob", "1953"), ("Cleo", "1985-04"),
                              ("Dan", "1604-04-12"), ("Eve", "--0412"))
        ),
        "",
        {"Ann": "--04", "Bob": "1953", "Cleo": "1985-04", "Dan": "--04-12", "Eve": "--04-12"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_dates_of_a_file_are_read_in_one_order_which_is_said(
    run: Run, tmp_path: Path, name: str
) -> None:
    text, said, birthdays = FILES[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    code, _, words = run("import", str(path))
    assert code == 0
    assert said in words
    order = " ".join(said.partition("read ")[2].split()[:2]).rstrip(",")
    [counts] = json.loads(run("import", str(path), "--format", "json")[1])["files"]
    assert (counts["date_order"] or "", counts["unchanged"]) == (order, len(birthdays))
    found = rows(run("find", "--columns", "name,birthday", "--format", "json"))
    assert {row["name"]: row["birthday"] for row in found} == birthdays


def test_what_is_known_of_a_birthday_is_shown_filtered_and_exported(
    run: Run, tmp_path: Path
) -> None:
    run("add", "Ann", "--birthday", "April", at="2027-04-01T10:00")
    run("add", "Bob", "--birthday", "1953")
    run("add", "Cleo", "--birthday", "1985-04")
    run("add", "Dan", "--birthday", "12 April 1985")
    for query, names in {
        "birthday:april": "Ann Cleo Dan",
        "birthday:1953": "Bob",
        "birthday:1985": "Cleo Dan",
        "birthday:1985-04": "Cleo Dan",
        "birthday:1985-04-12": "Dan",
        "birthday<30d": "Dan",
        "birthday:any": "Ann Bob Cleo Dan",
    }.items():
        found = rows(run("find", query, "--columns", "name", "--format", "json"))
        assert " ".join(str(row["name"]) for row in found) == names, query
    assert "birthday  April 1985" in run("show", "cleo")[1]
    [card] = rows(run("show", "bob", "--format", "json"))
    assert card["anniversaries"] == [
        {"label": "birthday", "day": "1953", "next": None, "age": None}
    ]
    [digest] = rows(run("due", "--days", "30", "--format", "json"))
    assert [each["contact"] for each in digest["anniversaries"]] == ["Dan"]  # type: ignore[attr-defined]
    before = run("find", "--columns", "name,birthday", "--format", "csv")[1]
    for name in ("out.csv", "out.vcf"):
        run("export", "--to", str(tmp_path / name))
        run("rm", "--where", "birthday:any", "--yes")
        run("import", str(tmp_path / name))
        assert run("find", "--columns", "name,birthday", "--format", "csv")[1] == before


@pytest.mark.parametrize(
    ("region", "row", "day", "said"),
    [
        ("GB", "Bob,1/20/2026", "2026-03-04", "read month first, as 1/20/2026 in line 3 shows"),
        ("US", "Bob,20/1/2026", "2026-04-03", "read day first, as 20/1/2026 in line 3 shows"),
        ("US", "Bob,2026-01-20", "2026-03-04", "read month first, as is usual in US"),
        ("GB", "Bob,46042", "2026-04-03", "read day first, as is usual in GB"),
    ],
)
def test_custom_dates_of_a_file_have_its_order(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    region: str, row: str, day: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("CARDCRM_REGION", region)
    run("field", "add", "renewal", "--type", "date")
    (tmp_path / "a.csv").write_text(f"Name,Renewal\nAnn,3/4/2026\n{row}\n")
    (tmp_path / "b.vcf").write_text(
        "".join(
            f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}{name}\nX-CARDCRM-FIELD:renewal;{text}\nEND:VCARD\n"
            for name, text in (("Ann", "3/4/2026"), row.split(","))
        )
    )
    code, _, told = run("import", str(tmp_path / "a.csv"))
    assert code == 0
    assert f"dates such as 3/4/2026 were {said}" in told
    run("import", str(tmp_path / "b.vcf"))
    found = rows(run("find", "--columns", "name,renewal", "--json"))
    assert {each["name"]: each["renewal"] for each in found} == {
        "Ann": day, "AnnAnn": day, "Bob": "2026-01-20", "BobBob": "2026-01-20",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("region", "other", "days"),
    [("GB", "1/20/2026", ["2026-03-04", "2026-01-20"]),
     ("GB", "5/6/2026", ["2026-04-03", "2026-06-05"]),
     ("US", "5/6/2026", ["2026-03-04", "2026-05-06"]),
     ("US", "20/1/26", ["2026-04-03", "2026-01-20"])],
)  # fmt: skip
def test_dates_of_a_file_of_sales_have_one_order(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    region: str, other: str, days: list[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("CARDCRM_REGION", region)
    run("add", "Ann")
    (tmp_path / "a.csv").write_text(f"contact,on,amount\nAnn,3/4/2026,10\nAnn,{other},20\n")
    code, _, told = run("sale", "import", str(tmp_path / "a.csv"))
    assert code == 0, told
    assert "dates such as 3/4/2026 were read" in told
    found = rows(run("sale", "list", "--sort", "id", "--json"))
    assert [each["on"] for each in found] == days
