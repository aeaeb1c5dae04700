"""Tab completion: find what is being completed, and the words that fit.

The shell runs the program with `_CARDCRM_COMPLETE` set; this module is loaded only then. It reads
the commands from their index, because importing Typer alone takes longer than the rest.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.cli import completers, completion_index
from cardcrm.cli.completion_index import Entry, Param
from cardcrm.cli.completion_scripts import SCRIPTS, SHOW, VARIABLE, find_shell, install
from cardcrm.cli.completion_shells import Answer, Choice, format_answer, read_request
from cardcrm.cli.global_options import GLOBAL_OPTIONS, split_global_options
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records import registry

_SINGLE_DASH = re.compile(r"-(?:[^-]|$)")
_JSON = Choice("--json", "Write JSON; short for --format json.")
_NO_HEADER = Choice("--no-header", "Leave out the line of headings.")
_HELP = Choice("--help", "Show the options of the command.")


class _Place(NamedTuple):
    """The command that a line calls, with its name, and the words after the name."""

    entry: Entry
    name: str
    words: list[str]


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
    except CardcrmError:
        answer = Answer()
    sys.stdout.write(format_answer(shell, request, answer))
    return 0


def complete(session: Session, words: Sequence[str], incomplete: str) -> Answer:
    """Return the choices that may take the place of the incomplete last word of a line."""
    flags, rest = split_global_options(words)
    session.flags.update(flags)
    if rest[:1] == ["help"]:
        rest = rest[1:]
    option, equals, value = incomplete.partition("=")
    if equals and option.startswith("--") and "--" not in rest:
        found = _complete_word(session, [*rest, option], value)
        return Answer([Choice(f"{option}={each}", help_) for each, help_ in found.choices])
    return _complete_word(session, rest, incomplete)


def _complete_word(session: Session, words: list[str], incomplete: str) -> Answer:
    place = _find_command(words)
    if place is None:
        return Answer()
    is_text = "--" in words
    if not is_text and (option := _find_option(place)):
        return _complete_value(session, place, option, incomplete)
    if incomplete.startswith("--") and not is_text:
        return Answer(_complete_option(place, incomplete))
    named = ((name, each.help) for name, each in _list_commands(place).items())
    if place.entry.is_group:
        return Answer(_starting(named, incomplete))
    answer = _complete_argument(session, place, incomplete)
    if place.entry.commands and not place.words:
        answer = Answer([*_starting(named, incomplete), *answer.choices])
    if is_text or not _SINGLE_DASH.match(incomplete):
        return answer
    # A minus negates a filter or removes a tag; a name that starts so is offered by its number.
    options = _complete_option(place, incomplete) if incomplete == "-" else []
    return Answer([*options, *(each for each in answer.choices if each.value.startswith("-"))])


def _find_command(words: list[str]) -> _Place | None:
    """Return the command or group that the words call; None for an unknown one."""
    place = _Place(completion_index.read(), "", words)
    while place.words and not place.words[0].startswith("-"):
        commands = _list_commands(place)
        if not commands:
            break
        called, *rest = place.words
        if called not in commands:
            return None if place.entry.is_group else place
        place = _Place(commands[called], f"{place.name} {called}".strip(), rest)
    return place


def _list_commands(place: _Place) -> dict[str, Entry]:
    """Return the commands of a group; nouns that the index lacks are added to those of the root."""
    added = [] if place.name or not place.entry.commands else registry.added()
    more = {each: completion_index.build_command(each) for each in added}
    return place.entry.commands | more


def _find_option(place: _Place) -> Param | None:
    """Return the option whose value comes next, or None."""
    if not place.words:
        return None
    params = (*place.entry.params, *_global_options())
    return next((each for each in params if place.words[-1] in each.options and each.takes), None)


def _global_options() -> list[Param]:
    """Return the options that every command takes."""
    return [each for each in completion_index.read().params if each.name in GLOBAL_OPTIONS]


def _find_argument(place: _Place) -> Param | None:
    """Return the argument that the next word belongs to, or None if all have theirs."""
    typed = len(_arguments(place))
    for param in place.entry.params:
        if not param.options:
            if param.takes < 0 or typed < param.takes:
                return param
            typed -= param.takes
    return None


def _arguments(place: _Place) -> list[str]:
    """Return the words of a line that are not options or their values."""
    taking = {name: each.takes for each in place.entry.params for name in each.options}
    found: list[str] = []
    words = iter(place.words)
    for word in words:
        if word == "--":
            return [*found, *words]
        if word in taking:
            for _ in range(taking[word]):
                next(words, None)
        elif not word.startswith("--"):
            found.append(word)
    return found


def _complete_argument(session: Session, place: _Place, incomplete: str) -> Answer:
    argument = _find_argument(place)
    return _complete_value(session, place, argument, incomplete) if argument else Answer()


def _complete_option(place: _Place, incomplete: str) -> list[Choice]:
    """Return the options of a command and those that every command takes."""
    params = dict.fromkeys((*place.entry.params, *_global_options()))
    named = [(name, each.help) for each in params for name in each.options]
    return _starting(dict.fromkeys([*named, _JSON, _NO_HEADER, _HELP]), incomplete)


def _complete_value(session: Session, place: _Place, param: Param, incomplete: str) -> Answer:
    """Return what may be the value of an option or argument."""
    if param.source == completers.FILES:
        return Answer(files=True)
    line = completers.Line(session, place.name, _values(place))
    return Answer([Choice(*each) for each in completers.find(line, param.source, incomplete)])


def _values(place: _Place) -> dict[str, list[str]]:
    """Return the words typed for each argument, by its name."""
    found, words = {}, _arguments(place)
    for param in place.entry.params:
        if not param.options:
            end = len(words) if param.takes < 0 else param.takes
            found[param.name], words = words[:end], words[end:]
    return found


def _starting(choices: Iterable[tuple[str, str]], incomplete: str) -> list[Choice]:
    return [Choice(*each) for each in choices if each[0].startswith(incomplete)]


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
