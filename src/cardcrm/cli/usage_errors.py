"""Errors of the parser and of the system, as errors of cardcrm.

Typer exports only the base class of the parser's errors, so attributes distinguish them.
"""

import re
from collections.abc import Sequence
from typing import Any

import typer

from cardcrm.cli.arguments import no_such_option
from cardcrm.cli.commands import all_commands
from cardcrm.errors import NO_CONTACT, CardcrmError, ServiceError, StorageError, UsageError
from cardcrm.text import shorten

# The message may repeat an argument of any length, on which the patterns take quadratic time.
_MAX_MESSAGE = 500
_NO_NUMBER = r"'([^']*)' is not a valid (int|float)( range)?"
_NO_COMMAND = r"No such command '([^']*)'"
_EXTRA = r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)"
_OUT_OF_RANGE = r"(\S+) is not in the range (?:x>=(\S+)|(\S+)<=x<=(\S+))"


def to_card_error(error: Exception, words: Sequence[str]) -> CardcrmError:
    """Return an error of the parser or the system as a CardcrmError."""
    if isinstance(error, CardcrmError):
        return error
    if isinstance(error, typer.TyperException):
        return _usage_error(error, words)
    if isinstance(error, OSError):
        where = error.filename or "cannot write the output"
        hint = "Check the path and its permissions." if error.filename else "It is incomplete."
        return StorageError(f"{where}: {error.strerror or error}", hint)
    return ServiceError("out of memory", "Close other programs, or work on fewer contacts.")


def _usage_error(error: typer.TyperException, words: Sequence[str]) -> UsageError:
    """Return a complaint of the parser with the way to the command's help."""
    ctx = getattr(error, "ctx", None)
    if ctx and hasattr(error, "possibilities"):  # only an unknown option has them
        return no_such_option(ctx, str(getattr(error, "option_name", "")))
    # The parser does not know the command yet when one of the global options lacks its value.
    path = " ".join(["cardcrm", *(word for word in words[:1] if word in all_commands())])
    path = ctx.command_path if ctx else path
    message = shorten(error.format_message(), _MAX_MESSAGE)
    if missing := re.match(_NO_COMMAND, message):
        from cardcrm.cli.suggestions import suggest_in_group

        known = getattr(ctx.command, "commands", ()) if ctx else ()
        hint = suggest_in_group(missing[1], path, known)
        return UsageError(f"unknown command “{path} {missing[1]}”", hint)
    if ctx and hasattr(error, "param_type") and (found := _missing_parameter(error, ctx)):
        return found
    message = re.sub(_NO_NUMBER, _describe_no_number, message.rstrip("."))
    message = re.sub(_OUT_OF_RANGE, _describe_range, message)
    message = re.sub(_EXTRA, _describe_extra, message)
    return UsageError(message[:1].lower() + message[1:], f"See `{path} --help`.")


def _missing_parameter(error: typer.TyperException, ctx: typer.Context) -> UsageError | None:
    """Return the error for a missing argument, with an example; None if the help has none."""
    lines = (ctx.command.help or "").replace("[dim][/dim]", "").splitlines()
    example = next((line.strip() for line in lines if line.startswith("    cardcrm ")), "")
    param: Any = getattr(error, "param", None)
    if not example or param is None:
        return None
    name = param.metavar if param.param_type_name == "argument" else param.opts[0]
    name = str(name or param.name).rstrip("…")
    problem = NO_CONTACT if name == "WHO" else f"{name} is missing"
    return UsageError(problem, f"For example: {example}")


def _describe_range(match: re.Match[str]) -> str:
    number, only, least, most = match.groups()
    expected = f"{only} or more" if only else f"between {least} and {most}"
    return f"{number} is out of range; it must be {expected}"


def _describe_extra(match: re.Match[str]) -> str:
    return f"unexpected argument{'s' if ' ' in match[1] else ''} “{match[1]}”"


def _describe_no_number(match: re.Match[str]) -> str:
    return f"“{match[1]}” is not a {'whole number' if match[2] == 'int' else 'number'}"
