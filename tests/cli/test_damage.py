"""Commands on damaged databases: one clear line, never a traceback, and no false all-clear."""

import contextlib
import os
import shutil
import sqlite3

import pytest

from cardcrm.cli.run import main
from tests.support.damage import damaged_copies

# A seeded selection; more on demand: CARDCRM_DAMAGED_COPIES=2000 pytest tests/cli/test_damage.py
COUNT = int(os.environ.get("CARDCRM_DAMAGED_COPIES", "24"))
SEED = int(os.environ.get("CARDCRM_DAMAGE_SEED", "11"))

READING = (
    ["due"], ["find"], ["find", "eleanor"], ["find", "tag:vip", "-last<30d"],
    ["show", "1", "--json"], ["show", "eleanor"], ["brief", "2"], ["value"], ["value", "1"],
    ["journal"], ["journal", "1"],
    ["export"], ["export", "--format", "vcard"], ["sale", "list"], ["reminder", "list", "--json"],
    ["interaction", "list"], ["product", "list"], ["segment", "list"], ["field", "list"],
    ["db", "info"], ["db", "sql", "select * from contact"], ["config", "list"],
)  # fmt: skip
WRITING = (
    ["log", "1", "called", "--next", "send", "--due", "fri"], ["edit", "2", "--city", "Leeds"],
    ["tag", "3", "+x"], ["sell", "4", "10"], ["done", "1"], ["merge", "5", "6", "--yes"],
    ["rm", "7", "--yes"], ["undo"], ["redo"], ["undo"], ["db", "check", "--repair"],
    ["db", "backup"],
)  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A file with the sample records, without a log beside it."""
    file = tmp_path_factory.mktemp("sample") / "sample.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_CONFIG", "/dev/null")
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        assert main(["demo", "--path", str(file)]) == 0
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return file


@pytest.fixture
def place(tmp_path, sample, monkeypatch):
    """A copy of the sample, which the commands use."""
    monkeypatch.setenv("CARDCRM_CONFIG", "/dev/null")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_LOCK_WAIT", "0.2")
    file = shutil.copy(sample, tmp_path / "cards.db")
    monkeypatch.setenv("CARDCRM_DB", str(file))
    return file


@pytest.fixture
def run(place, capsys):
    """Run a command; return its exit code and its output."""

    def run_words(*words):
        code = main(list(words))
        out, err = capsys.readouterr()
        assert code in range(7), (words, err)
        if code:
            assert sum(line.startswith("error: ") for line in err.splitlines()) <= 1, err
        return code, out + err

    return run_words


def read_all(file):
    """Return all rows of the records, each with its table."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"
        ).fetchall()
        return {
            (name, *row) for (name,) in tables for row in database.execute(f"SELECT * FROM {name}")
        }


def test_no_command_ends_in_a_traceback_on_a_damaged_file(place, sample, run):
    for content in damaged_copies(sample.read_bytes(), SEED, COUNT):
        place.write_bytes(content)
        for words in READING:
            run(*words)
        code, _ = run("db", "check")
        if code == 0:
            read_all(place)  # raises for a text that is not UTF-8
        for words in WRITING:
            run(*words)
        assert run("db", "restore", str(sample), "--yes")[0] == 0
        assert run("db", "check")[0] == 0
        assert read_all(place) == read_all(sample)
        for left in place.parent.glob("cards*"):
            left.unlink()


def damage(file, sql, *params):
    """Change a file as no command does."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(sql, params)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE contact SET name = CAST(x'4aff6e65' AS TEXT) WHERE id = 3", "cannot be read: 3"),
        ("UPDATE contact SET note = x'00ff' WHERE id = 3", "cannot be read: 3"),
        ("UPDATE interaction SET text = 17.5 WHERE id = 2", None),
        ("UPDATE contact SET cadence_days = 'often' WHERE id = 3", "cannot be read: 3"),
        ("UPDATE contact SET created_at = '2026-13-01' WHERE id = 3", "impossible created_at: 3"),
        ("UPDATE reminder SET due_on = '2026-02-30' WHERE id = 3", "impossible due_on: 3"),
        ("UPDATE sale SET currency = 'G1P' WHERE id = 3", "impossible currency: 3"),
        ("UPDATE yearly_day SET day = '--13-01' WHERE id = 1", "impossible day: 1"),
        ("UPDATE contact SET stage = 'leed' WHERE id = 3", "impossible stage: 3"),
        ("UPDATE step SET at = 'noon' WHERE id = 1", "impossible at: 1"),
        ("UPDATE change SET new = '{\"name\":' WHERE id = 3", "unreadable values: 3"),
        ("UPDATE change SET new = '[1]' WHERE id = 3", "unreadable values: 3"),
        ("UPDATE change SET new = '{\"nbme\":1}' WHERE id = 3", "unreadable values: 3"),
        ("UPDATE change SET tbl = 'contacu' WHERE id = 3", "unreadable values: 3"),
        ("UPDATE change SET old = CAST(x'7bff7d' AS TEXT) WHERE id = 3", "cannot be read: 3"),
    ],
)  # fmt: skip
def test_check_reads_every_row(place, run, sql, problem):
    assert run("db", "check")[0] == 0
    damage(place, sql)
    code, output = run("db", "check", "--repair")
    if problem is None:  # SQLite itself has made text of the number
        assert code == 0
        return
    assert code == 1
    assert problem in output
    assert "is intact" not in output
    for words in READING:
        run(*words)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE contact SET last_on = '2026-11-99' WHERE id = 3",
        "UPDATE contact_value SET last_on = 'x' WHERE contact_id = 1",
    ],
)
def test_damaged_derived_data_is_computed_again(place, run, sample, sql):
    damage(place, sql)
    assert "impossible last_on" in run("db", "check")[1]
    assert run("db", "check", "--repair")[0] == 0
    assert read_all(place) == read_all(sample)


def test_check_says_what_it_could_not_check(place, run):
    damage(place, "UPDATE contact SET note = x'00ff' WHERE id = 3")
    assert "search index and totals could not be checked" in run("db", "check")[1]
