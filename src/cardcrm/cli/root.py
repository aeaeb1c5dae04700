"""The root command. It finds the command that is called, loads it, and nothing else."""

import copy
import importlib
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_group_from_info
from typer.models import TyperInfo

from cardcrm import __version__
from cardcrm.cli.commands import Command, all_commands, find_command
from cardcrm.errors import UsageError

EPILOG = (
    "Begin with `cardcrm add NAME` or `cardcrm import FILE`, or try a sample: `cardcrm demo`."
    "\n\n"
    "--db, --format, --json, --color and --no-pager may come before or after a command. "
    "`cardcrm COMMAND --help` shows the options of a command and examples."
)


_FIRST = ("add", "list", "show", "edit", "rm")  # the commands of a group that come first


class CheckedCommand(TyperCommand):
    """A command that refuses an option given twice where one value counts."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError."""
        end = args.index("--") if "--" in args else len(args)
        names = [arg.partition("=")[0] for arg in args[:end] if arg.startswith("--")]
        for param in self.params:
            given = [name for name in names if name in param.opts]
            if len(given) > 1 and _takes_one_value(param):
                has_lines = any("--line" in each.opts for each in self.params)
                lines = " For several products use --line." if has_lines else ""
                raise UsageError(f"{given[0]} is given {len(given)} times", f"Give it once.{lines}")
        return super().parse_args(ctx, args)


def _takes_one_value(param: Any) -> bool:
    return not (param.multiple or getattr(param, "is_flag", False))


class OpenCommand(CheckedCommand):
    """A command with further commands behind its name: `value jane` and `value model`.

    They are loaded when they are called. They take options only, so that the words of
    `value model agency` name a contact.
    """

    further: Mapping[str, str]
    load_further: Callable[[], dict[str, Any]]

    @property
    def commands(self) -> dict[str, Any]:
        """The further commands, ready to run."""
        return self.load_further()

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Return the context of a further command if its name is the first word, else its own."""
        place = self._find_further(args)
        if place is None:
            return super().make_context(info_name, args, parent, **extra)
        command = self.commands[args[place]]
        name = f"{info_name} {args[place]}"
        rest = args[:place] + args[place + 1 :]
        return command.make_context(name, rest, parent, **extra)

    def _find_further(self, args: list[str]) -> int | None:
        """Return the place of a further command: the first word, without another one behind it."""
        with_value = {name for each in self.params if _takes_value(each) for name in each.opts}
        place = 0
        while place < len(args) and args[place] != "--":
            if not args[place].startswith("-"):
                is_alone = all(each.startswith("-") for each in args[place + 1 : place + 2])
                return place if args[place] in self.further and is_alone else None
            place += 2 if args[place] in with_value else 1
        return None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, with the further commands at its end."""
        lines = (f"`{ctx.command_path} {name}`: {text}" for name, text in self.further.items())
        self.epilog = "Further commands:\n\n" + "\n\n".join(lines)
        super().format_help(ctx, formatter)


def _takes_value(param: Any) -> bool:
    return param.param_type_name == "option" and not param.is_flag


class CommandGroup(TyperGroup):
    """A group that prints its help if it is called without a command.

    It may have a ``default`` command, which takes the words if the first one names no command.
    """

    default = ""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the options of the group; without any argument, print its help instead."""
        if not args and not ctx.resilient_parsing:
            ctx.get_help()
            raise typer.Exit(UsageError.exit_code)
        if self.default and args and args[0] not in (*self.commands, "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class RootGroup(CommandGroup):
    """A group that knows its commands by name and loads each only when it is called."""

    is_listing = False
    _verb = ""  # the command of a group that is called

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature of the base
        """Return the names of all commands, in the order of the list."""
        return list(all_commands())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return a command by name: loaded, or only its summary while commands are listed."""
        command = find_command(cmd_name)
        if command is None:
            return None
        if self.is_listing:
            return TyperCommand(cmd_name, help=command.summary, rich_help_panel=command.panel)
        if self._verb in command.quick:
            return load(cmd_name, command._replace(module=command.quick[self._verb]))
        return load(cmd_name, command)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called. Raises UsageError with a similar name."""
        if args and not ctx.resilient_parsing and find_command(args[0]) is None:
            from cardcrm.cli.suggestions import suggest_command

            raise UsageError(
                f"unknown command “{args[0]}”",
                suggest_command(args[0], is_help="--help" in args[1:]),
            )
        self._verb = "" if ctx.resilient_parsing else "".join(args[1:2])
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help from the list of commands, loading none."""
        self.is_listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.is_listing = False

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete command names from the list of commands, loading none."""
        self.is_listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self.is_listing = False


def load_app(name: str, command: Command) -> typer.Typer:
    """Return the commands of a module, or those that a noun without one has by its declaration."""
    if command.module:
        app: typer.Typer = importlib.import_module(f"cardcrm.cli.{command.module}").app
        return app
    from cardcrm.cli.record_group import build
    from cardcrm.records.registry import record_type

    return build(record_type(name))


def registered_commands(app: typer.Typer) -> list[Any]:
    """Return the commands of a module, and of those that its group consists of."""
    named = inner_groups(app).values()
    parts = [each.typer_instance for each in app.registered_groups if each.typer_instance]
    return [
        each for part in (app, *parts) if part not in named for each in part.registered_commands
    ]


def inner_groups(app: typer.Typer) -> dict[str, typer.Typer]:
    """Return the groups within a group by their names, such as `stage` of `pipeline stage`."""
    return {
        each.name: each.typer_instance
        for each in app.registered_groups
        if each.typer_instance and isinstance(each.name, str)
    }


def load(name: str, command: Command) -> TyperCommand | TyperGroup:
    """Return a command or group, ready to run."""
    app = load_app(name, command)
    inner = inner_groups(app).values()
    for each in [*registered_commands(app), *chain.from_iterable(map(registered_commands, inner))]:
        each.cls = CheckedCommand if each.cls is TyperCommand else each.cls
    loaded: Any
    if command.is_group:
        loaded = get_group_from_info(
            TyperInfo(app, name=name, cls=CommandGroup, help=command.summary),
            pretty_exceptions_short=False,
            suggest_commands=False,
            rich_markup_mode="rich",
        )
        loaded.default = command.default
        loaded.commands = dict(sorted(loaded.commands.items(), key=_place))
        for each in loaded.commands.values():
            _simplify_help(each)
            for inner_command in getattr(each, "commands", {}).values():
                _simplify_help(inner_command)
    else:
        loaded = _load_command(app, name, OpenCommand if command.further else None)
        if command.further:
            loaded.further = command.further
            loaded.load_further = partial(_load_further, command)
    assert isinstance(loaded, TyperCommand | TyperGroup)
    return loaded


def _load_command(app: typer.Typer, name: str, cls: type[CheckedCommand] | None = None) -> Any:
    """Return one command of a module, of a class of its own if it has one."""
    info = next(each for each in app.registered_commands if each.name == name)
    info.cls = cls or info.cls
    loaded = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
    _simplify_help(loaded)
    return loaded


def load_further_app(command: Command) -> typer.Typer:
    """Return the module with the further commands of a command."""
    app: typer.Typer = importlib.import_module(f"cardcrm.cli.{command.module}_further").app
    return app


def _load_further(command: Command) -> dict[str, Any]:
    app = load_further_app(command)
    for each in app.registered_commands:
        each.cls = CheckedCommand
    return {name: _load_command(app, name) for name in command.further}


def _place(item: tuple[str, Any]) -> int:
    """Return the place of a command in the help of its group; other commands come last."""
    return _FIRST.index(item[0]) if item[0] in _FIRST else len(_FIRST)


def _simplify_help(command: Any) -> None:
    """Let the help text of a command flow, and leave out the types of its arguments."""
    command.help = reflow(command.help or "")
    for param in command.params:
        if param.param_type_name == "argument":
            param.type = copy.copy(param.type)  # parameters share one object per type
            param.type.get_metavar = _empty_metavar


def _empty_metavar(**_: object) -> str:
    return ""


def reflow(text: str) -> str:
    """Join the lines of each paragraph, for a terminal of any width to wrap.

    Examples keep their indent behind an empty piece of markup, because Typer strips it from a help
    text of a single paragraph.
    """
    return "\n\n".join(
        part.replace("\n    ", "\n[dim][/dim]    ")
        if part.startswith("Example")
        else part.replace("    ", "[dim][/dim]    ", 1)
        if part.startswith("    ")
        else part.replace("\n", " ")
        for part in text.split("\n\n")
    )


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"cardcrm {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=RootGroup,
    name="cardcrm",
    epilog=EPILOG,
    rich_markup_mode="rich",
    add_completion=False,  # see `cardcrm.cli.completion`
)


@app.callback()
def root(
    db: Annotated[
        str, typer.Option(metavar="PATH", help="Database: a file, or the address of a server.")
    ] = "",
    format: Annotated[
        str,
        typer.Option(
            metavar="FORMAT", help="table, json, csv, tsv, ids, markdown or html; --json for short."
        ),
    ] = "",
    color: Annotated[
        str,
        typer.Option(
            metavar="WHEN", help="auto, always or never; auto respects NO_COLOR and FORCE_COLOR."
        ),
    ] = "",
    no_header: Annotated[
        bool,
        typer.Option("--no-header", help="Leave out the line of headings in table, csv and tsv."),
    ] = False,
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help="Show long output without a pager.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
    install_completion: Annotated[
        str,
        typer.Option(metavar="[SHELL]", help="Install tab completion for bash, zsh or fish."),
    ] = "",
    show_completion: Annotated[
        str, typer.Option(metavar="[SHELL]", help="Print the completion script.")
    ] = "",
) -> None:
    """Manage your customers from the terminal.

    Record contacts, what you discussed, promised and sold, and what to do next.
    """
    # `cardcrm.cli.run` takes the values of these options from the command line beforehand.
