"""A group of a market, its size as the user states it, and the smallest groups as one."""

from collections.abc import Sequence
from dataclasses import dataclass

from cardcrm.money import Money


@dataclass(frozen=True)
class MarketSize:
    """The sales of all sellers to a group in the period, or the number of all its customers."""

    amount: Money | None = None
    customers: int | None = None


@dataclass(frozen=True)
class MarketGroup:
    """The customers of one value of a field in a period.

    ``reachable`` contacts can be written to or called and have not bought in the period. ``score``
    is the mean of three ranks from 0 to 1: of revenue by customer, growth and reachable contacts.
    """

    name: str
    customers: int
    revenue: Money
    revenue_before: Money
    growth: float | None = None
    share: float | None = None
    market_share: float | None = None
    reachable: int | None = None
    score: float | None = None
    groups: int = 1

    @property
    def by_customer(self) -> Money | None:
        """The revenue of each customer in the mean."""
        if not self.customers:
            return None
        return Money(round(self.revenue.minor / self.customers), self.revenue.currency)


def join_smallest(groups: Sequence[MarketGroup], limit: int) -> tuple[MarketGroup, ...]:
    """Return the first groups, and all others as one, so that their sum stays the same."""
    if not limit or len(groups) <= limit:
        return tuple(groups)
    rest = groups[limit:]
    currency = rest[0].revenue.currency
    shares = [each.share for each in rest if each.share is not None]
    other = MarketGroup(
        f"{len(rest):,} others",
        sum(each.customers for each in rest),
        Money(sum(each.revenue.minor for each in rest), currency),
        Money(sum(each.revenue_before.minor for each in rest), currency),
        share=sum(shares) if shares else None,
        groups=len(rest),
    )
    return (*groups[:limit], other)
