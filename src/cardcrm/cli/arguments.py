"""Helpers for the arguments and options that several commands share."""

import re
import sys
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.global_options import GLOBAL_OPTIONS
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.dates import DayTime

_NUMBERS = re.compile(r"#?[0-9]{1,18}(?:,#?[0-9]{1,18})*,?")

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
Sort = Annotated[
    str, typer.Option(metavar="FIELD", help="Sort by a column; -FIELD sorts in descending order.")
]
Columns = Annotated[str, typer.Option("--columns", metavar="A,B", help="Columns to show.")]
Limit = Annotated[
    int, typer.Option(metavar="N", help="Show at most N rows.", min=0, show_default=False)
]
By = Annotated[
    str,
    typer.Option("--by", metavar="COLUMN", help="Only count the rows for each value of a column."),
]


def session_of(ctx: typer.Context) -> Session:
    """Return the session of this run."""
    session = ctx.obj
    assert isinstance(session, Session)
    return session


# Completion


class Source:
    """The source of the values that Tab offers for a parameter: one of `completers.SOURCES`.

    Typer keeps it as a function, but never calls it: `cardcrm.cli.completion` answers the shell
    without loading a command. A detail, such as the name of a noun, may follow after a colon.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.__name__ = name
        self.__annotations__: dict[str, object] = {}

    def __call__(self) -> list[str]:
        """Return nothing, as Typer is not asked."""
        return []


complete_contact = Source("contact")
complete_query = Source("query")


def complete_from(*words: str) -> Source:
    """Return the source for an option that takes one of a few words."""
    return Source(f"words:{','.join(words)}")


# Values


def is_numbers(word: str) -> bool:
    """Return whether a word is the number of a row, or several such as ``4,5``."""
    return _NUMBERS.fullmatch(word) is not None


def split_numbers(words: Sequence[str]) -> list[str]:
    """Return words in which each list of numbers, such as ``4,5``, is a word for each number.

    An empty word stays, for its caller to refuse.
    """
    parts = (filter(None, word.split(",")) if is_numbers(word) else [word] for word in words)
    return list(chain.from_iterable(parts))


def parse_pairs(texts: Sequence[str], option: str) -> tuple[tuple[str, str], ...]:
    """Split ``KEY=VALUE`` texts. Raises UsageError."""
    found = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            missing = "nothing before the =" if equals else "no ="
            raise UsageError(
                f"{option} “{text}” has {missing}", f"Write it like {option} key=value."
            )
        found.append((key.strip(), value))
    return tuple(found)


def check_word(option: str, text: str, words: Sequence[str]) -> None:
    """Raise UsageError when the text of an option is not one of its words."""
    if text and text not in words:
        hint = f"Use {', '.join(words[:-1])} or {words[-1]}."
        raise UsageError(f"{option} does not take “{text}”", hint)


def parse_remembered_query(query: Sequence[str], *, is_all: bool) -> str | None:
    """Return a query to remember, which ``--all`` clears; None leaves the remembered one."""
    if is_all and query:
        raise UsageError("use either a query or --all, not both", "Leave one of them out.")
    return "" if is_all else " ".join(query) or None


def parse_when(session: Session, text: str, *, past: bool = False) -> "DayTime":
    """Parse a date as typed, looking ahead or back. Raises UsageError."""
    from cardcrm import dates

    return dates.parse_date(text, dates.now(session.store().locale.zone), past=past)


def edit_text(session: Session, text: str = "") -> str:
    """Let the user write a text in $VISUAL or $EDITOR. Raises UsageError without a terminal."""
    if not session.can_ask:
        raise UsageError("no text given", "Type it after the name.")
    from cardcrm.editor import edit_text

    return edit_text(text)


def read_text(session: Session, most: int) -> str:
    """Return a text of ``most`` characters from a pipe, or else from the editor."""
    if session.can_ask:
        return edit_text(session)
    if sys.stdin.isatty():
        raise UsageError("no text given", "Type it after the name.")
    # Most pipes use UTF-8 whatever the locale is; other encodings lose letters, not the note.
    return sys.stdin.buffer.read(4 * most + 1).decode("utf-8", "replace")


def refuse_options(ctx: typer.Context, words: Sequence[str]) -> None:
    """Report a mistyped option among free words, which may start with a single hyphen.

    One hyphen before the whole name of an option is a mistake as well. Words after ``--`` and words
    of hyphens alone are text. Raises UsageError.
    """
    typed = session_of(ctx).words
    free = typed[typed.index("--") + 1 :] if "--" in typed else ()
    for word in words:
        if not word.startswith("-") or not word.strip("-") or word in free:
            continue
        if word.startswith("--") or word[1:] in _option_names(ctx):
            raise no_such_option(ctx, word)


def _option_names(ctx: typer.Context) -> list[str]:
    """Return the names of the long options of a command."""
    known = [name[2:] for param in ctx.command.params for name in param.opts if name[:2] == "--"]
    return [*known, "help"]


def no_such_option(ctx: typer.Context, word: str) -> UsageError:
    """Return the error for an unknown option, with a similar option or a hint."""
    from cardcrm.cli.suggestions import suggest_option

    if word.removeprefix("--") in GLOBAL_OPTIONS:  # with a value it would have been taken before
        return UsageError(f"{word} needs a value", "See `cardcrm --help`.")
    name, known = word.lstrip("-").partition("=")[0], _option_names(ctx)
    is_long = word.startswith("--") or name in known
    like = (name if name in known else suggest_option(name, known)) if is_long else ""
    suggestion = f"Did you mean --{like}? " if like else ""
    more = "" if word.startswith("--") else " Put `--` before text that starts with a dash."
    return UsageError(
        f"no such option: {word}", f"{suggestion}See `{ctx.command_path} --help`.{more}"
    )
