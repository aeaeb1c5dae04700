"""The stage and the pipeline among the typed texts of a deal.

A stage is named within its pipeline.
"""

from collections.abc import Mapping
from typing import Any

from cardcrm.records.deals import pipelines, stages
from cardcrm.store import Store


def name_stage(store: Store, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    """Return the texts with the numbers of the pipeline and the stage that they name.

    The stage is one of that pipeline, or of the deal's or the first one. A new deal with a day of
    closing alone was opened on that day. Raises NotFoundError.
    """
    found = dict(texts)
    if name := texts.get("pipeline", "").strip():
        found["pipeline"] = f"#{pipelines.find_pipeline(store, name).id}"
    if before is None and texts.get("closed", "").strip() and not texts.get("opened", "").strip():
        found["opened"] = texts["closed"]
    name = texts.get("stage", "").strip()
    if not name or _is_same(name, before, found):
        return found
    pipeline_id = _pipeline_of(store, found, before)
    known = stages.list_stages(store, pipeline_id)
    found["stage"] = f"#{stages.choose_stage(known, name).id}"
    found["pipeline"] = f"#{pipeline_id}"
    return found


def _is_same(name: str, before: Any, texts: Mapping[str, str]) -> bool:
    """Return whether an edited deal stays in its stage, which may be a retired one."""
    if before is None:
        return False
    own = f"#{before.columns['pipeline_id']}"
    return name == f"#{before.columns['stage_id']}" and texts.get("pipeline") in (None, own)


def _pipeline_of(store: Store, texts: Mapping[str, str], before: Any) -> int:
    if texts.get("pipeline", "").strip():
        return int(texts["pipeline"].removeprefix("#"))
    if before is not None:
        return int(before.columns["pipeline_id"])
    return pipelines.first_pipeline(store).id
