"""Forecast what the open deals bring, by the month of their expected close.

- weighted: the sum of amount × probability, each rounded to a minor unit
- low and high: the band of a simulation in which each deal is won or lost by its probability,
  independently of the others; never outside what the deals can bring
- commit: the amounts of deals that are nearly sure; best case: the amounts of all

Lost and won deals never count. A missing probability is that of the stage.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.records.deals.deal_sql import open_chance_sql, weigh_sql
from cardcrm.reports.pipeline.deal_groups import GROUPS, UNGROUPED
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.reports.pipeline.simulation import ALL, Chance, Rest, find_band
from cardcrm.store import Store

MAX_DRAWN = 2000  # deals that are drawn one by one; the sum of the others is drawn
LIGHT = 1000  # a deal with less than this part of the variance of its month need not be drawn
COMMIT = 90  # percent
_NO_MONTH = "9999-99"


class Key(NamedTuple):
    """The month of the expected close, the currency, and the group if there are some."""

    month: str
    currency: str
    group: str = ""


@dataclass(frozen=True)
class DealMonth:
    """The open deals of a month in a currency; amounts are in minor units.

    The ``month`` of deals without an expected close is None. ``has_passed`` is true of a month
    before today's, whose deals are overdue.
    """

    month: str | None
    currency: str
    group: str
    deals: int
    without_amount: int
    weighted: int
    low: int
    high: int
    commit: int
    best_case: int
    has_passed: bool = False


class _Sums(NamedTuple):
    """The sums of a month: ``spread`` is the variance, and ``widest`` the largest part of it."""

    deals: int
    valued: int
    weighted: int
    best_case: int
    commit: int
    spread: float
    widest: float


def forecast_deals(
    store: Store,
    scope: DealScope,
    *,
    percent: int = 90,
    commit: int = COMMIT,
    group: str = UNGROUPED,
) -> list[DealMonth]:
    """Return the open deals by month, currency and group, with a band of a percentage."""
    sums = _read_sums(store, scope, commit, group)
    drawn = _read_drawn(store, scope, group, sums)
    now = scope.today.isoformat()[:7]
    return [_to_month(key, each, drawn.get(key, []), percent, now) for key, each in sums.items()]


def _to_month(key: Key, sums: _Sums, chances: list[Chance], percent: int, now: str) -> DealMonth:
    rest = _find_rest(sums, chances)
    low, high = find_band(chances, f"{key.month} {key.currency} {key.group}", percent, rest)
    return DealMonth(
        None if key.month == _NO_MONTH else key.month,
        key.currency,
        key.group,
        sums.deals,
        sums.deals - sums.valued,
        sums.weighted,
        min(max(0, low), sums.best_case),
        min(max(0, high), sums.best_case),
        sums.commit,
        sums.best_case,
        has_passed=key.month < now,
    )


def _find_rest(sums: _Sums, chances: list[Chance]) -> Rest:
    """Return the sum of the deals that are not drawn one by one."""
    if len(chances) == sums.valued:
        return Rest()
    mean = sums.weighted - sum(each.amount * each.probability for each in chances) / ALL
    drawn = sum(
        float(each.amount) ** 2 * each.probability * (ALL - each.probability) for each in chances
    )
    return Rest(max(0.0, mean), max(0.0, sums.spread - drawn) / ALL / ALL)


def _month_sql() -> str:
    return f"(CASE WHEN d.close_on IS NULL THEN '{_NO_MONTH}' ELSE substr(d.close_on, 1, 7) END)"


def _from_sql(condition: str, group: str) -> str:
    """Return the open deals, each with its probability and its part of the variance."""
    chance = open_chance_sql("d", "g")
    return (
        f"(SELECT d.id, {_month_sql()} AS month, {currency_sql('d')} AS currency, "
        f"{GROUPS[group]} AS name, d.amount, {chance} AS chance, "
        f"{weigh_sql('d.amount', chance)} AS weighted, "
        f"1.0 * d.amount * d.amount * {chance} * ({ALL} - {chance}) AS spread "
        "FROM deal d CROSS JOIN stage g "
        f"WHERE g.id = d.stage_id AND d.status = 'open' AND {condition}) AS o"
    )


def _read_sums(store: Store, scope: DealScope, commit: int, group: str) -> dict[Key, _Sums]:
    """Return the sums by key, in the order of months, currencies and groups."""
    condition, params = deal_condition(store, scope, day="close_on")
    sql = (
        "SELECT o.month, o.currency, o.name, count(*), count(o.amount), "
        "coalesce(sum(o.weighted), 0), coalesce(sum(o.amount), 0), "
        "coalesce(sum(CASE WHEN o.chance >= :commit THEN o.amount END), 0), "
        "coalesce(sum(o.spread), 0), coalesce(max(o.spread), 0) "
        f"FROM {_from_sql(condition, group)} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    rows = store.rows(sql, **params, commit=commit * 1000)
    return {Key(*row[:3]): _to_sums(row[3:]) for row in rows}


def _to_sums(row: Any) -> _Sums:
    *counts, spread, widest = row
    deals, valued, weighted, best_case, commit = map(int, counts)
    return _Sums(deals, valued, weighted, best_case, commit, float(spread), float(widest))


def _read_drawn(
    store: Store, scope: DealScope, group: str, sums: Mapping[Key, _Sums]
) -> dict[Key, list[Chance]]:
    """Return the deals that are drawn one by one: all of them, or those that matter most.

    These have the largest parts of the variance of their key. The sum of many deals that are alike
    is normal.
    """
    if sum(each.valued for each in sums.values()) <= MAX_DRAWN:
        return _read_all(store, scope, group)
    uneven = {key: each for key, each in sums.items() if each.widest * LIGHT > each.spread > 0}
    return _read_widest(store, scope, group, uneven) if uneven else {}


def _read_all(store: Store, scope: DealScope, group: str) -> dict[Key, list[Chance]]:
    """Return all deals with an amount by key."""
    condition, params = deal_condition(store, scope, day="close_on")
    sql = (
        "SELECT o.month, o.currency, o.name, o.amount, o.chance "
        f"FROM {_from_sql(condition, group)} WHERE o.amount IS NOT NULL ORDER BY o.id"
    )
    return _group((Key(*row[:3]), Chance(*row[3:])) for row in store.rows(sql, **params))


def _read_widest(
    store: Store, scope: DealScope, group: str, sums: Mapping[Key, _Sums]
) -> dict[Key, list[Chance]]:
    """Return the deals with the largest parts of the variance of some keys."""
    condition, params = deal_condition(store, scope, day="close_on")
    months = {f"month{at}": month for at, month in enumerate(sorted({key.month for key in sums}))}
    condition += f" AND {_month_sql()} IN ({', '.join(f':{name}' for name in months)})"
    sql = (
        "SELECT o.month, o.currency, o.name, o.amount, o.chance, o.spread "
        f"FROM {_from_sql(condition, group)} WHERE o.spread >= :least"
    )
    least = min(each.spread for each in sums.values()) / LIGHT
    rows = store.stream_tuples(sql, {**params, **months, "least": least})
    found = heapq.nlargest(MAX_DRAWN, _rank(rows, sums))
    return _group((key, chance) for _, chance, key in found)


def _rank(rows: Iterable[Any], sums: Mapping[Key, _Sums]) -> Iterator[tuple[float, Chance, Key]]:
    """Yield deals with their parts of the variance of their key, if these are not too small."""
    for month, currency, name, amount, chance, spread in rows:
        key = Key(month, currency, name)
        if key in sums and (part := float(spread) / sums[key].spread) * LIGHT > 1:
            yield part, Chance(amount, chance), key


def _group(deals: Iterable[tuple[Key, Chance]]) -> dict[Key, list[Chance]]:
    found: dict[Key, list[Chance]] = defaultdict(list)
    for key, chance in deals:
        found[key].append(chance)
    return found
