"""`enrollment`: the contacts in sequences."""

from typing import Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.bulk_edit import confirm_rows
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import Values, choose, command_help, many_params, which_param
from cardcrm.cli.result import Result
from cardcrm.cli.signature import give_signature
from cardcrm.records.record_type import RecordType
from cardcrm.records.sequences.sequence_type import ENROLLMENT

app = build(ENROLLMENT, without=("add", "show", "edit", "rm", "import"))


def _show(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """Show enrollments; a single one with the steps that it has reached."""
    from cardcrm.cli.record_output import list_ids, show_record
    from cardcrm.records import records
    from cardcrm.records.sequences.sequence_type import ENROLLMENT_STEP
    from cardcrm.sheet import Line, Section

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    store = session.store()
    record = records.get(store, type_, ids[0])
    reached = records.lines_of(store, record, ENROLLMENT_STEP)
    at = ENROLLMENT_STEP.fields[3]
    lines = tuple(
        Line("", at.format(each.values["at"], store), each.values["step"],
             note="" if each.values["result"] == "done" else each.values["result"])
        for each in reached
    )  # fmt: skip
    card = show_record(store, record)
    return Result(card._replace(sections=(Section("Steps", lines),) if lines else ()))


add_command(app, ENROLLMENT, "show", run=_show)


def _stop(ctx: typer.Context, values: Values) -> Result:
    from cardcrm.cli.record_output import list_ids, name_rows
    from cardcrm.records.sequences import enrollments

    session = session_of(ctx)
    ids = choose(session, ENROLLMENT, values).ids
    store = session.store()
    if values["dry_run"] or not ids:
        return Result(
            lambda: list_ids(session, ENROLLMENT, ids),
            name_rows(store, ENROLLMENT, ids, "would stop"),
        )
    if len(ids) > 2:
        confirm_rows(session, ids, ENROLLMENT, "stop", yes=values["yes"])
    count = enrollments.stop(store, ids)
    message = f"stopped {ENROLLMENT.counted(count)}"
    return Result(lambda: list_ids(session, ENROLLMENT, ids), message)


def _stop_command(ctx: typer.Context, **values: Any) -> Result:
    return _stop(ctx, values)


give_signature(_stop_command, [which_param(ENROLLMENT), *many_params(ENROLLMENT)])
_stop_command.__doc__ = command_help(
    ENROLLMENT,
    "Stop enrollments, and cancel their mail that is not sent yet.",
    "stop --where sequence:welcome",
)
app.command("stop")(_stop_command)
