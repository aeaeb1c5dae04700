"""`hand-over`: give the open records of one user to others."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Source, check_word, complete_from, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Column, Numbers, Sheet

if TYPE_CHECKING:
    from cardcrm.records.teamwork.hand_over import Move

app = typer.Typer()
_NAMED = 3  # rows of a noun that the preview names


@app.command("hand-over")
def hand_over(
    ctx: typer.Context,
    user: Annotated[
        str,
        typer.Argument(
            metavar="USER",
            help="User whose records others take over.",
            autocompletion=Source("owner"),
        ),
    ],
    to: Annotated[
        str,
        typer.Argument(
            metavar="[TO]",
            help="User who takes over; several such as bob,cara take turns.",
            autocompletion=Source("owner"),
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="territory: the owner of the territory of a contact takes over.",
            autocompletion=complete_from("territory"),
        ),
    ] = "",
    new: Annotated[
        bool, typer.Option("--new", help="TO is a new user with a name like that of another.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Hand over the open records of one user to others.

    These are contacts, open deals, leads, quotes, invoices and reminders, claims, territories, and
    the user in rules about leads. The records of one contact go to one user. History stays: logged
    interactions and closed deals keep their user. Undo reverts it in one step.

    Examples:
        cardcrm hand-over ann bob --dry-run

        cardcrm hand-over ann bob,cara

        cardcrm hand-over ann --by territory

    """  # fmt: skip
    from cardcrm.records.teamwork import hand_over as handing
    from cardcrm.records.teamwork.users import find_user

    session = session_of(ctx)
    check_word("--by", by, ("territory",)) if by != "territory" else None
    store = session.store()
    leaver = find_user(store, user)
    successors = handing.find_successors(store, leaver, to, is_new=new)
    if not (successors or by):
        raise UsageError("who takes over?", f"For example: cardcrm hand-over {leaver} bob")
    by_territory = by == "territory"
    planned = handing.plan(store, leaver, successors, by_territory=by_territory)
    moved = [each for each in planned if each.user]
    if dry_run or not moved:
        message = "\n".join(_describe(session, leaver, planned, "would hand over"))
        return Result(lambda: _sheet(planned), message)
    if not yes:
        for line in _describe(session, leaver, planned, "to hand over"):
            session.say(line)
        session.confirm(f"hand over {len(moved):,} records of {leaver}", yes=False)
    done = handing.hand_over(store, leaver, successors, by_territory=by_territory)
    message = "\n".join(_describe(session, leaver, done, "handed over"))
    return Result(lambda: _sheet(done), message)


def _describe(session: Session, user: str, moves: "Sequence[Move]", verb: str) -> Iterator[str]:
    """Yield lines about the records of a user: how many of each noun, to whom, and the first."""
    from cardcrm.records.teamwork.hand_over import describe_group, group_moves

    if not moves:
        yield f"{user} has no open records; nothing was changed"
        return
    moved = [each for each in moves if each.user]
    yield f"{verb} {len(moved):,} {'record' if len(moved) == 1 else 'records'} of {user}:"
    for (_, successor), group in group_moves(moves).items():
        words = describe_group(user, successor, group)
        yield f"  {words}: {_name_first(session, group)}"


def _name_first(session: Session, group: "Sequence[Move]") -> str:
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    store = session.store()
    named = [describe(store, records.get(store, each.type, each.row_id)) for each in group[:_NAMED]]
    more = [f"and {len(group) - _NAMED:,} more"] if len(group) > _NAMED else []
    return "; ".join([*named, *more])


def _sheet(moves: "Sequence[Move]") -> Sheet:
    from cardcrm.records.teamwork.hand_over import group_moves

    columns = (
        Column("noun", "noun"),
        Column("user", "to"),
        Column("count", "records", "right"),
        Column("ids", "numbers"),
    )
    rows = [
        (noun, user or None, len(group), Numbers(each.row_id for each in group))
        for (noun, user), group in group_moves(moves).items()
    ]
    return Sheet(columns, rows)
