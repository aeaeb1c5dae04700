"""Arguments and options of a noun's commands, built from its declaration."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cardcrm.cli.arguments import (
    FilterSuggestion,
    complete_contact,
    complete_from,
    open_readonly,
)
from cardcrm.cli.session import Session
from cardcrm.errors import CardError, UsageError
from cardcrm.records.fields import Choice, Field, Flag, Reference, Text, User
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.store import Store

MANY = "Several at once"

REQUIRED = inspect.Parameter.empty


class Param(NamedTuple):
    """A parameter of a command as Typer reads it."""

    name: str
    annotation: Any
    default: Any


def give_signature(command: Callable[..., Any], params: Sequence[Param]) -> None:
    """Make a function look as if it had been written with these parameters."""
    kind = inspect.Parameter.KEYWORD_ONLY
    ctx = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    listed = [
        inspect.Parameter(each.name, kind, default=each.default, annotation=each.annotation)
        for each in params
    ]
    command.__signature__ = inspect.Signature([ctx, *listed])  # type: ignore[attr-defined]
    hints = {each.name: each.annotation for each in params}
    command.__annotations__ = {"ctx": typer.Context, **hints}


# Fields


def title_field(type_: RecordType) -> Field | None:
    """Return the text field that a row is named by: it needs no option."""
    field = type_.field_of_column(type_.title_column)
    return field if isinstance(field, Text) and not field.is_automatic else None


def field_option(type_: RecordType, field: Field, *, is_new: bool) -> Param:
    """Return the option that fills in a field."""
    note = f" {field.default.capitalize()} unless given." if is_new and field.default else ""
    text = field.help or f"{field.label[:1].upper()}{field.label[1:]}."
    name = f"--{field.option}"
    if isinstance(field, Flag):
        flag = typer.Option(f"{name}/--no-{field.option}", help=text + note, show_default=False)
        return Param(_python_name(field), Annotated[bool | None, flag], None)
    option = typer.Option(
        name,
        metavar=field.metavar,
        help=text + note,
        autocompletion=_field_completion(type_, field),
        show_default=False,
    )
    return Param(_python_name(field), Annotated[str | None, option], None)


def _python_name(field: Field) -> str:
    return f"field_{field.key}"


def read_texts(type_: RecordType, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that were given, by the keys of the fields."""
    found: dict[str, str] = {}
    for field in type_.editable:
        value = values.get(_python_name(field))
        if value is not None:
            found[field.key] = value if isinstance(value, str) else ("no", "yes")[value]
    return found


# Completion


def _field_completion(type_: RecordType, field: Field) -> Callable[..., Any] | None:
    if isinstance(field, Choice):
        return complete_from(*field.choices)
    if isinstance(field, Reference) and field.to == "contact":
        return complete_contact
    if not isinstance(field, User | Reference):
        return None

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from cardcrm.records.record_completion import values

        return _ask(ctx, lambda store: list(values(store, type_, field, incomplete)))

    return complete


def _query_completion(type_: RecordType) -> Callable[..., list[str]]:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from cardcrm.records.record_completion import completed

        found = _ask(ctx, lambda store: completed(store, type_, incomplete))
        return [FilterSuggestion(each) for each in found]

    return complete


def _ask(ctx: typer.Context, read: "Callable[[Store], list[str]]") -> list[str]:
    """Return suggestions from the database; none if there is no database."""
    try:
        with open_readonly(ctx) as store:
            return read(store)
    except CardError:
        return []


# Rows


def query_param(type_: RecordType) -> Param:
    """Return the argument for a query."""
    argument = typer.Argument(
        metavar="QUERY…",
        help=f"Words and filters; all {type_.plural} without them.",
        autocompletion=_query_completion(type_),
    )
    return Param("query", Annotated[list[str], argument], [])


def ids_param(type_: RecordType) -> Param:
    """Return the argument for the numbers of rows."""
    argument = typer.Argument(metavar="ID…", help=f"Numbers of {type_.plural}.")
    return Param("ids", Annotated[list[str], argument], [])


def many_params(type_: RecordType) -> list[Param]:
    """Return the options of a command that changes several rows at once."""
    where = typer.Option(
        metavar="QUERY",
        help=f"All {type_.plural} that a query finds.",
        autocompletion=_query_completion(type_),
        rich_help_panel=MANY,
    )
    yes = typer.Option("--yes", help="Do not ask for confirmation.", rich_help_panel=MANY)
    dry = typer.Option("--dry-run", help="Only list what would change.", rich_help_panel=MANY)
    return [
        Param("where", Annotated[str, where], ""),
        Param("yes", Annotated[bool, yes], False),
        Param("dry_run", Annotated[bool, dry], False),
    ]


def chosen_ids(session: Session, type_: RecordType, values: Mapping[str, Any]) -> list[int]:
    """Return the ids that arguments or a query name. Raises UsageError."""
    from cardcrm.records.query_sql import record_query

    if values["ids"] and values["where"]:
        raise UsageError("use either numbers or --where, not both")
    if values["ids"]:
        return list(dict.fromkeys(parse_id(type_, each) for each in values["ids"]))
    if not values["where"].strip():
        raise UsageError(f"which {type_.plural}?", "Give their numbers, or --where QUERY.")
    node = record_query.parse(type_, values["where"])
    return record_query.ids(session.store(), type_, node)


def parse_id(type_: RecordType, text: str) -> int:
    """Return the number of a row as typed. Raises UsageError."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise UsageError(
        f"“{text}” must be the number of {with_article(type_)}",
        f"To see the numbers: cardcrm {type_.name} list",
    )


# Words


def with_article(type_: RecordType) -> str:
    """Return the noun with its article."""
    return f"an {type_.name}" if type_.name[0] in "aeiou" else f"a {type_.name}"


def quote(text: str) -> str:
    """Return a value of an option as a shell wants it."""
    return f'"{text}"' if " " in text else text


def example_of(field: Field) -> str:
    """Return a value of a field, for the help."""
    return field.choices[0] if isinstance(field, Choice) else field.example
