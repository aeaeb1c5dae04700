"""The form in which each shell asks for completions and expects them.

An answer is a line with its kind, then a line for each choice. The kinds are ``files`` (let the
shell complete a path), ``open`` (the word goes on, so no space follows), ``inside`` (some choices
do not begin with what was typed) and ``words``.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.text import cell_width, sanitize

_MAX_HELP = 80  # characters of a description
_PIECES = re.compile(
    r"""(?P<space>\s+)|\\(?P<escaped>.?)|'(?P<single>[^']*)(?P<end>'?)"""
    r"""|"(?P<double>(?:[^"\\]|\\.)*)\\?(?P<stop>"?)|(?P<plain>[^\s\\'"]+)""",
    re.DOTALL,
)
_ESCAPED_IN_DOUBLE = re.compile(r'\\(["$`\\])')
_SPECIAL = re.compile(r"([^\w%+,./:=@^-])")
_SPECIAL_IN_DOUBLE = re.compile(r'(["$`\\])')


class Choice(NamedTuple):
    """A word that may take the place of the one at the cursor, and what it means."""

    value: str
    help: str = ""


class Answer(NamedTuple):
    """The choices for a word, or ``files`` where a path is meant."""

    choices: Sequence[Choice] = ()
    files: bool = False


class Request(NamedTuple):
    """The words of a command line up to the cursor; the last may be incomplete.

    Bash replaces only the part of that word ``after`` a quote, colon or the like. ``quote`` is the
    quote that is open there.
    """

    words: Sequence[str]
    incomplete: str
    after: str = ""
    quote: str = ""


def read_request(shell: str, arguments: Sequence[str]) -> Request:
    """Return the request in the arguments of a script.

    Zsh and fish send words, bash the line and the text that it will replace.
    """
    if shell == "bash":
        line, replaced = [*arguments, "", ""][:2]
        (_, *words), quote = split_line(line)
        *words, incomplete = words or [""]
        return Request(words, incomplete, _unquote(replaced, quote), quote)
    *words, incomplete = arguments or [""]
    if shell == "fish":
        incomplete = "".join(split_line(incomplete)[0])
    return Request(words, incomplete)


def split_line(line: str) -> tuple[list[str], str]:
    """Split a line as a shell does, and return the words and the quote that is still open.

    The last word is the one at the end of the line, and empty after a space.
    """
    words, quote = [""], ""
    for match in _PIECES.finditer(line):
        piece, quote = match[0], ""
        if match["space"]:
            words += [""] if match.start() else []
            continue
        if match["single"] is not None:
            piece, quote = match["single"], "" if match["end"] else "'"
        elif match["double"] is not None:
            piece = _ESCAPED_IN_DOUBLE.sub(r"\1", match["double"])
            quote = "" if match["stop"] else '"'
        elif match["escaped"] is not None:
            piece = match["escaped"]
        words[-1] += piece
    return words, quote


def _unquote(text: str, quote: str) -> str:
    """Return a part of a word, within an open quote or outside of quotes, without escapes."""
    if quote == "'":
        return text
    if quote:
        return _ESCAPED_IN_DOUBLE.sub(r"\1", text)
    return "".join(split_line(text)[0])


def format_answer(shell: str, request: Request, answer: Answer) -> str:
    """Return the lines that answer a request."""
    if answer.files:
        return "files\n"
    choices = [Choice(sanitize(value), sanitize(help_)) for value, help_ in answer.choices]
    lines = {"bash": _bash_lines, "zsh": _zsh_lines, "fish": _fish_lines}[shell]
    return "\n".join([_kind(request, choices), *lines(request, choices), ""])


def _kind(request: Request, choices: Sequence[Choice]) -> str:
    if len(choices) == 1 and choices[0].value.endswith((":", "=")):
        return "open"
    typed = request.incomplete.lower()
    begins = all(each.value.lower().startswith(typed) for each in choices)
    return "words" if begins else "inside"


def _bash_lines(request: Request, choices: Sequence[Choice]) -> Iterator[str]:
    """Yield each value from where bash replaces the word, quoted as the word is.

    Bash closes an open quote after the only value, but not if that ends in any quote.
    """
    before = request.incomplete[: len(request.incomplete) - len(request.after)]
    end = request.quote if len(choices) == 1 else ""
    for value, _ in choices:
        if value[: len(before)].lower() == before.lower():
            yield quote(value[len(before) :], request.quote) + end


def quote(value: str, within: str = "") -> str:
    """Quote a value for bash, for a place within an open quote or outside of quotes.

    In double quotes nothing but a closed quote keeps bash from expanding an exclamation mark.
    """
    if within == '"':
        return _SPECIAL_IN_DOUBLE.sub(r"\\\1", value).replace("!", '"\\!"')
    if within:
        return value.replace("'", "'\\''")
    return _SPECIAL.sub(r"\\\1", value)


def _zsh_lines(_: Request, choices: Sequence[Choice]) -> Iterator[str]:
    """Yield each value with the line that a list shows of it, in two columns."""
    width = max((cell_width(each.value) for each in choices), default=0)
    for value, help_ in choices:
        space = " " * (width - cell_width(value))
        yield f"{value}\t{value}{space}  -- {help_[:_MAX_HELP]}" if help_ else value


def _fish_lines(_: Request, choices: Sequence[Choice]) -> Iterator[str]:
    """Yield each value with its meaning."""
    for value, help_ in choices:
        yield f"{value}\t{help_}" if help_ else value
