"""What a shell asks when Tab is pressed, and the scripts that make it ask.

The shell runs the program with `_CARDCRM_COMPLETE` set and the words typed so far; this is loaded
only then.
"""

import os
import re
import sys
from collections.abc import Sequence

from typer._click.shell_completion import CompletionItem, ShellComplete, add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete, completion_init
from typer._completion_shared import Shells, get_completion_script, install

from cardcrm.cli.session import Session
from cardcrm.errors import ServiceError, UsageError
from cardcrm.text import sanitize

ASKED = "_CARDCRM_COMPLETE"
INSTALL, SHOW = "--install-completion", "--show-completion"
SIGNS = (":", "=")
SHELLS = ("bash", "zsh", "fish")

# Signs that mean something to bash, outside of quotes and within double ones.
_BARE = re.compile(r"([^\w%+,./:=@^-])")
_EXCLUDED = re.compile(r"-[^\W\d_]")
_WITHIN = re.compile(r'(["$`\\])')


class Name(str):
    """A name that fits what was typed, though it may not begin so: `doe` finds Jane Doe.

    Typer leaves out what does not begin as typed, in the same case; a shell knows better.
    """

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """Whether it may be offered: it may."""
        return True


class Condition(Name):
    """A filter of a query, which may be excluded by a minus before it."""

    __slots__ = ()


class Excluding(ShellComplete):
    """Offers a filter behind a minus, too, where the parser would look for options alone."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """What the parser offers, and what else a query may go on with."""
        if not _EXCLUDED.match(incomplete):
            return super().get_completions(args, incomplete)
        found = [] if "=" in incomplete else super().get_completions(args, incomplete)
        for item in super().get_completions(args, incomplete[1:]):
            if isinstance(item.value, Condition):
                item.value = f"-{item.value}"
                found.append(item)
        return found


def prepare(session: Session) -> None:
    """Teach the parser's completion the global options and how names with spaces are written."""
    from cardcrm.cli.run import take_globals

    def heeding(words: list[str]) -> list[str]:
        flags, rest = take_globals(words)
        session.flags.update(flags)
        return rest

    class Bash(Excluding, BashComplete):
        """Names are quoted as the word at the cursor is."""

        def get_completion_args(self) -> tuple[list[str], str]:
            args, at_cursor = super().get_completion_args()
            *args, incomplete = rejoined([*args, at_cursor])
            self.there = incomplete.removesuffix("" if at_cursor in SIGNS else at_cursor)
            return heeding(args), incomplete

        def format_completion(self, item: CompletionItem) -> str:
            value = sanitize(item.value).removeprefix(self.there)
            return quoted(value, _word_at_cursor())

    class Zsh(Excluding, ZshComplete):
        """It takes only what begins as typed, so names are offered in the case typed."""

        def get_completion_args(self) -> tuple[list[str], str]:
            args, self.typed = super().get_completion_args()
            return heeding(args), self.typed

        def format_completion(self, item: CompletionItem) -> str:
            item.value = as_begun(sanitize(item.value), self.typed)
            return super().format_completion(item)

    class Fish(Excluding, FishComplete):
        """It quotes by itself."""

        def get_completion_args(self) -> tuple[list[str], str]:
            args, incomplete = super().get_completion_args()
            return heeding(args), incomplete

        def format_completion(self, item: CompletionItem) -> str:
            item.value = sanitize(item.value)
            return super().format_completion(item)

    completion_init()
    for shell, how in ((Shells.bash, Bash), (Shells.zsh, Zsh), (Shells.fish, Fish)):
        add_completion_class(how, shell.value)


def rejoined(words: Sequence[str]) -> list[str]:
    """Words that bash takes apart at a colon or an equals sign, whole again.

    It completes the last part alone, so what stands before that is not to be offered once more.
    """
    found: list[str] = []
    is_open = False
    for word in words:
        if found and (word in SIGNS or (is_open and word)):
            found[-1] += word
        else:
            found.append(word)
        is_open = word in SIGNS
    return found


def quoted(value: str, begun: str) -> str:
    """A value as bash wants it where ``begun`` stands on its line, perhaps after a quote."""
    if begun[:1] == '"':
        return _WITHIN.sub(r"\\\1", value)
    if begun[:1] == "'":
        return value.replace("'", r"'\''")
    return _BARE.sub(r"\\\1", value)


def as_begun(value: str, typed: str) -> str:
    """The value with its beginning as typed, where only the case differs."""
    begins = value[: len(typed)].casefold() == typed.casefold()
    return typed + value[len(typed) :] if begins else value


def _word_at_cursor() -> str:
    """The word being completed as it stands on the line; bash sends the words line by line."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    at = os.environ.get("COMP_CWORD", "")
    return words[int(at)] if at.isdigit() and int(at) < len(words) else ""


def answer(words: Sequence[str]) -> None:
    """Show or install the script for the shell that is named, or else the one we were started from.

    Raises UsageError and ServiceError.
    """
    wish, _, shell = words[0].partition("=")
    shell = _shell(shell or " ".join(words[1:]))
    if wish == SHOW:
        script = get_completion_script(prog_name="cardcrm", complete_var=ASKED, shell=shell)
        sys.stdout.write(script + "\n")
        return
    try:
        _, path = install(shell=shell, prog_name="cardcrm", complete_var=ASKED)
    except OSError as error:
        raise ServiceError(f"the script for {shell} cannot be installed: {error}") from error
    sys.stderr.write(f"wrote {path}; it works in each {shell} that is started from now on\n")


def _shell(name: str) -> str:
    if not name:
        import shellingham  # of typer's own needs

        try:
            name = shellingham.detect_shell()[0]
        except shellingham.ShellDetectionFailure:
            name = ""
        if name not in SHELLS:
            raise UsageError(
                "which shell is it for?", f"Name it: cardcrm {SHOW} {' or '.join(SHELLS)}"
            )
    if name not in SHELLS:
        raise UsageError(f"there is no completion for “{name}”", f"There is: {', '.join(SHELLS)}.")
    return name
