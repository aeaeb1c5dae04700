"""Instructions are counted by valgrind where it is; the bench goes on where it is not."""

import os
import sys
from pathlib import Path

import pytest

from bench import boxes, counted, shell
from bench.measure import command

SAID = """==7== Cachegrind, a high-precision tracing profiler
==7==
==7== I   refs:      346,243,219
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valgrind that runs the command, and says that it had as many instructions as words."""
    program = tmp_path / "valgrind"
    program.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        "files = [word for word in sys.argv if word.startswith('--log-file=')]\n"
        "words = [word for word in sys.argv[1:] if not word.startswith('--')]\n"
        "code = subprocess.run(words, check=False).returncode\n"
        "said = f'==1== I refs: {len(words)},000,000'\n"
        "open(files[0].partition('=')[2], 'w').write(said)\n"
        "sys.exit(code)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return program


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> boxes.Plan:
    monkeypatch.setattr(boxes, "FOLDER", tmp_path)
    made = boxes.Plan("test", 240, 3, 2, 2)
    boxes.make(made, made.path)
    return made


def test_what_valgrind_says_is_read_in_millions() -> None:
    assert counted.instructions(SAID) == 346.243219


def test_what_counted_nothing_is_told() -> None:
    with pytest.raises(LookupError, match="cannot execute"):
        counted.instructions("valgrind: cannot execute")


def test_a_process_is_counted_with_its_words(stand_in: Path) -> None:
    assert counted.count(["true", "a", "b"], dict(os.environ)) == 3


def test_where_there_is_no_valgrind_the_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (line,) = counted.measure(boxes.PLANS)
    assert (line.measured, line.note) == (None, "valgrind is not installed")
    assert line.ok is None


def test_growth_is_that_of_the_largest_box_and_has_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counted.shutil, "which", lambda _: "valgrind")
    monkeypatch.setattr(counted, "count", lambda *_: 250.0)
    counts = {boxes.SMALL.name: 300.0, boxes.LARGE.name: 360.0}
    monkeypatch.setattr(counted, "_counted", lambda _, plan: counts[plan.name])
    lines = {line.what: line for line in counted.measure(boxes.PLANS)}
    due = lines["`due`, 1,000 cards, million instructions"]
    assert (due.ratio, due.bound) == (1.2, 0)
    growth = lines["`due`, 1,000,000 against 1,000 cards, million instructions"]
    assert (growth.ratio, growth.bound, growth.ok) == (1.2, 1.15, False)
    assert not any("100,000" in what for what in lines)


def test_what_a_counted_command_changes_is_taken_back(stand_in: Path, plan: boxes.Plan) -> None:
    def last() -> list[object]:
        with shell.opened(plan.path) as store:
            return [store.value(f"SELECT max(id) FROM {table}") for table in ("contact", "step")]

    before = last()
    words, _ = shell.commands(plan.path)["add"]
    counts = [word for word in command(*words) if not word.startswith("--")]
    assert counted._counted("add", plan) == len(counts)
    assert last() == before
