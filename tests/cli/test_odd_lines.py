"""Odd command lines: each has the expected exit code and effect, and none does nothing in silence.

Words look like options, filters are first or last, arguments are swapped, quotes and options are
missing, and nouns are wrong. A line that ends with exit code 0 either changes something or answers.
"""

import io
import re
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from cardcrm.cli.commands import COMMANDS
from cardcrm.cli.run import main

SEED = """
add Jane Doe --org Acme --email jane@acme.example --phone "0113 496 0123" --city Leeds \
--tag church --tag vip
add Ann Lee --city Leeds --tag vip
add Bob Ray --city York
add Linda Müller --every 30d
add "Big Spenders Club" --kind org
log jane "asked for a quote" --kind call --on yesterday
log ann "note one"
remind jane call back --due fri
remind ann send the quote --due mon --promise
remind jane check the boiler --due today --every monthly
remind bob late thing --due 2026-11-10
sell jane 49.50 roses
sell bob 10 tulips --on 2026-10-03
product add Bolt --price 2.50
segment add vips tag:vip
field add shoe-size --type number
"""
# In cron, `due` prints nothing if nothing is due, which its help says.
SILENT = ("due zorro", "due --for zorro")

Run = Callable[[str], tuple[int, str, str]]


class OddLine(NamedTuple):
    """A command line with what is expected of it."""

    line: str
    code: int
    changes: int
    answer: str


def _read_lines() -> list[OddLine]:
    rows = (Path(__file__).parent / "odd_lines.txt").read_text("utf-8").splitlines()
    found = (re.fullmatch(r"(\d) +(\d+)  (.*?)  →(?:  (.*))?", row) for row in rows)
    return [OddLine(each[3], int(each[1]), int(each[2]), each[4] or "") for each in found if each]


LINES = _read_lines()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a few contacts, and some of every other noun."""
    path = tmp_path_factory.mktemp("odd") / "seed.db"
    with pytest.MonkeyPatch.context() as patch:
        _set_up(patch, path)
        for line in SEED.strip().splitlines():
            assert main(shlex.split(line)) == 0, line
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def _set_up(patch: pytest.MonkeyPatch, path: Path) -> None:
    patch.setenv("CARDCRM_DB", str(path))
    patch.setenv("CARDCRM_CONFIG", str(path.with_name("none.toml")))
    path.with_name("none.toml").touch()
    patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    patch.setenv("CARDCRM_REGION", "GB")
    patch.setenv("CARDCRM_CURRENCY", "GBP")
    patch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b""), encoding="utf-8"))


@pytest.fixture
def run(
    seeded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a line on a copy of the database; return its exit code, its data and its messages."""
    path = tmp_path / "cards.db"
    shutil.copy(seeded, path)
    _set_up(monkeypatch, path)

    def run(line: str) -> tuple[int, str, str]:
        code = main(shlex.split(line))
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def _count_changes(path: Path) -> int:
    connection = sqlite3.connect(path)
    found: int = connection.execute("SELECT count(*) FROM change").fetchone()[0]
    connection.close()
    return found


def _flatten(text: str) -> str:
    """Return the words of an answer in one line, without frames and color."""
    return " ".join(re.sub("[│╭╮╰╯├┤─]", " ", text).split())


@pytest.mark.parametrize("odd", LINES, ids=[each.line for each in LINES])
def test_an_odd_line_has_its_effect_or_says_why_not(run: Run, tmp_path: Path, odd: OddLine) -> None:
    before = _count_changes(tmp_path / "cards.db")
    code, out, err = run(odd.line)
    changes = _count_changes(tmp_path / "cards.db") - before
    assert (code, changes) == (odd.code, odd.changes), out + err
    assert odd.answer in _flatten(err) + _flatten(out)
    assert code or changes or out or err or odd.line in SILENT
    assert not (code and changes)


def test_the_list_has_two_hundred_lines_and_every_command() -> None:
    assert len({each.line for each in LINES}) >= 200
    untried = {"tui", "export", "value", "demo"}  # the screen, and what others try
    tried = {each.line.split()[0] for each in LINES}
    assert set(COMMANDS) - tried <= untried
