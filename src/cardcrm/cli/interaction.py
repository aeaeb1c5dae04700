"""`interaction`: the generic group; its rows are added as by `log`."""

from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.log import log, read_direction
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.activity.mail_texts import find_full_text
from cardcrm.records.record_type import RecordType

_IN_OR_OUT = typer.Option("--in/--out", help="Short for --direction in and --direction out.")

app = build(INTERACTION, add=log, without=("show", "edit"))


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit interactions; --in and --out are short for a direction."""
    direction = read_direction(values.pop("incoming"))
    if direction is not None:
        values["field_direction"] = direction
    return run_edit(ctx, type_, values)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show interactions, or the full text of one that is a mail."""
    from cardcrm.cli.record_output import list_ids, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    store = session.store()
    is_full = values.pop("full")
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        if is_full:
            raise UsageError("--full shows one interaction", "Name one of them.")
        return Result(list_ids(session, type_, ids))
    record = records.get(store, type_, ids[0])
    if is_full and (full := find_full_text(store, record.id)):
        record = record._replace(values={**record.values, "text": full})
    return Result(show_record(store, record))


_FULL = typer.Option("--full", help="The full text of a mail, with what it quotes.")
add_command(
    app,
    INTERACTION,
    "show",
    more=[Param("full", Annotated[bool, _FULL], False)],
    run=_show,
    examples=["show 12 --full"],
)
add_command(
    app,
    INTERACTION,
    "edit",
    more=[Param("incoming", Annotated[bool | None, _IN_OR_OUT], None)],
    run=_edit,
)
