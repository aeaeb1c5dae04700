"""The completion scripts of bash, zsh and fish, and their installation.

No script evaluates anything that the program prints, because names come from files by other people.
Each reads the lines of an answer into an array and hands it to the shell as data. The first line
says how to use the others; see `cardcrm.cli.completion_shells`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import ServiceError, UsageError

VARIABLE = "_CARDCRM_COMPLETE"
INSTALL, SHOW = "--install-completion", "--show-completion"

SCRIPTS = {
    # `nosort` came with bash 4.4, and `compopt` with bash 4; macOS has bash 3.2.
    "bash": """\
_cardcrm() {
    local kind="" line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
    done < <(_CARDCRM_COMPLETE=bash "${1/#\\~\\//$HOME/}" \\
                 "${COMP_LINE:0:COMP_POINT}" "$2" </dev/null 2>/dev/null)
    case $kind in
        files) compopt -o default 2>/dev/null ;;
        open) compopt -o nospace 2>/dev/null ;;
    esac
    return 0
}

complete -o nosort -F _cardcrm cardcrm 2>/dev/null || complete -F _cardcrm cardcrm
""",
    "zsh": """\
#compdef cardcrm

_cardcrm() {
  local kind line current=$PREFIX
  local -a answer values shown options
  case $compstate[quote] in
    "") current=${(Q)current} ;;
    \\") current=${(Q):-\\"$current\\"} ;;
    \\') current=${current//\\'\\\\\\'\\'/\\'} ;;
  esac
  answer=("${(@f)$(_CARDCRM_COMPLETE=zsh "${${(Q)words[1]}/#\\~\\//$HOME/}" \\
    "${(@Q)words[2,CURRENT-1]}" "$current" </dev/null 2>/dev/null)}")
  kind=$answer[1]
  shift answer
  if [[ $kind == files ]]; then
    _files
    return
  fi
  for line in $answer; do
    values+=("${line%%$'\\t'*}")
    shown+=("${line#*$'\\t'}")
    [[ $line == *$'\\t'* ]] && options=(-l)
  done
  (( $#values )) || return 1
  [[ $kind == open ]] && options+=(-S "")
  [[ $kind == inside && $#values -gt 1 ]] && compstate[insert]=menu
  compadd -U -V cardcrm "${options[@]}" -d shown -a values
}

if [[ $funcstack[1] == _cardcrm ]]; then
  _cardcrm "$@"
else
  compdef _cardcrm cardcrm
fi
""",
    "fish": """\
function __cardcrm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string collect --allow-empty)
    set -l answer (_CARDCRM_COMPLETE=fish $words $current </dev/null 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $answer[2..]
    end
end

complete --command cardcrm --no-files --keep-order --arguments '(__cardcrm_complete)'
""",
}


class _Place(NamedTuple):
    """The file of a shell's script, and the startup file and line that load it."""

    script: Callable[[], Path]
    startup: Callable[[], Path] | None = None
    line: str = ""


def _folder(variable: str, default: str) -> Path:
    """Return the folder that an environment variable names, or a default below the home folder."""
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else Path.home() / default


_PLACES = {
    "bash": _Place(
        lambda: Path.home() / ".bash_completions/cardcrm.sh",
        lambda: Path.home() / ".bashrc",
        "source '{script}'",
    ),
    "zsh": _Place(
        lambda: Path.home() / ".zfunc/_cardcrm",
        lambda: _folder("ZDOTDIR", "") / ".zshrc",
        "fpath+=~/.zfunc; autoload -Uz compinit; compinit",
    ),
    "fish": _Place(lambda: _folder("XDG_CONFIG_HOME", ".config") / "fish/completions/cardcrm.fish"),
}


def install(shell: str) -> Path:
    """Write the script of a shell below the home folder, and return its path.

    Bash and zsh also get a line in their startup file. Raises ServiceError.
    """
    place = _PLACES[shell]
    script = place.script()
    try:
        # zsh asks before it loads from a folder that others may write to, as some umasks allow.
        script.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        script.write_text(SCRIPTS[shell], encoding="utf-8")
        script.chmod(0o644)
        if place.startup:
            _append_line(place.startup(), place.line.format(script=script))
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
