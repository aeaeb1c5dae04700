"""Pipelines: the default one of a new database, and those that a firm adds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, normalize_line


class Pipeline(NamedTuple):
    """A pipeline; one that is ``retired`` is kept for the history of its deals."""

    id: int
    name: str
    position: int
    retired: bool = False


class StageDraft(NamedTuple):
    """A stage to add; its probability is in thousandths of a percent."""

    name: str
    probability: int
    rotting_days: int | None = None
    kind: str = "open"
    needs: str = ""


DEFAULT_NAME = "Sales"
DEFAULT_STAGES = (
    StageDraft("Qualification", 10_000, 14),
    StageDraft("Demo", 25_000, 14),
    StageDraft("Proposal", 50_000, 14),
    StageDraft("Negotiation", 70_000, 14),
    StageDraft("Ready to close", 90_000, 7),
    StageDraft("Won", 100_000, kind="won"),
    StageDraft("Lost", 0, kind="lost"),
)
# The permanent ids of the default pipeline, the same in every database: an archive of one database
# finds the pipeline of another.
_UID = "c0a1d7e2-5f0b-4f52-9d5e-8e1f6c7a{:04x}"

SELECT = "SELECT id, name, position, retired FROM pipeline"


def _pipeline(row: Any) -> Pipeline:
    return Pipeline(row[0], row[1], row[2], bool(row[3]))


def list_pipelines(store: Store, *, retired: bool = False) -> list[Pipeline]:
    """Return the pipelines in their order, retired ones on request."""
    sql = f"{SELECT} WHERE retired <= :most ORDER BY position, id"
    return [_pipeline(row) for row in store.rows(sql, most=int(retired))]


def count_open(store: Store) -> dict[int, int]:
    """Return the number of open deals by pipeline."""
    sql = "SELECT pipeline_id, count(*) FROM deal WHERE status = 'open' GROUP BY pipeline_id"
    return {row[0]: row[1] for row in store.rows(sql)}


def ensure_default(store: Store) -> None:
    """Give a database without any pipeline the default one, which undo does not remove."""
    if store.rows("SELECT 1 FROM pipeline LIMIT 1"):
        return
    with store.transaction():
        if not store.rows("SELECT 1 FROM pipeline LIMIT 1"):
            with store.unrecorded():
                _insert(store, DEFAULT_NAME, 1, DEFAULT_STAGES, has_fixed_ids=True)


def first_pipeline(store: Store) -> Pipeline:
    """Return the first pipeline, which is the default; a new database gets one."""
    ensure_default(store)
    return list_pipelines(store)[0]


def find_pipeline(store: Store, text: str) -> Pipeline:
    """Return the pipeline that a name, the beginning of one, or a number means.

    Raises NotFoundError, and ConflictError for the beginning of several.
    """
    ensure_default(store)
    known = list_pipelines(store)
    key = fold(text)
    number = key.removeprefix("#")
    exact = [each for each in known if fold(each.name) == key or str(each.id) == number]
    found = exact or [each for each in known if key and fold(each.name).startswith(key)]
    if len(found) == 1 or exact:
        return found[0]
    names = [each.name for each in known]
    if found:
        raise ConflictError(
            f"“{text}” may be {' or '.join(each.name for each in found)}", "Write more of the name."
        )
    raise NotFoundError(
        f"unknown pipeline “{text}”", f"Pipelines: {', '.join(names)}.", find_similar(text, names)
    )


@retry_transaction
def add_pipeline(
    store: Store, name: str, stages: Sequence[StageDraft] = DEFAULT_STAGES
) -> Pipeline:
    """Add a pipeline with its stages; won and lost ones are added where they are missing.

    Raises UsageError for an empty name, and ConflictError for one that is taken.
    """
    shown = normalize_line(name)
    if not fold(shown):
        raise UsageError("a pipeline needs a name", 'For example: cardcrm pipeline add "Weddings"')
    ensure_default(store)
    with store.transaction():
        refuse_taken(store, shown)
        place = 1 + int(store.value("SELECT coalesce(max(position), 0) FROM pipeline"))
        kinds = {each.kind for each in stages}
        ends = [each for each in DEFAULT_STAGES if each.kind != "open" and each.kind not in kinds]
        _refuse_equal_names([*stages, *ends])
        pipeline_id = _insert(store, shown, place, [*stages, *ends])
    return Pipeline(pipeline_id, shown, place)


def _refuse_equal_names(stages: Sequence[StageDraft]) -> None:
    """Raise UsageError for two stages of one name, in letters of any case."""
    seen: set[str] = set()
    for each in stages:
        if fold(each.name) in seen:
            raise UsageError(
                f"there would be two stages “{each.name}”",
                "Give each stage a name of its own; those for won and lost deals are added.",
            )
        seen.add(fold(each.name))


def refuse_taken(store: Store, name: str, own: int = 0) -> None:
    """Raise ConflictError for the name of another pipeline."""
    sql = "SELECT id FROM pipeline WHERE name_key = :key AND id <> :own"
    if store.rows(sql, key=fold(name), own=own):
        raise ConflictError(
            f"the pipeline “{name}” already exists", "To see all: cardcrm pipeline list"
        )


def _insert(
    store: Store,
    name: str,
    place: int,
    stages: Sequence[StageDraft],
    *,
    has_fixed_ids: bool = False,
) -> int:
    def uid(number: int) -> str:
        return _UID.format(number) if has_fixed_ids else new_uid()

    pipeline_id = store.insert(
        "pipeline", uid=uid(0), name=name, name_key=fold(name), position=place
    )
    for number, each in enumerate(stages, 1):
        store.insert(
            "stage",
            uid=uid(number),
            pipeline_id=pipeline_id,
            name=each.name,
            name_key=fold(each.name),
            position=number,
            kind=each.kind,
            probability=each.probability,
            rotting_days=each.rotting_days,
            needs=each.needs,
        )
    return pipeline_id


def place_last(store: Store, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a new pipeline with the place behind all others."""
    if columns.get("position"):
        return columns
    last = store.value("SELECT coalesce(max(position), 0) FROM pipeline")
    return columns | {"position": int(last) + 1}


@retry_transaction
def move_pipeline(store: Store, pipeline_id: int, place: int) -> None:
    """Move a pipeline to a place among the others, counted from 1."""
    with store.transaction():
        ids = [each.id for each in list_pipelines(store) if each.id != pipeline_id]
        ids.insert(max(0, place - 1), pipeline_id)
        for number, each in enumerate(ids, 1):
            store.update("pipeline", each, position=number)
