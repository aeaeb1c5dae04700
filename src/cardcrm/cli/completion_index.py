"""The commands with their options and arguments, for completion without loading a command.

Importing Typer and a command takes longer than finding the words to offer. So this index is written
beforehand to `completion_index.json`, by ``make docs``; a test compares it with the commands.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("completion_index.json")


class Param(NamedTuple):
    """An option or argument: its names (none for an argument) and the source of its values.

    ``takes`` is the number of words: 0 for a flag, and -1 for an argument that takes all.
    """

    name: str
    options: tuple[str, ...]
    takes: int
    source: str
    help: str


class Entry(NamedTuple):
    """A command with its parameters, or a group with its commands.

    A command with arguments may have further commands behind its name.
    """

    help: str
    params: list[Param]
    commands: dict[str, "Entry"]

    @property
    def is_group(self) -> bool:
        """True for a group, which takes no words but the names of its commands."""
        return bool(self.commands) and all(each.options for each in self.params)


@functools.cache
def read() -> Entry:
    """Return the index of the whole program; the parameters are the global options."""
    return _from_json(json.loads(FILE.read_text("utf-8")))


def _from_json(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["help"],
        [Param(name, tuple(options), *rest) for name, options, *rest in data["params"]],
        {name: _from_json(each) for name, each in data["commands"].items()},
    )


def to_json(entry: Entry) -> str:
    """Return the content of the file: a line for each parameter, so that changes can be read."""
    lines = "".join(_to_lines("", entry)).replace(",\n]", "\n]").replace(",\n}", "\n}")
    return lines.rstrip(",\n") + "\n"


def _to_lines(name: str, entry: Entry) -> Iterator[str]:
    """Yield the lines of a command, each list with a comma behind its last item as well."""
    key = f"{_quote(name)}: " if name else ""
    yield f'{key}{{"help": {_quote(entry.help)},\n"params": [\n'
    yield from (f"{_quote(each)},\n" for each in entry.params)
    yield '],\n"commands": {\n'
    for sub, each in entry.commands.items():
        yield from _to_lines(sub, each)
    yield "}},\n"


def _quote(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write() -> None:
    """Write the index of all commands."""
    FILE.write_text(to_json(build()), encoding="utf-8")


def build() -> Entry:
    """Return the index of all commands, which takes as long as loading them."""
    import typer

    from cardcrm.cli.commands import COMMANDS
    from cardcrm.cli.root import app

    root = _describe(typer.main.get_command(app), {}, "")
    return root._replace(commands={name: build_command(name) for name in COMMANDS})


def build_command(name: str) -> Entry:
    """Return the index of one command or group."""
    from cardcrm.cli.commands import find_command
    from cardcrm.cli.root import load, load_app

    command = find_command(name)
    assert command is not None, name
    loaded: Any = load(name, command)
    app = load_app(name, command)
    if not command.is_group:
        sources = {each.name: _sources(each.callback) for each in app.registered_commands}
        entry = _describe(loaded, sources[name], name)
        return entry._replace(commands=dict(_describe_further(loaded, name, command)))
    return Entry(command.summary, [], dict(_describe_group(loaded, app, name)))


def _describe_group(loaded: Any, app: Any, path: str) -> Iterator[tuple[str, Entry]]:
    """Yield the commands of a group, and the groups within it."""
    from cardcrm.cli.root import inner_groups, registered_commands

    sources = {each.name: _sources(each.callback) for each in registered_commands(app)}
    groups = inner_groups(app)
    for name, each in loaded.commands.items():
        inner = f"{path} {name}"
        if name in groups:
            found = dict(_describe_group(each, groups[name], inner))
            yield name, Entry(_first_sentence(each.help), [], found)
        else:
            yield name, _describe(each, sources[name], inner)


def _describe_further(loaded: Any, name: str, command: Any) -> Iterator[tuple[str, Entry]]:
    """Yield the further commands behind the name of a command."""
    from cardcrm.cli.root import load_further_app

    if command.further:
        functions = {each.name: each for each in load_further_app(command).registered_commands}
        for sub, each in loaded.commands.items():
            yield sub, _describe(each, _sources(functions[sub].callback), f"{name} {sub}")


def _sources(function: Any) -> dict[str, str]:
    """Return the sources that a function declares for its parameters, by their names."""
    import inspect

    found = {}
    for name, param in inspect.signature(function).parameters.items():
        for info in getattr(param.annotation, "__metadata__", ()):
            if info.autocompletion is not None:
                found[name] = info.autocompletion.name
    return found


def _describe(command: Any, sources: Mapping[str, str], path: str) -> Entry:
    from cardcrm.cli.completers import find_source

    params = list(_describe_params(command, sources, path, find_source))
    return Entry(_first_sentence(command.help), params, {})


def _describe_params(
    command: Any, sources: Mapping[str, str], path: str, find_source: Any
) -> Iterator[Param]:
    for each in command.params:
        is_option = each.param_type_name == "option"
        is_flag = is_option and each.is_flag
        names = (*each.opts, *each.secondary_opts) if is_option else ()
        source = "" if is_flag else find_source(path, each, sources.get(each.name, ""))
        yield Param(
            each.name, names, 0 if is_flag else each.nargs, source, _first_sentence(each.help)
        )


def _first_sentence(text: str | None) -> str:
    return (text or "").partition("\n\n")[0].replace("\n", " ")
