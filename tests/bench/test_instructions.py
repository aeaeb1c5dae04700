"""Valgrind counts instructions; without it the bench goes on."""

import os
import sys
from pathlib import Path

import pytest

from bench import databases, instructions, shell
from bench.measure import command

LOG = """==7== Cachegrind, a high-precision tracing profiler
==7==
==7== I   refs:      346,243,219
"""


@pytest.fixture
def fake_valgrind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace valgrind by a program that reports as many million instructions as words."""
    program = tmp_path / "valgrind"
    program.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        "files = [word for word in sys.argv if word.startswith('--log-file=')]\n"
        "words = [word for word in sys.argv[1:] if not word.startswith('--')]\n"
        "code = subprocess.run(words, check=False).returncode\n"
        "log = f'==1== I refs: {len(words)},000,000'\n"
        "open(files[0].partition('=')[2], 'w').write(log)\n"
        "sys.exit(code)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return program


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> databases.Plan:
    monkeypatch.setattr(databases, "FOLDER", tmp_path)
    made = databases.Plan("test", 240, 3, 2, 2)
    databases.make(made, made.path)
    return made


def test_the_log_of_valgrind_is_read_in_millions() -> None:
    assert instructions.parse_log(LOG) == 346.243219


def test_a_log_without_a_count_is_an_error() -> None:
    with pytest.raises(LookupError, match="cannot execute"):
        instructions.parse_log("valgrind: cannot execute")


def test_a_process_is_counted_with_its_arguments(fake_valgrind: Path) -> None:
    assert instructions.count(["true", "a", "b"], dict(os.environ)) == 3


def test_without_valgrind_the_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (line,) = instructions.measure(databases.PLANS)
    assert (line.measured, line.note) == (None, "valgrind is not installed")
    assert line.ok is None


def test_growth_compares_the_largest_database_and_has_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instructions.shutil, "which", lambda _: "valgrind")
    monkeypatch.setattr(instructions, "count", lambda *_: 250.0)
    counts = {databases.SMALL.name: 300.0, databases.LARGE.name: 360.0}
    monkeypatch.setattr(instructions, "_count_command", lambda _, plan: counts[plan.name])
    lines = {line.label: line for line in instructions.measure(databases.PLANS)}
    due = lines["`due`, 1,000 contacts, million instructions"]
    assert (due.ratio, due.bound) == (1.2, 0)
    growth = lines["`due`, 1,000,000 against 1,000 contacts, million instructions"]
    assert (growth.ratio, growth.bound, growth.ok) == (1.2, 1.15, False)
    assert not any("100,000" in what for what in lines)


def test_the_change_of_a_counted_command_is_undone(
    fake_valgrind: Path, plan: databases.Plan
) -> None:
    def last() -> list[object]:
        with shell.open_database(plan.path) as store:
            return [store.value(f"SELECT max(id) FROM {table}") for table in ("contact", "step")]

    words, _ = shell.commands(plan.path)["add"]  # which adds the deal that `deal move` needs
    before = last()
    counts = [word for word in command(*words) if not word.startswith("--")]
    assert instructions._count_command("add", plan) == len(counts)
    assert last() == before
