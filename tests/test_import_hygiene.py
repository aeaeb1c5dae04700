"""What a quick command does not load: looked at in a fresh process, after it has done its work."""

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


def loaded(folder: Path, words: list[str]) -> set[str]:
    """The modules that one command has loaded when it is done."""
    source = str(Path(__file__).parents[1] / "src")
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": str(folder / "none.toml"),
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


def held(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in modules]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("box")
    loaded(folder, FIRST)
    return folder


def test_a_command_loads_itself(box: Path) -> None:
    modules = loaded(box, FIND)
    assert held(modules, ("typer", "sqlite3", "cardcrm.cli.find")) == [
        "typer", "sqlite3", "cardcrm.cli.find",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [ADD, LOG, FIND], ids=["add", "log", "find"])
def test_a_quick_command_loads_nothing_heavy(box: Path, words: list[str]) -> None:
    assert held(loaded(box, words), HEAVY) == []


@pytest.mark.parametrize("words", [ADD, LOG], ids=["add", "log"])
def test_a_change_loads_neither_the_query_language_nor_a_renderer(
    box: Path, words: list[str]
) -> None:
    assert held(loaded(box, words), ("cardcrm.query", "cardcrm.render", "cardcrm.sheet")) == []


def test_a_command_loads_no_other_command(box: Path) -> None:
    faces = {name for name in loaded(box, LOG) if name.startswith("cardcrm.cli.")}
    assert faces == {f"cardcrm.cli.{name}" for name in (
        "arguments", "commands", "contact_output", "global_options", "interaction", "output",
        "results", "root", "run", "session", "terminal",
    )}  # fmt: skip


def test_show_loads_rich_but_not_its_tables(box: Path) -> None:
    modules = loaded(box, SHOW)
    assert "rich.text" in modules
    assert held(modules, ("rich.table", "rich.markdown", "rich.syntax", "dateutil")) == []
