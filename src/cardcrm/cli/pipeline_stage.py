"""`pipeline stage`: the stages of a pipeline."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import Source, complete_from, session_of
from cardcrm.cli.bulk_edit import Yes
from cardcrm.cli.pipeline_output import show_pipeline
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.deals import pipelines, stages
from cardcrm.records.deals.pipeline_type import NEEDS, STAGE
from cardcrm.records.deals.pipelines import Pipeline
from cardcrm.records.deals.stage_kinds import KINDS
from cardcrm.records.deals.stages import Stage
from cardcrm.store import Store
from cardcrm.text import fold

app = typer.Typer(help="Manage the stages of a pipeline.")

Name = Annotated[
    list[str],
    typer.Argument(metavar="STAGE…", help="Name of a stage.", autocompletion=Source("names:stage")),
]
InPipeline = Annotated[
    str,
    typer.Option(
        "--pipeline",
        metavar="NAME",
        help="Pipeline (default: the first one).",
        autocompletion=Source("names:pipeline"),
    ),
]
NewName = Annotated[str, typer.Option("--name", metavar="NAME", help="New name.")]
Probability = Annotated[
    str, typer.Option(metavar="PERCENT", help="Probability of winning a deal in it, such as 40%.")
]
Rots = Annotated[
    str,
    typer.Option(metavar="DAYS", help="Days without a step after which a deal rots; “” for never."),
]
Needs = Annotated[
    str,
    typer.Option(
        metavar="WORDS",
        help=f"Facts to know of a deal before it enters: {', '.join(NEEDS)}.",
    ),
]
Kind = Annotated[
    str,
    typer.Option(
        metavar="WORD", help="Kind: open, won or lost.", autocompletion=complete_from(*KINDS)
    ),
]
Place = Annotated[
    int | None, typer.Option(metavar="N", help="Place in the pipeline, from 1.", min=1, max=999)
]
After = Annotated[
    str,
    typer.Option(
        metavar="STAGE", help="Stage that it comes after.", autocompletion=Source("names:stage")
    ),
]


@app.callback()
def stage() -> None:
    """Manage the stages of a pipeline."""


def _open(ctx: typer.Context, pipeline: str) -> tuple[Session, Pipeline]:
    session = session_of(ctx)
    store = session.store(create=True)
    if pipeline.strip():
        return session, pipelines.find_pipeline(store, pipeline)
    return session, pipelines.first_pipeline(store)


def _find(store: Store, pipeline: Pipeline, words: list[str]) -> Stage:
    return stages.choose_stage(stages.list_stages(store, pipeline.id), " ".join(words))


def _find_place(store: Store, pipeline: Pipeline, position: int | None, after: str) -> int | None:
    """Return the place that options name, from 1. Raises UsageError for two."""
    if not after.strip():
        return position
    if position is not None:
        raise UsageError("use either --position or --after, not both")
    known = stages.list_stages(store, pipeline.id)
    return known.index(stages.choose_stage(known, after)) + 2


def _texts(**options: str | None) -> dict[str, str]:
    return {key: text for key, text in options.items() if text is not None}


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Name of the new stage.")],
    pipeline: InPipeline = "",
    probability: Probability = "",
    rots: Rots = "",
    needs: Needs = "",
    kind: Kind = "open",
    position: Place = None,
    after: After = "",
) -> Result:
    """Add a stage to a pipeline: last among the open ones, or at a place.

    Examples:
        cardcrm pipeline stage add Site visit --probability 40% --after demo

        cardcrm pipeline stage add Contract --probability 80% --needs close

    """
    from cardcrm.records import records

    session, found = _open(ctx, pipeline)
    store = session.store()
    usual = {"won": "100%", "lost": "0%"}.get(fold(kind), "")
    chance = probability or usual
    if not chance:
        raise UsageError("an open stage needs a probability", "For example: --probability 40%")
    place = _find_place(store, found, position, after)
    texts = {
        "name": " ".join(name),
        "pipeline": f"#{found.id}",
        "kind": kind,
        "probability": chance,
        "rotting_days": rots,
        "needs": needs,
    }
    with store.transaction():
        made = records.add(store, STAGE, texts)
        if place is None:
            place = _usual_place(stages.list_stages(store, found.id), made.id)
        stages.place_stage(store, stages.get_stage(store, made.id), place)
    message = f"added stage {made.values['name']} to {found.name}, place {place}"
    return Result(lambda: show_pipeline(store, found), message)


def _usual_place(known: list[Stage], made: int) -> int:
    """Return the place of a new stage: behind the last of its kind, an open one before the end."""
    own = next(each for each in known if each.id == made)
    others = [each for each in known if each.id != made]
    if own.kind == "open":
        return sum(each.kind == "open" for each in others) + 1
    return len(others) + 1


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: Name,
    pipeline: InPipeline = "",
    new_name: NewName = "",
    probability: Probability = "",
    rots: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS", help="Days without a step after which a deal rots; “” for never."
        ),
    ] = None,
    needs: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help=f"Facts to know of a deal before it enters: {', '.join(NEEDS)}; “” for none.",
        ),
    ] = None,
    kind: Kind = "",
) -> Result:
    """Edit a stage.

    Deals without a probability of their own follow that of their stage, which is 100% in a won
    stage and 0% in a lost one. Those come last in a pipeline.

    Example:
        cardcrm pipeline stage edit proposal --probability 55% --rots 10

    """
    from cardcrm.records import records

    session, found = _open(ctx, pipeline)
    store = session.store()
    chosen = _find(store, found, name)
    texts = _texts(
        name=new_name or None,
        probability=probability or None,
        rotting_days=rots,
        needs=needs,
        kind=kind or None,
    )
    if not texts:
        raise UsageError("nothing to change", "See `cardcrm pipeline stage edit --help`.")
    changed = records.edit(store, STAGE, [chosen.id], texts)
    verb = "changed" if changed else "no change:"
    message = f"{verb} stage {stages.get_stage(store, chosen.id).name} of {found.name}"
    return Result(lambda: show_pipeline(store, found), message)


@app.command("move")
def move(
    ctx: typer.Context,
    name: Name,
    pipeline: InPipeline = "",
    position: Place = None,
    after: After = "",
) -> Result:
    """Move a stage to another place in its pipeline; its deals stay in it.

    Examples:
        cardcrm pipeline stage move demo --after proposal

        cardcrm pipeline stage move demo --position 1

    """
    session, found = _open(ctx, pipeline)
    store = session.store()
    chosen = _find(store, found, name)
    place = _find_place(store, found, position, after)
    if place is None:
        raise UsageError("no place given", "Give --after STAGE, or --position N.")
    at = [each.id for each in stages.list_stages(store, found.id)].index(chosen.id) + 1
    # Behind a later stage: that one moves up when this one leaves its place.
    place -= after.strip() != "" and at < place
    stages.place_stage(store, chosen, place)
    now = stages.list_stages(store, found.id)
    message = f"{found.name}: {', '.join(each.name for each in now)}"
    return Result(lambda: show_pipeline(store, found), message)


@app.command("rm")
def rm(
    ctx: typer.Context,
    name: Name,
    pipeline: InPipeline = "",
    to: Annotated[
        str,
        typer.Option(
            metavar="STAGE",
            help="Stage that takes its deals.",
            autocompletion=Source("names:stage"),
        ),
    ] = "",
    yes: Yes = False,
) -> Result:
    """Remove a stage; its deals go to another one.

    A stage with a history is retired: the history of its deals stays.

    Example:
        cardcrm pipeline stage rm demo --to qualification --yes

    """
    from cardcrm.records.deals.deal_type import DEAL
    from cardcrm.records.deals.stage_removal import remove_stage

    session, found = _open(ctx, pipeline)
    store = session.store()
    chosen = _find(store, found, name)
    deals = stages.count_deals(store, chosen.id)
    if deals and not to.strip() and session.can_ask:
        others = [each.name for each in stages.list_stages(store, found.id) if each != chosen]
        to = session.ask(
            f"{DEAL.counted(deals)} in it. Move them to ({', '.join(others)}): "
        ).strip()
    target = _find(store, found, [to]) if to.strip() else None
    if not deals or target is not None:
        session.confirm(f"remove the stage {chosen.name}", yes=yes)
    moved = remove_stage(store, chosen.id, target.id if target else None)
    places = f", moved {DEAL.counted(moved)} to {target.name}" if moved and target else ""
    message = f"removed stage {chosen.name} of {found.name}{places}; to restore: cardcrm undo"
    return Result(lambda: show_pipeline(store, found), message)
