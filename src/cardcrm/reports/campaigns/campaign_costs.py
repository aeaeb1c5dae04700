"""Compute the costs of a campaign, its profit and its return on investment.

The profit is the revenue of the converted contacts less the costs of the campaign, and the return
on investment is the profit divided by the costs (P. Farris et al., Marketing Metrics, 2nd edition
2010, section 10.4). The costs of the goods are not part of it. Only costs in the currency of the
firm count, as its revenue does.
"""

from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.store import Store


class Costs(NamedTuple):
    """The costs of a campaign in the currency of the firm, and those in ``others``."""

    amount: Money
    others: tuple[Money, ...] = ()

    def subtract_from(self, revenue: Money) -> Money:
        """Return the profit."""
        return Money(revenue.minor - self.amount.minor, revenue.currency)

    def compute_return(self, revenue: Money) -> float | None:
        """Return the return on investment, None without costs."""
        if not self.amount.minor:
            return None
        return self.subtract_from(revenue).minor / self.amount.minor


def load_costs(store: Store, campaign_id: int) -> Costs | None:
    """Return the costs of a campaign, None without any."""
    sql = (
        "SELECT currency, sum(amount) FROM campaign_cost WHERE campaign_id = :id "
        "GROUP BY currency ORDER BY currency"
    )
    sums = {row[0]: int(row[1]) for row in store.rows(sql, id=campaign_id)}
    if not sums:
        return None
    own = store.locale.currency
    amount = Money(sums.pop(own, 0), own)
    return Costs(amount, tuple(Money(minor, code) for code, minor in sums.items()))
