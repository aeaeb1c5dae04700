"""Campaigns of calls, letters and messages from the command line."""

import base64
import csv
import io
import json
import sys
import time

import pytest

from cardcrm.cli.run import main

LETTER = "Dear {{ contact.first_name }},\n\n<b>roses</b> in {{ contact.city }}"


@pytest.fixture
def run(typed, tmp_path):
    """Run a command that must end with a code; return its data and messages."""

    def check(*words, code=0):
        found, out, err = typed(*words)
        assert found == code, err
        return out + err

    (tmp_path / "letter.txt").write_text(LETTER, "utf-8")
    check("add", "Jane Doe", "--phone", "+44 113 496 0000", "--social", "https://x.com/jane",
          "--street", "1 High St", "--city", "Leeds", "--postcode", "LS1 4AP")  # fmt: skip
    check("add", "=Bob", "--phone", "+44 113 496 0001", "--social", "@bob@example.social",
          "--street", "2 Low Rd", "--city", "<York>")  # fmt: skip
    text = str(tmp_path / "letter.txt")
    check("template", "add", "hello", "--subject", "Roses & more", "--text", text)
    return check


def begin(run, channel, *words):
    run("campaign", "add", "spring", "--segment", "kind:person", "--channel", channel, *words)
    return run("campaign", "send", "spring", "--yes")


@pytest.mark.parametrize(
    ("segment", "found"),
    [("kind:person", "2 contacts"), ("city:leeds", "1 contact"), ("city:oslo", "0 contacts")],
)
def test_add_says_how_many_contacts_the_segment_finds(run, segment, found):
    said = run("campaign", "add", "spring", "--segment", segment, "--channel", "call")
    assert f"its segment finds {found} now" in said
    assert "cardcrm campaign preview spring" in said


def test_calls_are_due_and_count_once_they_are_made(run):
    said = begin(run, "call", "--text", "Ask {{ contact.first_name }}", "--per-day", "1")
    assert "queued 2 contacts; see the reminders with: cardcrm due" in said
    assert "Jane Doe: Call: Ask Jane" in run("due", "--days", "7")
    # The first working day is a Monday, so no call is due yet.
    run("done", "1")
    found = json.loads(run("campaign", "results", "spring", "--json"))
    assert (found["queued"], found["sent"], found["waiting"]) == (2, 1, 1)
    shown = run("campaign", "results", "spring")
    assert "done" in shown
    assert "bounced" not in shown
    assert "already" in run("campaign", "pause", "spring", code=4)
    assert "1 call canceled" in run("campaign", "stop", "spring")


def test_results_say_that_a_campaign_has_not_been_queued(run):
    run("campaign", "add", "spring", "--segment", "kind:person", "--channel", "call")
    for words in ((), ("--by", "city")):
        said = run("campaign", "results", "spring", *words)
        assert "spring has not been queued yet: cardcrm campaign send spring" in said
        assert "By city" not in said
    run("campaign", "send", "spring", "--yes")
    assert "By city" in run("campaign", "results", "spring", "--by", "city")


def test_a_call_needs_no_mail_server_and_preview_names_the_channel(run):
    run("campaign", "add", "spring", "--segment", "kind:person", "--channel", "call")
    assert "get the call  2" in run("campaign", "preview", "spring")
    assert "queued 2" in run("campaign", "send", "spring", "--yes")


def test_letters_are_pages_or_a_table(run, tmp_path):
    page, table = tmp_path / "letters.html", tmp_path / "letters.csv"
    run("campaign", "add", "spring", "--segment", "kind:person", "--channel", "letter",
        "--template", "hello")  # fmt: skip
    said = run("campaign", "letters", "spring", "--output", str(page), code=4)
    assert "the campaign spring has not begun" in said
    run("campaign", "send", "spring", "--yes")
    run("config", "set", "firm.name", "Roses & Co")
    said = run("campaign", "letters", "spring", "--output", str(page))
    assert "add --sent once they are posted" in said
    text = page.read_text("utf-8")
    assert text.count("<section>") == 2
    assert "Jane Doe\n1 High St\nLeeds LS1 4AP</div>" in text
    assert "<h1>Roses &amp; more</h1>" in text
    assert "&lt;b&gt;roses&lt;/b&gt; in &lt;York&gt;" in text
    assert "<York>" not in text
    assert "Roses &amp; Co" in text
    assert "letters.html already exists" in run(
        "campaign", "letters", "spring", "--output", str(page), code=4
    )
    assert "unknown file format" in run(
        "campaign", "letters", "spring", "--output", "x.doc", code=2
    )
    printed = tmp_path / "letters.pdf"
    assert "wrote 2 letters" in run("campaign", "letters", "spring", "--output", str(printed))
    assert printed.read_bytes().startswith(b"%PDF")
    said = run("campaign", "letters", "spring", "--output", str(table), "--sent")
    assert "wrote 2 letters" in said
    rows = {
        each["name"]: each
        for each in csv.DictReader(table.read_text("utf-8").splitlines(keepends=True))
    }
    assert set(rows) == {"Jane Doe", "'=Bob"}
    jane = rows["Jane Doe"]
    assert (jane["street"], jane["postcode"], jane["city"]) == ("1 High St", "LS1 4AP", "Leeds")
    assert jane["text"] == "Dear Jane,\n\n<b>roses</b> in Leeds"
    assert "Letter: Roses & more" in run("show", "jane")
    found = json.loads(run("campaign", "results", "spring", "--json"))
    assert (found["sent"], found["waiting"]) == (2, 0)
    assert json.loads(run("campaign", "show", "spring", "--json"))["status"] == "done"


def test_an_empty_field_of_a_letter_stops_before_a_file_is_written(run, tmp_path):
    run("add", "No City", "--street", "3 Mid Rd", "--city", "Hull", "--kind", "org")
    run("add", "Ann Smith", "--org", "No City")
    run("campaign", "add", "spring", "--segment", "kind:person", "--channel", "letter",
        "--template", "hello")  # fmt: skip
    said = run("campaign", "send", "spring", "--yes", code=2)
    assert "contact.city is empty for 1 of 3 contacts (4 Ann Smith)" in said
    assert "1 left out" in run("campaign", "send", "spring", "--yes", "--skip-incomplete")
    run("edit", "1", "--given", "")
    path = tmp_path / "letters.html"
    said = run("campaign", "letters", "spring", "--output", str(path), code=2)
    assert "template hello for" in said
    assert "contact.first_name is empty" in said
    assert not path.exists()


def test_messages_are_shown_one_after_the_other(run):
    begin(run, "message", "--template", "hello")
    said = run("campaign", "next", "spring")
    assert "Open:  @bob@example.social" in said
    assert "Dear =Bob" in said
    first = json.loads(run("campaign", "next", "spring", "--json"))
    assert (first["contact"], first["url"], first["waiting"]) == ("=Bob", None, 2)
    assert "\x1b" not in said
    said = run("campaign", "next", "spring", "--sent")
    assert "logged the message to =Bob" in said
    assert "Open:  https://x.com/jane" in said
    assert "all messages are sent" in run("campaign", "next", "spring", "--sent")
    assert "Dear Jane" in run("show", "jane")
    assert json.loads(run("campaign", "show", "spring", "--json"))["status"] == "done"


def test_a_command_of_another_channel_is_refused(run):
    begin(run, "visit", "--per-day", "3")
    said = run("campaign", "letters", "spring", "--output", "x.html", code=2)
    assert "the campaign spring is of the channel visit, not letter" in said
    assert "of the channel visit, not message" in run("campaign", "next", "spring", code=2)
    assert "only a campaign of mail can be tested" in run("campaign", "test", "spring", code=2)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def await_file(path):
    """Return the text of a file that another process writes."""
    for _ in range(500):
        if path.exists() and path.read_text("utf-8").endswith("\n"):
            break
        time.sleep(0.02)
    return path.read_text("utf-8")


def test_a_message_is_copied_and_its_profile_opened_on_a_terminal(
    run, cli_location, monkeypatch, tmp_path
):
    begin(run, "message", "--template", "hello")
    opened, script = tmp_path / "opened", tmp_path / "open.py"
    script.write_text(f"import sys\nopen({str(opened)!r}, 'w').write(sys.argv[1] + '\\n')\n")
    run("config", "set", "open-command", f"{sys.executable} {script}")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", screen := Terminal())
    assert main(["campaign", "next", "spring"]) == 0
    text = screen.getvalue().partition("\x1b]52;c;")[2].partition("\a")[0]
    assert base64.b64decode(text).decode() == "Dear =Bob,\n\n<b>roses</b> in <York>"
    assert not opened.exists()  # Bob has a handle without a URL
    assert main(["campaign", "next", "spring", "--sent", "--no-open"]) == 0
    assert "https://x.com/jane" in screen.getvalue()
    assert not opened.exists()
    assert main(["campaign", "next", "spring"]) == 0
    assert await_file(opened) == "https://x.com/jane\n"


def test_a_program_that_is_missing_is_named(run, cli_location, monkeypatch, capsys):
    begin(run, "message", "--template", "hello")
    run("campaign", "next", "spring", "--sent")
    run("config", "set", "open-command", "no-such-program")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main(["campaign", "next", "spring"]) == 0
    said = capsys.readouterr().err
    assert "can't start “no-such-program”: No such file or directory" in said
    assert "cardcrm config set open-command COMMAND" in said
