"""Tab completion: find what is being completed, and the words that fit.

The shell runs the program with `_CARDCRM_COMPLETE` set; this module is loaded only then.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from cardcrm.cli import completers
from cardcrm.cli.completion_scripts import SCRIPTS, SHOW, VARIABLE, find_shell, install
from cardcrm.cli.completion_shells import Answer, Choice, format_answer, read_request
from cardcrm.cli.global_options import GLOBAL_OPTIONS, split_global_options
from cardcrm.cli.root import app
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, UsageError

_SINGLE_DASH = re.compile(r"-(?:[^-]|$)")


def write_completions(session: Session, arguments: Sequence[str]) -> int:
    """Answer the shell that asks for completions, and return the exit code.

    Nothing but the answer is printed: an error in the middle of a line would spoil it.
    """
    shell = os.environ[VARIABLE]
    if shell not in SCRIPTS:
        raise UsageError(
            f"unknown completion request “{shell}”",
            "Install the completion script again: cardcrm --install-completion",
        )
    request = read_request(shell, arguments)
    try:
        answer = complete(session, request.words, request.incomplete)
    except (CardcrmError, typer.TyperException):
        answer = Answer()
    sys.stdout.write(format_answer(shell, request, answer))
    return 0


def complete(session: Session, words: Sequence[str], incomplete: str) -> Answer:
    """Return the choices that may take the place of the incomplete last word of a line."""
    flags, rest = split_global_options(words)
    session.flags.update(flags)
    if rest[:1] == ["help"]:
        rest = rest[1:]
    is_text = "--" in rest
    option, equals, value = incomplete.partition("=")
    if equals and option.startswith("--") and not is_text:
        found = _complete_word(session, [*rest, option], value)
        return Answer([Choice(f"{option}={each}", help_) for each, help_ in found.choices])
    return _complete_word(session, rest, incomplete)


def _complete_word(session: Session, words: list[str], incomplete: str) -> Answer:
    ctx, rest = _find_command(session, words)
    if ctx is None:
        return Answer()
    is_text = "--" in words
    option = None if is_text else _find_option(ctx, rest)
    if option is not None:
        return _complete_value(ctx, option, incomplete)
    if incomplete.startswith("-") and not is_text and not _SINGLE_DASH.match(incomplete):
        return Answer(_complete_option(ctx, incomplete))
    argument = _find_argument(ctx)
    if argument is None:
        # A group completes the names of its commands.
        return Answer(_choices(ctx.command.shell_complete(ctx, incomplete)))
    answer = _complete_value(ctx, argument, incomplete)
    if incomplete.startswith("-") and not is_text:
        own = [each for each in answer.choices if each.value.startswith("-")]
        options = _complete_option(ctx, incomplete) if incomplete == "-" else []
        return Answer([*options, *own])
    return answer


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


def _find_option(ctx: Any, words: list[str]) -> Any:
    """Return the option whose value comes next, or None; a global option is allowed anywhere."""
    if not words:
        return None
    params = [*ctx.command.get_params(ctx), *_global_options(ctx)]
    takes_value = (each for each in params if each.param_type_name == "option" and not each.is_flag)
    return next((each for each in takes_value if words[-1] in each.opts), None)


def _global_options(ctx: Any) -> list[Any]:
    root = ctx.find_root()
    return [each for each in root.command.get_params(root) if each.name in GLOBAL_OPTIONS]


def _find_argument(ctx: Any) -> Any:
    """Return the first argument of a command that takes one more word, or None."""
    arguments = (each for each in ctx.command.params if each.param_type_name == "argument")
    return next((each for each in arguments if _takes_word(ctx, each)), None)


def _takes_word(ctx: Any, argument: Any) -> bool:
    """Return whether an argument takes one more word."""
    source = ctx.get_parameter_source(argument.name)
    return argument.nargs == -1 or source is None or source.name != "COMMANDLINE"


def _complete_option(ctx: Any, incomplete: str) -> list[Choice]:
    """Return the options of a command and those that every command takes."""
    own = _choices(ctx.command.shell_complete(ctx, incomplete))
    known = {each.value for each in own}
    everywhere = [
        *(Choice(each.opts[0], each.help or "") for each in _global_options(ctx)),
        Choice("--json", "Write JSON; short for --format json."),
    ]
    fitting = (each for each in everywhere if each.value.startswith(incomplete))
    return [*own, *(each for each in fitting if each.value not in known)]


def _complete_value(ctx: Any, param: Any, incomplete: str) -> Answer:
    """Return what may be the value of an option or argument."""
    answer = completers.complete(ctx, param, incomplete)
    if answer is not None:
        return answer
    items = param.shell_complete(ctx, incomplete)
    if any(each.type in ("file", "dir") for each in items):
        return Answer(files=True)
    return Answer(_choices(items))


def _choices(items: Iterable[Any]) -> list[Choice]:
    """Return the parser's completion items as choices."""
    return [Choice(str(each.value), each.help or "") for each in items]


def run_option(words: Sequence[str]) -> None:
    """Print or install the completion script, as a command line's first word asks.

    The shell may follow; the default is the one that runs the program. Raises UsageError and
    ServiceError.
    """
    option, _, shell = words[0].partition("=")
    shell = find_shell(shell or " ".join(words[1:]))
    if option == SHOW:
        sys.stdout.write(SCRIPTS[shell])
        return
    path = install(shell)
    sys.stderr.write(f"wrote {path}; completion works in every new {shell}\n")
