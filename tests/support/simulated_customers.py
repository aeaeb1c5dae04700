"""Customers that buy, spend and leave as the BG/NBD and Gamma-Gamma models say."""

import random
from typing import NamedTuple

from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.lifetime_model.spend_model import SpendModel
from tests.support.sold_lines import Sold


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


def simulate_sales(seed: int, customers: int, weeks: float = 52.0) -> list[Sold]:
    """Return sales to customers numbered from 1, who came at any time of some weeks."""
    source = random.Random(seed)
    purchase, spend = PurchaseModel(0.5, 4.4, 0.8, 2.4), SpendModel(6.25, 3.74, 15.44)
    sold = []
    for who in range(1, customers + 1):
        each = simulate(source, purchase, spend, source.uniform(weeks / 4, weeks))
        first = round(each.age * 7)
        sold.append(Sold(who, first, bare=3500))
        for week, amount in zip(each.weeks, each.amounts, strict=True):
            sold.append(Sold(who, first - int(week * 7), bare=max(1, round(amount * 100))))
    return sold
