"""Pipelines and their stages in results: as lists and in a sentence."""

from typing import TYPE_CHECKING

from cardcrm.money import format_quantity
from cardcrm.records.deals import pipelines, stages
from cardcrm.sheet import Cell, Column, Phrases, Sheet

if TYPE_CHECKING:
    from cardcrm.records.deals.pipelines import Pipeline
    from cardcrm.records.deals.stages import Stage
    from cardcrm.store import Store

_PIPELINES = (
    Column("id", "id", "right"),
    Column("name", "pipeline"),
    Column("position", "place", "right"),
    Column("open_deals", "open deals", "right"),
    Column("stages", "stages", wide=True),
)
_STAGES = (
    Column("id", "id", "right"),
    Column("pipeline", "pipeline"),
    Column("name", "stage"),
    Column("position", "place", "right"),
    Column("kind", "kind"),
    Column("probability", "probability", "right", digits=3),
    Column("rotting_days", "rots after days", "right"),
    Column("needs", "needs", wide=True),
    Column("deal_count", "deals", "right"),
)


def list_pipelines(store: "Store", *, retired: bool = False) -> Sheet:
    """Return the pipelines in their order."""
    counts = pipelines.count_open(store)
    rows: list[tuple[Cell, ...]] = [
        (
            each.id,
            each.name,
            each.position,
            counts.get(each.id, 0),
            Phrases(found.name for found in stages.list_stages(store, each.id)),
        )
        for each in pipelines.list_pipelines(store, retired=retired)
    ]
    return Sheet(_PIPELINES, rows)


def show_pipeline(store: "Store", pipeline: "Pipeline") -> Sheet:
    """Return the stages of a pipeline in their order, each with the number of its deals."""
    found = stages.list_stages(store, pipeline.id)
    counts = stages.count_by_stage(store, pipeline.id)
    return Sheet(_STAGES, [_stage_row(pipeline, each, counts.get(each.id, 0)) for each in found])


def _stage_row(pipeline: "Pipeline", stage: "Stage", deals: int) -> tuple[Cell, ...]:
    chance = stage.probability / 1000
    return (
        stage.id,
        pipeline.name,
        stage.name,
        stage.position,
        stage.kind,
        int(chance) if chance == int(chance) else chance,
        stage.rotting_days,
        Phrases(stage.needs),
        deals,
    )


def describe_stages(store: "Store", pipeline_id: int) -> str:
    """Return the stages of a pipeline in words: “Demo 25%, Won 100%”."""
    found = stages.list_stages(store, pipeline_id)
    return ", ".join(f"{each.name} {format_quantity(each.probability)}%" for each in found)
