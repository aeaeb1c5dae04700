"""Tab completion, tested with a real shell where that matters."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.__main__ import main
from cardcrm.cli.completion_shells import match_case, quote

Complete = Callable[..., list[str]]

SOURCE = str(Path(__file__).parents[2] / "src")

# Load the script and call it as bash does; prints one suggestion per line.
ASK = """
eval "$(cardcrm --show-completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_cardcrm_completion cardcrm
printf '%s\\n' "${COMPREPLY[@]}"
"""


def surroundings(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment with `cardcrm` on the path and a database."""
    return {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": SOURCE,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": os.devnull,
        **variables,
    }


def run(folder: Path, *command: str, **variables: str) -> str:
    """Run a program in that environment, and return its output; it must not print errors."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=surroundings(folder, **variables),
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder with a `cardcrm` program and a database of a few contacts."""
    folder = tmp_path_factory.mktemp("database")
    program = folder / "cardcrm"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cardcrm "$@"\n')
    program.chmod(0o755)
    for name in ("Jane Doe", "Janet O'Brien", "Müller & Söhne", "Bob Ray"):
        run(folder, "cardcrm", "add", name, "--format", "json")
    return folder


@pytest.fixture
def bash(database: Path) -> Complete:
    def ask(*words: str, **variables: str) -> list[str]:
        return run(
            database, "bash", "--norc", "-c", ASK, "bash", "cardcrm", *words, **variables
        ).split("\n")[:-1]

    return ask


def test_commands_and_options_complete(bash: Complete) -> None:
    assert bash("sno") == ["snooze"]
    assert bash("show", "--ti") == ["--timeline"]
    assert "backup" in bash("db", "")


def test_options_with_choices_complete(bash: Complete) -> None:
    assert bash("add", "Jane", "--stage", "c") == ["customer"]
    assert bash("add", "Jane", "--kind", "") == ["person", "org"]
    assert bash("log", "jane", "--kind", "m") == ["mail", "meeting", "message"]


def test_names_complete_in_any_case_and_quoted_for_bash(bash: Complete) -> None:
    assert bash("show", "ja") == ["Jane\\ Doe", "Janet\\ O\\'Brien"]
    assert bash("log", "mull") == ["Müller\\ \\&\\ Söhne"]


def test_name_completes_by_a_middle_word(bash: Complete) -> None:
    assert bash("show", "doe") == ["Jane\\ Doe"]


def test_names_complete_within_quotes(bash: Complete) -> None:
    assert bash("show", '"Jane D') == ["Jane Doe"]
    assert bash("show", "Jane\\ D") == ["Jane\\ Doe"]


def test_queries_complete_to_fields_and_values(bash: Complete) -> None:
    assert bash("find", "birth") == ["birthday:"]
    assert bash("find", "stage:c") == ["stage:customer"]
    assert bash("find", "sta") == [
        f"stage:{stage}" for stage in ("lead", "prospect", "customer", "lapsed", "partner", "other")
    ]


def test_words_that_bash_breaks_at_colons_complete(bash: Complete) -> None:
    assert bash("find", "jane", "stage", ":", "la") == ["lapsed"]
    assert bash("find", "kind", ":") == ["person", "org"]
    assert bash("find", "stage", ":", "customer,pa") == ["customer,partner"]


def test_negated_filters_complete(bash: Complete) -> None:
    assert bash("find", "-stage", ":", "c") == ["customer"]
    assert bash("find", "-stage:customer,pa") == ["-stage:customer,partner"]
    assert bash("find", "-kind=") == ["-kind=person", "-kind=org"]
    assert bash("find", "-tag:vip", "-kind", ":", "p") == ["person"]
    assert bash("find", "-birth") == ["-birthday:"]
    assert bash("find", "--cou") == ["--count"]
    assert bash("show", "-ja") == [""]


@pytest.mark.parametrize(
    "words",
    [
        ("export",), ("due",), ("segment", "add", "big"), ("edit", "--where"), ("rm", "--where"),
        ("tag", "--where"), ("value", "--where"),
    ],
)  # fmt: skip
def test_queries_complete_in_every_command(bash: Complete, words: tuple[str, ...]) -> None:
    assert bash(*words, "kind:pe") == ["kind:person"]
    assert bash(*words, "-kind:pe") == ["-kind:person"]


def test_segment_names_complete(database: Path, bash: Complete) -> None:
    assert bash("segment", "show", "") == [""]
    run(database, "cardcrm", "segment", "add", "quiet", "last>90d", "--format", "json")
    assert bash("segment", "show", "qu") == ["quiet"]


def test_fields_complete_without_a_database(database: Path, bash: Complete) -> None:
    assert bash("find", "birth", CARDCRM_DB=str(database / "none.db")) == ["birthday:"]


def test_completion_uses_the_database_on_the_command_line(database: Path, bash: Complete) -> None:
    elsewhere = {"CARDCRM_DB": str(database / "none.db")}
    assert bash("show", "bo", **elsewhere) == [""]
    for words in (("--db", "{}", "show", "bo"), ("show", "--db={}", "bo")):
        line = [word.format(database / "cards.db") for word in words]
        assert bash(*line, **elsewhere) == ["Bob\\ Ray"]


def test_completion_creates_no_database_and_hides_errors(database: Path, bash: Complete) -> None:
    missing = database / "missing.db"
    assert bash("show", "ja", CARDCRM_DB=str(missing)) == [""]
    assert not missing.exists()
    assert bash("nonsense", "ja") == [""]


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish on this machine")
def test_fish_completes_commands_and_names(database: Path) -> None:
    ask = 'cardcrm --show-completion fish | source; complete -C "{}"'
    assert run(database, "fish", "-N", "-c", ask.format("cardcrm show doe")) == "Jane Doe\t1\n"
    assert run(database, "fish", "-N", "-c", ask.format("cardcrm sno")).startswith("snooze\t")
    assert (
        run(database, "fish", "-N", "-c", ask.format("cardcrm find stage:cu")) == "stage:customer\n"
    )


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh on this machine")
@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("cardcrm show bob", "show bob\\ Ray"),
        ("cardcrm sno", "snooze"),
        ("cardcrm find stage:cus", "find stage:customer"),
    ],
)
def test_zsh_completes_commands_and_names_at_tab(
    database: Path, tmp_path: Path, typed: str, written: str
) -> None:
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=surroundings(database, HOME=str(tmp_path), TERM="xterm"),
        cwd=tmp_path,
        start_new_session=True,
    ) as shell:
        start = 'autoload -U compinit; compinit -D -u; eval "$(cardcrm --show-completion zsh)"'
        os.write(terminal, f"{start}; echo rea''dy\r".encode())
        shown_on(terminal, "ready")
        os.write(terminal, f"{typed}\t".encode())
        shown = shown_on(terminal, written)
        shell.kill()
    os.close(inside)
    os.close(terminal)
    assert written in shown


def shown_on(terminal: int, awaited: str) -> str:
    """Return the content of a terminal once it shows a text, or after half a minute."""
    shown, end = b"", time.monotonic() + 30
    while awaited.encode() not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
    return shown.decode(errors="replace")


def test_zsh_gets_names_in_the_typed_case(database: Path) -> None:
    asked = {"_CARDCRM_COMPLETE": "complete_zsh", "_CARDCRM_LINE": "cardcrm show jane"}
    output = run(database, "cardcrm", **asked)
    assert '"jane Doe":"1"' in output
    assert output.startswith("_arguments ")


def test_fish_gets_names_with_descriptions(database: Path) -> None:
    asked = {
        "_CARDCRM_COMPLETE": "complete_fish",
        "_CARDCRM_LINE": "cardcrm show doe",
    }
    assert run(database, "cardcrm", **asked) == "Jane Doe\t1\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion", shell]) == 0
    assert f"_CARDCRM_COMPLETE=complete_{shell}" in capsys.readouterr().out


def test_unknown_shell_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--show-completion=tcsh"]) == 2
    assert "bash, zsh, fish" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("shell", "script", "startup"),
    [
        ("bash", ".bash_completions/cardcrm.sh", ".bashrc"),
        ("zsh", ".zfunc/_cardcrm", ".zshrc"),
        ("fish", ".config/fish/completions/cardcrm.fish", ""),
    ],
)
def test_completion_script_installs_into_the_home_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    script: str,
    startup: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if startup:
        (tmp_path / startup).write_text("alias ll='ls -l'")
    for _ in range(2):  # the second time changes nothing
        assert main(["--install-completion", shell]) == 0
    assert str(tmp_path / script) in capsys.readouterr().err
    assert f"complete_{shell}" in (tmp_path / script).read_text()
    if startup:
        lines = (tmp_path / startup).read_text().splitlines()
        assert lines[0] == "alias ll='ls -l'"
        assert len(lines) == 2


@pytest.mark.parametrize(
    ("typed", "written"),
    [("", 'Jo\\ \\$x\\ \\"q\\"'), ('"J', 'Jo \\$x \\"q\\"'), ("'J", 'Jo $x "q"')],
)
def test_special_characters_are_quoted_for_bash(typed: str, written: str) -> None:
    assert quote('Jo $x "q"', typed) == written


def test_only_a_matching_start_takes_the_typed_case() -> None:
    assert match_case("Jane Doe", "jane") == "jane Doe"
    assert match_case("Jane Doe", "doe") == "Jane Doe"
