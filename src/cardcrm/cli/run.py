"""One run of the program: a command line in, a command run, every error turned into one line."""

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

GLOBALS = ("db", "format", "color")
INTERRUPTED = 130
PIPE_CLOSED = 141  # what a program that a closed pipe has ended is said to exit with


def take_globals(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The global options, which may stand anywhere before ``--``, and the words that are left."""
    flags: dict[str, str] = {}
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if word == "--":
            rest += [word, *left]
            break
        if not word.startswith("--") or name not in GLOBALS:
            rest.append(word)
        elif equals:
            flags[name] = value
        elif left:
            flags[name] = left.pop(0)
        else:
            rest.append(word)  # the parser will say that the value is missing
    return flags, rest


def _as_typed(word: str) -> str:
    """A word of the command line; UTF-8 stays itself where the system thinks it knows but ASCII."""
    if word.isascii() or not any("\udc80" <= char <= "\udcff" for char in word):
        return word
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Words default to the process's own."""
    from cardcrm.cli.session import Session

    given = list(map(_as_typed, sys.argv[1:]) if words is None else words)
    flags, rest = take_globals(given)
    if not rest and _is_watched():
        rest = ["tui"]
    session = Session(flags, rest)
    try:
        return _screen(session) if rest == ["tui"] else _run(session, rest)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return PIPE_CLOSED
    finally:
        session.close()


def _screen(session: Any) -> int:
    """The screen opens without the parser, which would take a tenth of its start."""
    from cardcrm.cli.open_tui import open_screen
    from cardcrm.errors import CardError

    try:
        _check_flags(session)
        return open_screen(session)
    except CardError as error:
        session.fail(error)
        return error.exit_code


def _is_watched() -> bool:
    """Whether no command at all means the screen: somebody sits before a terminal."""
    from cardcrm.cli.open_tui import is_watched

    return is_watched()


def _run(session: Any, words: list[str]) -> int:
    """One place where errors are caught."""
    import typer
    from typer._click.exceptions import ClickException

    from cardcrm.cli.root import app
    from cardcrm.errors import CardError

    try:
        _check_flags(session)
        if "_CARDCRM_COMPLETE" in os.environ:
            from cardcrm.cli.completion import prepare

            prepare(session)
        elif words and words[0].startswith(("--install-completion", "--show-completion")):
            from cardcrm.cli.completion import answer

            answer(words)
            return 0
        elif words[:1] == ["help"]:
            words = [*words[1:], "--help"]
        command = typer.main.get_command(app)
        code = command.main(args=words, prog_name="cardcrm", standalone_mode=False, obj=session)
        sys.stdout.flush()
        session.say_if_new()
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None  # the parser ends the program itself at a closed pipe
        return ended.code if isinstance(ended.code, int) else 0  # so does shell completion
    except BrokenPipeError:
        raise
    except (CardError, ClickException, OSError, MemoryError) as error:
        return _fail(session, error, words)
    return code if isinstance(code, int) else 0


def _fail(session: Any, error: Exception, words: Sequence[str]) -> int:
    """Tell of an error; the exit code it ends the program with."""
    from typer._click.exceptions import NoArgsIsHelpError

    from cardcrm.errors import CardError, UsageError

    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return UsageError.exit_code
    failure = error if isinstance(error, CardError) else _as_ours(error, words)
    session.fail(failure)
    return failure.exit_code


def _as_ours(error: Exception, words: Sequence[str]) -> Any:
    """An error of the system's or the parser's as one of our tree."""
    from cardcrm.errors import ServiceError, StorageError

    if isinstance(error, OSError):
        where = error.filename or "the output could not be written"
        hint = "Check the path and its permissions." if error.filename else "It is not whole."
        return StorageError(f"{where}: {error.strerror or error}", hint)
    if isinstance(error, MemoryError):
        return ServiceError("there is not enough memory for this")
    return _usage(error, words)


def _check_flags(session: Any) -> None:
    from cardcrm.store.server_address import refuse_password

    refuse_password(session.flags.get("db", ""), "the command line")
    wanted = session.flags.get("format")
    if not wanted:
        return
    if wanted == "text":  # what `due` prints for people is no table, so many will call it so
        session.flags["format"] = "table"
        return
    from cardcrm.errors import UsageError
    from cardcrm.render import FORMATS

    if wanted not in FORMATS:
        session.flags["format"] = ""
        raise UsageError(f"“{wanted}” is no format", f"There are: {', '.join(FORMATS)}.")


# What the parser says; strings, so that only who is told of a mistake pays for compiling them.
_NO_NUMBER = r"'([^']*)' is not a valid (int|float)( range)?"


def _usage(error: Any, words: Sequence[str]) -> Any:
    """A parser's complaint as an error of ours, with the way to the command's help."""
    from typer._click.exceptions import MissingParameter, NoSuchOption

    from cardcrm.cli.commands import NOUNS
    from cardcrm.cli.common import no_option
    from cardcrm.cli.suggestions import what_is_missing
    from cardcrm.errors import UsageError
    from cardcrm.text import near

    if isinstance(error, NoSuchOption) and error.ctx:
        return no_option(error.ctx, error.option_name)
    # Where an option lacks its value the parser has not got as far as to know the command.
    path = " ".join(["cardcrm", *(word for word in words[:1] if word in NOUNS)])
    path = error.ctx.command_path if getattr(error, "ctx", None) else path
    if missing := re.match(_NO_COMMAND, error.format_message()):
        like = near(missing[1], getattr(error.ctx.command, "commands", ()), limit=1)
        hint = f"Did you mean `{path} {like[0]}`?" if like else f"See `{path} --help`."
        return UsageError(f"there is no command “{path} {missing[1]}”", hint)
    if isinstance(error, MissingParameter) and error.ctx and (told := what_is_missing(error)):
        return told
    message = re.sub(_NO_NUMBER, _no_number, error.format_message().rstrip("."))
    message = re.sub(_BEYOND, _beyond, message)
    return UsageError(message[:1].lower() + message[1:], f"See `{path} --help`.")


_NO_COMMAND = r"No such command '([^']*)'"
_BEYOND = r"(\S+) is not in the range (?:x>=(\S+)|(\S+)<=x<=(\S+))"


def _beyond(match: re.Match[str]) -> str:
    number, only, least, most = match.groups()
    return f"{number} is not " + (f"{only} or more" if only else f"from {least} to {most}")


def _no_number(match: re.Match[str]) -> str:
    return f"“{match[1]}” is no {'whole number' if match[2] == 'int' else 'number'}"


def _silence() -> None:
    """Keep Python from complaining about the closed pipe once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
