"""Random command lines: no traceback, a known exit code, a message, no control characters."""

import functools
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.cli.commands import COMMANDS
from cardcrm.cli.root import app
from cardcrm.cli.run import main

# Words that have confused programs.
ODD = [
    "", " ", "x", "1", "2", "0", "-1", "99999999999999999999", "1e999", "nan", "jane", "@jane", "@",
    "#1", "--", "-", "--zz", "-zz", "\x1b[31m", "\x1b]0;t\x07", "[red]x[/red]", "[/]", "\u202egpj",
    "\udcff", "a\nb", "=1+1", "ß", "İ", "日本", "e" * 3000, "fri", "3d", "9999-12-31", "0001-01-01",
    "2026-02-30", "2027-03-28 02:30", "99999w", "9999y", "3rd monday", "FREQ=DAILY;COUNT=0",
    "FREQ=MONTHLY;BYDAY=99MO", "12.50", "-12", "1,2,3", "12 EUR", "£1", "1.005", "10%", "x @ 3",
    "0 x Rose", "+vip", "-vip", "vip", "city:leeds", "value>", "value>10", "last>9999y", "(", "or",
    '"', "a:b:c", "tag:any", "-tag:any", "segment:loop", "birthday<7d", "id:0", "name,city", "=",
    "key=value", "spouse=jane", "spouse=1", "birthday=17 May", "org", "money", "a@b.example", "@@",
    "0113 496 0123", "+44 113 496 0123", "select 1", "select x'ff'", "drop table contact", "json",
]  # fmt: skip
LEFT_OUT = ("demo", "config", "import", "export", "db")  # they create files of any name


@functools.cache
def _commands() -> list[tuple[tuple[str, ...], Any]]:
    return list(_found())


def _found() -> Iterator[tuple[tuple[str, ...], Any]]:
    root: Any = typer.main.get_command(app)
    context = typer.Context(root)
    for name, noun in COMMANDS.items():
        command = root.get_command(context, name)
        if noun.is_group:
            for verb, under in command.commands.items():
                if name not in LEFT_OUT or (name, verb) == ("db", "sql"):
                    yield (name, verb), under
        elif name not in LEFT_OUT:
            yield (name,), command
            for verb in noun.further:
                yield (name, verb), command.commands[verb]


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Draw a command line: an existing command, some of its options, and unexpected words."""
    path, command = draw(st.sampled_from(_commands()))
    words = [*draw(st.sampled_from([[], [], ["--format", "json"], ["--format", "html"]])), *path]
    options = [each for each in command.params if each.param_type_name == "option"]
    pieces: list[st.SearchStrategy[list[str]]] = [st.sampled_from(ODD).map(lambda word: [word])]
    for option in options:
        name = option.opts[0]
        pieces.append(
            st.just([name])
            if option.is_flag
            else st.sampled_from(ODD).map(lambda word, name=name: [name, word])
        )
    for piece in draw(st.lists(st.one_of(pieces), max_size=4)):
        words += piece
    return words


@pytest.fixture(scope="module")
def database(
    shared_locations: Callable[[str], Path | str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path | str]:
    path = shared_locations("cards")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("pages"))  # a report writes a page of any name
        patch.setenv("CARDCRM_DB", str(path))
        patch.setenv("CARDCRM_CONFIG", "/dev/null")
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        patch.setenv("TZ", "Europe/London")
        for words in (["add", "Jane Doe", "--city", "leeds"], ["add", "Bob"], ["sell", "1", "5"]):
            assert main(words) == 0
        yield path


def run(words: list[str], encoding: str) -> tuple[int, str, str]:
    """Run a command with its own streams, and return exit code, output and messages."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=each) for each in (encoding, "utf-8")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"y\n")))
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        code = main(words)
    for stream in streams:
        stream.flush()
    out, message = (stream.buffer.getvalue().decode() for stream in streams)
    return code, out, message


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(words=lines(), encoding=st.sampled_from(["utf-8", "ascii"]))
def test_any_command_line_ends_cleanly(
    database: Path | str, words: list[str], encoding: str
) -> None:
    code, out, message = run(words, encoding)
    assert code in range(5), message  # the database is intact, and no service is needed
    assert "Traceback" not in message
    assert message or code < 2
    assert not {"\x1b", "\u202e", "\x07"} & {*out, *message}
