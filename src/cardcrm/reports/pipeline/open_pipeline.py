"""Count and weight the open deals of each stage, and find those that need care."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.records.deals.deal_sql import open_chance_sql, weigh_sql
from cardcrm.records.deals.rotting import rotting_sql
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.store import Store


@dataclass
class OpenStage:
    """The open deals of a stage in a currency; amounts are in minor units.

    ``probability`` is that of the stage, in thousandths of a percent, ``age`` the sum of the days
    that the deals have been in the stage.
    """

    pipeline: str
    stage: str
    probability: int
    currency: str
    deals: int = 0
    without_amount: int = 0
    amount: int = 0
    weighted: int = 0
    overdue: int = 0
    rotting: int = 0
    age: int = 0

    @property
    def mean_age(self) -> float:
        """The mean number of days in the stage."""
        return self.age / self.deals


def read_open_stages(store: Store, scope: DealScope) -> list[OpenStage]:
    """Return the stages with open deals in the order of pipelines and stages, by currency."""
    condition, params = deal_condition(store, scope)
    rots = rotting_sql(store, _param_adder(params), "d")
    sql = (
        "SELECT p.name, g.name, g.probability, o.* FROM ("
        f"SELECT d.stage_id, {currency_sql('d')} AS currency, d.entered_on, count(*) AS deals, "
        "count(*) - count(d.amount), coalesce(sum(d.amount), 0), "
        f"coalesce(sum({weigh_sql('d.amount', open_chance_sql('d', 's'))}), 0), "
        "sum(CASE WHEN d.close_on < :today THEN 1 ELSE 0 END), "
        f"sum(CASE WHEN {rots} THEN 1 ELSE 0 END) "
        f"FROM deal d JOIN stage s ON s.id = d.stage_id "
        f"WHERE d.status = 'open' AND {condition} GROUP BY 1, 2, 3) AS o "
        "JOIN stage g ON g.id = o.stage_id JOIN pipeline p ON p.id = g.pipeline_id "
        "ORDER BY p.position, p.id, g.position, g.id, o.currency, o.entered_on"
    )
    found: dict[tuple[int, str], OpenStage] = {}
    days = DayNumbers()
    today = scope.today.toordinal()
    for row in store.rows(sql, **params, today=scope.today.isoformat()):
        pipeline, stage, probability, stage_id, currency, entered, *sums = row
        group = found.setdefault(
            (stage_id, currency), OpenStage(pipeline, stage, probability, currency)
        )
        _add(group, sums, max(0, today - days[entered]))
    return list(found.values())


def _add(group: OpenStage, sums: list[Any], age: int) -> None:
    deals, empty, amount, weighted, overdue, rotting = map(int, sums)
    group.deals += deals
    group.without_amount += empty
    group.amount += amount
    group.weighted += weighted
    group.overdue += overdue
    group.rotting += rotting
    group.age += deals * age


def _param_adder(params: dict[str, Any]) -> Any:
    """Return a function that adds a parameter and returns its mark."""

    def add(value: Any) -> str:
        name = f"rots{len(params)}"
        params[name] = value
        return f":{name}"

    return add


@dataclass(frozen=True)
class PipelineMonth:
    """The deals that were opened, won and lost in a month, and those open at its end.

    Amounts are those that the deals have now, in minor units. ``end`` is the last day of the month,
    or today.
    """

    month: str
    currency: str
    opened: int
    opened_amount: int
    won: int
    won_amount: int
    lost: int
    lost_amount: int
    open: int
    open_amount: int


def read_months(store: Store, scope: DealScope) -> list[PipelineMonth]:
    """Return the pipeline by month, from the first month of the scope to the last."""
    from cardcrm.dates.periods import list_periods

    assert scope.since is not None
    assert scope.until is not None
    sums = _read_flows(store, scope)
    months = [each.name for each in list_periods("month", scope.since, scope.until)]
    found = []
    for currency in sorted({currency for _, currency, _ in sums}):
        open_, open_amount = 0, 0
        for month in sorted({*months, *(key[0] for key in sums if key[1] == currency)}):
            flows = {kind: sums.get((month, currency, kind), (0, 0)) for kind in _KINDS}
            open_ += flows["opened"][0] - flows["won"][0] - flows["lost"][0]
            open_amount += flows["opened"][1] - flows["won"][1] - flows["lost"][1]
            if month in months:
                pairs = (*flows["opened"], *flows["won"], *flows["lost"])
                found.append(PipelineMonth(month, currency, *pairs, open_, open_amount))
    return sorted(found, key=lambda each: (each.month, each.currency))


_KINDS = ("opened", "won", "lost")


def _read_flows(store: Store, scope: DealScope) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return the number of deals and their amounts by month, currency and what happened."""
    condition, params = deal_condition(store, scope)
    money = currency_sql("d")
    sums = "count(*), coalesce(sum(d.amount), 0)"
    sql = (
        f"SELECT substr(d.opened_on, 1, 7), {money}, 'opened', {sums} FROM deal d "
        f"WHERE {condition} AND d.opened_on <= :last GROUP BY 1, 2 UNION ALL "
        f"SELECT substr(d.closed_on, 1, 7), {money}, d.status, {sums} FROM deal d "
        f"WHERE {condition} AND d.closed_on <= :last AND d.status <> 'open' GROUP BY 1, 2, 3"
    )
    last = (scope.until or dt.date.max).isoformat()
    return {
        (month, currency, kind): (int(count), int(amount))
        for month, currency, kind, count, amount in store.rows(sql, **params, last=last)
    }
