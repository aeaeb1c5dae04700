"""Pipelines are removed without losing a deal or its history."""

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.deals import pipelines
from cardcrm.records.deals.moves import merge_stage
from cardcrm.records.deals.stages import Stage, first_of, has_history, list_stages
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold


def count_deals(store: Store, pipeline_id: int) -> int:
    """Return the number of deals in a pipeline, closed ones included."""
    sql = "SELECT count(*) FROM deal WHERE pipeline_id = :id"
    return int(store.value(sql, id=pipeline_id))


@retry_transaction
def remove_pipeline(store: Store, pipeline_id: int, to_id: int | None = None) -> int:
    """Remove a pipeline, moving its deals to another one; return the number of these.

    Each deal goes to the stage of the same name, else to the first one of its kind. A pipeline
    with a history is retired. Raises ConflictError for the last pipeline, and for one with deals
    and no other one for them.
    """
    with store.transaction():
        known = pipelines.list_pipelines(store)
        name = next(each.name for each in known if each.id == pipeline_id)
        if len(known) == 1:
            raise ConflictError(
                f"{name} is the only pipeline", "Add another one first: cardcrm pipeline add NAME"
            )
        deals = count_deals(store, pipeline_id)
        if deals and to_id is None:
            raise ConflictError(
                f"the pipeline {name} has {deals:,} deal{'s' * (deals != 1)}",
                f'Say where they go: cardcrm pipeline rm "{name}" --to PIPELINE',
            )
        if to_id == pipeline_id:
            raise UsageError(f"deals cannot stay in {name}", "Name another pipeline with --to.")
        own = list_stages(store, pipeline_id, retired=True)
        for stage in own if to_id else ():
            merge_stage(store, stage.id, _counterpart(list_stages(store, to_id or 0), stage).id)
        _remove_empty(store, pipeline_id, own)
    return deals


def _counterpart(stages: list[Stage], stage: Stage) -> Stage:
    """Return the stage with the name of another one, or the first of its kind."""
    alike = (
        each for each in stages if fold(each.name) == fold(stage.name) and each.kind == stage.kind
    )
    return next(alike, None) or first_of(stages, stage.kind)


def _remove_empty(store: Store, pipeline_id: int, own: list[Stage]) -> None:
    """Delete a pipeline without deals with its stages; retire what has a history."""
    used = [each for each in own if has_history(store, each.id)]
    if used:
        store.update("pipeline", pipeline_id, retired=1)
        return
    for each in own:
        store.delete("stage", each.id)
    store.delete("pipeline", pipeline_id)
