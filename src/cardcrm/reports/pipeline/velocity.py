"""Find how much money a pipeline brings a day.

    velocity = open deals × mean won amount × win rate / mean days to close

The win rate is by count, the days are those from the opening to the close of deals that are won.
"""

from dataclasses import dataclass

from cardcrm.reports.pipeline.closed_deals import ClosedDeals, read_closed
from cardcrm.reports.pipeline.deal_groups import GROUPS
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.reports.pipeline.open_pipeline import read_months
from cardcrm.store import Store


@dataclass(frozen=True)
class Velocity:
    """The velocity of a group in a currency, in minor units a day, with what it is made of.

    Without one, ``reason`` says what is missing.
    """

    group: str
    currency: str
    open: int
    closed: ClosedDeals
    value: float | None
    reason: str = ""


def compute_velocity(open_: int, amount: float, rate: float, days: float) -> float:
    """Return the money a day, in the unit of the amount."""
    return open_ * amount * rate / days


def read_velocity(store: Store, scope: DealScope, group: str) -> list[Velocity]:
    """Return the velocity by group and currency.

    The open deals are those of today; with the group month, those at the end of each month.
    """
    closed = read_closed(store, scope, group)
    known = {(each.group, each.currency): each for each in closed}
    open_ = _read_open(store, scope, group)
    return [
        _to_velocity(known.get(key, ClosedDeals(*key)), open_.get(key, 0))
        for key in sorted({*known, *open_})
    ]


def _read_open(store: Store, scope: DealScope, group: str) -> dict[tuple[str, str], int]:
    """Return the number of open deals by group and currency."""
    if group == "month":
        return {(each.month, each.currency): each.open for each in read_months(store, scope)}
    if group == "year":
        return _read_open_years(store, scope)
    condition, params = deal_condition(store, scope)
    sql = (
        f"SELECT {GROUPS[group]}, {currency_sql('d')}, count(*) FROM deal d "
        f"WHERE d.status = 'open' AND {condition} GROUP BY 1, 2"
    )
    return {(name, currency): int(deals) for name, currency, deals in store.rows(sql, **params)}


def _read_open_years(store: Store, scope: DealScope) -> dict[tuple[str, str], int]:
    """Return the number of open deals at the end of the last month of each year."""
    months = read_months(store, scope)
    return {(each.month[:4], each.currency): each.open for each in months}


def _to_velocity(closed: ClosedDeals, open_: int) -> Velocity:
    value, reason = None, ""
    if closed.mean_amount is None or closed.rate is None:
        reason = "no deal with an amount was won in these days"
    elif not closed.days:
        reason = "the deals that were won were opened on the day of their close"
    else:
        days = closed.mean_days or 0.0
        value = compute_velocity(open_, closed.mean_amount, closed.rate, days)
    return Velocity(closed.group, closed.currency, open_, closed, value, reason)
