"""The root command: finds the one command that is called, loads it, and nothing else."""

import importlib
from typing import Annotated, Any

import typer
from typer import _click as click
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_group

from cardcrm import __version__
from cardcrm.cli.commands import CARDS, NOUNS, Noun
from cardcrm.errors import UsageError
from cardcrm.records import registry

EPILOG = (
    "Begin with `cardcrm add NAME` or `cardcrm import FILE`, or look at a sample: `cardcrm demo`."
    "\n\n"
    "--db, --format and --color may stand before or after a command. "
    "`cardcrm COMMAND --help` shows a command's options and examples."
)


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and loads each only when it is asked for."""

    listing = False

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base class's form
        """Return the names of all commands, in the order of the list; added nouns come last."""
        return [*NOUNS, *registry.added()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name: a mere line of help while listing, else the loaded command."""
        noun = NOUNS.get(cmd_name) or _added_noun(cmd_name)
        if noun is None:
            return None
        if self.listing:
            return TyperCommand(cmd_name, help=noun.summary, rich_help_panel=noun.panel)
        return load(cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command meant. Raises UsageError with the nearest name."""
        if args and args[0] not in (*NOUNS, *registry.added()) and not ctx.resilient_parsing:
            from cardcrm.cli.suggestions import command_hint

            raise UsageError(f"there is no command “{args[0]}”", command_hint(args[0]))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help from the list of commands alone."""
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete command names from the list alone."""
        self.listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self.listing = False


def _added_noun(name: str) -> Noun | None:
    """Return the group of a noun that was added to the registry."""
    type_ = registry.added().get(name)
    return (
        None
        if type_ is None
        else Noun(CARDS, "", type_.summary or f"{type_.plural.capitalize()}.", group=True)
    )


def load(name: str) -> click.Command:
    """A command with its options, ready to run."""
    noun = NOUNS.get(name) or _added_noun(name)
    assert noun is not None, name
    if noun.module:
        app: typer.Typer = importlib.import_module(f"cardcrm.cli.{noun.module}").app
    else:
        from cardcrm.cli import record_group

        app = record_group.build(registry.record_type(name))
    if noun.group:
        group = get_group(app)
        group.name, group.help, group.no_args_is_help = name, noun.summary, True
        for each in group.commands.values():
            _make_plain(each)
        return group
    info = next(each for each in app.registered_commands if each.name == name)
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
    _make_plain(command)
    return command


class _Words(click.types.StringParamType):
    """Text, as most arguments are: the help need not say so."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        return ""


def _make_plain(command: click.Command) -> None:
    """Help for people: no names of types, and texts that flow."""
    command.help = flowing(command.help or "")
    for param in command.params:
        if param.param_type_name == "argument" and param.type is click.types.STRING:
            param.type = _Words()


def flowing(text: str) -> str:
    """A help text whose paragraphs are one line each, for a terminal of any width to break.

    Examples keep their indent behind an empty piece of markup, for Typer would take it off where
    nothing but the summary stands before them.
    """
    return "\n\n".join(
        part.replace("\n    ", "\n[dim][/dim]    ")
        if part.startswith("Example")
        else part.replace("    ", "[dim][/dim]    ", 1)
        if part.startswith("    ")
        else part.replace("\n", " ")
        for part in text.split("\n\n")
    )


def _version(value: bool) -> None:
    if value:
        typer.echo(f"cardcrm {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    name="cardcrm",
    epilog=EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    add_completion=False,  # see `cardcrm.cli.completion`
)


@app.callback()
def root(
    db: Annotated[str, typer.Option(metavar="PATH", help="The card box to use.")] = "",
    format: Annotated[
        str,
        typer.Option(metavar="FORMAT", help="table, json, csv, tsv, ids, markdown or html."),
    ] = "",
    color: Annotated[
        str, typer.Option(metavar="WHEN", help="auto, always or never; NO_COLOR is heeded.")
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
    install_completion: Annotated[
        str,
        typer.Option(metavar="[SHELL]", help="Let bash, zsh or fish complete commands and names."),
    ] = "",
    show_completion: Annotated[
        str, typer.Option(metavar="[SHELL]", help="Print the script that does it.")
    ] = "",
) -> None:
    """The pack of index cards with a memory.

    Keep your customers, what was said, promised and sold to them, and what to do next.
    """
    # What these ask for is taken out of the command line before: see `cardcrm.cli.run`.
