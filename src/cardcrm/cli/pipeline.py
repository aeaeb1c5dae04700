"""`pipeline`: pipelines and their stages."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import pipeline_stage
from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.bulk_edit import Yes
from cardcrm.cli.pipeline_output import describe_stages, list_pipelines, show_pipeline
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.deals import pipelines

if TYPE_CHECKING:
    from cardcrm.records.deals.pipelines import Pipeline, StageDraft

app = typer.Typer()
app.add_typer(pipeline_stage.app, name="stage")

Name = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME…",
        help="Name or number of a pipeline.",
        autocompletion=Source("names:pipeline"),
    ),
]
NewName = Annotated[str, typer.Option("--name", metavar="NAME", help="New name.")]
Place = Annotated[
    int | None,
    typer.Option(metavar="N", help="Place among the pipelines, from 1.", min=1, max=999),
]


@app.callback()
def pipeline() -> None:
    """Manage pipelines and their stages."""


@app.command("list")
def list_(
    ctx: typer.Context,
    all_: Annotated[
        bool, typer.Option("--all", help="Include pipelines that are retired.")
    ] = False,
) -> Result:
    """List the pipelines with their stages and the number of their open deals.

    Example:
        cardcrm pipeline list

    """
    store = session_of(ctx).store()
    pipelines.ensure_default(store)
    return Result(list_pipelines(store, retired=all_))


@app.command("show")
def show(ctx: typer.Context, name: Name = []) -> Result:
    """Show the stages of a pipeline, the first one by default.

    Example:
        cardcrm pipeline show

    """
    session = session_of(ctx)
    store = session.store()
    found = (
        pipelines.find_pipeline(store, " ".join(name)) if name else pipelines.first_pipeline(store)
    )
    return Result(show_pipeline(store, found))


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Name of the new pipeline.")],
    stage: Annotated[
        list[str],
        typer.Option(
            metavar="STAGE",
            help="Open stage with its probability, such as “Tasting 40%”; can be repeated.",
        ),
    ] = [],
) -> Result:
    """Add a pipeline, with the usual stages or those that are named.

    Stages for won and lost deals are added to them.

    Examples:
        cardcrm pipeline add Events

        cardcrm pipeline add Fairs --stage "Visit 20%" --stage "Offer 50%"

    """
    session = session_of(ctx)
    store = session.store(create=True)
    drafts = [_parse_stage(each) for each in stage]
    words = " ".join(name)
    made = (
        pipelines.add_pipeline(store, words, drafts)
        if drafts
        else pipelines.add_pipeline(store, words)
    )
    message = f"added pipeline {made.id} {made.name}: {describe_stages(store, made.id)}"
    return Result(lambda: show_pipeline(store, made), message)


def _parse_stage(text: str) -> "StageDraft":
    """Return the stage that ``Tasting 40%`` stands for. Raises UsageError."""
    from cardcrm.money import parse_percent
    from cardcrm.records.deals.pipelines import StageDraft
    from cardcrm.text import normalize_line

    name, _, chance = normalize_line(text).rpartition(" ")
    if not (name and chance.endswith("%")):
        raise UsageError(
            f"the stage “{text}” has no probability", 'Write it like --stage "Tasting 40%"'
        )
    return StageDraft(name, parse_percent(chance))


@app.command("edit")
def edit(ctx: typer.Context, name: Name, new_name: NewName = "", position: Place = None) -> Result:
    """Rename a pipeline, or move it among the others; the first one is the default.

    Example:
        cardcrm pipeline edit weddings --name "Weddings and fairs" --position 1

    """
    from cardcrm.records import records
    from cardcrm.records.deals.pipeline_type import PIPELINE

    session = session_of(ctx)
    store = session.store()
    found = pipelines.find_pipeline(store, " ".join(name))
    if not new_name.strip() and position is None:
        raise UsageError("nothing to change", "Give --name or --position.")
    with store.transaction():
        if new_name.strip():
            records.edit(store, PIPELINE, [found.id], {"name": new_name})
        if position is not None:
            pipelines.move_pipeline(store, found.id, position)
    after: Pipeline = pipelines.find_pipeline(store, f"#{found.id}")
    message = f"changed pipeline {after.id} {after.name}, place {after.position}"
    return Result(lambda: show_pipeline(store, after), message)


@app.command("rm")
def rm(
    ctx: typer.Context,
    name: Name,
    to: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Pipeline that takes its deals.",
            autocompletion=Source("names:pipeline"),
        ),
    ] = "",
    yes: Yes = False,
) -> Result:
    """Remove a pipeline; its deals go to another one.

    A pipeline with a history is retired: the history of its deals stays.

    Example:
        cardcrm pipeline rm contracts --to sales --yes

    """
    from cardcrm.records.deals.deal_type import DEAL
    from cardcrm.records.deals.pipeline_removal import count_deals, remove_pipeline

    session = session_of(ctx)
    store = session.store()
    found = pipelines.find_pipeline(store, " ".join(name))
    target: Any = pipelines.find_pipeline(store, to) if to.strip() else None
    deals = count_deals(store, found.id)
    if deals == 0 or target is not None:
        session.confirm(f"remove the pipeline {found.name}", yes=yes)
    removed = remove_pipeline(store, found.id, target.id if target else None)
    moved = f", moved {DEAL.counted(removed)} to {target.name}" if removed and target else ""
    return Result(
        lambda: show_pipeline(store, target or pipelines.first_pipeline(store)),
        f"removed pipeline {found.name}{moved}; to restore: cardcrm undo",
    )
