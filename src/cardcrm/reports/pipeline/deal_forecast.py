"""Forecast what the open deals bring, by the month of their expected close.

- weighted: the sum of amount × probability, each rounded to a minor unit
- low and high: the band of a simulation in which each deal is won or lost by its probability,
  independently of the others
- commit: the amounts of deals that are nearly sure; best case: the amounts of all

Lost and won deals never count. A missing probability is that of the stage.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.records.deals.deal_sql import probability_sql, weighted_sql
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.reports.pipeline.simulation import ALL, Chance, Rest, draw_sums, find_band
from cardcrm.store import Store

MAX_DRAWN = 2000  # deals that are drawn one by one; the sum of the others is drawn
COMMIT = 90  # percent
_NO_MONTH = "9999-99"


class Key(NamedTuple):
    """The month of the expected close, the currency, and the owner if there is one for each."""

    month: str
    currency: str
    owner: str = ""


@dataclass(frozen=True)
class DealMonth:
    """The open deals of a month in a currency; amounts are in minor units.

    The ``month`` of deals without an expected close is None. ``has_passed`` is true of a month
    before today's, whose deals are overdue.
    """

    month: str | None
    currency: str
    owner: str
    deals: int
    without_amount: int
    weighted: int
    low: int
    high: int
    commit: int
    best_case: int
    has_passed: bool = False


def forecast_deals(
    store: Store,
    scope: DealScope,
    *,
    percent: int = 90,
    commit: int = COMMIT,
    by_owner: bool = False,
) -> list[DealMonth]:
    """Return the open deals by month, with a band of a percentage."""
    rows = _read_sums(store, scope, commit, by_owner=by_owner)
    drawn = _read_largest(store, scope, by_owner=by_owner)
    return [
        _to_month(Key(*row[:3]), row, drawn, percent, scope.today.isoformat()[:7]) for row in rows
    ]


def _to_month(
    key: Key, row: Any, drawn: Mapping[Key, list[Chance]], percent: int, now: str
) -> DealMonth:
    deals, empty, weighted, best, commit, _ = row[3:]
    chances = drawn.get(key, [])
    sums = draw_sums(chances, f"{key.month} {key.currency} {key.owner}", _find_rest(row, chances))
    low, high = find_band(sums, percent)
    return DealMonth(
        None if key.month == _NO_MONTH else key.month,
        key.currency,
        key.owner,
        int(deals),
        int(empty),
        int(weighted),
        low,
        high,
        int(commit),
        int(best),
        has_passed=key.month < now,
    )


def _find_rest(row: Any, chances: Iterable[Chance]) -> Rest:
    """Return the sum of the deals of a row that are not drawn one by one."""
    deals, empty, weighted, _, _, variance = row[3:]
    known = list(chances)
    if len(known) == deals - empty:
        return Rest()
    mean = weighted - sum(each.amount * each.probability for each in known) / ALL
    spread = sum(
        float(each.amount) ** 2 * each.probability * (ALL - each.probability) for each in known
    )
    return Rest(max(0.0, float(mean)), max(0.0, float(variance) - spread) / ALL / ALL)


def _month_sql() -> str:
    return f"(CASE WHEN d.close_on IS NULL THEN '{_NO_MONTH}' ELSE substr(d.close_on, 1, 7) END)"


def _from_sql(condition: str) -> str:
    """Return the open deals, each with its probability."""
    return (
        f"(SELECT d.id, {_month_sql()} AS month, {currency_sql('d')} AS currency, d.owner, "
        f"d.amount, {probability_sql('d')} AS chance, {weighted_sql('d')} AS weighted "
        f"FROM deal d WHERE d.status = 'open' AND {condition}) AS o"
    )


def _read_sums(store: Store, scope: DealScope, commit: int, *, by_owner: bool) -> list[Any]:
    """Return the sums of each month, in the order of months, currencies and owners."""
    condition, params = deal_condition(store, scope, day="close_on")
    owner = "o.owner" if by_owner else "''"
    sql = (
        f"SELECT o.month, o.currency, {owner} AS owner, count(*), "
        "sum(CASE WHEN o.amount IS NULL THEN 1 ELSE 0 END), coalesce(sum(o.weighted), 0), "
        "coalesce(sum(o.amount), 0), "
        "coalesce(sum(CASE WHEN o.chance >= :commit THEN o.amount ELSE 0 END), 0), "
        f"coalesce(sum(1.0 * o.amount * o.amount * o.chance * ({ALL} - o.chance)), 0) "
        f"FROM {_from_sql(condition)} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    return store.rows(sql, **params, commit=commit * 1000)


def _read_largest(store: Store, scope: DealScope, *, by_owner: bool) -> dict[Key, list[Chance]]:
    """Return the largest deals with their probabilities, by month."""
    condition, params = deal_condition(store, scope, day="close_on")
    sql = (
        f"SELECT o.month, o.currency, o.owner, o.amount, o.chance FROM {_from_sql(condition)} "
        f"WHERE o.amount IS NOT NULL ORDER BY o.amount DESC, o.id LIMIT {MAX_DRAWN}"
    )
    found: dict[Key, list[Chance]] = defaultdict(list)
    for month, currency, owner, amount, chance in store.rows(sql, **params):
        found[Key(month, currency, owner if by_owner else "")].append(Chance(amount, chance))
    return found
