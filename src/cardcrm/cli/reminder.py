"""`reminder`: the generic group; its rows are added as by `remind`."""

from typing import Any

import typer

from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.remind import After, read_rule, remind
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.record_type import RecordType

app = build(REMINDER, add=remind, without=("edit",))


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit reminders; --after is a recurrence like --every."""
    after = values.pop("after")
    if after:
        values["field_every"] = read_rule(values["field_every"] or "", after)
    return run_edit(ctx, type_, values)


add_command(app, REMINDER, "edit", more=[Param("after", After, "")], run=_edit)
