"""Compare how often deals are won by the touches that they got.

The touches of a deal are the calls, mails, meetings, visits and messages with its contact from the
day on which it was opened to that of its close; a note or an attempt without an answer is none. It
is a comparison, not an effect: a buyer who is interested is also called more often.
"""

from dataclasses import dataclass
from typing import Any

from cardcrm.reports.pipeline.deal_scope import DealScope, deal_condition
from cardcrm.reports.statistics.intervals import Interval, wilson_interval
from cardcrm.store import Store

BANDS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, None))


@dataclass
class TouchBand:
    """The closed deals with a number of touches from ``least`` to ``most``, perhaps of a month."""

    least: int
    most: int | None
    month: str = ""
    won: int = 0
    lost: int = 0

    @property
    def name(self) -> str:
        """The numbers of touches, such as ``1–2``."""
        if self.most is None:
            return f"{self.least}+"
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"

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


@dataclass(frozen=True)
class ActivityEffect:
    """The closed deals by touches, with the mean touches of won and of lost ones."""

    bands: list[TouchBand]
    won_mean: float | None
    lost_mean: float | None


def read_activity(store: Store, scope: DealScope, *, by_month: bool = False) -> ActivityEffect:
    """Return the deals that were closed in the days of a scope, by their touches.

    With ``by_month`` each month with closed deals has its bands.
    """
    found: dict[str, list[TouchBand]] = {}
    deals, sums = {"won": 0, "lost": 0}, {"won": 0, "lost": 0}
    for month, status, touches, count in _read_counts(store, scope, by_month=by_month):
        bands = found.setdefault(month, [TouchBand(least, most, month) for least, most in BANDS])
        band = next(each for each in reversed(bands) if touches >= each.least)
        if status == "won":
            band.won += count
        else:
            band.lost += count
        deals[status] += count
        sums[status] += touches * count
    means = {each: sums[each] / deals[each] if deals[each] else None for each in deals}
    bands = [each for month in sorted(found) for each in found[month]]
    return ActivityEffect(bands, means["won"], means["lost"])


def _read_counts(store: Store, scope: DealScope, *, by_month: bool) -> list[Any]:
    """Return the number of closed deals by month, status and touches."""
    condition, params = deal_condition(store, scope, day="closed_on")
    touches = (
        "SELECT count(*) FROM participant p JOIN interaction i ON i.id = p.interaction_id "
        "WHERE p.contact_id = d.contact_id AND i.on_date >= d.opened_on "
        "AND i.on_date <= d.closed_on AND i.kind <> 'note' AND i.no_answer = 0"
    )
    month = "substr(d.closed_on, 1, 7)" if by_month else "''"
    sql = (
        f"SELECT month, status, touches, count(*) FROM (SELECT {month} AS month, d.status, "
        f"({touches}) AS touches FROM deal d WHERE d.status <> 'open' AND {condition}) AS t "
        "GROUP BY month, status, touches"
    )
    return store.rows(sql, **params)
