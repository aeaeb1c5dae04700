"""`interaction`: the generic group; its rows are added as by `log`."""

from typing import Annotated, Any

import typer

from cardcrm.cli.log import log, read_direction
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.record_type import RecordType

_IN_OR_OUT = typer.Option("--in/--out", help="Short for --direction in and --direction out.")

app = build(INTERACTION, add=log, without=("edit",))


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit interactions; --in and --out are short for a direction."""
    direction = read_direction(values.pop("incoming"))
    if direction is not None:
        values["field_direction"] = direction
    return run_edit(ctx, type_, values)


add_command(
    app,
    INTERACTION,
    "edit",
    more=[Param("incoming", Annotated[bool | None, _IN_OR_OUT], None)],
    run=_edit,
)
