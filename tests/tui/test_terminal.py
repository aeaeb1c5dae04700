"""The real program in a pseudo-terminal: how it opens, works, and leaves the terminal."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.importing import bulk_import
from cardcrm.store import integrity, migrations, open_store, private_files, schema_version
from cardcrm.tui import recovery
from tests.tui.conftest import NOW

SOURCE = str(Path(__file__).parents[2] / "src")
ESCAPES = re.compile(r"\x1b(\[[0-9;?<>=]*[a-zA-Z~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][AB0]|[=>])")


class Terminal:
    """A terminal with the program in it."""

    def __init__(self, *words: str, box: Path | str, **variables: str) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (24, 80))
        self.before = termios.tcgetattr(self.master)
        environment = {
            **os.environ, "PYTHONPATH": SOURCE, "CARDCRM_DB": str(box), "CARDCRM_NOW": NOW,
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_SMOOTH_SCROLL": "0",
            **variables,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cardcrm", *words],
            stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
            # As a terminal program does, so that closing it hangs up on what runs in it.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)
        self.raw = ""

    def read(self, seconds: float = 0.05) -> str:
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.raw += data.decode("utf-8", "replace")
        return ESCAPES.sub("", self.raw)

    def wait_for(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self.read():
                return
        raise AssertionError(f"{text!r} did not come: {self.read()[-2000:]}")

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def ended(self, seconds: float = 60) -> int:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            self.read()
        self.read()
        assert self.process.returncode is not None, "it still runs"
        return self.process.returncode

    def is_sane(self) -> bool:
        """Return whether the alternate screen is left and cursor and line editing are restored."""
        now = termios.tcgetattr(self.master)
        left = self.raw.rindex("\x1b[?1049l") > self.raw.rindex("\x1b[?1049h")
        shown = self.raw.rindex("\x1b[?25h") > self.raw.rindex("\x1b[?25l")
        return left and shown and now[3] == self.before[3]


@pytest.fixture
def terminal(shop: Path | str) -> Iterator[object]:
    started: list[Terminal] = []

    def start(*words: str, path: Path | str = shop, **variables: str) -> Terminal:
        started.append(Terminal(*words, box=path, **variables))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        with contextlib.suppress(OSError):
            os.close(each.master)


@pytest.mark.engines("sqlite", "postgresql")
def test_screen_opens_and_a_reminder_is_done(terminal, shop):
    screen = terminal()
    screen.wait_for("Priya Raman")
    screen.wait_for("+44 113 496 0119")
    screen.press("d")
    screen.wait_for("how it went")
    screen.press("she agreed\r")
    screen.wait_for("Done: price")
    screen.press("2")
    screen.wait_for("88 contacts")
    screen.press("q")
    assert screen.ended() == 0
    assert screen.is_sane()
    assert "Traceback" not in screen.raw
    store = open_store(shop)
    assert store.value("SELECT done_at FROM reminder WHERE id = 1")
    assert store.value("SELECT count(*) FROM interaction WHERE text = 'she agreed'") == 1
    store.close()


def has_color_codes(raw: str) -> bool:
    """Return whether a terminal was sent a color, the default one included."""
    codes = {code for text in re.findall(r"\x1b\[([0-9;]*)m", raw) for code in text.split(";")}
    return any(code.isdigit() and int(code) in (*range(30, 50), *range(90, 108)) for code in codes)


@pytest.mark.parametrize(
    ("variables", "words", "is_colored"),
    [
        ({}, (), True),
        ({"TERM": "vt100", "COLORTERM": ""}, (), False),
        ({"TERM": "linux-m", "COLORTERM": ""}, (), False),
        ({"TERM": "xterm-mono"}, (), False),
        ({"NO_COLOR": "1"}, (), False),
        ({}, ("--color", "never", "tui"), False),
        ({"TERM": "vt100"}, ("--color", "always", "tui"), True),
    ],
)
def test_a_terminal_without_colors_gets_no_color_codes(terminal, variables, words, is_colored):
    screen = terminal(*words, **variables)
    screen.wait_for("Priya Raman")
    screen.press("2")
    screen.wait_for("Wendy Applegarth")
    screen.press("/wendy")
    screen.wait_for("wendy.applegarth@example.com")  # on the card of the only contact found
    screen.press("\x11")
    screen.ended()
    assert has_color_codes(screen.raw) is is_colored


def end_it(screen, end, *, asks=False):
    """End the program, and check the terminal; ``asks`` if Ctrl+C leads to a question."""
    if end == "ctrl+c":
        screen.press("\x03")
        if asks:
            screen.wait_for("y yes")
            screen.press("y")
        assert screen.ended() == 0
    elif end == "closed":
        os.close(screen.master)
        screen.process.wait(20)
        return
    else:
        screen.process.send_signal(end)
        assert screen.ended(20) == (-end if end == signal.SIGKILL else 128 + end)
    assert "Traceback" not in screen.raw
    assert end == signal.SIGKILL or screen.is_sane()


ENDS = [signal.SIGTERM, signal.SIGHUP, "ctrl+c", "closed"]


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_every_end_leaves_file_and_terminal_intact(terminal, shop, end):
    screen = terminal("tui")
    screen.wait_for("Priya Raman")
    end_it(screen, end)
    assert is_sound(shop)


def test_terminal_closed_while_the_program_stands_still_ends_it(terminal):
    """Expect SIGHUP and SIGCONT, which a stopped process gets in the same moment."""
    screen = terminal("tui")
    screen.wait_for("Priya Raman")
    screen.process.send_signal(signal.SIGSTOP)
    os.close(screen.master)
    assert screen.process.wait(20) == 128 + signal.SIGHUP


@pytest.mark.parametrize("signals", [(), (signal.SIGCONT,), (signal.SIGHUP, signal.SIGCONT)])
def test_terminal_closed_right_after_the_first_paint_ends_the_program(terminal, signals):
    screen = terminal("tui")
    screen.wait_for("Priya Raman")
    os.close(screen.master)
    for each in signals:
        with contextlib.suppress(ProcessLookupError):
            screen.process.send_signal(each)
    assert screen.process.wait(20) == 128 + signal.SIGHUP


def test_watchdog_ends_a_program_that_hangs_after_its_terminal_closed():
    program = (
        "import asyncio, os, signal, time\n"
        "from cardcrm.tui import shutdown\n"
        "shutdown.HANG_UP_WAIT = 0.1\n"
        "async def hang():\n"
        "    shutdown.handle_signals(lambda code: None)\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    time.sleep(20)\n"
        "asyncio.run(hang())\n"
    )
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert done.returncode == 128 + signal.SIGHUP


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_every_end_keeps_an_open_form_in_a_file(terminal, shop, end):
    """Ask at Ctrl+C; keep the text beside the database at any other end."""
    screen = terminal("tui")
    screen.wait_for("Priya Raman")
    screen.press("l")
    screen.wait_for("Log an interaction with")
    screen.press("half a wo")
    screen.wait_for("half a wo")
    end_it(screen, end, asks=True)
    assert is_sound(shop)
    with opened(shop) as store:
        assert store.value("SELECT count(*) FROM interaction WHERE text LIKE 'half%'") == 0
    kept = recovery.recovery_file()
    assert kept.exists() == (end != "ctrl+c")
    if kept.exists():
        assert "half a wo" in kept.read_text()
    if isinstance(end, int):
        assert "unsaved text was kept in" in screen.raw.rpartition("\x1b[?1049l")[2]


@pytest.mark.slow
@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("end", [*ENDS, signal.SIGKILL])
def test_every_end_completes_or_rolls_back_a_job(terminal, shop, end):
    many = 4_042
    with opened(shop) as store:
        drafts = [ContactDraft(name=f"Contact {number}") for number in range(many - 88)]
        bulk_import.import_drafts(store, drafts)
    screen = terminal("tui")
    screen.wait_for("Priya Raman")
    screen.press("2")
    screen.wait_for("4,042 contacts")
    screen.press("*")
    screen.wait_for("4,042 marked")
    screen.press("t")
    screen.wait_for("Tags of 4,042 contacts")
    screen.press("spring\r")
    screen.wait_for("Tag 4,042 contacts?")
    screen.press("y")
    screen.wait_for("tagging 4,042")
    end_it(screen, end, asks=True)
    assert is_sound(shop)
    with opened(shop) as store:
        assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") in (0, many)


@contextlib.contextmanager
def opened(box):
    store = open_store(box)
    yield store
    store.close()


def is_sound(box) -> bool:
    with opened(box) as store:
        return integrity.check_database(store, str) == []


def test_other_file_is_refused_in_one_line(terminal, tmp_path):
    other = tmp_path / "other.db"
    other.write_text("not a database, but a longer text that must not be lost" * 20)
    screen = terminal("tui", path=other)
    assert screen.ended() == 5
    assert "error:" in screen.raw
    assert "\x1b[?1049h" not in screen.raw


def test_without_a_terminal_commands_are_named(shop, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cardcrm", "--db", str(shop), "tui"],
        env={**os.environ, "PYTHONPATH": SOURCE},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


def test_long_text_is_edited_in_the_users_editor(terminal, shop, tmp_path, monkeypatch):
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\nstty -a | grep -q ' -icanon' && exit 3\n"
        "printf 'in the editor\\n'; read answer\n"
        'printf \'%s\\nsecond line\\n\' "$answer" >> "$1"\n'
    )
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    screen = terminal()
    screen.wait_for("Priya Raman")
    screen.press("l")
    screen.wait_for("the result, in a few words")
    screen.press("first line")
    screen.wait_for("first line")
    screen.press("\x1bOS")  # f4
    screen.wait_for("in the editor")
    assert screen.raw.rindex("\x1b[?1049l") > screen.raw.rindex("\x1b[?1049h")
    screen.press("she agreed\n")
    screen.wait_for("second line")
    screen.press("\x0f")  # ctrl+o
    screen.wait_for("Logged call")
    screen.press("q")
    assert screen.ended() == 0
    assert screen.is_sane()
    store = open_store(shop)
    told = store.value("SELECT text FROM interaction ORDER BY id DESC LIMIT 1")
    assert told == "first line\nshe agreed\nsecond line"
    store.close()


def test_ctrl_c_in_the_editor_goes_to_the_editor(terminal, shop, tmp_path, monkeypatch):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\ntrap 'echo not yet' INT\nprintf 'in the editor\\n'\nread it\n")
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    screen = terminal()
    screen.wait_for("Priya Raman")
    screen.press("l")
    screen.wait_for("the result, in a few words")
    screen.press("a long talk")
    screen.wait_for("a long talk")
    screen.press("\x1bOS")  # f4
    screen.wait_for("in the editor")
    screen.press("\x03")
    screen.wait_for("not yet")
    screen.press("\n")
    screen.wait_for("the result, in a few words")
    screen.press("\x0f")  # ctrl+o
    screen.wait_for("Logged call")
    screen.press("q")
    assert screen.ended() == 0


@pytest.mark.parametrize("editor", ["false", "no-such-editor", "'"])
def test_failing_editor_keeps_the_text(terminal, shop, monkeypatch, editor):
    monkeypatch.setenv("EDITOR", editor)
    screen = terminal()
    screen.wait_for("Priya Raman")
    screen.press("l")
    screen.wait_for("the result, in a few words")
    screen.press("a long talk")
    screen.wait_for("a long talk")
    screen.press("\x1bOS")
    screen.wait_for("Set EDITOR")
    screen.press("\x0f")
    screen.wait_for("Logged call")
    screen.press("q")
    assert screen.ended() == 0
    store = open_store(shop)
    assert store.value("SELECT text FROM interaction ORDER BY id DESC LIMIT 1") == "a long talk"
    store.close()


def test_new_path_needs_confirmation(terminal, tmp_path):
    mistyped = tmp_path / "custmers.db"
    screen = terminal("tui", path=mistyped)
    screen.wait_for("Create an empty one")
    screen.press("\r")
    assert screen.ended() == 1
    assert "\x1b[?1049h" not in screen.raw
    assert not mistyped.exists()
    screen = terminal("tui", path=mistyped)
    screen.wait_for("Create an empty one")
    screen.press("y\r")
    screen.wait_for("Welcome to cardcrm.")
    screen.press("q")
    assert screen.ended() == 0
    assert is_sound(mistyped)


def test_default_path_needs_no_confirmation(terminal, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    screen = terminal("tui", path="")
    screen.wait_for("Welcome to cardcrm.")
    assert "?" not in screen.raw.partition("\x1b[?1049h")[0].replace("\x1b[?", "")
    screen.press("q")
    assert screen.ended() == 0
    assert list((tmp_path / "data").rglob("*.db"))


def test_older_database_is_upgraded_with_a_message(terminal, tmp_path, monkeypatch):
    older = tmp_path / "older.db"
    with monkeypatch.context() as patch:
        patch.setattr(schema_version, "VERSION", 1)
        patch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        open_store(older, create=True).close()
    assert private_files.read_schema_version(older) == 1
    screen = terminal("tui", path=older)
    screen.wait_for("Welcome to cardcrm.")
    before = screen.raw.partition("\x1b[?1049h")[0]
    assert "migrating older.db from version 1 to" in before
    screen.press("q")
    assert screen.ended() == 0
    assert private_files.read_schema_version(older) == schema_version.VERSION
    screen = terminal("tui", path=older)
    screen.wait_for("Welcome to cardcrm.")
    assert "migrating" not in screen.raw
