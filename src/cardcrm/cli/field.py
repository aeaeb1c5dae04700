"""`field`: custom fields and their types."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.common import session_of
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.sheet import Column, Sheet
from cardcrm.text import near

app = typer.Typer()


@app.command("add")
def add(
    ctx: typer.Context,
    label: Annotated[
        list[str], typer.Argument(metavar="LABEL…", help="What it is called on the cards.")
    ],
    type_: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="text, number, money, date or choice.")
    ] = "",
    choices: Annotated[
        str, typer.Option(metavar="A,B,…", help="What one may choose from; makes it a choice.")
    ] = "",
) -> None:
    """Make a custom field.

    It is set with `edit --set`, and found in queries by its name.

    Examples:
        cardcrm field add Shoe size --type number

        cardcrm field add Heating --choices gas,oil,"heat pump"

    """
    session = session_of(ctx)
    among = tuple(dict.fromkeys(filter(None, (each.strip() for each in choices.split(",")))))
    if not any(char.isalnum() for char in " ".join(label)):
        raise UsageError("a field needs a name", "For example: cardcrm field add Shoe size")
    kind = (type_ or ("choice" if among else "text")).lower()
    field = custom_fields.add(session.store(create=True), " ".join(label), kind, among)
    session.answer(
        f"made the field {field.label} ({_type(field)}); set it with: "
        f'cardcrm edit WHO --set "{field.name}=…"',
        lambda: _sheet([(field, 0)]),
    )


def _type(field: Field) -> str:
    return f"{field.type}: {', '.join(field.choices)}" if field.choices else field.type


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the custom fields, with how many cards use each.

    Example:
        cardcrm field list

    """
    session = session_of(ctx)
    used = custom_fields.uses(session.store())
    if not used:
        session.say(
            'no custom fields yet; for example: cardcrm field add "Shoe size" --type number'
        )
    session.show(_sheet(used))


def _sheet(used: Sequence[tuple[Field, int]]) -> Sheet:
    columns = (
        Column("name", "field"),
        Column("label", "label", wide=True),
        Column("type", "type"),
        Column("choices", "choices", wide=True),
        Column("cards", "cards", "right"),
    )
    rows = [
        (field.name, field.label, field.type, ", ".join(field.choices), count)
        for field, count in used
    ]
    return Sheet(columns, rows, ids="name")


@app.command("rm")
def rm(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="FIELD…", help="The field's name or label.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a custom field with what the cards say for it.

    `cardcrm undo` brings it back.

    Example:
        cardcrm field rm Shoe size

    """
    session = session_of(ctx)
    store = session.store()
    name = " ".join(words)
    used = custom_fields.uses(store)
    field = custom_fields.find(store, name)
    if field is None:
        raise NotFoundError(
            f"there is no field “{name}”",
            "See `cardcrm field list`.",
            near=near(custom_fields.field_name(name), [each.name for each, _ in used]),
        )
    count = {each.id: count for each, count in used}[field.id]
    written = f"which {count:,} card{'s' * (count != 1)} use{'s' * (count == 1)}"
    session.confirm(
        f"Remove the field {field.label}, {written if count else 'which no card uses'}?",
        yes=yes or not count,
    )
    custom_fields.remove(store, name)
    session.answer(
        f"removed the field {field.label}; `cardcrm undo` brings it back",
        lambda: _sheet([(field, count)]),
    )
