"""Find how long deals stay in each stage.

A stay ends when the deal leaves the stage, on which the days of a report look; a deal that comes
back stays again. The median is in tenths of days. Deals that are in the stage now are counted
beside, as their stays are not over.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.reports.pipeline.deal_scope import DealScope, deal_condition
from cardcrm.reports.statistics.quantiles import find_counted_median
from cardcrm.store import Store

DAY = 86_400  # seconds
_TENTH = DAY // 10
_PLACE = "p.position, p.id, g.position, g.id, p.name, g.name"


@dataclass
class StageTime:
    """The stays in a stage, perhaps of a month; ``tenths`` counts their lengths."""

    place: tuple[int, ...]  # of the pipeline, and of the stage in it
    pipeline: str
    stage: str
    month: str
    stays: int = 0
    seconds: int = 0
    tenths: Counter[int] = field(default_factory=Counter)
    now: int = 0
    now_days: int = 0

    @property
    def mean_days(self) -> float | None:
        """The mean of the stays in days."""
        return self.seconds / self.stays / DAY if self.stays else None

    @property
    def median_days(self) -> float | None:
        """The median of the stays in days."""
        return find_counted_median(self.tenths) / 10 if self.stays else None

    @property
    def mean_now(self) -> float | None:
        """The mean number of days that the deals have been in the stage that are in it now."""
        return self.now_days / self.now if self.now else None


def read_stage_times(store: Store, scope: DealScope, *, by_month: bool = False) -> list[StageTime]:
    """Return the stays in the open stages, in the order of pipelines, stages and months."""
    found: dict[tuple[int, str], StageTime] = {}
    for row in _read_stays(store, scope, by_month=by_month):
        *place, pipeline, stage, month, tenths, stays, seconds = row
        key = (place[-1], month)
        each = found.setdefault(key, StageTime(tuple(place), pipeline, stage, month))
        each.stays += stays
        each.seconds += int(seconds)
        each.tenths[int(tenths)] += stays
    if not by_month:
        _add_present(store, scope, found)
    return sorted(found.values(), key=lambda each: (each.place, each.month))


def _read_stays(store: Store, scope: DealScope, *, by_month: bool) -> list[Any]:
    condition, params = _condition(store, scope)
    month, key = (", substr(h.on_date, 1, 7) AS month", ", 3") if by_month else ("", "")
    shown = "o.month" if by_month else "''"
    sql = (
        f"SELECT {_PLACE}, {shown}, o.tenths, o.stays, o.seconds FROM ("
        f"SELECT h.from_id, h.seconds / {_TENTH} AS tenths{month}, count(*) AS stays, "
        f"sum(h.seconds) AS seconds FROM stage_change h WHERE {condition} GROUP BY 1, 2{key}) AS o "
        "JOIN stage g ON g.id = o.from_id JOIN pipeline p ON p.id = g.pipeline_id "
        "WHERE g.kind = 'open' ORDER BY o.tenths"
    )
    return store.rows(sql, **params)


def _condition(store: Store, scope: DealScope) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on changes ``h`` that end a stay in the days of a scope."""
    deals, params = deal_condition(store, scope)
    conditions = ["h.from_id IS NOT NULL", "h.seconds IS NOT NULL"]
    if deals != "1 = 1":
        conditions.append(f"h.deal_id IN (SELECT d.id FROM deal d WHERE {deals})")
    for name, sign, day in (("since", ">=", scope.since), ("until", "<=", scope.until)):
        if day is not None:
            conditions.append(f"h.on_date {sign} :{name}")
            params[name] = day.isoformat()
    return " AND ".join(conditions), params


def _add_present(store: Store, scope: DealScope, found: dict[tuple[int, str], StageTime]) -> None:
    """Add the deals that are in each stage now."""
    condition, params = deal_condition(store, scope)
    sql = (
        f"SELECT {_PLACE}, o.entered_on, o.deals FROM (SELECT d.stage_id, d.entered_on, "
        "count(*) AS deals FROM deal d "
        f"WHERE d.status = 'open' AND {condition} GROUP BY 1, 2) AS o "
        "JOIN stage g ON g.id = o.stage_id JOIN pipeline p ON p.id = g.pipeline_id"
    )
    days, today = DayNumbers(), scope.today.toordinal()
    for *place, pipeline, stage, entered, deals in store.rows(sql, **params):
        empty = StageTime(tuple(place), pipeline, stage, "")
        each = found.setdefault((place[-1], ""), empty)
        each.now += deals
        each.now_days += deals * max(0, today - days[entered])
