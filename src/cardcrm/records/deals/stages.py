"""Stages of a pipeline: found by name, added, moved, and removed without losing a deal."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.deals.stage_kinds import LOST, OPEN, WON
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, with_article

_END_PROBABILITIES: Final = {WON: 100_000, LOST: 0}  # thousandths of a percent


class Stage(NamedTuple):
    """A stage of a pipeline.

    ``kind`` is open, won or lost, ``probability`` in thousandths of a percent. ``needs`` are the
    words of what must be known of a deal to enter it; see `pipeline_type.NEEDS`.
    """

    id: int
    pipeline_id: int
    name: str
    position: int
    kind: str
    probability: int
    rotting_days: int | None
    needs: tuple[str, ...]
    retired: bool


SELECT = (
    "SELECT g.id, g.pipeline_id, g.name, g.position, g.kind, g.probability, g.rotting_days, "
    "g.needs, g.retired FROM stage g"
)


def to_stage(row: Any) -> Stage:
    """Return a row of `SELECT` as a stage."""
    values = dict(zip(Stage._fields, row, strict=True))
    needs = tuple(filter(None, values["needs"].split(", ")))
    return Stage(**{**values, "needs": needs, "retired": bool(values["retired"])})


def list_stages(store: Store, pipeline_id: int, *, retired: bool = False) -> list[Stage]:
    """Return the stages of a pipeline in their order, retired ones on request."""
    sql = f"{SELECT} WHERE g.pipeline_id = :id AND g.retired <= :most ORDER BY g.position, g.id"
    return [to_stage(row) for row in store.rows(sql, id=pipeline_id, most=int(retired))]


def get_stage(store: Store, stage_id: int) -> Stage:
    """Return one stage. Raises NotFoundError."""
    row = store.row(f"{SELECT} WHERE g.id = :id", id=stage_id)
    if row is None:
        raise NotFoundError(f"unknown stage {stage_id}", "To see all: cardcrm pipeline show")
    return to_stage(row)


def choose_stage(stages: Sequence[Stage], text: str) -> Stage:
    """Return the stage that a name, a part of one, or ``#`` and a number means.

    Raises NotFoundError with the names of the stages, and ConflictError for a part of several.
    """
    key = fold(text)
    exact = [each for each in stages if fold(each.name) == key or f"#{each.id}" == key]
    if exact:
        return exact[0]
    starts = [each for each in stages if key and fold(each.name).startswith(key)]
    found = starts or [each for each in stages if key and key in fold(each.name)]
    if len(found) == 1:
        return found[0]
    names = [each.name for each in stages]
    if found:
        raise ConflictError(
            f"“{text}” may be {' or '.join(each.name for each in found)}", "Write more of the name."
        )
    raise NotFoundError(
        f"unknown stage “{text}”", f"Stages: {', '.join(names)}.", find_similar(text, names)
    )


def first_of(stages: Sequence[Stage], kind: str) -> Stage:
    """Return the first stage of a kind. Raises NotFoundError for a pipeline without one."""
    for each in stages:
        if each.kind == kind:
            return each
    raise NotFoundError(
        f"the pipeline has no {kind} stage",
        f"Add one: cardcrm pipeline stage add {kind.capitalize()} --kind {kind}",
    )


def check_stage(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited stage as they are written.

    A won stage has a probability of 100%, a lost one of 0%. Raises UsageError for another one,
    ConflictError for a name that the pipeline has, and for another kind or pipeline of a stage with
    deals.
    """
    before = get_stage(store, row_id) if row_id else None
    pipeline_id = columns.get("pipeline_id") or (before.pipeline_id if before else 0)
    others = [each for each in list_stages(store, pipeline_id) if each.id != row_id]
    if any(fold(each.name) == columns.get("name_key") for each in others):
        raise ConflictError(f"the stage “{columns['name']}” already exists", "Give another name.")
    kind = columns.get("kind") or (before.kind if before else OPEN)
    if before is not None:
        _refuse_with_deals(store, before, columns)
    if columns.get("position") is None and (before is None or before.kind != kind):
        columns = columns | {"position": _last_place(others, kind)}
    return columns | _fit_probability(columns, kind, before)


def _fit_probability(columns: Mapping[str, Any], kind: str, before: Stage | None) -> dict[str, int]:
    """Return the probability that follows from the kind of a stage. Raises UsageError."""
    given = columns.get("probability")
    if kind == OPEN:
        if before is not None and before.kind != OPEN and given is None:
            raise UsageError("an open stage needs a probability", "Add it: --probability 40%")
        return {}
    wanted = _END_PROBABILITIES[kind]
    if given not in (None, wanted):
        raise UsageError(
            f"the probability of a {kind} stage is {wanted // 1000}%", "Leave out --probability."
        )
    return {"probability": wanted}


def order_stages(store: Store, stage_id: int) -> None:
    """Number the stages of the pipeline of a stage, won and lost ones behind the open ones."""
    known = list_stages(store, get_stage(store, stage_id).pipeline_id)
    arrange(store, [each.id for each in sorted(known, key=lambda each: each.kind != OPEN)])


def _refuse_with_deals(store: Store, before: Stage, columns: dict[str, Any]) -> None:
    now = {"kind": before.kind, "pipeline_id": before.pipeline_id}
    if all(columns.get(name, value) == value for name, value in now.items()):
        return
    if has_history(store, before.id):
        raise ConflictError(
            f"the stage {before.name} has deals, so its kind and pipeline stay",
            f'Add another stage, then: cardcrm pipeline stage rm "{before.name}" --to STAGE',
        )


def _last_place(others: Sequence[Stage], kind: str) -> int:
    """Return the place of a new stage: an open one comes before those of the end."""
    before = [each for each in others if each.kind == OPEN or kind != OPEN]
    return max((each.position for each in before), default=0) + 1


def has_history(store: Store, stage_id: int) -> bool:
    """Return whether a deal is or was in a stage, or in one that was merged into it."""
    if count_deals(store, stage_id):
        return True
    named = (
        "SELECT 1 FROM stage_change WHERE to_id = :id LIMIT 1",
        "SELECT 1 FROM stage_change WHERE from_id = :id LIMIT 1",
        "SELECT 1 FROM stage WHERE merged_id = :id LIMIT 1",
    )
    return any(store.rows(sql, id=stage_id) for sql in named)


def merged_stages(store: Store) -> dict[int, int]:
    """Return the stage into which each removed stage was merged."""
    sql = "SELECT id, merged_id FROM stage WHERE merged_id IS NOT NULL"
    into = {row[0]: row[1] for row in store.rows(sql)}

    def find_last(stage_id: int) -> int:
        seen = {stage_id}
        while stage_id in into and into[stage_id] not in seen:
            stage_id = into[stage_id]
            seen.add(stage_id)
        return stage_id

    return {each: find_last(each) for each in into}


def count_deals(store: Store, stage_id: int) -> int:
    """Return the number of deals in a stage."""
    return int(store.value("SELECT count(*) FROM deal WHERE stage_id = :id", id=stage_id))


def count_by_stage(store: Store, pipeline_id: int) -> dict[int, int]:
    """Return the number of deals in the stages of a pipeline."""
    sql = "SELECT stage_id, count(*) FROM deal WHERE pipeline_id = :id GROUP BY stage_id"
    return {row[0]: row[1] for row in store.rows(sql, id=pipeline_id)}


@retry_transaction
def arrange(store: Store, ids: Sequence[int]) -> None:
    """Give the stages of a pipeline the order in which their ids are named."""
    with store.transaction():
        for number, each in enumerate(ids, 1):
            store.update("stage", each, position=number)


def place_stage(store: Store, stage: Stage, place: int) -> None:
    """Move a stage to a place in its pipeline, counted from 1.

    Raises UsageError for an open stage behind a won or lost one.
    """
    known = [each for each in list_stages(store, stage.pipeline_id) if each.id != stage.id]
    known.insert(max(0, place - 1), stage)
    ends = [each.kind != OPEN for each in known]
    if ends != sorted(ends):
        last = ends.count(False)  # place of an open stage
        place, word = (last, "up to") if stage.kind == OPEN else (last + 1, "from")
        raise UsageError(
            f"{stage.name} is {with_article(stage.kind)} stage; won and lost stages come last",
            f"Give a place {word} {place}: --position {place}",
        )
    arrange(store, [each.id for each in known])
