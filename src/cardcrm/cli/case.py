"""`case`: customers' questions and complaints, from the first message to the solution."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import case_open, case_reply, case_suggest
from cardcrm.cli.arguments import Source, refuse_options, session_of
from cardcrm.cli.case_reference import CaseId, name_case, parse_case, result_of, show
from cardcrm.cli.case_reply import Kind, Minutes, On, parse_details
from cardcrm.cli.record_group import add_command, build, explain_empty, list_result
from cardcrm.cli.record_options import choose
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.service.case_type import CASE

if TYPE_CHECKING:
    from cardcrm.records.service.cases import Merged
    from cardcrm.sheet import Sheet

app = build(CASE, without=("add", "list", "show"))
app.add_typer(case_open.app)
app.add_typer(case_reply.app)
app.add_typer(case_suggest.app)

_TEXT = typer.Argument(metavar="TEXT…", help="Text; quotes are not needed.")
Text = Annotated[list[str], _TEXT]


# list and show


_CHECK = typer.Option("--check", help="Exit with code 1 if a deadline was missed.")


def _list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """List the cases that a query finds, by their next deadline unless sorted otherwise."""
    from cardcrm.records.service.case_queue import COMPUTED_ORDERS

    session = session_of(ctx)
    query = " ".join(values["query"])
    refuse_options(ctx, values["query"])
    if values["sort"].removeprefix("-") in COMPUTED_ORDERS and not values["by"]:
        sheet = _list_in_computed_order(session, query, values)
        notes = () if sheet.rows else (explain_empty(session, type_, query),)
        result = Result(sheet, notes=notes)
    else:
        sort = "id" if values["by"] else values["sort"]
        result = list_result(session, type_, query, values | {"sort": sort})
    late = bool(values["check"]) and _has_breach(session, query)
    return result._replace(notes=(*result.notes, *_explain_broken(session)), exit_code=int(late))


def _list_in_computed_order(session: Session, query: str, values: dict[str, Any]) -> "Sheet":
    """Return the list in the order of the queue, or of another field that is computed."""
    from cardcrm.cli.record_output import build_list
    from cardcrm.records.query_sql import record_query
    from cardcrm.records.service.case_queue import read_queue

    node = record_query.parse(CASE, query)
    if not values["all_"]:
        node = record_query.only_open(CASE, node)
    limit = values["limit"] or None
    found = read_queue(session.store(), node, limit, sort=values["sort"])
    keys = [each.strip() for each in values["columns"].split(",") if each.strip()]
    sheet = build_list(session, CASE, found, keys)
    return sheet._replace(rows=list(sheet.rows))


def _has_breach(session: Session, query: str) -> bool:
    """Return whether a deadline of an open case that a query finds was missed."""
    from cardcrm.records.query_sql import record_query
    from cardcrm.records.service.service_levels import ServiceLevels

    store = session.store()
    node = record_query.only_open(CASE, record_query.parse(CASE, query))
    states = ServiceLevels(store).load(record_query.ids(store, CASE, node))
    return any(each.breaches for each in states.values())


def _explain_broken(session: Session) -> Sequence[str]:
    """Return a line for each service level that is skipped."""
    from cardcrm.records.service.sla_rules import load_rules

    return [
        f"service level {each.name} is skipped: {each.problem}"
        for each in load_rules(session.store()).broken
    ]


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show a case with its conversation and its deadlines; several as a list."""
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    return Result(show(session, ids[0]) if len(ids) == 1 else list_ids(session, type_, ids))


add_command(
    app,
    CASE,
    "list",
    more=[Param("sort", Annotated[str, typer.Option(
              metavar="KEY", help="Sort by a column; -KEY reverses.")], "due"),
          Param("check", Annotated[bool, _CHECK], False)],
    run=_list,
    examples=("list 'due<2h' owner:me", "list breached:yes --check"),
)  # fmt: skip
add_command(app, CASE, "show", run=_show)


# The conversation


@app.command("note", context_settings={"ignore_unknown_options": True})
def note(
    ctx: typer.Context,
    which: CaseId,
    text: Text = [],
    from_customer: Annotated[
        bool, typer.Option("--in", help="The customer said or wrote this.")
    ] = False,
    kind: Kind = "",
    on: On = "",
    minutes: Minutes = None,
) -> Result:
    """Log a note in a case, or, with --in, what the customer said.

    A message from the customer marks an open case as waiting on us, and reopens a solved one.

    Examples:
        cardcrm case note 12 the part is in stock --minutes 10

        cardcrm case note 12 --in --kind mail it still leaks

    """
    from cardcrm.cli.arguments import read_text
    from cardcrm.records.service import cases

    session = session_of(ctx)
    refuse_options(ctx, text)
    case_id = parse_case(which)
    words = " ".join(text) or read_text(session, 200_000)
    kind = kind or ("message" if from_customer else "note")
    details = parse_details(session, kind, on, minutes, "in" if from_customer else "")
    answered = cases.note(session.store(), case_id, words, details)
    return result_of(session, f"logged {kind} {answered.interaction_id} in", answered)


@app.command("split")
def split(
    ctx: typer.Context,
    interaction: Annotated[
        int, typer.Argument(metavar="ID", help="Interaction, by its number.", min=1)
    ],
) -> Result:
    """Move an interaction out of its case into a new case.

    `cardcrm case show` lists the numbers of the interactions.

    Example:
        cardcrm case split 50

    """
    from cardcrm.records.service import cases

    session = session_of(ctx)
    return result_of(session, "opened", cases.split(session.store(), interaction))


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: CaseId,
    other: Annotated[
        str,
        typer.Argument(
            metavar="OTHER", help="Case that is merged into it.", autocompletion=Source("ids:case")
        ),
    ],
) -> Result:
    """Merge the second case into the first, with its conversation, and close it.

    Example:
        cardcrm case merge 12 15

    """
    from cardcrm.records.service import cases

    session = session_of(ctx)
    merged = cases.merge(session.store(), parse_case(keep), parse_case(other))
    moved = f"moved {merged.moved:,} interaction{'s' * (merged.moved != 1)}"
    message = f"merged case {merged.other.id} into {name_case(merged.case)}; {moved}"
    warnings = _warn_of_two_contacts(merged)
    return Result(lambda: show(session, merged.case.id), message, warnings=warnings)


def _warn_of_two_contacts(merged: "Merged") -> tuple[str, ...]:
    """Return a line if the cases merged were of different contacts."""
    if merged.other.contact_id == merged.case.contact_id:
        return ()
    other = f"case {merged.other.id} was opened for {merged.other.contact}"
    return (f"{other}, not {merged.case.contact}; to revert: cardcrm undo",)


# The status


@app.command("wait")
def wait(ctx: typer.Context, which: CaseId) -> Result:
    """Mark a case as waiting for the customer: the time to solve it is paused.

    Example:
        cardcrm case wait 12

    """
    return _set_status(ctx, which, "waiting-customer", "waiting for the customer:")


@app.command("solve", context_settings={"ignore_unknown_options": True})
def solve(
    ctx: typer.Context,
    which: CaseId,
    text: Text = [],
    kind: Kind = "message",
    minutes: Minutes = None,
) -> Result:
    """Solve a case; a text is logged as the last answer to the customer.

    Examples:
        cardcrm case solve 12 a new valve was fitted

        cardcrm case solve 12

    """
    from cardcrm.cli.case_mail import ask_for_rating
    from cardcrm.records.service import cases

    session = session_of(ctx)
    refuse_options(ctx, text)
    case_id = parse_case(which)
    if not text and (minutes is not None or kind != "message"):
        option = "--kind" if minutes is None else "--minutes"
        hint = f"Say what was done: cardcrm case solve {case_id} a new valve was fitted"
        raise UsageError(f"{option} needs a text", hint)
    details = parse_details(session, kind, "", minutes)
    answered = cases.solve(session.store(), case_id, " ".join(text), details)
    notes = ask_for_rating(session, answered.case)
    return result_of(session, "solved", answered)._replace(notes=notes)


@app.command("reopen")
def reopen(ctx: typer.Context, which: CaseId) -> Result:
    """Reopen a solved or closed case; it continues with the time that was left.

    Example:
        cardcrm case reopen 12

    """
    from cardcrm.records.service import cases

    session = session_of(ctx)
    return result_of(session, "reopened", cases.reopen(session.store(), parse_case(which)))


@app.command("close")
def close(ctx: typer.Context, which: CaseId) -> Result:
    """Close a case that is over.

    Example:
        cardcrm case close 12

    """
    return _set_status(ctx, which, "closed", "closed")


def _set_status(ctx: typer.Context, which: str, status: str, verb: str) -> Result:
    from cardcrm.records.service import cases

    session = session_of(ctx)
    answered = cases.set_status(session.store(), parse_case(which), status)
    return result_of(session, verb, answered)


# Owner and satisfaction


@app.command("assign")
def assign(
    ctx: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="Numbers of cases.", autocompletion=Source("ids:case")),
    ],
    to: Annotated[
        str, typer.Option(metavar="USER", help="User, or none.", autocompletion=Source("owner"))
    ],
) -> Result:
    """Assign cases to a user.

    Examples:
        cardcrm case assign 12 --to ann

        cardcrm case assign 12 13 --to none

    """
    from cardcrm.records.fields import name_user

    session = session_of(ctx)
    owner = "" if to.strip().lower() == "none" else name_user(to, session.store())
    return _assign(session, which, owner, force=True, verb=f"to {owner or 'no one'}:")


@app.command("claim")
def claim(
    ctx: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(metavar="ID…", help="Numbers of cases.", autocompletion=Source("ids:case")),
    ],
    force: Annotated[bool, typer.Option("--force", help="Take cases of other users.")] = False,
) -> Result:
    """Claim cases that have no owner, so no one else answers them.

    A case of another user is refused. To claim a whole contact, use `cardcrm claim`.

    Example:
        cardcrm case claim 12

    """
    session = session_of(ctx)
    return _assign(session, which, session.store().author.name, force=force, verb="claimed")


def _assign(
    session: Session, which: Sequence[str], owner: str, *, force: bool, verb: str
) -> Result:
    from cardcrm.cli.record_output import list_ids, list_lines
    from cardcrm.records.service import cases

    ids = [parse_case(each) for each in which]
    done = cases.assign(session.store(), ids, owner, force=force)
    if len(done) == 1:
        return result_of(session, verb, done[0])
    lines = [name_case(each.case) for each in done]
    message = list_lines(f"{verb} {CASE.counted(len(done))}", lines, len(done))
    return Result(lambda: list_ids(session, CASE, ids), message)


@app.command("rate", context_settings={"ignore_unknown_options": True})
def rate(
    ctx: typer.Context,
    which: CaseId,
    rating: Annotated[
        int, typer.Argument(metavar="RATING", help="1 (bad) to 5 (good).", min=1, max=5)
    ],
    text: Text = [],
) -> Result:
    """Record how satisfied the customer was with the solution.

    Example:
        cardcrm case rate 12 4 quick, but the van came late

    """
    from cardcrm.records.service import cases

    session = session_of(ctx)
    refuse_options(ctx, text)
    case = cases.rate(session.store(), parse_case(which), rating, " ".join(text))
    message = f"rated {rating} of 5: {name_case(case)}"
    return Result(lambda: show(session, case.id), message)
