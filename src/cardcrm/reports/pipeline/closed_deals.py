"""Sum the deals that were won and lost in some days: win rates by count and by value.

- win rate by count: won / (won + lost)
- win rate by value: the same of their amounts

Open deals are in neither, however old. A deal that is won and opened again is open.
"""

from dataclasses import dataclass

from cardcrm.records.deals.stage_kinds import WON
from cardcrm.reports.pipeline.deal_groups import GROUPS
from cardcrm.reports.pipeline.deal_scope import DealScope, currency_sql, deal_condition
from cardcrm.reports.statistics.intervals import Interval, wilson_interval
from cardcrm.store import Store


@dataclass
class ClosedDeals:
    """The closed deals of a group in a currency; amounts are in minor units.

    ``days`` is the sum of the days from the opening to the close of deals that are won. Those that
    are ``valued`` have an amount.
    """

    group: str
    currency: str
    won: int = 0
    won_valued: int = 0
    won_amount: int = 0
    lost: int = 0
    lost_valued: int = 0
    lost_amount: int = 0
    days: int = 0

    @property
    def closed(self) -> int:
        """The number of deals."""
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """The share of the deals that are won."""
        return self.won / self.closed if self.closed else None

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of the rate."""
        return wilson_interval(self.won, self.closed) if self.closed else None

    @property
    def value_rate(self) -> float | None:
        """The share of the amounts that is won."""
        total = self.won_amount + self.lost_amount
        return self.won_amount / total if total else None

    @property
    def mean_amount(self) -> float | None:
        """The mean amount of the deals that are won and have one, in minor units."""
        return self.won_amount / self.won_valued if self.won_valued else None

    @property
    def mean_days(self) -> float | None:
        """The mean number of days from the opening to the close of deals that are won."""
        return self.days / self.won if self.won else None


def read_closed(store: Store, scope: DealScope, group: str) -> list[ClosedDeals]:
    """Return the closed deals by group and currency, in their order."""
    condition, params = deal_condition(store, scope, day="closed_on")
    days = store.engine.days_between.format("d.opened_on", "d.closed_on")
    sql = (
        f"SELECT {GROUPS[group]} AS name, {currency_sql('d')} AS currency, d.status, count(*), "
        f"count(d.amount), coalesce(sum(d.amount), 0), coalesce(sum({days}), 0) FROM deal d "
        f"WHERE d.status <> 'open' AND {condition} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    found: dict[tuple[str, str], ClosedDeals] = {}
    for name, currency, status, deals, valued, amount, spent in store.rows(sql, **params):
        each = found.setdefault((name, currency), ClosedDeals(name, currency))
        if status == WON:
            each.won, each.won_valued, each.won_amount = deals, valued, int(amount)
            each.days = int(spent)
        else:
            each.lost, each.lost_valued, each.lost_amount = deals, valued, int(amount)
    return list(found.values())
