"""Arguments and options of a noun's commands, built from its declaration."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Annotated, Any, Final, NamedTuple

import typer

from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    complete_from,
    is_numbers,
    split_numbers,
)
from cardcrm.cli.bulk_edit import BULK, DryRun, Yes
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.fields import Choice, Field, Flag, Reference, References, User
from cardcrm.records.links import LinkChange
from cardcrm.records.record_type import RecordType
from cardcrm.text import capitalize_first

Values = dict[str, Any]  # of the parameters, by their names
Run = Callable[[typer.Context, RecordType, Values], Result]
Built = tuple[list[Param], Run, str]  # a command: its parameters, its function and its help

_HELP_COLUMNS: Final = 74  # of an example in the panel of a terminal of 80 columns


# Fields


def field_params(type_: RecordType, fields: Sequence[Field], *, is_new: bool) -> list[Param]:
    """Return the options that fill in fields, and those that add and remove linked rows."""
    params = [_field_option(type_, each, is_new=is_new) for each in fields]
    for field in type_.links:
        params.append(_link_option(field, field.option, _help_of(field)))
        if not is_new:
            params.append(
                _link_option(field, field.removed_by, f"{field.to.capitalize()} to remove.")
            )
    return params


def _help_of(field: Field) -> str:
    return field.help or f"{capitalize_first(field.label)}."


def _field_option(type_: RecordType, field: Field, *, is_new: bool) -> Param:
    note = f" {field.default.capitalize()} unless given." if is_new and field.default else ""
    text = _help_of(field)
    name = f"--{field.option}"
    if isinstance(field, Flag):
        flag = typer.Option(f"{name}/--no-{field.option}", help=text + note, show_default=False)
        return Param(_python_name(field.key), Annotated[bool | None, flag], None)
    option = typer.Option(
        name,
        metavar=field.metavar,
        help=text + note,
        autocompletion=_field_completion(type_, field),
        show_default=False,
    )
    return Param(_python_name(field.key), Annotated[str | None, option], None)


def _link_option(field: References, name: str, text: str) -> Param:
    option = typer.Option(
        f"--{name}",
        metavar=field.metavar,
        help=f"{text.removesuffix('.')}; can be repeated.",
        autocompletion=complete_contact,
    )
    return Param(_python_name(name), Annotated[list[str], option], [])


def _python_name(key: str) -> str:
    return f"field_{key}"


def read_texts(session: Session, type_: RecordType, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that were given, by the keys of the fields."""
    found: dict[str, str] = {}
    for field in type_.editable:
        value = values.get(_python_name(field.key))
        if isinstance(value, bool):
            found[field.key] = ("no", "yes")[value]
        elif value is not None:
            found[field.key] = _number_contact(session, field, value)
    return found


def _number_contact(session: Session, field: Field, who: str) -> str:
    """Return the number of the contact that a text names, if the field refers to a contact.

    The name of an organization to add stays a name.
    """
    if not (isinstance(field, Reference) and field.to == "contact" and who.strip()):
        return who
    try:
        return f"#{session.find_contact(who).id}"
    except NotFoundError:
        if not field.adds_org:
            raise
        return who


def read_links(
    session: Session, type_: RecordType, values: Mapping[str, Any]
) -> dict[str, LinkChange]:
    """Return the rows to link and to unlink, by the keys of the fields."""
    found = {}
    for field in type_.links:
        added, removed = (
            [session.find_contact(each).id for each in values.get(_python_name(name)) or ()]
            for name in (field.option, field.removed_by)
        )
        if added or removed:
            found[field.key] = LinkChange(added, removed)
    return found


# Completion


def _field_completion(type_: RecordType, field: Field) -> Source | None:
    if isinstance(field, Choice):
        return complete_from(*field.choices)
    if isinstance(field, Reference) and field.to == "contact":
        return complete_contact
    return (
        Source(f"field:{type_.name}.{field.key}") if isinstance(field, User | Reference) else None
    )


def query_completion(type_: RecordType) -> Source:
    """Return the source that completes a query on a noun."""
    return Source(f"query:{type_.name}")


def name_completion(type_: RecordType) -> Source:
    """Return the source of the names of rows, or of the numbers of rows without a name."""
    return Source(f"{'names' if type_.keys else 'ids'}:{type_.name}")


# Rows


def query_param(type_: RecordType) -> Param:
    """Return the argument for a query."""
    argument = typer.Argument(
        metavar="QUERY…",
        help=f"Words and filters; without any, all {type_.plural}.",
        autocompletion=query_completion(type_),
    )
    return Param("query", Annotated[list[str], argument], [])


def which_param(type_: RecordType, *, takes_text: bool = False, before_text: str = "") -> Param:
    """Return the argument that names rows, and perhaps their new text."""
    name = "NAME" if type_.keys else "ID"
    rows = f"Name or number of {type_.with_article}" if type_.keys else f"Numbers of {type_.plural}"
    metavar, text = f"{name}…", f"{rows}{', or several numbers' * bool(type_.keys)}."
    if takes_text and type_.words:
        one = rows if type_.keys else f"Number of {type_.with_article}, or several such as 12,13"
        metavar = f"{name} {before_text}[{type_.words.upper()}…]"
        new = " and ".join([*before_text.strip("[] ").lower().split(), type_.words])
        text = f"{one}, unless --where is given. A new {new} may follow."
    argument = typer.Argument(metavar=metavar, help=text, autocompletion=name_completion(type_))
    return Param("which", Annotated[list[str], argument], [])


def many_params(type_: RecordType) -> list[Param]:
    """Return the options of a command that changes several rows at once."""
    where = typer.Option(
        metavar="QUERY",
        help=f"All {type_.plural} that a query finds.",
        autocompletion=query_completion(type_),
        rich_help_panel=BULK,
    )
    return [
        Param("where", Annotated[str, where], ""),
        *all_params(type_, "With --where, also", panel=BULK),
        Param("yes", Yes, False),
        Param("dry_run", DryRun, False),
    ]


def all_params(type_: RecordType, start: str, panel: str | None = None) -> list[Param]:
    """Return the option for rows that are done or the like, for a noun that has such."""
    if type_.closing_field is None:
        return []
    help_ = f"{start} {type_.plural} that are {type_.closing_field.label}."
    option = typer.Option("--all", help=help_, rich_help_panel=panel)
    return [Param("all_", Annotated[bool, option], False)]


class Chosen(NamedTuple):
    """The rows that a command line names, and the words after them."""

    ids: list[int]
    words: list[str]


def choose(
    session: Session, type_: RecordType, values: Mapping[str, Any], *, takes_text: bool = False
) -> Chosen:
    """Return the rows that arguments or a query name. Raises UsageError and NotFoundError."""
    words, where = list(values["which"]), values.get("where", "").strip()
    takes_text = takes_text and bool(type_.words)
    names = "names" if type_.keys else "numbers"
    if where:
        from cardcrm.records.query_sql import record_query

        if words and not takes_text:
            raise UsageError(f"use either {names} or --where, not both")
        node = record_query.parse(type_, where)
        if type_.closed_by and not values["all_"]:
            node = record_query.only_open(type_, node)
        return Chosen(record_query.ids(session.store(), type_, node), words)
    if not words:
        where = ", or --where QUERY" if "dry_run" in values else ""
        raise UsageError(f"which {type_.plural}?", f"Give their {names}{where}.")
    which, rest = _split_which(session, type_, words) if takes_text else (words, [])
    return Chosen(find_ids(session, type_, which), rest)


def _split_which(
    session: Session, type_: RecordType, words: list[str]
) -> tuple[list[str], list[str]]:
    """Return the words that name rows, and the text after them.

    Numbers after the first are numbers of rows. Raises UsageError where a text follows these, of
    which they may be the beginning.
    """
    numbers = list(takewhile(is_numbers, words))
    rest = words[len(numbers) :]
    if len(numbers) > 1 and rest:
        raise UsageError(
            f"“{numbers[1]}” may be the number of {type_.with_article} or the start of the text",
            f"Write {','.join(numbers)} for several {type_.plural}, or use --{type_.words} for "
            "the text.",
        )
    if numbers:
        return numbers, rest
    count = _count_name_words(session, type_, words) if type_.keys else 1
    return words[:count], words[count:]


def _count_name_words(session: Session, type_: RecordType, words: list[str]) -> int:
    """Return how many of the first words are the name of a row: as many as possible, or one."""
    from cardcrm.records import records

    for count in range(len(words), 1, -1):
        with contextlib.suppress(NotFoundError, UsageError):
            records.find(session.store(), type_.name, " ".join(words[:count]))
            return count
    return 1


def find_ids(session: Session, type_: RecordType, words: Sequence[str]) -> list[int]:
    """Return the ids of the rows that words name: numbers, a name of several words, or names."""
    if not type_.keys:
        return list(dict.fromkeys(parse_id(type_, each) for each in split_numbers(words)))
    from cardcrm.records import records

    store = session.store()
    try:
        return [records.find(store, type_.name, " ".join(words)).id]
    except (NotFoundError, UsageError) as error:  # several words may be an invalid name
        try:
            found = [records.find(store, type_.name, each).id for each in split_numbers(words)]
        except (NotFoundError, UsageError):
            raise error from None
        return list(dict.fromkeys(found))


def parse_id(type_: RecordType, text: str) -> int:
    """Return the number of a row as typed. Raises UsageError."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise UsageError(
        f"“{text}” must be the number of {type_.with_article}",
        f"To see the numbers: cardcrm {type_.name} list",
    )


# Words


def quote(text: str) -> str:
    """Return a value of an option as a shell wants it."""
    return f'"{text}"' if " " in text else text


def command_help(type_: RecordType, summary: str, *examples: str) -> str:
    """Return the help of a command: what it does, and examples."""
    heading = "Examples:" if len(examples) > 1 else "Example:"
    shown = "\n\n".join(f"    cardcrm {type_.name} {each}" for each in examples)
    return f"{summary}\n\n{heading}\n{shown}\n"


def fits_help(type_: RecordType, example: str) -> bool:
    """Return whether an example fits the panel of the help in a terminal of 80 columns."""
    return len(f"cardcrm {type_.name} {example}") <= _HELP_COLUMNS


def fit_example(type_: RecordType, example: str, *options: str) -> str:
    """Return an example with as many of the options as fit the help."""
    for each in options:
        if fits_help(type_, longer := f"{example} {each}"):
            example = longer
    return example


def sample_name(type_: RecordType) -> str:
    """Return how a row may be named, for an example."""
    return type_.keys[0].example if type_.keys else "12"


def as_option(field: Field) -> str:
    """Return an option with an example of its value."""
    name = f"--{field.option}"
    return name if isinstance(field, Flag) else f"{name} {quote(field.example)}"
