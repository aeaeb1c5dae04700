"""Find how many deals go on from each stage, by two definitions that both have the name conversion.

The steps are the open stages of a pipeline in their order, and won. A deal belongs to the days of
the report by the day on which it was opened.

- any: the deals that were in the stage at any time. Of these, those went on that were in a later
  stage afterwards, or were won; a stage that is skipped has not seen the deal.
- strict: the deals that were in each stage up to this one, in the order of the stages. Those went
  on that were in the next stage after that. A deal that skips a stage counts up to it.

A move back takes nothing away, and a deal counts once in a stage however often it returns. Won is a
step of deals that are won now: one that was opened again is not. Deals that never were in an open
stage, as imports bring them, are left out; so are stages that were removed, unless another one took
their deals: a deal that was in such a stage was in the one that took it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cardcrm.records.deals import stages
from cardcrm.records.deals.pipelines import Pipeline, list_pipelines
from cardcrm.records.deals.stage_kinds import LOST, OPEN, WON
from cardcrm.reports.pipeline.deal_scope import DealScope, deal_condition
from cardcrm.reports.statistics.intervals import Interval, wilson_interval
from cardcrm.store import Store

ANY, STRICT = "any", "strict"
DEFINITIONS = (ANY, STRICT)


class Path(NamedTuple):
    """The stages of some deals in the order of their history, and what became of these deals."""

    stages: tuple[int, ...]
    status: str
    deals: int


@dataclass
class Step:
    """A stage of a pipeline by one definition; the last step is won, from which none goes on.

    ``open`` and ``lost`` are the deals that are in the stage now, and those that were lost from it.
    """

    pipeline: str
    stage: str
    definition: str
    month: str = ""
    deals: int = 0
    next: int = 0
    open: int = 0
    lost: int = 0
    first: int = 0  # deals of the first step; of all steps with “any”
    is_last: bool = field(default=False)

    @property
    def rate(self) -> float | None:
        """The share of the deals that went on."""
        return self.next / self.deals if self.deals and not self.is_last else None

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of the rate."""
        return None if self.rate is None else wilson_interval(self.next, self.deals)

    @property
    def cumulative(self) -> float | None:
        """The share of all deals that came to this step."""
        return self.deals / self.first if self.first else None


class Conversion(NamedTuple):
    """The steps of pipelines, and the number of deals without an open stage in their history."""

    steps: list[Step]
    left_out: int


def read_conversion(
    store: Store, scope: DealScope, *, is_closed: bool = False, by_month: bool = False
) -> Conversion:
    """Return the steps of each pipeline by both definitions; of closed deals alone on request.

    With ``by_month`` the deals opened in each month have their steps.
    """
    found: list[Step] = []
    left_out = 0
    paths = _read_paths(store, scope, is_closed=is_closed, by_month=by_month)
    for pipeline in list_pipelines(store, retired=True):
        stages_ = _list_stages(store, pipeline)
        for month, known in paths.get(pipeline.id, {}).items():
            steps, missing = count_steps(pipeline, stages_, known, month)
            found += steps
            left_out += missing
    return Conversion(found, left_out)


def _list_stages(store: Store, pipeline: Pipeline) -> list[tuple[int, str]]:
    known = stages.list_stages(store, pipeline.id)
    return [(each.id, each.name) for each in known if each.kind == OPEN]


def _read_paths(
    store: Store, scope: DealScope, *, is_closed: bool, by_month: bool
) -> dict[int, dict[str, list[Path]]]:
    """Return the different paths of deals by pipeline and month; most deals share a few of them."""
    condition, params = deal_condition(store, scope, day="opened_on")
    closed = "AND d.status <> 'open'" if is_closed else ""
    # Both engines join the texts of a group in the order of the rows below it, which is that of the
    # index. A path that is not materialized would be joined again for each comparison.
    path = (
        f"SELECT {store.engine.concat_function}(CAST(h.to_id AS TEXT), ' ') FROM "
        "(SELECT to_id FROM stage_change WHERE deal_id = d.id ORDER BY id) AS h"
    )
    month = "substr(d.opened_on, 1, 7)" if by_month else "''"
    sql = (
        f"WITH t AS MATERIALIZED (SELECT d.pipeline_id, {month} AS month, d.status, "
        f"({path}) AS path FROM deal d WHERE {condition} {closed}) "
        "SELECT pipeline_id, month, status, path, count(*) FROM t "
        "WHERE path IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    found: dict[int, dict[str, list[Path]]] = {}
    merged = stages.merged_stages(store)
    for pipeline_id, name, status, path, deals in store.rows(sql, **params):
        ids = tuple(merged.get(each, each) for each in map(int, path.split()))
        paths = found.setdefault(pipeline_id, {}).setdefault(name, [])
        paths.append(Path(ids, status, int(deals)))
    return found


def count_steps(
    pipeline: Pipeline, known: Sequence[tuple[int, str]], paths: Iterable[Path], month: str = ""
) -> tuple[list[Step], int]:
    """Return the steps of a pipeline by both definitions, and the number of deals left out."""
    ids = [id_ for id_, _ in known]
    names = [*(name for _, name in known), "Won"]
    steps = {
        definition: [Step(pipeline.name, name, definition, month) for name in names]
        for definition in DEFINITIONS
    }
    total, left_out = 0, 0
    for path in paths:
        visits = [ids.index(each) for each in path.stages if each in ids]
        if not visits:
            left_out += path.deals
            continue
        total += path.deals
        _count_any(steps[ANY], visits, path)
        _count_strict(steps[STRICT], visits, path)
    for each in steps[ANY]:
        each.first = total
    for each in steps[STRICT]:
        each.first = steps[STRICT][0].deals
    for group in steps.values():
        group[-1].is_last = True
    return [*steps[ANY], *steps[STRICT]], left_out


def _count_any(steps: Sequence[Step], visits: Sequence[int], path: Path) -> None:
    """Count the deals of a path in each stage that they were in."""
    won = len(steps) - 1
    furthest = [*visits, won] if path.status == WON else list(visits)
    for at, stage in enumerate(furthest):
        if stage in furthest[:at]:
            continue
        steps[stage].deals += path.deals
        if any(each > stage for each in furthest[at + 1 :]):
            steps[stage].next += path.deals
    _count_end(steps, visits[-1], path)


def _count_strict(steps: Sequence[Step], visits: Sequence[int], path: Path) -> None:
    """Count the deals of a path in each stage that they came to through all stages before."""
    passed = 0
    for stage in visits:
        passed += stage == passed
    if passed == len(steps) - 1 and path.status == WON:
        passed += 1
    for at in range(passed):
        steps[at].deals += path.deals
        steps[at].next += path.deals if at + 1 < passed else 0
    if passed and visits[-1] < passed:
        _count_end(steps, visits[-1], path)


def _count_end(steps: Sequence[Step], stage: int, path: Path) -> None:
    """Count the deals that are in their last stage, or were lost from it."""
    steps[stage].open += path.deals if path.status == OPEN else 0
    steps[stage].lost += path.deals if path.status == LOST else 0
