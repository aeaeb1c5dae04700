"""Scripts for bash, zsh and fish, and how each of them sends words and expects an answer."""

import os
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import ServiceError, UsageError
from cardcrm.text import clean

VARIABLE = "_CARDCRM_COMPLETE"
INSTALL, SHOW = "--install-completion", "--show-completion"

SCRIPTS = {
    "bash": """\
_cardcrm_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
                   _CARDCRM_COMPLETE=complete_bash $1 ) )
    return 0
}

complete -o default -F _cardcrm_completion cardcrm
""",
    "zsh": """\
#compdef cardcrm

_cardcrm_completion() {
  eval $(env _CARDCRM_LINE="${words[1,$CURRENT]}" _CARDCRM_COMPLETE=complete_zsh cardcrm)
}

compdef _cardcrm_completion cardcrm
""",
    "fish": """\
complete --command cardcrm --no-files \\
    --arguments "(env _CARDCRM_COMPLETE=complete_fish _CARDCRM_LINE=(commandline -cp) cardcrm)" \\
    --condition "env _CARDCRM_COMPLETE=test_fish _CARDCRM_LINE=(commandline -cp) cardcrm"
""",
}

_BREAKS = (":", "=")  # characters at which bash breaks a word
_UNQUOTED = re.compile(r"([^\w%+,./:=@^-])")
_IN_DOUBLE_QUOTES = re.compile(r'(["$`\\])')


class Choice(NamedTuple):
    """A word that may complete the line, and what it means."""

    value: str
    help: str = ""


Completer = Callable[[list[str], str], list[Choice]]


def respond_to_bash(complete: Completer) -> tuple[str, int]:
    """Return one choice per line, quoted like the word at the cursor, and the exit code.

    Bash completes only the part of a word after the last colon or equals sign.
    """
    words = split_words(os.environ["COMP_WORDS"])
    index = int(os.environ["COMP_CWORD"])
    at_cursor = words[index] if index < len(words) else ""
    *args, incomplete = join_broken_words([*words[1:index], at_cursor])
    before = incomplete.removesuffix("" if at_cursor in _BREAKS else at_cursor)
    typed = _typed_word(index)
    lines = [
        quote(clean(choice.value).removeprefix(before), typed)
        for choice in complete(args, incomplete)
    ]
    return "\n".join([*lines, ""]), 0


def respond_to_zsh(complete: Completer) -> tuple[str, int]:
    """Return zsh code that adds the choices, and the exit code.

    Zsh keeps only choices that start as typed, so names are offered in the case typed.
    """
    args, incomplete = _split_line(os.environ.get("_CARDCRM_LINE", ""))
    found = [
        _zsh_item(match_case(clean(choice.value), incomplete), clean(choice.help))
        for choice in complete(args, incomplete)
    ]
    items = "\n".join(found)
    return (f"_arguments '*: :(({items}))'\n" if found else "_files\n"), 0


def _zsh_item(value: str, help_: str) -> str:
    item = f'"{_escape_for_zsh(value)}"'
    return f'{item}:"{_escape_for_zsh(help_)}"' if help_ else item


def _escape_for_zsh(text: str) -> str:
    for sign, escaped in (
        ('"', '""'), ("'", "''"), ("$", "\\$"), ("`", "\\`"), (":", r"\\:"),
    ):  # fmt: skip
        text = text.replace(sign, escaped)
    return text


def respond_to_fish(complete: Completer) -> tuple[str, int]:
    """Return one choice per line with its meaning; the code is 1 if there is none.

    Fish asks twice: first whether there are choices, and if so which. It quotes them itself.
    """
    args, incomplete = _split_line(os.environ.get("_CARDCRM_LINE", ""))
    lines = [
        "\t".join(filter(None, (clean(choice.value), clean(choice.help))))
        for choice in complete(args, incomplete)
    ]
    return "\n".join([*lines, ""]) if lines else "", int(not lines)


RESPONSES = {"bash": respond_to_bash, "zsh": respond_to_zsh, "fish": respond_to_fish}


def split_words(line: str) -> list[str]:
    """Split a line as a shell does, keeping a last word whose quote is still open."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # an open quote or a trailing backslash
        words.append(lexer.token)
    return words


def _split_line(line: str) -> tuple[list[str], str]:
    """Return the arguments on a line that are complete, and the incomplete one."""
    args = split_words(line)[1:]
    if not args or line.endswith(" "):
        return args, ""
    return args[:-1], args[-1]


def join_broken_words(words: Sequence[str]) -> list[str]:
    """Join the words that bash breaks at colons and equals signs."""
    found: list[str] = []
    is_open = False
    for word in words:
        if found and (word in _BREAKS or (is_open and word)):
            found[-1] += word
        else:
            found.append(word)
        is_open = word in _BREAKS
    return found


def quote(value: str, typed: str) -> str:
    """Quote a value for bash, in place of a typed word that may start with a quote."""
    if typed[:1] == '"':
        return _IN_DOUBLE_QUOTES.sub(r"\\\1", value)
    if typed[:1] == "'":
        return value.replace("'", r"'\''")
    return _UNQUOTED.sub(r"\\\1", value)


def match_case(value: str, typed: str) -> str:
    """Return a value with its start in the case typed, if it starts with the typed letters."""
    starts = value[: len(typed)].casefold() == typed.casefold()
    return typed + value[len(typed) :] if starts else value


def _typed_word(index: int) -> str:
    """Return the word at the cursor with its quotes; bash sends one word per line."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    return words[index] if index < len(words) else ""


def find_shell(name: str) -> str:
    """Return the shell with this name, or without a name the one that runs the program.

    Raises UsageError for a shell that is unknown or has no completion script.
    """
    if not name:
        import shellingham  # a requirement of Typer

        try:
            name = shellingham.detect_shell()[0]
        except shellingham.ShellDetectionFailure:
            name = ""
        if name not in SCRIPTS:
            raise UsageError("cannot detect your shell", f"Name it: cardcrm {SHOW} bash")
    if name not in SCRIPTS:
        raise UsageError(f"no completion for “{name}”", f"Use one of: {', '.join(SCRIPTS)}.")
    return name


_SCRIPT_PATHS = {
    "bash": ".bash_completions/cardcrm.sh",
    "zsh": ".zfunc/_cardcrm",
    "fish": ".config/fish/completions/cardcrm.fish",
}
_STARTUP = {
    "bash": (".bashrc", "source '{script}'"),
    "zsh": (".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
}


def install(shell: str) -> Path:
    """Write the script of a shell below the home folder, and return its path.

    Bash and zsh also get a line in their startup file. Raises ServiceError.
    """
    script = Path.home() / _SCRIPT_PATHS[shell]
    try:
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(SCRIPTS[shell], encoding="utf-8")
        if shell in _STARTUP:
            name, line = _STARTUP[shell]
            _append_line(Path.home() / name, line.format(script=script))
    except OSError as error:
        raise ServiceError(
            f"cannot install the completion script for {shell}: {error}",
            f"Install it yourself; to print it: cardcrm {SHOW} {shell}",
        ) from error
    return script


def _append_line(file: Path, line: str) -> None:
    """Append a line to a file that does not contain it yet."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if line not in text:
        separator = "" if not text or text.endswith("\n") else "\n"
        file.write_text(f"{text}{separator}{line}\n", encoding="utf-8")
