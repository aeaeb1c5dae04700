"""Modules that a quick command does not load, checked in a new process after it has run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "rich", "dateutil", "phonenumbers", "vobject", "sqlite_utils", "tomllib", "tomlkit",
    "textual", "platformdirs", "keyring", "smtplib", "csv", "cardcrm.formats", "cardcrm.mail",
)  # fmt: skip

FIRST = ["add", "Jane", "Doe", "--tag", "vip"]
ADD = ["add", "Bob", "Ray", "--phone", "+44 113 496 0123", "--city", "Leeds"]
LOG = ["log", "jane", "asked", "for", "a", "quote", "--next", "send it", "--due", "2099-01-02"]
FIND = ["find", "jane", "tag:vip"]
SHOW = ["show", "jane"]

PROGRAM = """
import sys
from cardcrm.cli.run import main
code = main(sys.argv[1:])
sys.stderr.write("\\nLOADED " + " ".join(sorted(sys.modules)))
sys.exit(code)
"""


def loaded(folder: Path, words: list[str], **variables: str) -> set[str]:
    """Return the modules that a command has loaded when it is done."""
    source = str(Path(__file__).parents[1] / "src")
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": "/dev/null",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("LOADED ")[2].split())


def intersect(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in modules]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("database")
    loaded(folder, FIRST)
    return folder


def test_command_loads_its_own_module(database: Path) -> None:
    modules = loaded(database, FIND)
    assert intersect(modules, ("typer", "sqlite3", "cardcrm.cli.find")) == [
        "typer", "sqlite3", "cardcrm.cli.find",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [ADD, LOG, FIND], ids=["add", "log", "find"])
def test_quick_commands_load_nothing_heavy(database: Path, words: list[str]) -> None:
    assert intersect(loaded(database, words), HEAVY) == []


@pytest.mark.parametrize("words", [ADD, LOG], ids=["add", "log"])
def test_changes_load_neither_query_language_nor_renderer(database: Path, words: list[str]) -> None:
    assert (
        intersect(loaded(database, words), ("cardcrm.query", "cardcrm.render", "cardcrm.sheet"))
        == []
    )


@pytest.mark.parametrize("words", [["sn"], ["show", "jan"], ["find", "tag:"], ["done", ""]])
def test_completion_loads_no_parser_and_no_command(database: Path, words: list[str]) -> None:
    modules = loaded(database, words, _CARDCRM_COMPLETE="zsh")
    heavy = (*HEAVY, "typer", "inspect", "cardcrm.cli.root", "cardcrm.cli.show")
    assert intersect(modules, heavy) == []


def test_command_loads_no_other_command(database: Path) -> None:
    front_end = {name for name in loaded(database, LOG) if name.startswith("cardcrm.cli.")}
    assert front_end == {f"cardcrm.cli.{name}" for name in (
        "arguments", "bulk_edit", "commands", "contact_output", "global_options", "log", "result",
        "result_writer", "root", "run", "session", "terminal",
    )}  # fmt: skip


def test_show_loads_no_rich_in_a_pipe(database: Path) -> None:
    assert intersect(loaded(database, SHOW), ("rich", "dateutil")) == []


def test_show_loads_rich_but_not_its_tables(database: Path) -> None:
    modules = loaded(database, SHOW, COLUMNS="80")
    assert "rich.text" in modules
    assert intersect(modules, ("rich.table", "rich.markdown", "rich.syntax", "dateutil")) == []
