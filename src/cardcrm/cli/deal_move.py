"""`deal move`: a quick command, which loads no other command of the group."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.deals import moves

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.deals.moves import Moved
    from cardcrm.sheet import Card

app = typer.Typer()

DealId = Annotated[
    str, typer.Argument(metavar="ID", help="Number of a deal.", autocompletion=Source("ids:deal"))
]


@app.command("move")
def move(
    ctx: typer.Context,
    which: DealId,
    stage: Annotated[
        list[str],
        typer.Argument(
            metavar="STAGE…",
            help="Name of a stage, or a part of it.",
            autocompletion=Source("names:stage"),
        ),
    ],
    pipeline: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Another pipeline, in which the stage is.",
            autocompletion=Source("names:pipeline"),
        ),
    ] = "",
) -> Result:
    """Move a deal to another stage, forward or back.

    A stage may need something to be known of a deal. A won stage wins it, as `cardcrm deal win`.

    Examples:
        cardcrm deal move 12 proposal

        cardcrm deal move 12 consultation --pipeline weddings

    """
    session = session_of(ctx)
    deal_id = parse_deal(which)
    name = " ".join(stage)
    target = _find_in(session, pipeline, name) if pipeline.strip() else name
    moved = moves.move(session.store(), deal_id, target)
    return Result(
        lambda: show_deal(session, deal_id),
        describe_move(session, moved),
        notes=_note_late_steps(session, moved),
    )


def _note_late_steps(session: "Session", moved: "Moved") -> tuple[str, ...]:
    if moved.sale is None:
        return ()
    from cardcrm.cli.deal_output import note_late_steps

    return note_late_steps(session, moved.after.id)


def parse_deal(text: str) -> int:
    """Return the number of a deal as typed. Raises UsageError."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise UsageError(
        f"“{text}” must be the number of a deal", "To see the numbers: cardcrm deal list"
    )


def _find_in(session: "Session", pipeline: str, stage: str) -> int:
    """Return the id of a stage of another pipeline."""
    from cardcrm.records.deals import pipelines, stages

    store = session.store()
    found = pipelines.find_pipeline(store, pipeline)
    return stages.choose_stage(stages.list_stages(store, found.id), stage).id


def describe_move(session: "Session", moved: "Moved") -> str:
    """Return a move in a sentence."""
    before, after = moved.before, moved.after
    name = f"deal {after.id} {after.title} ({after.contact})"
    if moved.sale is not None:
        from cardcrm.cli.deal_output import describe_won

        return describe_won(session, moved)
    if not moved.is_changed:
        return f"no change: {name} is in {after.stage} already"
    place = f"{after.stage} of {after.pipeline}" if _is_elsewhere(moved) else after.stage
    return f"moved {name} from {before.stage} to {place}, {after.probability / 1000:g}%"


def _is_elsewhere(moved: "Moved") -> bool:
    return moved.before.pipeline_id != moved.after.pipeline_id


def show_deal(session: "Session", deal_id: int) -> "Card":
    """Return a deal as `deal show` does."""
    from cardcrm.cli.deal_output import build_card

    return build_card(session.store(), deal_id)
