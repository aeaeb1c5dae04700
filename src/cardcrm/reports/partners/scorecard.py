"""Compare partners: leads, win rate, revenue, margin, commission, and the time to close.

Leads are the registrations of the period. Deals are those that name the partner: opened, won and
lost in the period. The win rate is won / (won + lost). The time to close is the median of the days
from the opening of a deal to its day of winning. Revenue, margin and commission are of the sales
that `reports.partners.partner_sales` counts for the partner; the margin follows
`records.sales.margin` and has no part of sales whose cost is unknown.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.deals.stage_kinds import LOST, WON
from cardcrm.records.partners.partner_rules import Agreement, find_active, list_agreements
from cardcrm.reports.contact_names import read_names
from cardcrm.reports.partners.partner_sales import PartnerSale, read_partner_sales, sum_payouts
from cardcrm.reports.statistics.quantiles import find_sorted_median
from cardcrm.store import Store


class PartnerScore(NamedTuple):
    """The figures of one partner; ``margin`` is None where the cost of no sale is known."""

    id: int
    name: str
    type: str
    is_active: bool
    leads: int
    opened: int
    won: int
    lost: int
    win_rate: float | None
    days_to_close: float | None
    customers: int
    revenue: Money
    margin: Money | None
    commission: Money
    unpaid: Money


class _Deals(NamedTuple):
    """The deals of a partner in the period; ``days`` are those to each win."""

    opened: int
    won: int
    lost: int
    days: Sequence[int]


def build_scorecard(
    store: Store, currency: str, since: dt.date | None, until: dt.date
) -> list[PartnerScore]:
    """Return the figures of all partners in some days, the highest revenue first."""
    first, last = str(since or dt.date.min), str(until)
    agreements: dict[int, list[Agreement]] = defaultdict(list)
    for each in list_agreements(store):
        agreements[each.contact_id].append(each)
    names = read_names(store, agreements)
    leads = _count_leads(store, first, last)
    deals = _read_deals(store, first, last)
    sales: dict[int, list[PartnerSale]] = defaultdict(list)
    for sale in read_partner_sales(store, currency, until=last):
        sales[sale.partner_id].append(sale)
    paid = sum_payouts(store, currency, last)
    scores = [
        _score(
            known, names[id_], leads[id_], deals[id_], sales[id_], paid.get(id_, 0), currency,
            first, last,
        )
        for id_, known in agreements.items()
    ]  # fmt: skip
    return sorted(scores, key=lambda each: (-each.revenue.minor, -each.won, each.name, each.id))


def _score(
    known: Sequence[Agreement],
    name: str,
    leads: int,
    deals: _Deals,
    sales: Sequence[PartnerSale],
    paid: int,
    currency: str,
    first: str,
    last: str,
) -> PartnerScore:
    current = [each for each in sales if each.on_date >= first]
    margins = [each for each in map(_margin, current) if each is not None]
    closed = deals.won + deals.lost
    earned = sum(each.commission for each in sales)
    return PartnerScore(
        known[0].contact_id,
        name,
        (find_active(known, last) or known[0]).type,
        find_active(known, last) is not None,
        leads,
        deals.opened,
        deals.won,
        deals.lost,
        deals.won / closed if closed else None,
        find_sorted_median(sorted(deals.days)) if deals.days else None,
        len({each.contact_id for each in current if each.amount > 0}),
        Money(sum(each.amount for each in current), currency),
        Money(sum(margins), currency) if margins else None,
        Money(sum(each.commission for each in current), currency),
        Money(earned - paid, currency),
    )


def _margin(sale: PartnerSale) -> int | None:
    """Return the margin of a sale; None where its cost is unknown."""
    if sale.cost is None and sale.amount >= 0:
        return None
    return sale.amount - (sale.cost or 0)


def _count_leads(store: Store, first: str, last: str) -> Counter[int]:
    """Return the number of registrations of each partner."""
    sql = (
        "SELECT partner_id, count(*) FROM registration WHERE on_date BETWEEN :first AND :last "
        "GROUP BY partner_id"
    )
    return Counter({row[0]: row[1] for row in store.rows(sql, first=first, last=last)})


def _read_deals(store: Store, first: str, last: str) -> dict[int, _Deals]:
    """Return the deals of each partner that were opened or closed in some days."""
    found: dict[int, _Deals] = defaultdict(lambda: _Deals(0, 0, 0, ()))
    sql = (
        "SELECT partner_id, status, opened_on, closed_on FROM deal WHERE partner_id IS NOT NULL "
        "AND (opened_on BETWEEN :first AND :last OR closed_on BETWEEN :first AND :last)"
    )
    for partner_id, status, opened, closed in store.rows(sql, first=first, last=last):
        known = found[partner_id]
        is_closed = closed is not None and first <= closed <= last
        won, lost = is_closed and status == WON, is_closed and status == LOST
        found[partner_id] = _Deals(
            known.opened + (first <= opened <= last),
            known.won + won,
            known.lost + lost,
            (*known.days, _days_between(opened, closed)) if won else known.days,
        )
    return found


def _days_between(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
