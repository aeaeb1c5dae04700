"""The report on the prices of a product: two spans compared, the changes found, and the months."""

import datetime as dt
from typing import NamedTuple

from cardcrm.money import Money, UnitPrice, divide_half_up
from cardcrm.reports.product_sales.price_changes import PriceChange
from cardcrm.reports.statistics.rate_ratio import RateRatio


class SpanFigures(NamedTuple):
    """Sales of a product from ``first`` to ``last``; ``units`` are in thousandths."""

    first: dt.date
    last: dt.date
    units: int
    revenue: Money
    lines: int
    paid: UnitPrice | None
    listed: UnitPrice | None

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def units_a_day(self) -> float:
        """Units sold a day."""
        return self.units / 1000 / self.days

    @property
    def revenue_a_day(self) -> Money:
        """Revenue a day, rounded."""
        return Money(divide_half_up(self.revenue.minor, self.days), self.revenue.currency)

    @property
    def discount_share(self) -> float | None:
        """The part of the list price that discounts took."""
        if self.paid is None or self.listed is None or not self.listed.parts:
            return None
        return 1 - self.paid.parts / self.listed.parts


class Month(NamedTuple):
    """A month of a product; ``share`` is its part of the revenue of all products."""

    name: str
    figures: SpanFigures
    share: float | None


class Effect(NamedTuple):
    """Two spans compared; ``units`` is None if there is too little data, for a ``reason``.

    ``others`` is the relative change of the revenue a day of all other products.
    """

    before: SpanFigures
    after: SpanFigures
    units: RateRatio | None
    reason: str
    revenue_change: float | None
    others: float | None


class PriceReport(NamedTuple):
    """A product's prices: the changes found, the day looked at, its effect, and the months.

    ``on`` is None, and so is the effect, where no change was found; ``reason`` says what is
    missing. ``title`` names the second span: after, or promotion.
    """

    product_id: int
    product: str
    currency: str
    on: dt.date | None
    is_found: bool
    effect: Effect | None
    reason: str
    changes: tuple[PriceChange, ...]
    months: tuple[Month, ...]
    title: str = "after"
