"""Tab completion: find what is being completed, and the words that fit.

The shell runs the program with `_CARDCRM_COMPLETE` set; this module is loaded only then.
"""

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from cardcrm.cli import completion_shells
from cardcrm.cli.arguments import FilterSuggestion
from cardcrm.cli.completion_shells import Choice
from cardcrm.cli.global_options import split_global_options
from cardcrm.cli.root import app
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError

VARIABLE = completion_shells.VARIABLE
_NEGATED = re.compile(r"-[^\W\d_]")


def write_completions(session: Session) -> int:
    """Answer the shell that asks for completions, and return the exit code."""
    action, _, shell = os.environ[VARIABLE].partition("_")
    respond = completion_shells.RESPONSES.get(shell)
    if action not in ("complete", "test") or respond is None:
        raise UsageError(
            f"unknown completion request “{os.environ[VARIABLE]}”",
            "Install the completion script again: cardcrm --install-completion",
        )
    text, code = respond(lambda words, incomplete: complete(session, words, incomplete))
    if action == "complete":
        sys.stdout.write(text)
    return code


def complete(session: Session, words: Sequence[str], incomplete: str) -> list[Choice]:
    """Return the choices that may take the place of the incomplete last word of a line.

    A minus before a filter negates it, although the parser takes such a word for an option.
    """
    flags, rest = split_global_options(words)
    session.flags.update(flags)
    if not _NEGATED.match(incomplete):
        return [
            Choice(str(item.value), item.help or "") for item in _items(session, rest, incomplete)
        ]
    options = [] if "=" in incomplete else _items(session, rest, incomplete)
    filters = _items(session, rest, incomplete[1:])
    return [
        *(Choice(str(item.value), item.help or "") for item in options),
        *(Choice(f"-{item.value}") for item in filters if isinstance(item.value, FilterSuggestion)),
    ]


def _items(session: Session, words: Sequence[str], incomplete: str) -> list[Any]:
    """Return Typer's completion items for the command or parameter that is being completed."""
    words = list(words)
    if incomplete == "=":
        incomplete = ""
    elif incomplete.startswith("-") and "=" in incomplete:
        option, _, incomplete = incomplete.partition("=")
        words.append(option)
    ctx, rest = _find_command(session, words)
    if ctx is None:
        return []
    is_option = incomplete.startswith("-") and "--" not in words
    completer = None if is_option else _find_parameter(ctx, rest)
    found: list[Any] = (completer or ctx.command).shell_complete(ctx, incomplete)
    return found


def _find_command(session: Session, words: list[str]) -> tuple[Any, list[str]]:
    """Return the context of the command that the words call, and the words after its name.

    The context is None for an unknown command.
    """
    command: Any = typer.main.get_command(app)
    name, ctx = "cardcrm", None
    while isinstance(command, TyperGroup):
        ctx = command.make_context(name, [], parent=ctx, resilient_parsing=True, obj=session)
        if not words or words[0].startswith("-"):
            return ctx, words
        command = command.get_command(ctx, words[0])
        name, *words = words
    if command is None:
        return None, words
    return command.make_context(name, list(words), parent=ctx, resilient_parsing=True), words


def _find_parameter(ctx: Any, words: list[str]) -> Any:
    """Return the option whose value comes next, or else the first argument that takes a word."""
    params = ctx.command.get_params(ctx)
    for param in params:
        takes_value = param.param_type_name == "option" and not param.is_flag
        if takes_value and words and words[-1] in param.opts and "--" not in words:
            return param
    arguments = (param for param in params if param.param_type_name == "argument")
    return next((param for param in arguments if _takes_word(ctx, param)), None)


def _takes_word(ctx: Any, argument: Any) -> bool:
    """Return whether an argument takes one more word."""
    source = ctx.get_parameter_source(argument.name)
    return argument.nargs == -1 or source is None or source.name != "COMMANDLINE"


def run_option(words: Sequence[str]) -> None:
    """Print or install the completion script, as a command line's first word asks.

    The shell may follow; the default is the one that runs the program. Raises UsageError and
    ServiceError.
    """
    option, _, shell = words[0].partition("=")
    shell = completion_shells.find_shell(shell or " ".join(words[1:]))
    if option == completion_shells.SHOW:
        sys.stdout.write(completion_shells.SCRIPTS[shell])
        return
    path = completion_shells.install(shell)
    sys.stderr.write(f"wrote {path}; completion works in every new {shell}\n")
