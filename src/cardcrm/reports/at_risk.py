"""List the customers who are most likely lost, by the value at risk.

The *usual interval* of a customer is the median number of days between purchases, days with a sale
above 0; three purchases make a habit. A customer is *likely lost* if the days since the last
purchase are more than twice the usual interval.

> value at risk = expected yearly value × (1 − probability of being active)

The expected yearly value is that of a customer who stays: average purchase × 365 / usual interval,
where the average purchase is revenue, less refunds, by purchases. The
probability of being active is that of the fitted model of purchases (BG/NBD), if one of the last 30
days is stored. Otherwise it is the usual interval / the days since the last purchase.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from typing import Any, NamedTuple

from cardcrm.money import Money
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store
from cardcrm.store.store import placeholders

MIN_PURCHASES = 3
LATE_FACTOR = 2  # silent for more usual intervals than this, a customer is likely lost
DAYS_A_YEAR = 365
_CHUNK = 500


class Habit(NamedTuple):
    """The habit of one customer: the usual interval and the days of silence; minor units."""

    contact_id: int
    purchases: int
    usual_days: float
    silent_days: int
    revenue: int

    @property
    def is_late(self) -> bool:
        """True if the customer is silent for much longer than usual."""
        return self.silent_days > LATE_FACTOR * self.usual_days

    @property
    def p_active(self) -> float:
        """The probability of being active by the habit alone."""
        usual, silent = self.usual_days, self.silent_days
        return usual / silent if silent > usual else 1.0

    @property
    def yearly(self) -> float:
        """The expected value of a year in minor units, for a customer who stays."""
        return self.revenue / self.purchases * DAYS_A_YEAR / self.usual_days


@dataclass(frozen=True)
class Risk:
    """A customer who is likely lost. ``basis`` is ``model`` or ``habit``."""

    contact_id: int
    name: str
    value_at_risk: Money
    expected_value: Money
    p_active: float
    basis: str
    usual_days: float
    silent_days: int
    last_on: dt.date
    purchases: int

    @property
    def reason(self) -> str:
        """The reason in words."""
        usual = f"{self.usual_days:.0f}"
        every = "every day" if usual == "1" else f"every {usual} days"
        return f"usually buys {every}, silent for {self.silent_days}"


def find_habit(contact_id: int, days: Iterable[int], revenue: int, today: int) -> Habit | None:
    """Return the habit by the numbers of the days with a purchase; None for too few of them."""
    ordered = list(days)
    gaps = sorted(map(sub, ordered[1:], ordered))
    if gaps and gaps[0] <= 0:  # they come in their order, but a day may have several purchases
        ordered = sorted(set(ordered))
        gaps = sorted(map(sub, ordered[1:], ordered))
    if len(ordered) < MIN_PURCHASES:
        return None
    middle = len(gaps) // 2
    usual = float(gaps[middle]) if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2
    return Habit(contact_id, len(ordered), usual, today - ordered[-1], revenue)


def rank_risks(
    habits: Iterable[Habit], chances: Mapping[int, float]
) -> list[tuple[int, Habit, float]]:
    """Return value at risk, habit, and probability of being active of late customers.

    The highest value, in minor units, comes first. ``chances`` are the probabilities that a model
    knows; for the others the habit serves.
    """
    found = []
    known = chances.get
    for habit in habits:
        p_active = known(habit[0])
        if p_active is None:
            p_active = habit.p_active
        value = round(habit.yearly * (1 - p_active))
        if value > 0:
            found.append((-value, habit, p_active))
    found.sort()  # a habit begins with the id, which breaks ties
    return [(-negative, habit, p_active) for negative, habit, p_active in found]


def report_risks(store: Store, scope: Scope, limit: int | None = None) -> list[Risk]:
    """Return the most likely lost customers, those with the highest value at risk first.

    Contacts that are deceased or closed are left out.
    """
    late = list(_read_late(store, scope))
    chances = _read_chances(store, scope, [each.contact_id for each in late])
    ranked = rank_risks(late, chances)
    found: list[Risk] = []
    for start in range(0, len(ranked), _CHUNK):
        if limit is not None and len(found) >= limit:
            break
        chunk = ranked[start : start + _CHUNK]
        names = _read_names(store, [habit.contact_id for _, habit, _ in chunk])
        found += [
            _build_risk(each, names[each[1].contact_id], scope, chances)
            for each in chunk
            if each[1].contact_id in names
        ]
    return found[:limit]


def _build_risk(
    ranked: tuple[int, Habit, float], name: str, scope: Scope, chances: Mapping[int, float]
) -> Risk:
    value, habit, p_active = ranked
    return Risk(
        habit.contact_id,
        name,
        Money(value, scope.currency),
        Money(round(habit.yearly), scope.currency),
        p_active,
        "model" if habit.contact_id in chances else "habit",
        habit.usual_days,
        habit.silent_days,
        scope.today - dt.timedelta(days=habit.silent_days),
        habit.purchases,
    )


def _read_chances(store: Store, scope: Scope, ids: Sequence[int]) -> dict[int, float]:
    """Return the probabilities of being active by the stored model, unless it is old.

    A model is not fitted for this report: that can take a minute, and `value model` does it.
    """
    from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK, load_some_histories
    from cardcrm.reports.lifetime_model.model_table import MAX_AGE, load_model

    model = load_model(store, scope.currency) if ids else None
    if model is None or abs((scope.today - model.until).days) > MAX_AGE:
        return {}
    found = load_some_histories(store, scope.currency, scope.today, ids)
    columns = (found.ids, found.repeats, found.recency, found.age)
    return {
        contact_id: model.purchase.probability_active(
            repeats, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK
        )
        for contact_id, repeats, recency, age in zip(*columns, strict=True)
        if repeats
    }


def _read_late(store: Store, scope: Scope) -> Iterator[Habit]:
    """Yield the habits of the late customers with revenue, by their purchases up to today."""
    condition, more = "1 = 1", dict[str, Any]()
    if scope.where is not None:
        condition, more = contact_condition(store, scope.where, "s.contact_id")
    rows = store.stream(
        f"SELECT s.contact_id, {store.engine.concat_function}"
        "(CASE WHEN s.amount > 0 THEN s.on_date END, ' '), sum(s.amount) FROM sale s "
        f"WHERE s.currency = :currency AND s.on_date <= :today AND {condition} "
        "GROUP BY s.contact_id "
        "HAVING sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) >= :least",
        {
            "currency": scope.currency,
            "today": scope.today.isoformat(),
            "least": MIN_PURCHASES,
            **more,
        },
    )
    numbers = _DayNumbers()
    today = scope.today.toordinal()
    for contact_id, days, revenue in rows:
        habit = find_habit(contact_id, map(numbers.__getitem__, days.split()), int(revenue), today)
        if habit is not None and habit.is_late and habit.revenue > 0:
            yield habit


class _DayNumbers(dict[str, int]):
    """The numbers of ISO days; many sales share the same few thousand days."""

    def __missing__(self, day: str) -> int:
        self[day] = number = dt.date.fromisoformat(day).toordinal()
        return number


def _read_names(store: Store, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of the active ones of some contacts."""
    marks, params = placeholders(ids, "i")
    rows = store.rows(
        f"SELECT id, name FROM contact WHERE id IN ({marks}) AND status = 'active'", **params
    )
    return {row["id"]: row["name"] for row in rows}
