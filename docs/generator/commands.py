"""Generate the reference of the commands and their options from their help."""

import re
from collections.abc import Iterator
from typing import Any

from docs.generator.markdown import table


def all_commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, each group followed by its subcommands."""
    from cardcrm.cli.commands import COMMANDS
    from cardcrm.cli.root import load

    for name, entry in COMMANDS.items():
        command = load(name, entry)
        yield from _with_inner(name, command)


def _with_inner(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield a command and those within it."""
    yield name, command
    for sub, each in getattr(command, "commands", {}).items():
        yield from _with_inner(f"{name} {sub}", each)


def split_help(command: Any) -> tuple[str, list[str]]:
    """Return the description in a command's help, and its example lines."""
    text = (command.help or "").replace("[dim][/dim]", "")
    description, _, rest = re.sub(r"\nExamples?:\n", "\n\x00", text).partition("\x00")
    return description.strip(), [line.strip() for line in rest.splitlines() if line.strip()]


def summary(command: Any) -> str:
    """Return the first line of a command's help."""
    return split_help(command)[0].partition("\n")[0]


def reference() -> str:
    """Describe all commands, in the panels and the order of the program's help."""
    from cardcrm.cli.commands import COMMANDS

    parts: list[str] = []
    named = list(all_commands())
    for panel in dict.fromkeys(each.panel for each in COMMANDS.values()):
        parts.append(f"## {panel}")
        for name, command in named:
            if COMMANDS[name.split()[0]].panel == panel:
                parts.append(_describe(name, command))
    return "\n\n".join(parts)


def global_options() -> str:
    """Describe the options of the program itself."""
    import typer

    from cardcrm.cli.root import app

    return _describe_parameters(typer.main.get_command(app))


def _describe(name: str, command: Any) -> str:
    description, examples = split_help(command)
    subs = getattr(command, "commands", {})
    anchor = name.replace(" ", "-")
    links = [f"- [{name} {sub}](#{anchor}-{sub}): {summary(each)}" for sub, each in subs.items()]
    if links and not command.params:
        head = "####" if " " in name else "###"
        return "\n\n".join((f"{head} {name}", description, "\n".join(links)))
    parts = [
        f"{'####' if ' ' in name else '###'} {name}",
        description,
        f"```\n{_usage(name, command)}\n```",
        _describe_parameters(command),
    ]
    if examples:
        parts.append("```sh\n" + "\n".join(examples) + "\n```")
    parts.append("\n".join(links))
    return "\n\n".join(filter(None, parts))


def _usage(name: str, command: Any) -> str:
    words = [metavar(each) for each in command.params if each.param_type_name == "argument"]
    return " ".join(["cardcrm", name, *words, "[OPTIONS]"])


def metavar(param: Any) -> str:
    """Return an argument as a usage line shows it."""
    shown = str(param.metavar or param.name.upper())
    return shown if param.required or shown.startswith("[") else f"[{shown}]"


def _describe_parameters(command: Any) -> str:
    panels: dict[str, list[tuple[str, str]]] = {}
    for each in command.params:
        if each.param_type_name == "argument":
            panels.setdefault("Arguments", []).append((f"`{metavar(each)}`", each.help or ""))
        elif each.name != "help":
            panel = getattr(each, "rich_help_panel", None) or "Options"
            panels.setdefault(panel, []).append((_option(each), option_help(each)))
    return "\n\n".join(table((panel, ""), rows) for panel, rows in panels.items())


def _option(param: Any) -> str:
    names = ", ".join((*param.opts, *param.secondary_opts))
    return f"`{names}`" if param.is_flag else f"`{names} {param.metavar}`"


def option_help(param: Any) -> str:
    """Return the help of an option, with its default."""
    default = param.default
    if param.is_flag or param.show_default is False or default in (None, "", [], (), 0):
        return str(param.help)
    return f"{param.help} Default: {default}."
