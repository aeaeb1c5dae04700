"""`due`, `remind`, `done` and `snooze` from the command line, and `due` in cron."""

import json
import re
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def run(typed, monkeypatch):
    """Run a command on a new database, and return exit code, output and messages."""
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T10:00")
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    monkeypatch.setenv("CARDCRM_REGION", "GB")
    return typed


@pytest.fixture
def shop(run, monkeypatch):
    """Create a shop with three customers, reminders for a week, and some history."""
    run("add", "Jane Doe", "--org", "Acme Ltd", "--phone", "+44 113 496 0123", "--every", "30d")
    run("add", "Bob Stone", "--email", "bob@stone.example", "--birthday", "1980-11-23")
    run("remind", "jane", "send the quote", "--due", "2026-11-18", "--promise")
    run("remind", "bob", "ask how the bike runs", "--due", "14:00", "--priority", "2")
    run("remind", "jane", "call back", "--due", "tue 9:30", "--every", "2w", "--for", "ann")
    run("add", "Mia Berg", "--phone", "+47 22 00 00 00", "--every", "3w")
    run("remind", "jane", "measure", "--due", "today")
    run("remind", "mia", "visit", "--due", "today")
    monkeypatch.setenv("CARDCRM_NOW", "2026-10-24T10:00")
    run(
        "done",
        "4",
        "--kind",
        "visit",
        "--log",
        "wall is 12 m, wants sandstone\nquote for two gates",
    )
    run("done", "5", "--kind", "call", "--log", "happy with the bike")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T10:00")
    return run


@pytest.fixture
def watched(monkeypatch):
    """Make standard output a terminal of 80 columns."""
    import os

    monkeypatch.setattr("cardcrm.cli.session.is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setattr("cardcrm.cli.result_writer.terminal_width", lambda _stream: 80)
    monkeypatch.setattr(os, "environ", {**os.environ, "NO_COLOR": "1"})


def golden(name: str, shown: str) -> None:
    assert shown == (GOLDEN / name).read_text(encoding="utf-8")


def test_digest_matches_the_golden_file(shop, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = shop("due")
    assert (code, err) == (0, "")
    golden("due.txt", out)


def test_last_note_takes_at_most_two_lines(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    run("add", "Jane", "--phone", "0113 496 0123")
    output = (
        "asked what a bigger arrangement for the foyer would cost and when it could be delivered"
    )
    run("log", "jane", f"{output}, {output}", "--kind", "call", "--next", "ring", "--due", "today")
    lines = run("due")[1].splitlines()
    at = next(number for number, line in enumerate(lines) if "+44 113 496 0123" in line)
    assert " ".join(map(str.strip, lines[at : at + 2])).startswith(
        f"+44 113 496 0123 · call today: {output}"
    )
    assert lines[at + 1].endswith("…")
    assert lines[at + 2 :] == []
    assert all(len(line) <= 80 for line in lines)


def test_digest_json_is_a_contract(shop):
    shop("done", "jane", "--log", "nothing")  # refused, because two are open
    code, out, _ = shop("due", "--format", "json")
    assert code == 0
    golden("due.json", out)


def test_html_page_is_complete_and_csv_has_a_row_per_item(shop):
    golden("due.html", shop("due", "--format", "html")[1])
    golden("due.csv", shop("due", "--format", "csv")[1])
    assert shop("due", "--format", "text") == shop("due")
    assert shop("due", "--format", "ids")[1].split() == ["1", "2", "3"]


def test_cron_is_silent_if_nothing_is_due(run):
    run("add", "Jane")
    for fmt in ("table", "html", "markdown"):
        assert run("due", "--format", fmt) == (0, "", "")
    assert run("due", "--check") == (0, "", "")


def test_programs_get_output_if_nothing_is_due(run):
    run("add", "Jane")
    result = json.loads(run("due", "--format", "json")[1])
    assert (result["overdue"], result["totals"][0]) == (
        [],
        {"section": "overdue", "count": 0, "exact": True},
    )


def test_terminal_shows_that_nothing_is_due(run, watched):
    run("add", "Jane")
    assert "Nothing is due" in run("due")[2]


@pytest.mark.no_database
def test_missing_database_is_a_storage_error(run, tmp_path):
    for _ in range(2):
        code, out, err = run("due")
        assert (code, out) == (5, "")
        assert "there is no database" in err
    assert not (tmp_path / "cards.db").exists()


def test_check_exits_with_1_if_something_is_overdue(shop):
    code, out, _ = shop("due", "--check")
    assert code == 1
    assert "Overdue (1)" in out
    shop("done", "1")
    assert shop("due", "--check")[0] == 0


def test_reminder_due_today_is_not_overdue_at_night(shop, monkeypatch):
    shop("done", "1")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T23:59")
    assert shop("due", "--check")[0] == 0
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-22T00:00")
    assert shop("due", "--check")[0] == 1


def test_stored_text_cannot_control_terminal_or_markup(run):
    run("add", "Eve \x1b[31mRed\u202e", "--phone", "+44 113 496 0123")
    run("remind", "eve", "<b>bold</b> [red]x[/red] \x1b]0;owned\x07", "--due", "today")
    _, out, _ = run("due")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "<b>bold</b> [red]x[/red]" in out
    _, page, _ = run("due", "--format", "html")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "\x1b" not in page


def test_names_and_tasks_are_never_shortened_in_a_pipe(run):
    name = "Wolfeschlegelsteinhausenbergerdorff " * 4
    what = "measure the garden " * 20
    run("add", name)
    run("remind", "1", what, "--due", "today")
    shown = " ".join(run("due")[1].split())
    assert name.strip() in shown
    assert what.strip() in shown


def test_no_line_is_wider_than_the_terminal(shop, watched):
    shop("remind", "jane", "measure the garden " * 20, "--due", "today")
    lines = shop("due")[1].splitlines()
    assert max(map(len, lines)) <= 80


def test_the_first_line_wraps_and_counts_days_in_words(run, watched, monkeypatch):
    run("add", "Ann Lee", "--birthday", "1990-11-22")
    run("add", "Bob Stone", "--day", "wedding=2012-11-23")
    assert run("due")[1].startswith("Sat 21 Nov 2026: 2 anniversaries\n")
    run("rm", "ann", "--yes")
    for day in (20, 21, 22):
        run("remind", "bob", f"call {day}", "--due", f"2026-11-{day}")
    monkeypatch.setattr("cardcrm.cli.result_writer.terminal_width", lambda _stream: 40)
    assert run("due")[1].splitlines()[:2] == [
        "Sat 21 Nov 2026: 1 overdue, 1 today, 1", "coming, 1 anniversary",
    ]  # fmt: skip


def test_query_and_days_restrict_the_digest(shop):
    assert "Jane" not in shop("due", "bob")[1]
    assert "Coming" not in shop("due", "--days", "0")[1]
    assert shop("due", "name:nobody") == (0, "", "")


def test_mistyped_options_and_fields_are_usage_errors(shop):
    for line in (["due", "--chek"], ["due", "ownr:ann"], ["due", "--days", "-1"]):
        code, _, err = shop(*line)
        assert code == 2, line
        assert "error:" in err


def test_limit_reports_what_is_left_out(shop):
    shop("remind", "jane", "pay", "--due", "2026-11-10")
    assert "… and 1 more" in shop("due", "--limit", "1")[1]


def test_notify_without_desktop_is_a_service_error(shop, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    code, _, err = shop("due", "--notify")
    assert code == 6
    assert "notify-send" in err


def test_notification_has_no_markup(shop, monkeypatch, tmp_path):
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/message\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    shop("remind", "jane", "<i>fish & chips", "--due", "2026-11-01", "--promise")
    assert shop("due", "--notify")[:2] == (0, "")
    message = (tmp_path / "message").read_text(encoding="utf-8")
    assert "Due: 2 overdue, 1 today, 1 coming, 1 losing touch, 1 birthday" in message
    assert "&lt;i&gt;fish &amp; chips" in message


# Remind


def test_remind_reports_contact_and_due_date(run):
    run("add", "Jane Doe")
    _, _, err = run("remind", "jane", "send", "the", "quote", "--due", "fri 14:00", "--promise")
    assert err == "promise 1 for Jane Doe, due Fri 27 Nov 14:00: send the quote\n"


def test_remind_needs_a_date_or_a_rule(run):
    run("add", "Jane Doe")
    code, _, err = run("remind", "jane", "call")
    assert code == 2
    assert "--due WHEN" in err
    assert (
        "due Mon 21 Dec, on the 3rd Monday"
        in run("remind", "jane", "call", "--every", "3rd monday")[2]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ["remind", "jane", "call", "--due", "someday"],
        ["remind", "jane", "call", "--due", "fri", "--every", "now and then"],
        ["remind", "jane", "call", "--due", "fri", "--priority", "10"],
        ["remind", "jane", "  ", "--due", "fri"],
        ["remind", "jane", "call", "--due", "fri", "--promised"],
    ],
)
def test_remind_refuses_bad_input_and_stores_nothing(run, wrong):
    run("add", "Jane Doe")
    assert run(*wrong)[0] == 2
    assert json.loads(run("due", "--format", "json")[1])["totals"][2]["count"] == 0


# Done and snooze


def test_done_completes_all_or_none(shop):
    assert shop("done", "1", "99")[0] == 3
    assert "Overdue" in shop("due")[1]
    assert shop("done", "1", "#2")[0] == 0
    assert json.loads(shop("due", "--format", "json")[1])["totals"][0]["count"] == 0


def test_done_with_a_log_becomes_an_interaction_and_resets_the_cadence(shop, monkeypatch):
    code, _, err = shop("done", "1", "--log", "sent it by post", "--kind", "mail")
    assert code == 0
    assert re.search(r"\nlogged mail \d+ with \d+ [A-Z]", err)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-30T10:00")
    last = json.loads(shop("due", "--format", "json")[1])["overdue"][1]["last_interaction"]
    assert last == {"on": "2026-11-21", "kind": "mail", "text": "sent it by post"}


def test_done_with_a_log_adds_mentioned_participants(shop):
    _, _, err = shop("done", "1", "--log", "spoke with @mia and @zorro")
    assert "@zorro matches no contact, or several" in err
    assert "@mia is" not in err
    mia = json.loads(shop("show", "mia", "--format", "json")[1])
    assert mia["interactions"][0]["text"] == "spoke with @mia and @zorro"


def test_wrong_kind_leaves_the_reminder_open(shop):
    assert shop("done", "1", "--log", "sent", "--kind", "pigeon")[0] == 2
    assert "Overdue (1)" in shop("due")[1]


def test_done_accepts_a_contact_with_one_open_reminder(shop):
    code, _, err = shop("done", "jane")
    assert code == 4
    assert "send the quote" in err
    assert "call back" in err
    assert shop("done", "bob", "stone")[0] == 0


def test_recurring_reminder_reports_its_next_date(shop):
    assert "recurs, due Tue 8 Dec 09:30, every 2 weeks" in shop("done", "3")[2]


def test_done_alone_points_to_due(shop):
    code, _, err = shop("done")
    assert code == 2
    assert "cardcrm due" in err


def test_removing_reminders_asks_first(shop):
    assert shop("reminder", "rm", "1")[0] == 2
    assert shop("reminder", "rm", "1", "--yes")[0] == 0
    assert shop("done", "1")[0] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["1", "2w"], "due Sat 5 Dec"),
        (["1", "next", "tue", "14:00"], "due Tue 24 Nov 14:00"),
        (["1", "27", "nov"], "due Fri 27 Nov"),
        (["bob", "stone", "tomorrow"], "due Sun 22 Nov 14:00"),
        (["3", "thu"], "due Thu 26 Nov 09:30, every 2 weeks"),
    ],
)
def test_snooze_accepts_dates_of_several_words(shop, words, message):
    code, _, err = shop("snooze", *words)
    assert (code, message in err) == (0, True), err


def test_snooze_accepts_several_reminders(shop):
    result = json.loads(shop("snooze", "1", "2", "5d", "--format", "json")[1])
    assert [each["due"][:10] for each in result] == ["2026-11-26", "2026-11-26"]


@pytest.mark.parametrize("words", [["1"], ["1", "rubbish"], ["1", "2020-01-01"]])
def test_snooze_needs_a_future_date(shop, words):
    assert shop("snooze", *words)[0] == 2


def test_reminder_is_edited_by_id(shop):
    code, _, err = shop("reminder", "edit", "1", "send", "both", "quotes", "--due", "thu 9:00")
    assert (code, err.strip()) == (
        0,
        "changed promise 1 send both quotes (Jane Doe): what send the quote → send both quotes, "
        "due Wed 18 Nov → Thu 26 Nov 09:00",
    )
    edit = ("--format", "json", "reminder", "edit", "3")
    message = json.loads(shop(*edit, "--every", "once", "--promise", "--priority", "4")[1])
    assert (message["rule"], message["promise"], message["priority"], message["owner"]) == (
        None,
        True,
        4,
        "ann",
    )
    message = json.loads(shop(*edit, "--no-promise", "--for", "bob")[1])
    assert (message["promise"], message["owner"]) == (False, "bob")
    assert shop("reminder", "edit", "1", "--promise")[2].startswith("no change to promise 1")
    assert shop("reminder", "edit", "1")[0] == 2
    assert shop("reminder", "edit", "99", "x")[0] == 3
    assert shop("undo")[0] == 0
    assert json.loads(shop("reminder", "show", "3", "--format", "json")[1])["promise"] is True


def test_new_reminder_needs_contact_and_text(shop):
    assert shop("remind")[0] == 2
    assert shop("remind", "jane", "--due", "fri")[0] == 2
