"""Completion: what a shell offers when Tab is pressed, asked of a real bash where it matters."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.__main__ import main
from cardcrm.cli.completion import as_begun, quoted

Complete = Callable[..., list[str]]

SOURCE = str(Path(__file__).parents[2] / "src")

# The script is read in and asked as bash would ask it; one offer a line.
ASK = """
eval "$(cardcrm --show-completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_cardcrm_completion cardcrm
printf '%s\\n' "${COMPREPLY[@]}"
"""


def run(folder: Path, *command: str, **variables: str) -> str:
    """The output of a program that finds a `cardcrm` on its path and the box in its place."""
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": SOURCE,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": str(folder / "none.toml"),
        **variables,
    }
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `cardcrm` to be found on the path, and a box of a few cards."""
    folder = tmp_path_factory.mktemp("box")
    program = folder / "cardcrm"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cardcrm "$@"\n')
    program.chmod(0o755)
    for name in ("Jane Doe", "Janet O'Brien", "Müller & Söhne", "Bob Ray"):
        run(folder, "cardcrm", "add", name, "--format", "json")
    return folder


@pytest.fixture
def bash(box: Path) -> Complete:
    def ask(*words: str, **variables: str) -> list[str]:
        return run(box, "bash", "--norc", "-c", ASK, "bash", "cardcrm", *words, **variables).split(
            "\n"
        )[:-1]

    return ask


def test_commands_and_options_complete(bash: Complete) -> None:
    assert bash("sno") == ["snooze"]
    assert bash("show", "--ti") == ["--timeline"]
    assert "backup" in bash("db", "")


def test_names_complete_in_any_case_and_quoted_for_bash(bash: Complete) -> None:
    assert bash("show", "ja") == ["Jane\\ Doe", "Janet\\ O\\'Brien"]
    assert bash("log", "mull") == ["Müller\\ \\&\\ Söhne"]


def test_a_name_completes_by_its_middle(bash: Complete) -> None:
    assert bash("show", "doe") == ["Jane\\ Doe"]


def test_names_complete_within_quotes(bash: Complete) -> None:
    assert bash("show", '"Jane D') == ["Jane Doe"]
    assert bash("show", "Jane\\ D") == ["Jane\\ Doe"]


def test_the_box_named_on_the_line_is_the_one_that_is_asked(box: Path, bash: Complete) -> None:
    elsewhere = {"CARDCRM_DB": str(box / "none.db")}
    assert bash("show", "bo", **elsewhere) == [""]
    for words in (("--db", "{}", "show", "bo"), ("show", "--db={}", "bo")):
        line = [word.format(box / "cards.db") for word in words]
        assert bash(*line, **elsewhere) == ["Bob\\ Ray"]


def test_completion_makes_no_box_and_says_nothing_of_what_is_wrong(
    box: Path, bash: Complete
) -> None:
    missing = box / "missing.db"
    assert bash("show", "ja", CARDCRM_DB=str(missing)) == [""]
    assert not missing.exists()
    assert bash("nonsense", "ja") == [""]


def test_zsh_is_offered_names_as_they_were_begun(box: Path) -> None:
    asked = {"_CARDCRM_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cardcrm show jane"}
    said = run(box, "cardcrm", **asked)
    assert '"jane Doe":"1"' in said
    assert said.startswith("_arguments ")


def test_fish_is_offered_names_with_what_tells_them_apart(box: Path) -> None:
    asked = {
        "_CARDCRM_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_ARGS": "cardcrm show doe",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    assert run(box, "cardcrm", **asked) == "Jane Doe\t1\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion", shell]) == 0
    assert f"_CARDCRM_COMPLETE=complete_{shell}" in capsys.readouterr().out


def test_another_shell_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion=tcsh"]) == 2
    assert "bash, zsh, fish" in capsys.readouterr().err


def test_the_script_installs_into_the_home_of_the_user(box: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(box / "cardcrm"), "--install-completion", "bash"],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path) in done.stderr
    script = tmp_path / ".bash_completions" / "cardcrm.sh"
    assert "complete -o default -F _cardcrm_completion cardcrm" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()


@pytest.mark.parametrize(
    ("begun", "written"),
    [("", 'Jo\\ \\$x\\ \\"q\\"'), ('"J', 'Jo \\$x \\"q\\"'), ("'J", 'Jo $x "q"')],
)
def test_what_bash_would_take_for_a_sign_is_quoted(begun: str, written: str) -> None:
    assert quoted('Jo $x "q"', begun) == written


def test_only_a_beginning_that_fits_is_put_in_the_typed_case() -> None:
    assert as_begun("Jane Doe", "jane") == "jane Doe"
    assert as_begun("Jane Doe", "doe") == "Jane Doe"
