"""Failures with real processes: locks, kills, full disks, damaged files, closed pipes."""

import contextlib
import ctypes
import os
import random
import resource
import signal
import sqlite3
import string
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import cardcrm
from cardcrm.cli.run import main
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Store, integrity, open_store

PROGRAM = [sys.executable, "-m", "cardcrm"]
SOURCE = str(Path(cardcrm.__file__).parent.parent)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "cards.db"
    store = open_store(path, user="ann", create=True)
    contacts.add(store, ContactDraft(name="Jane Doe"))
    store.close()
    return path


def environment(database, **more) -> dict[str, str]:
    keep = ("PATH", "HOME", "SYSTEMROOT")
    kept = {name: os.environ[name] for name in keep if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": SOURCE,
        # Under a limit on the size of files, Python 3.11 would leave truncated bytecode behind.
        "PYTHONDONTWRITEBYTECODE": "1",
        "CARDCRM_DB": str(database),
        "CARDCRM_CONFIG": "/dev/null",
        "CARDCRM_USER": "ann",
        **more,
    }


def cardcrm_run(database, *words, preexec=None, **more):
    """Run a command to its end, with UTF-8 output."""
    return subprocess.run(
        [*PROGRAM, *words],
        env=environment(database, **more),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        stdin=subprocess.DEVNULL,
        preexec_fn=preexec,
        check=False,
    )


def is_clear(done, code: int, *message: str) -> bool:
    """Check for one error line, a hint, the exit code, no output and no traceback."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == code, done.stderr
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
    assert len(lines) == 2
    assert done.stdout == ""
    for word in message:
        assert word in done.stderr
    return True


def names(path) -> list[str]:
    store = open_store(path)
    found = [row[0] for row in store.rows("SELECT name FROM contact ORDER BY id")]
    assert integrity.check_database(store, print) == []
    store.close()
    return found


WRITER = """
import sys
from cardcrm.cli.run import main
for number in range(int(sys.argv[2])):
    code = main(["add", f"Writer {sys.argv[1]} Row {number}"])
    assert code == 0, code
"""


@pytest.mark.slow
def test_eight_concurrent_writers_lose_and_duplicate_nothing(location):
    database = location  # missing: they also race to create it
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), "10"],
            env=environment(database, CARDCRM_LOCK_WAIT="30"),
            stderr=subprocess.PIPE,
        )
        for number in range(8)
    ]
    for writer in writers:
        _, message = writer.communicate(timeout=60)
        assert writer.returncode == 0, message
    expected = sorted(f"Writer {writer} Row {row}" for writer in range(8) for row in range(10))
    assert sorted(names(database)) == expected
    store = open_store(database)
    assert store.value("SELECT count(*) FROM step") == 80
    assert store.value("SELECT count(*) FROM setting WHERE name = 'currency'") == 1
    store.close()


def test_killed_command_leaves_no_partial_change(database):
    """Check that each contact has its tags; one without them would be a partial change."""
    loop = (
        "import itertools\nfrom cardcrm.cli.run import main\n"
        "for n in itertools.count():\n"
        "    main(['add', f'Row {n}', '--tag', 'a', '--tag', 'b', '--email', f'r{n}@x.example'])\n"
        "    print(n, flush=True)\n"
    )
    confirmed = -1
    for round_ in range(4):
        victim = subprocess.Popen(
            [sys.executable, "-c", loop],
            env=environment(database),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert victim.stdout is not None
        for _ in range(3):
            confirmed = int(victim.stdout.readline())
        time.sleep(0.003 * round_)
        victim.kill()
        victim.communicate(timeout=30)
        store = open_store(database)
        assert integrity.check_database(store, print) == []
        rows = store.rows(
            "SELECT c.name, (SELECT count(*) FROM tag t WHERE t.contact_id = c.id) AS tags, "
            "(SELECT count(*) FROM point p WHERE p.contact_id = c.id) AS points "
            "FROM contact c WHERE c.name LIKE 'Row %'"
        )
        assert {(row["tags"], row["points"]) for row in rows} == {(2, 1)}
        assert f"Row {confirmed}" in {row["name"] for row in rows}  # confirmed changes are stored
        store.close()


def test_locked_database_is_waited_for_and_lock_owner_named(database):
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        started = time.monotonic()
        done = cardcrm_run(database, "add", "John", CARDCRM_LOCK_WAIT="0.5")
        assert is_clear(done, 5, "locked by another program", "waited 0.5 s")
        assert time.monotonic() - started < 30
        if Path("/proc/locks").exists():
            assert f"process {os.getpid()}" in done.stderr
        assert cardcrm_run(database, "find", "jane").returncode == 0  # readers do not wait
    finally:
        holder.close()
    assert names(database) == ["Jane Doe"]


def test_full_disk_loses_nothing(database):
    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))

    note = "x" * 100_000
    done = cardcrm_run(database, "add", "John", "--note", note, preexec=small)
    assert is_clear(done, 5, "disk")
    copy = cardcrm_run(database, "db", "backup", preexec=small)
    assert is_clear(copy, 5, "disk", "backups")
    assert list((database.parent / "backups").iterdir()) == []
    assert names(database) == ["Jane Doe"]
    assert cardcrm_run(database, "add", "John", "--note", note).returncode == 0
    assert names(database) == ["Jane Doe", "John"]


def limit_files(size: int) -> Callable[[], None]:
    """Return a function that makes longer files fail in a new process, as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--to", "x.csv"),
        ("export", "--to", "x.vcf"),
        ("export", "--to", "x.xlsx"),
        ("export", "--all", "x.jsonl"),
        ("export", "--person", "jane", "--to", "x.md"),
    ],
)
@pytest.mark.parametrize("has_old", [False, True])
def test_export_to_a_full_disk_leaves_no_part_of_a_file(
    database: Path, tmp_path: Path, words: tuple[str, ...], has_old: bool
) -> None:
    note = "".join(random.Random(1).choices(string.ascii_letters, k=20_000))
    cardcrm_run(database, "edit", "jane", "--note", note)
    target = tmp_path / words[-1]
    if has_old:
        target.write_text("old")
    named = (*words[:-1], str(target), *(["--force"] if has_old else []))
    done = cardcrm_run(database, *named, preexec=limit_files(8192))
    assert is_clear(done, 5, f"cannot write {target}")
    left = [each.name for each in tmp_path.iterdir() if not each.name.startswith("cards.db")]
    assert left == [target.name] * has_old
    assert not has_old or target.read_text() == "old"


def test_a_file_of_bad_rows_that_does_not_fit_is_removed(database: Path, tmp_path: Path) -> None:
    rows = "".join(f",note {number} {'x' * 1000}\n" for number in range(3000))
    source = tmp_path / "people.csv"
    source.write_text(f"name,note\nAnn Lee,\n{rows}")
    done = cardcrm_run(database, "import", str(source), preexec=limit_files(2 << 20))
    stopped, error, hint = done.stderr.splitlines()
    assert (done.returncode, stopped.startswith("stopped: 1 contact imported")) == (5, True)
    assert error.startswith(f"error: cannot write {tmp_path}/people.bad.csv: ")
    assert "--bad" in hint
    assert not list(tmp_path.glob("*.bad*"))
    assert names(database) == ["Jane Doe", "Ann Lee"]


def test_a_new_database_on_a_full_disk_is_refused_for_that(tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    done = cardcrm_run(new, "add", "Bob", preexec=limit_files(64 * 1024))
    assert is_clear(done, 5, "disk")
    assert cardcrm_run(new, "add", "Bob").returncode == 0


# Dies with the database open, so that the last changes are in its log.
KILLED = """
import os
from cardcrm.cli.run import main
from cardcrm.store import open_store
store = open_store(os.environ["CARDCRM_DB"])
assert store.rows("SELECT * FROM contact")
main(["add", "Late"])
os._exit(0)
"""


@pytest.mark.parametrize("has_log", [False, True])
def test_full_disk_still_allows_reading(database, has_log):
    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    if has_log:
        subprocess.run([sys.executable, "-c", KILLED], env=environment(database), check=True)
        database.with_name("cards.db-shm").unlink()
        assert database.with_name("cards.db-wal").stat().st_size
    for words in (["find"], ["show", "Jane"], ["export"], ["find", "--json"]):
        read = cardcrm_run(database, *words, preexec=full)
        assert (read.returncode, "Jane Doe" in read.stdout) == (0, True), read.stderr
    assert ("Late" in cardcrm_run(database, "find", preexec=full).stdout) == has_log
    assert is_clear(cardcrm_run(database, "add", "John", preexec=full), 5, "disk")
    assert names(database) == ["Jane Doe", "Late"][: 1 + has_log]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"milk, bread and a newspaper\n" * 300, "not a cardcrm database"),
        (os.urandom(50_000), "not a cardcrm database"),
        (b"short", "not a cardcrm database"),
    ],
    ids=["text", "noise", "short"],
)
def test_foreign_file_is_refused_and_left_unchanged(tmp_path, content, message):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    for command in (["find"], ["add", "Jane"], ["db", "check"]):
        assert is_clear(cardcrm_run(path, *command), 5, message, "notes.txt")
    assert path.read_bytes() == content


@pytest.mark.parametrize("damage", ["cut", "middle", "header"])
def test_damaged_database_is_reported_and_can_be_restored(database, damage):
    assert cardcrm_run(database, "db", "backup", str(database.parent / "copy.db")).returncode == 0
    whole = bytearray(database.read_bytes())
    if damage == "cut":
        del whole[9_000:]
    elif damage == "middle":
        whole[4_096:300_000] = b"\x01" * (300_000 - 4_096)
    else:
        whole[:100] = os.urandom(100)
    database.write_bytes(whole)
    for command in (["find"], ["add", "John"]):
        assert is_clear(cardcrm_run(database, *command), 5)
    checked = cardcrm_run(database, "db", "check")
    assert checked.returncode in (1, 5)
    assert "Traceback" not in checked.stderr
    assert (
        cardcrm_run(database, "db", "restore", str(database.parent / "copy.db"), "--yes").returncode
        == 0
    )
    assert names(database) == ["Jane Doe"]


def test_foreign_database_and_missing_paths_are_reported(tmp_path):
    theirs = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(theirs)) as db, db:
        db.execute("CREATE TABLE moz_places (id)")
    db.close()
    assert is_clear(cardcrm_run(theirs, "add", "Jane"), 5, "another program")
    assert is_clear(cardcrm_run(tmp_path / "a" / "cards.db", "add", "Jane"), 5, "folder")
    assert is_clear(cardcrm_run(tmp_path / "none.db", "find"), 5, "no database")
    assert is_clear(cardcrm_run(tmp_path, "find"), 5)
    assert is_clear(cardcrm_run(theirs / "below", "find"), 5)


DROP_FROM_BOUNDS = 24  # prctl's PR_CAPBSET_DROP
OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def humble() -> None:
    """Make the child process respect file modes, which root ignores."""
    if os.getuid() == 0:
        for capability in OVERRIDES:
            ctypes.CDLL(None).prctl(DROP_FROM_BOUNDS, capability, 0, 0, 0)


needs_modes = pytest.mark.skipif(
    os.getuid() == 0 and not sys.platform.startswith("linux"),
    reason="root ignores file modes, and only Linux can drop that capability",
)


@needs_modes
@pytest.mark.parametrize("folder", [0o755, 0o555])
@pytest.mark.parametrize("others", ["no other reader", "another reader"])
def test_read_only_database_can_be_read_but_not_written(database, folder, others):
    reader = sqlite3.connect(database) if others == "another reader" else None
    if reader:
        reader.execute("SELECT count(*) FROM contact").fetchone()
    before = database.read_bytes()
    database.chmod(0o444)
    database.parent.chmod(folder)
    try:
        found = cardcrm_run(database, "find", "--format", "ids", preexec=humble)
        assert (found.returncode, found.stdout) == (0, "1\n"), found.stderr
        asked = cardcrm_run(database, "db", "sql", "select 7", "--format", "ids", preexec=humble)
        assert (asked.returncode, asked.stdout) == (0, "7\n"), asked.stderr
        assert is_clear(cardcrm_run(database, "add", "John", preexec=humble), 5, "is read-only")
        assert is_clear(cardcrm_run(database, "undo", preexec=humble), 5, "is read-only")
    finally:
        database.parent.chmod(0o755)
        if reader:
            reader.close()
    assert database.read_bytes() == before


@needs_modes
@pytest.mark.parametrize("folder", [0o755, 0o555])
@pytest.mark.parametrize("is_damaged", [False, True])
def test_search_index_of_a_read_only_file_is_checked(database, folder, is_damaged):
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as damaged:
        if is_damaged:
            damaged.execute("UPDATE card_fts_data SET block = x'00' WHERE id > 10")
        damaged.execute("PRAGMA journal_mode = DELETE")
    database.chmod(0o444)
    database.parent.chmod(folder)
    try:
        found = cardcrm_run(database, "db", "check", preexec=humble)
    finally:
        database.parent.chmod(0o755)
    assert found.returncode == int(is_damaged), found.stderr
    assert ("the search index card_fts is damaged" in found.stdout) == is_damaged
    assert ("is intact" in found.stderr) != is_damaged


@needs_modes
def test_unreadable_database_is_reported(database):
    database.chmod(0)
    assert is_clear(cardcrm_run(database, "find", preexec=humble), 5)
    database.parent.chmod(0)
    try:
        assert is_clear(cardcrm_run(database, "find", preexec=humble), 5, "Permission denied")
    finally:
        database.parent.chmod(0o755)


@pytest.mark.parametrize("later", [0.05, 0.5], ids=["starting", "waiting"])
def test_ctrl_c_ends_with_130_and_without_a_traceback(database, later):
    ready = (  # it reports that it runs, and then waits for its query
        "import signal, sys\nimport cardcrm.__main__ as program\nmain = program.main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may ignore it\n"
        "sys.argv[1:] = ['db', 'sql', '-']\n"
        "program.main = lambda: print('ready', flush=True) or main()\nprogram.run()"
    )
    waiting = subprocess.Popen(
        [sys.executable, "-c", ready],
        env=environment(database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"ready\n"
    time.sleep(later)
    waiting.send_signal(signal.SIGINT)
    out, message = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert b"Traceback" not in message
    assert out == b""


def test_ctrl_c_while_a_class_is_created_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: Path
) -> None:
    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def create_class(*_: object) -> None:
        type("Slow", (), {"field": Interrupted()})

    monkeypatch.setenv("CARDCRM_DB", str(database))
    monkeypatch.setattr(Store, "rows", create_class)
    assert main(["show", "Jane"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_closed_pipe_is_not_an_error(database):
    store = open_store(database)
    with store.transaction():
        for number in range(3000):
            contacts.add(store, ContactDraft(name=f"Row {number} {'x' * 60}"))
    store.close()
    listing = subprocess.Popen(
        [*PROGRAM, "find"],
        env=environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    assert listing.stdout.readline()
    listing.stdout.close()
    assert listing.stderr.read() == b""
    listing.stderr.close()
    assert listing.wait(timeout=30) == 141  # the exit code for a closed pipe


@pytest.mark.parametrize(
    "terminal",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["ascii", "C"],
)
def test_terminal_without_unicode_works(database, terminal):
    added = cardcrm_run(database, "add", "Łukasz Müller", "--note", "5 € → “ok”", **terminal)
    assert added.returncode == 0, added.stderr
    for command in (["find"], ["journal"], ["journal", "2"], ["db", "info"], ["--help"]):
        done = cardcrm_run(database, *command, **terminal)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    wrong = cardcrm_run(database, "edit", "Żółć", "--set", "note=x", **terminal)
    assert wrong.returncode == 3
    assert names(database)[1] == "Łukasz Müller"


@pytest.mark.parametrize("words", [["find"], ["add", "Jane"], ["config", "list"]])
def test_a_settings_file_that_is_named_must_exist(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    missing = tmp_path / "typo" / "config.toml"
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.setenv("CARDCRM_CONFIG", str(missing))
    assert main(words) == 2
    assert f"the settings file {missing} does not exist" in capsys.readouterr().err
    assert not (tmp_path / "cards.db").exists()
    assert main(["config", "set", "currency", "EUR"]) == 0
    assert main(["add", "Jane"]) == 0
