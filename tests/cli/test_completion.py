"""Completion: what a shell offers when Tab is pressed, asked of a real bash where it matters."""

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

# The script is read in and asked as bash would ask it; one offer a line.
ASK = """
eval "$(cardcrm --show-completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_cardcrm_completion cardcrm
printf '%s\\n' "${COMPREPLY[@]}"
"""


def surroundings(folder: Path, **variables: str) -> dict[str, str]:
    """The environment of a program that finds a `cardcrm` on its path and the box in its place."""
    return {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": SOURCE,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": str(folder / "none.toml"),
        **variables,
    }


def run(folder: Path, *command: str, **variables: str) -> str:
    """The output of a program in these surroundings, which must not complain."""
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


def test_options_that_take_one_of_a_few_words_complete(bash: Complete) -> None:
    assert bash("add", "Jane", "--stage", "c") == ["customer"]
    assert bash("add", "Jane", "--kind", "") == ["person", "org"]
    assert bash("log", "jane", "--kind", "m") == ["mail", "meeting", "message"]


def test_names_complete_in_any_case_and_quoted_for_bash(bash: Complete) -> None:
    assert bash("show", "ja") == ["Jane\\ Doe", "Janet\\ O\\'Brien"]
    assert bash("log", "mull") == ["Müller\\ \\&\\ Söhne"]


def test_a_name_completes_by_its_middle(bash: Complete) -> None:
    assert bash("show", "doe") == ["Jane\\ Doe"]


def test_names_complete_within_quotes(bash: Complete) -> None:
    assert bash("show", '"Jane D') == ["Jane Doe"]
    assert bash("show", "Jane\\ D") == ["Jane\\ Doe"]


def test_queries_complete_to_fields_and_to_values_where_they_are_few(bash: Complete) -> None:
    assert bash("find", "birth") == ["birthday:"]
    assert bash("find", "stage:c") == ["stage:customer"]
    assert bash("find", "sta") == [
        f"stage:{stage}" for stage in ("lead", "prospect", "customer", "lapsed", "partner", "other")
    ]


def test_a_colon_at_which_bash_takes_words_apart_is_heeded(bash: Complete) -> None:
    assert bash("find", "jane", "stage", ":", "la") == ["lapsed"]
    assert bash("find", "kind", ":") == ["person", "org"]
    assert bash("find", "stage", ":", "customer,pa") == ["customer,partner"]


def test_a_filter_completes_behind_a_minus_as_without_it(bash: Complete) -> None:
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
def test_queries_complete_wherever_they_stand(bash: Complete, words: tuple[str, ...]) -> None:
    assert bash(*words, "kind:pe") == ["kind:person"]
    assert bash(*words, "-kind:pe") == ["-kind:person"]


def test_the_names_of_segments_complete(box: Path, bash: Complete) -> None:
    assert bash("segment", "show", "") == [""]
    run(box, "cardcrm", "segment", "add", "quiet", "last>90d", "--format", "json")
    assert bash("segment", "show", "qu") == ["quiet"]


def test_without_a_box_the_fields_of_every_box_complete(box: Path, bash: Complete) -> None:
    assert bash("find", "birth", CARDCRM_DB=str(box / "none.db")) == ["birthday:"]


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


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish on this machine")
def test_fish_completes_commands_and_names(box: Path) -> None:
    ask = 'cardcrm --show-completion fish | source; complete -C "{}"'
    assert run(box, "fish", "-N", "-c", ask.format("cardcrm show doe")) == "Jane Doe\t1\n"
    assert run(box, "fish", "-N", "-c", ask.format("cardcrm sno")).startswith("snooze\t")
    assert run(box, "fish", "-N", "-c", ask.format("cardcrm find stage:cu")) == "stage:customer\n"


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
    box: Path, tmp_path: Path, typed: str, written: str
) -> None:
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=surroundings(box, HOME=str(tmp_path), TERM="xterm"),
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
    """What a terminal shows until it shows this, or for half a minute."""
    shown, end = b"", time.monotonic() + 30
    while awaited.encode() not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
    return shown.decode(errors="replace")


def test_zsh_is_offered_names_as_they_were_begun(box: Path) -> None:
    asked = {"_CARDCRM_COMPLETE": "complete_zsh", "_CARDCRM_LINE": "cardcrm show jane"}
    said = run(box, "cardcrm", **asked)
    assert '"jane Doe":"1"' in said
    assert said.startswith("_arguments ")


def test_fish_is_offered_names_with_what_tells_them_apart(box: Path) -> None:
    asked = {
        "_CARDCRM_COMPLETE": "complete_fish",
        "_CARDCRM_LINE": "cardcrm show doe",
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
    assert quote('Jo $x "q"', begun) == written


def test_only_a_beginning_that_fits_is_put_in_the_typed_case() -> None:
    assert match_case("Jane Doe", "jane") == "jane Doe"
    assert match_case("Jane Doe", "doe") == "Jane Doe"
