"""`team`: users whose figures are reported together."""

from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import Source, refuse_options, session_of
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.teamwork.team_type import TEAM

app = build(TEAM, without=("add",))

_MEMBERS = typer.Option(
    "--member",
    "--members",
    metavar="USER",
    help="A member, or several such as ann,bob; can be repeated.",
    autocompletion=Source("owner"),
)


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a team of users."""
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if not words:
        example = "For example: cardcrm team add sales --member ann --member bob"
        raise UsageError("a team needs a name", example)
    if not any(each.strip() for each in values["field_members"]):
        raise UsageError("a team needs a member", "Add one with --member USER.")
    store = session.store(create=True)
    texts = {"name": " ".join(words), "members": ", ".join(values["field_members"])}
    record = records.add(store, type_, texts)
    message = f"added {describe(store, record, ['members'])}"
    return Result(lambda: show_record(store, record), message)


add_command(
    app,
    TEAM,
    "add",
    more=[Param("field_members", Annotated[list[str], _MEMBERS], [])],
    run=_add,
    examples=["add sales --member ann --member bob"],
)
