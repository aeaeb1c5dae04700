"""Output for programs in a pipe, and for terminals of each kind."""

import io
import sys
from collections.abc import Callable

import pytest

from cardcrm.cli.run import main
from tests.cli.conftest import Result
from tests.support.databases import Location

Typed = Callable[..., Result]

NAME = 'Zoë "Zed" O\'Brien'


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture
def zoe(typed: Typed) -> None:
    typed("add", NAME, "--org", "Acme, Ltd", "--note", "tab\there\nand there", "--phone",
          "+44 113 496 0100", "--email", "zoe@home.example", "--email", "zoe@work.example",
          "--email", "old@work.example", "--tag", "vip")  # fmt: skip
    typed("edit", "zoe", "--invalid", "old@work.example")


@pytest.mark.usefixtures("zoe")
def test_tsv_quotes_nothing_and_keeps_a_row_on_its_line(typed: Typed) -> None:
    out = typed("find", "kind:person", "--format", "tsv", "--columns", "name,org,note")[1]
    assert out == f"name\torg\tnote\n{NAME}\tAcme, Ltd\ttab here ⏎ and there\n"


@pytest.mark.usefixtures("zoe")
@pytest.mark.parametrize(
    ("format_", "row"),
    [("csv", '"Zoë ""Zed"" O\'Brien"\n'), ("tsv", f"{NAME}\n"), ("table", f"{NAME}\n")],
)
def test_header_can_be_left_out(typed: Typed, format_: str, row: str) -> None:
    words = ("find", "kind:person", "--columns", "name", "--format", format_)
    assert typed(*words, "--no-header") == (0, row, "")
    assert typed("--no-header", *words) == (0, row, "")


@pytest.mark.usefixtures("zoe")
def test_every_valid_email_of_a_contact_has_a_line(typed: Typed) -> None:
    words = ("find", "--each", "email", "zed", "--format", "tsv", "--no-header")
    assert typed(*words)[1] == (
        f"zoe@home.example\t{NAME}\tAcme, Ltd\nzoe@work.example\t{NAME}\tAcme, Ltd\n"
    )
    assert typed(*words, "--columns", "name,email")[1] == (
        f"{NAME}\tzoe@home.example\n{NAME}\tzoe@work.example\n"
    )
    assert typed("find", "--each", "tags", "--format", "json")[1] == (
        f'[\n{{"tag": "vip", "name": "{NAME.replace(chr(34), chr(92) + chr(34))}", '
        '"org": "Acme, Ltd"}\n]\n'
    )
    assert typed("find", "--each", "phone", "kind:org", "--format", "tsv", "--no-header")[1] == ""
    code, out, err = typed("find", "--each", "birthday")
    assert (code, out) == (2, "")
    assert "email, phone, web, tags" in err


@pytest.mark.usefixtures("zoe")
def test_card_in_a_pipe_has_no_frame_and_wraps_no_value(typed: Typed) -> None:
    note = "long " * 60
    typed("edit", "zoe", "--note", note)
    out = typed("show", "zoe")[1]
    assert not set("╭│╰├") & set(out)
    assert note.strip() in out


@pytest.mark.usefixtures("zoe")
def test_columns_holds_in_pipes(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for words in (("find",), ("show", "zoe")):
        assert max(map(len, typed(*words)[1].splitlines())) <= 50
    assert max(map(len, typed("report", "forecast")[2].splitlines())) <= 50  # a note
    monkeypatch.setenv("COLUMNS", "wide")
    assert "╭" not in typed("show", "zoe")[1]
    assert len(typed("report", "forecast")[2].splitlines()) == 1


@pytest.mark.usefixtures("zoe")
@pytest.mark.parametrize(
    ("variables", "is_colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "", "NO_COLOR": ""}, False),
    ],
)
def test_color_is_forced_in_pipes(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_colored: bool
) -> None:
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in typed("find")[1]) == is_colored


@pytest.mark.usefixtures("zoe")
@pytest.mark.parametrize(
    ("term", "is_colored"),
    [
        ("xterm-256color", True), ("linux", True), ("vt100", False), ("vt220", False),
        ("xterm-mono", False), ("linux-m", False), ("dumb", False), ("", False),
    ],
)  # fmt: skip
def test_terminal_without_colors_gets_no_codes(
    cli_location: Location, monkeypatch: pytest.MonkeyPatch, term: str, is_colored: bool
) -> None:
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "80")
    for words in (["find"], ["show", "zoe"], ["show", "--help"]):
        monkeypatch.setattr("sys.stdout", Terminal())
        assert main(words) == 0
        shown = sys.stdout.getvalue()
        if words != ["show", "--help"]:
            assert ("\x1b[" in shown) == is_colored
        elif not is_colored:
            assert "\x1b[" not in shown


@pytest.mark.parametrize("words", [[], ["tui"]])
def test_dumb_terminal_never_opens_the_screen(
    cli_location: Location, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    shown = Terminal()
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", shown)
    assert main(words) == 2
    text = shown.getvalue()
    assert ("Usage" if not words else "TERM is “dumb”") in text
    assert "\x1b[?1049h" not in text
