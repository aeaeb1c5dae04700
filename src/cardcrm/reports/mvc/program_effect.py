"""Compare the cost of the MVC program with its effect.

The revenue (or the margin) of the members in the days since they joined is compared with that of as
many days before. Members were chosen because they had bought much, so that it tends to fall
by itself. Therefore the customers just below the line are compared as well: as many customers, the
best ones by the same measure before the *middle* day of joining who are not members. Their days are
counted from that day. The effect of the program is the change of the members beyond theirs.

The margin of a sale whose cost is unknown is left out; see `records.sales.margin`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cardcrm.money import Money
from cardcrm.records.sales.margin import build_margin
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

MIN_DAYS = 30  # since joining; fewer tell nothing
MAX_DAYS = 365  # before and after joining
MEASURES = {"revenue": "s.amount", "margin": build_margin("s.amount", "s.cost")}  # of a sale


@dataclass(frozen=True)
class GroupEffect:
    """A group of customers, with their revenue or margin before and since the day of joining."""

    group: str
    customers: int
    before: Money
    after: Money

    @property
    def change(self) -> float | None:
        """The change as a share of the sum before; None if that is not above 0."""
        if self.before.minor <= 0:
            return None
        return self.after.minor / self.before.minor - 1


@dataclass(frozen=True)
class Effect:
    """The members, the customers just below, the cost of the benefits, and the longest span.

    ``benefits`` is the number of benefits that members got since they joined, and ``unpriced`` the
    number of those without a cost in the currency.
    """

    members: GroupEffect
    below: GroupEffect
    cost: Money
    benefits: int
    unpriced: int
    days: int

    @property
    def is_early(self) -> bool:
        """True if too few days have passed to tell what the program brings."""
        return self.days < MIN_DAYS

    @property
    def extra_change(self) -> float | None:
        """The change of the members beyond that of the customers just below, if it is known."""
        changes = self.members.change, self.below.change
        if self.is_early or changes[0] is None or changes[1] is None:
            return None
        return changes[0] - changes[1]


def measure_effect(
    store: Store, currency: str, today: dt.date, measure: str = "revenue"
) -> Effect | None:
    """Return cost and effect of the program by one of the `MEASURES`; None without members."""
    members = [
        (row["id"], dt.date.fromisoformat(row["mvc_since"]))
        for row in store.rows(
            "SELECT id, mvc_since FROM contact WHERE mvc_since IS NOT NULL ORDER BY mvc_since, id"
        )
    ]
    if not members:
        return None
    middle = members[(len(members) - 1) // 2][1]
    sale = MEASURES[measure]
    below = [(each, middle) for each in _find_below(store, currency, middle, len(members), sale)]
    costs = store.row(
        "SELECT coalesce(sum(CASE WHEN g.currency = :currency THEN g.cost END), 0), count(*), "
        "sum(CASE WHEN g.currency = :currency AND g.cost IS NOT NULL THEN 0 ELSE 1 END) "
        "FROM gift g JOIN contact c ON c.id = g.contact_id WHERE g.on_date >= c.mvc_since "
        "AND g.on_date <= :today",
        currency=currency,
        today=today.isoformat(),
    )
    assert costs is not None
    return Effect(
        _sum_group(store, "members", members, currency, today, sale),
        _sum_group(store, "just below", below, currency, today, sale),
        Money(int(costs[0]), currency),
        costs[1],
        int(costs[2] or 0),
        max(_span(since, today) for _, since in members),
    )


def _find_below(store: Store, currency: str, day: dt.date, count: int, sale: str) -> list[int]:
    """Return the best customers before a day who are not members."""
    rows = store.rows(
        f"SELECT s.contact_id, sum({sale}) AS measured FROM sale s "
        "JOIN contact c ON c.id = s.contact_id WHERE s.currency = :currency AND s.on_date < :day "
        "AND c.mvc_since IS NULL AND c.status = 'active' GROUP BY s.contact_id "
        f"HAVING sum({sale}) > 0 ORDER BY 2 DESC, 1 LIMIT :count",
        currency=currency,
        day=day.isoformat(),
        count=count,
    )
    return [row["contact_id"] for row in rows]


def _sum_group(
    store: Store,
    name: str,
    customers: Sequence[tuple[int, dt.date]],
    currency: str,
    today: dt.date,
    sale: str,
) -> GroupEffect:
    """Return the revenue or margin of customers before and since their days of joining."""
    before = after = 0
    since_of = dict(customers)
    for marks, params in chunks(since_of):
        for contact_id, day_text, amount in store.rows(
            f"SELECT s.contact_id, s.on_date, coalesce(sum({sale}), 0) FROM sale s "
            f"WHERE s.currency = :currency AND s.contact_id IN ({marks}) "
            "GROUP BY s.contact_id, s.on_date",
            currency=currency,
            **params,
        ):
            since, day = since_of[contact_id], dt.date.fromisoformat(day_text)
            span = _span(since, today)
            if since <= day < since + dt.timedelta(days=span):
                after += int(amount)
            elif since - dt.timedelta(days=span) <= day < since:
                before += int(amount)
    return GroupEffect(name, len(customers), Money(before, currency), Money(after, currency))


def _span(since: dt.date, today: dt.date) -> int:
    """Return the days that are compared: those since joining with today, at most a year."""
    return max(0, min((today - since).days + 1, MAX_DAYS))
