"""Customers that buy, spend and leave as the BG/NBD and Gamma-Gamma models say."""

import random
from typing import NamedTuple

from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.lifetime_model.spend_model import SpendModel


class SimulatedCustomer(NamedTuple):
    """The weeks of the purchases after the first, their amounts, and the week of leaving.

    ``left`` is beyond the last purchase for a customer who is active to the end.
    """

    age: float
    weeks: tuple[float, ...]
    amounts: tuple[float, ...]
    is_active: bool

    def pattern(self, until: float) -> tuple[int, float, float]:
        """Return repeats, recency and age as they are some weeks after the first purchase."""
        weeks = [week for week in self.weeks if week <= until]
        return len(weeks), max(weeks, default=0.0), until


def simulate(
    random_: random.Random, purchase: PurchaseModel, spend: SpendModel, age: float
) -> SimulatedCustomer:
    """Return a customer whose first purchase was ``age`` weeks ago."""
    rate = random_.gammavariate(purchase.r, 1 / purchase.alpha)
    leaving = random_.betavariate(purchase.a, purchase.b)
    scale = random_.gammavariate(spend.q, 1 / spend.v)
    weeks, amounts, week, is_active = [], [], 0.0, True
    while rate > 1e-12:
        week += random_.expovariate(rate)
        if week > age:
            break
        weeks.append(week)
        amounts.append(random_.gammavariate(spend.p, 1 / scale))
        if random_.random() < leaving:
            is_active = False
            break
    return SimulatedCustomer(age, tuple(weeks), tuple(amounts), is_active)
