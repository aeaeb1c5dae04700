"""`answer`: canned answers, with fields that are filled in for a case."""

from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.case_reference import CaseId, parse_case
from cardcrm.cli.mail_options import SetValues
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build, run_add
from cardcrm.cli.result import Page, Result
from cardcrm.cli.text_files import read_field
from cardcrm.records.knowledge.answer_type import ANSWER
from cardcrm.records.record_type import RecordType

app = build(ANSWER, without=("add", "edit"))


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add an answer, with the text of a file, or with the words after its name."""
    read_field(type_.field("text"), values)
    name, text = values["words"][:1], values["words"][1:]
    if text and not values["field_text"]:
        values |= {"words": name, "field_text": " ".join(text)}
    return run_add(ctx, type_, values)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit answers, with the text of a file."""
    read_field(type_.field("text"), values)
    return run_edit(ctx, type_, values)


add_command(
    app,
    ANSWER,
    "add",
    run=_add,
    examples=(
        'add sorry --text "Sorry! We come on {{ values.day }}."',
        "add thanks Thank you for your patience.",
    ),
)
add_command(app, ANSWER, "edit", run=_edit)


@app.command("use")
def use(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of an answer.", autocompletion=Source("names:answer")
        ),
    ],
    which: CaseId,
    set_: SetValues = [],
) -> Result:
    """Show the text of an answer for a case, with its fields filled in.

    On a terminal, you are asked for the values. Nothing is logged: to reply with the answer, use
    `cardcrm case reply --answer`.

    Examples:
        cardcrm answer use photo-please 12

        cardcrm answer use sorry 12 --set day=Friday

    """
    from cardcrm.cli.answer_fill import fill
    from cardcrm.sheet import Card, Cell, Column, Sheet
    from cardcrm.text import sanitize

    session = session_of(ctx)
    case_id = parse_case(which)
    answer, text = fill(session, name, case_id, set_)
    if session.format == "table":
        return Result(Page(lambda _color, _width: sanitize(text, newlines=True) + "\n"))
    data: dict[str, Cell] = {
        "answer_id": answer.id,
        "answer": answer.name,
        "case_id": case_id,
        "text": text,
    }
    columns = tuple(Column(key, key) for key in data)
    facts = tuple((key, str(value)) for key, value in data.items())
    row = Sheet(columns, [tuple(data.values())], ids="answer_id")
    return Result(Card(answer.name, facts=facts, data=data, row=row))
