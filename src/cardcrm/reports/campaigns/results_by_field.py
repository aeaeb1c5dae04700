"""Results of a campaign by a field of the contacts."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.records import Record
from cardcrm.reports.campaigns.results import (
    HELD_OUT_FIGURES,
    choose_figures,
    find_last_day,
    find_params,
)
from cardcrm.reports.dimension import Dimension
from cardcrm.reports.statistics.intervals import Interval, newcombe_interval
from cardcrm.store import Store
from cardcrm.store.engine import Row

_NO_MESSAGES = ", ".join(["0"] * 9)
_SUMS = 11  # figures of a group: nine of its messages, two of its contacts held out


class Group(NamedTuple):
    """The contacts of a campaign with one value of a field; ``name`` is "" without a value."""

    name: str
    queued: int
    sent: int
    replied: int
    unsubscribed: int
    converted: int
    revenue: Money
    held_out: int
    held_out_converted: int

    @property
    def uplift(self) -> float | None:
        """The share of converted contacts less that of those held out; None without both."""
        if not (self.queued and self.held_out):
            return None
        return self.converted / self.queued - self.held_out_converted / self.held_out

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of the uplift."""
        if not (self.queued and self.held_out):
            return None
        return newcombe_interval(
            self.converted, self.queued, self.held_out_converted, self.held_out
        )


def load_groups(store: Store, campaign: Record, dimension: Dimension) -> list[Group]:
    """Return the results of a campaign for each value of a field, most mails first.

    A person without a value counts under that of their organization; a contact with several tags
    counts in each.
    """
    until = find_last_day(store, campaign)
    if until is None:
        return []
    valued, value, org = dimension.grouped_sql(store.engine.concat_function)
    figures, source = choose_figures(campaign)
    sql = (
        f"WITH {valued} SELECT {value}, {figures}, 0, 0 FROM {source} "
        f"JOIN valued v ON v.id = m.contact_id {org}WHERE m.campaign_id = :id GROUP BY {value} "
        f"UNION ALL SELECT {value}, {_NO_MESSAGES}, {HELD_OUT_FIGURES} FROM holdout h "
        f"JOIN valued v ON v.id = h.contact_id {org}WHERE h.campaign_id = :id GROUP BY {value}"
    )
    rows = store.rows(sql, **find_params(store, campaign, until))
    return _join(rows, dimension, store.locale.currency)


def _join(rows: Sequence[Row], dimension: Dimension, currency: str) -> list[Group]:
    """Return one group for each name, from the figures of the stored values."""
    label = dimension.label([(row[0], int(row[1]) + int(row[10])) for row in rows])
    sums: dict[str, list[int]] = {}
    for value, *figures in rows:
        known = sums.setdefault(label(value), [0] * _SUMS)
        for at, figure in enumerate(figures):
            known[at] += int(figure or 0)
    groups = [_build_group(name, each, currency) for name, each in sums.items()]
    return sorted(groups, key=lambda each: (-each.queued, each.name))


def _build_group(name: str, sums: Sequence[int], currency: str) -> Group:
    queued, _, sent, _, _, replied, unsubscribed, converted, revenue, held_out, bought = sums
    money = Money(revenue, currency)
    return Group(name, queued, sent, replied, unsubscribed, converted, money, held_out, bought)
