"""Stages are removed without losing a deal or its history."""

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.deals.moves import merge_stage
from cardcrm.records.deals.stages import (
    Stage,
    count_deals,
    get_stage,
    has_history,
    list_stages,
)
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


@retry_transaction
def remove_stage(store: Store, stage_id: int, to_id: int | None = None) -> int:
    """Remove a stage, moving its deals to another one; return the number of these.

    A stage with a history is retired, so that the history stays. Raises ConflictError for a stage
    with deals and no other one for them, and for the last stage of its kind.
    """
    with store.transaction():
        stage = get_stage(store, stage_id)
        others = [each for each in list_stages(store, stage.pipeline_id) if each.id != stage_id]
        if not any(each.kind == stage.kind for each in others):
            raise ConflictError(
                f"{stage.name} is the only {stage.kind} stage of its pipeline",
                "Add another one first: cardcrm pipeline stage add NAME",
            )
        deals = count_deals(store, stage_id)
        if deals or to_id is not None:
            _refuse_target(stage, deals, None if to_id is None else get_stage(store, to_id))
        if not has_history(store, stage_id):
            store.delete("stage", stage_id)
            return 0
        if to_id is not None:
            merge_stage(store, stage_id, to_id)
        store.update("stage", stage_id, retired=1)
    return deals


def _refuse_target(stage: Stage, deals: int, target: Stage | None) -> None:
    """Raise an error unless the deals of a stage can go to another one."""
    if target is None:
        raise ConflictError(
            f"the stage {stage.name} has {deals:,} deal{'s' * (deals != 1)}",
            f'Say where they go: cardcrm pipeline stage rm "{stage.name}" --to STAGE',
        )
    if target.id == stage.id or target.retired:
        raise UsageError(f"deals cannot go to {target.name}", "Name another stage with --to.")
    if target.kind != stage.kind:
        raise UsageError(
            f"{stage.name} is a stage of {stage.kind} deals, {target.name} of {target.kind} ones",
            f"Name another {stage.kind} stage with --to.",
        )
