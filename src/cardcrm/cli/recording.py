"""`recording`: recorded help, which is played on this machine or sent as a link."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.case_reference import parse_case
from cardcrm.cli.record_group import add_command, build, run_add
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.errors import ServiceError, UsageError
from cardcrm.records.knowledge.recording_type import RECORDING
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.sheet import Card

app = build(RECORDING, without=("add",))

_NAME_AND_FILE = typer.Argument(metavar="NAME FILE", help="Name (one word) and an audio file.")


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a recording; its file stays where it is."""
    words = values["words"]
    if len(words) > 1 and not values["field_path"]:
        values["words"], values["field_path"] = words[:-1], words[-1]
    elif not values["field_path"]:
        raise UsageError("no file given", "For example: cardcrm recording add hours hours.ogg")
    return run_add(ctx, type_, values)


add_command(
    app,
    RECORDING,
    "add",
    more=[Param("words", Annotated[list[str], _NAME_AND_FILE], [])],
    run=_add,
    examples=("add hours hours.ogg --link https://example.com/hours.ogg",),
)


@app.command("play")
def play(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of a recording.", autocompletion=Source("names:recording")
        ),
    ],
    case: Annotated[
        str,
        typer.Option(
            "--case",
            metavar="ID",
            help="Log it as a note in this case.",
            autocompletion=Source("ids:case"),
        ),
    ] = "",
) -> Result:
    """Play a recording with the command of the setting desk.player.

    The command runs without a shell, and gets the file as its last argument. Ctrl+C stops it.

    Examples:
        cardcrm recording play opening-hours

        cardcrm recording play opening-hours --case 12

    """
    from cardcrm.records import records
    from cardcrm.records.knowledge.recordings import PLAYER, build_command
    from cardcrm.records.service import cases

    session = session_of(ctx)
    store = session.store()
    found = records.find(store, "recording", name)
    values = found.values
    case_id = parse_case(case) if case else None
    if case_id is not None:
        cases.get_current(store, case_id)
    _run_player(build_command(session.config.get(PLAYER), values["name"], values["path"]))
    message = f"played recording {values['name']}"
    if case_id is not None:
        from cardcrm.records.activity.interactions import Details

        noted = cases.note(store, case_id, message, Details())
        message += f"; logged note {noted.interaction_id} in case {case_id}"
    return Result(lambda: _show(ctx, found.id), message)


def _run_player(command: "Sequence[str]") -> None:
    """Run the player until it ends. Raises ServiceError."""
    import subprocess

    hint = "Set another: cardcrm config set desk.player COMMAND"
    try:
        code = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ).returncode
    except OSError as error:
        message = f"can't start the player “{command[0]}”: {error.strerror}"
        raise ServiceError(message, hint) from error
    if code:
        raise ServiceError(f"the player “{command[0]}” exited with code {code}", hint)


def _show(ctx: typer.Context, row_id: int) -> "Card":
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records

    store = session_of(ctx).store()
    return show_record(store, records.get(store, RECORDING, row_id))
