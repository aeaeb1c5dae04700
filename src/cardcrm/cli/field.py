"""`field`: manage custom fields."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import Yes, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import builtin_fields, custom_fields
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.sheet import Column, Phrases, Sheet
from cardcrm.text import find_similar

app = typer.Typer()


@app.command("add")
def add(
    ctx: typer.Context,
    label: Annotated[
        list[str],
        typer.Argument(metavar="LABEL…", help="Name of the field as shown; needs no quotes."),
    ],
    type_: Annotated[
        str,
        typer.Option("--type", metavar="TYPE", help="Type: text, number, money, date or choice."),
    ] = "",
    choices: Annotated[
        str, typer.Option(metavar="A,B,…", help="Values to choose from; implies the type choice.")
    ] = "",
) -> Result:
    """Add a custom field.

    Set its value with `edit --set`; filter by its name.

    Examples:
        cardcrm field add Shoe size --type number

        cardcrm field add Heating --choices gas,oil,"heat pump"

    """
    session = session_of(ctx)
    values = tuple(dict.fromkeys(filter(None, (each.strip() for each in choices.split(",")))))
    if not any(char.isalnum() for char in " ".join(label)):
        raise UsageError("a custom field needs a name", "For example: cardcrm field add Shoe size")
    builtin_fields.refuse_taken_name(" ".join(label))
    kind = (type_ or ("choice" if values else "text")).lower()
    field = custom_fields.add(session.store(create=True), " ".join(label), kind, values)
    return Result(
        _sheet([(field, 0)]),
        f"added the field {field.label} ({_describe_type(field)}); set it with: "
        f'cardcrm edit WHO --set "{field.name}=…"',
    )


def _describe_type(field: Field) -> str:
    return f"{field.type}: {', '.join(field.choices)}" if field.choices else field.type


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """List the custom fields and the number of contacts that use each.

    Example:
        cardcrm field list

    """
    session = session_of(ctx)
    used = custom_fields.count_uses(session.store())
    hint = 'no custom fields yet; for example: cardcrm field add "Shoe size" --type number'
    return Result(_sheet(used), notes=() if used else (hint,))


def _sheet(used: Sequence[tuple[Field, int]]) -> Sheet:
    columns = (
        Column("name", "field"),
        Column("label", "label", wide=True),
        Column("type", "type"),
        Column("choices", "choices", wide=True),
        Column("contacts", "contacts", "right"),
    )
    rows = [
        (field.name, field.label, field.type, Phrases(field.choices), count)
        for field, count in used
    ]
    return Sheet(columns, rows, ids="name")


@app.command("rm")
def rm(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="FIELD…", help="Name or label of the field; needs no quotes."),
    ],
    yes: Yes = False,
) -> Result:
    """Remove a custom field and its values.

    `cardcrm undo` restores them.

    Example:
        cardcrm field rm Shoe size

    """
    session = session_of(ctx)
    store = session.store()
    name = " ".join(words)
    used = custom_fields.count_uses(store)
    field = custom_fields.find(store, name)
    if field is None:
        raise NotFoundError(
            f"unknown custom field “{name}”",
            "See `cardcrm field list`.",
            near=find_similar(custom_fields.field_name(name), [each.name for each, _ in used]),
        )
    count = {each.id: count for each, count in used}[field.id]
    session.confirm(
        f"remove the field {field.label} from {pluralize(count, 'contact')}", yes=yes or not count
    )
    custom_fields.remove(store, name)
    return Result(
        _sheet([(field, count)]), f"removed the field {field.label}; to restore: cardcrm undo"
    )
