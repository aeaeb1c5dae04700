"""`script`: call scripts, which guide a call with a contact."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, refuse_options, session_of
from cardcrm.cli.case_reference import parse_case
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build, run_add
from cardcrm.cli.result import Result
from cardcrm.cli.text_files import read_field
from cardcrm.errors import NO_CONTACT, UsageError
from cardcrm.records.activity.interactions import Details
from cardcrm.records.knowledge.script_type import SCRIPT, SCRIPT_RUN
from cardcrm.records.record_type import RecordType
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.knowledge.script_runs import Script, ScriptRun

app = build(SCRIPT, without=("add", "edit"))


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a script; say how many steps it has, and where a call can come back."""
    read_field(type_.field("tree"), values)
    result = run_add(ctx, type_, values)
    return result._replace(notes=_describe(values["field_tree"] or ""))


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit scripts, with the tree of a file."""
    read_field(type_.field("tree"), values)
    result = run_edit(ctx, type_, values)
    tree = values["field_tree"]
    return result._replace(notes=(*result.notes, *_describe(tree))) if tree else result


def _describe(tree: str) -> tuple[str, ...]:
    """Return how many steps and ends a script has, and the steps that it can come back to."""
    from cardcrm.records.knowledge.script_tree import parse_tree

    found = parse_tree(tree)
    ends = sum(each.is_end for each in found.steps.values())
    counts = f"{pluralize(len(found.steps), 'step')}, {pluralize(ends, 'end')}"
    if not found.loops:
        return (counts,)
    return (counts, f"a call can return to: {', '.join(found.loops)}")


add_command(app, SCRIPT, "add", run=_add)
add_command(app, SCRIPT, "edit", run=_edit)


_WORDS = typer.Argument(
    metavar="NAME WHO",
    help="Name of a script, and the contact.",
    autocompletion=Source("names:script"),
)


@app.command("run", context_settings={"ignore_unknown_options": True})
def run(
    ctx: typer.Context,
    words: Annotated[list[str], _WORDS] = [],
    case: Annotated[
        str,
        typer.Option(
            "--case",
            metavar="ID",
            help="Case that the call is about.",
            autocompletion=Source("ids:case"),
        ),
    ] = "",
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Kind of the interaction that is logged.")
    ] = "call",
    incoming: Annotated[bool, typer.Option("--in", help="The contact called.")] = False,
    minutes: Annotated[
        int | None, typer.Option(metavar="N", help="Minutes of the call.", min=0)
    ] = None,
    stop: Annotated[
        bool, typer.Option("--stop", help="Log the answers so far, and end the call.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Discard the answers, and begin again.")
    ] = False,
) -> Result:
    """Guide a call with a script, and log the answers as one interaction.

    Type the key, the number or the first letters of an answer. < goes back a step; ! ends the call
    and logs the answers. Ctrl+C keeps them; run the same command to continue. In a pipe, each line
    is an answer.

    Examples:
        cardcrm script run wilted jane --case 12

        cardcrm script run wilted jane --stop

    """
    from cardcrm.cli.script_runner import Call
    from cardcrm.records.knowledge import script_runs

    session = session_of(ctx)
    refuse_options(ctx, words)
    if len(words) < 2:
        missing = "no script given" if not words else NO_CONTACT
        raise UsageError(missing, "For example: cardcrm script run wilted jane")
    if stop and restart:
        raise UsageError("use either --stop or --restart, not both", "Leave one of them out.")
    script = script_runs.find_script(session.store(), words[0])
    contact = session.find_contact(" ".join(words[1:]))
    details = _parse_details(kind, minutes, incoming=incoming)
    call = Call(session, script, contact, details)
    if stop:
        return call.finish(_find_run(session, script, contact))
    case_id = parse_case(case) if case else None
    return call.walk(_begin(session, script, contact, case_id, restart=restart))


def _parse_details(kind: str, minutes: int | None, *, incoming: bool) -> Details:
    """Return the details of the interaction that is logged. Raises UsageError."""
    from cardcrm.records.activity.interaction_type import INTERACTION

    found = INTERACTION.normalize(kind=kind, minutes=minutes)
    return Details(found["kind"], direction="in" if incoming else "out", minutes=minutes)


def _find_run(session: "Session", script: "Script", contact: "Contact") -> "ScriptRun":
    from cardcrm.records.knowledge import script_runs

    found = script_runs.find_run(session.store(), script.id, contact.id)
    if found is None:
        raise UsageError(
            f"no unfinished call with {contact.name} by script {script.name}",
            f"To begin one: cardcrm script run {script.name} {contact.id}",
        )
    return found


def _begin(
    session: "Session",
    script: "Script",
    contact: "Contact",
    case_id: int | None,
    *,
    restart: bool,
) -> "ScriptRun":
    """Return the call that goes on, or a new one, which takes the place of the former one."""
    from cardcrm.records.knowledge import script_runs

    store = session.store()
    found = script_runs.find_run(store, script.id, contact.id)
    begun = script_runs.begin(store, script, contact.id, case_id)
    if found is None:
        return begun
    if restart:
        return begun._replace(id=found.id, case_id=case_id or found.case_id)
    return found._replace(case_id=case_id or found.case_id)


@app.command("runs")
def runs(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Name of a script (default: all scripts).",
            autocompletion=Source("names:script"),
        ),
    ] = "",
) -> Result:
    """List the unfinished calls, with the step at which each continues.

    Example:
        cardcrm script runs

    """
    from cardcrm.cli.record_output import list_records
    from cardcrm.query import ALL, Term
    from cardcrm.records import records
    from cardcrm.records.query_sql.record_query import Selection, count

    session = session_of(ctx)
    store = session.store()
    node = Term("script", "=", records.find(store, "script", name).values["name"]) if name else ALL
    found = list_records(session, SCRIPT_RUN, Selection(node, sort="-started"))
    notes = () if count(store, SCRIPT_RUN, node) else ("no unfinished calls",)
    return Result(found, notes=notes)
