"""Generate the man pages: one of the program, and one of each command or group of commands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.generator import commands

FOLDER = Path(__file__).parents[2] / "man"


def pages() -> dict[str, str]:
    """Return the text of each man page by the name of its file."""
    from cardcrm.cli.commands import COMMANDS

    named = dict(commands.all_commands())
    made = {"cardcrm.1": _program(named)}
    for name in COMMANDS:
        subs = {key: each for key, each in named.items() if key.startswith(f"{name} ")}
        made[f"cardcrm-{name}.1"] = _command(name, named[name], subs)
    return made


def write() -> None:
    """Write all man pages, and remove those of commands that are gone."""
    made = pages()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.1"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def escape(text: str) -> str:
    """Return text as roff, with code in backticks set in bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`` ` ``", "`")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return "\n".join(
        f"\\&{line}" if line.startswith((".", "'")) else line for line in text.split("\n")
    )


def _program(named: dict[str, Any]) -> str:
    import typer

    from cardcrm.cli.commands import COMMANDS
    from cardcrm.cli.root import app
    from cardcrm.config import SETTINGS

    root = typer.main.get_command(app)
    lines = [*_head("cardcrm", commands.summary(root)), ".SH SYNOPSIS"]
    lines += [".B cardcrm", "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]"]
    lines += [".SH DESCRIPTION", *_paragraphs(commands.split_help(root)[0])]
    lines += ["Without a command, cardcrm opens the screen."]
    for panel in dict.fromkeys(each.panel for each in COMMANDS.values()):
        lines += [f".SH {escape(panel.upper())}"]
        for name, entry in COMMANDS.items():
            if entry.panel == panel:
                summary = commands.summary(named[name])
                lines += [".TP", f"\\fBcardcrm\\-{escape(name)}\\fR(1)", escape(summary)]
    lines += [".SH OPTIONS", *_parameters(root), ".SH ENVIRONMENT"]
    for setting in SETTINGS.values():
        lines += [".TP", f".B {setting.variable}", escape(setting.help)]
    lines += [".SH FILES", ".TP", ".I ~/.local/share/cardcrm/cards.db", "The default database."]
    lines += [".TP", ".I ~/.config/cardcrm/config.toml", "The settings.", ".SH EXIT STATUS"]
    for code, meaning in _exit_codes():
        lines += [".TP", f".B {code}", escape(meaning)]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any, subs: dict[str, Any]) -> str:
    own = {name: command} if command.params or not subs else {}
    lines = _head(f"cardcrm-{name}", commands.summary(command))
    lines.append(".SH SYNOPSIS")
    lines += [line for key, each in (own | subs).items() for line in _usage(key, each)]
    lines += [".SH DESCRIPTION", *_body(name, command)]
    if subs:
        lines.append(".SH COMMANDS")
    for key, each in subs.items():
        lines += [f".SS {escape(f'cardcrm {key}')}", *_body(key, each)]
    lines += _examples(own | subs)
    return "\n".join([*lines, ".SH SEE ALSO", "\\fBcardcrm\\fR(1)"]) + "\n"


def _head(name: str, summary: str) -> list[str]:
    """Return the title without a date or version, so that a page changes with its command alone."""
    short = escape(summary.rstrip("."))
    return [f'.TH "{escape(name.upper())}" 1 "" cardcrm', ".SH NAME", f"{escape(name)} \\- {short}"]


def _usage(name: str, command: Any) -> list[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    words = " ".join(f"\\fI{escape(commands.metavar(each))}\\fR" for each in arguments)
    return [f".B cardcrm {escape(name)}", f"{words} [\\fIOPTIONS\\fR]".strip(), ".br"]


def _body(_name: str, command: Any) -> list[str]:
    return [*_paragraphs(commands.split_help(command)[0]), *_parameters(command)]


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, one a line."""
    parts = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    return [line for part in parts for line in (".PP", escape(part))]


def _parameters(command: Any) -> list[str]:
    lines = []
    for each in command.params:
        if each.param_type_name == "argument":
            lines += [".TP", f"\\fI{escape(commands.metavar(each))}\\fR", escape(each.help or "")]
        elif each.name != "help":
            names = ", ".join(
                f"\\fB{escape(opt)}\\fR" for opt in (*each.opts, *each.secondary_opts)
            )
            value = "" if each.is_flag else f" \\fI{escape(str(each.metavar))}\\fR"
            lines += [".TP", f"{names}{value}", escape(commands.option_help(each))]
    return lines


def _examples(named: dict[str, Any]) -> list[str]:
    lines = [line for each in named.values() for line in commands.split_help(each)[1]]
    return [".SH EXAMPLES", ".nf", *map(escape, lines), ".fi"] if lines else []


def _exit_codes() -> Iterator[tuple[int, str]]:
    """Yield each exit code with the errors that have it."""
    from cardcrm import errors

    yield 0, "Done; also if nothing was found."
    kinds = [errors.CardcrmError, *errors.CardcrmError.__subclasses__()]
    for code in sorted({each.exit_code for each in kinds}):
        meanings = [
            (each.__doc__ or "").partition("\n")[0].replace("``", "`")
            for each in kinds
            if each.exit_code == code and each.__module__ == "cardcrm.errors"
        ]
        yield code, " ".join(meanings)
