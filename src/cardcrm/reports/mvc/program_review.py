"""The program for the most valuable customers: who belongs to it, and whether it is kept.

A benefit is due again ``every`` number of days after it was last given, counted from the day of
joining if it never was. One without such a number is due once, from the day of joining. The
program is *kept* for a member if the touch that a cadence asks for is not late, and no benefit
is due.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.contacts.cadence_rules import WantedTouch, list_query
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.rule_sql import TOUCH_COLUMNS, to_touch
from cardcrm.store import Store
from cardcrm.text import find_similar

# The figures by which the best customers are chosen, and the condition on those who have one.
MEASURES = {
    "revenue": ("v.revenue", "v.revenue > 0"),
    "margin": ("v.margin", "v.margin IS NOT NULL AND v.margin > 0"),
}
FUTURE = "future"
FUTURE_DAYS = 3653


class Share(NamedTuple):
    """A number of customers, or a share of them in thousandths of a percent."""

    number: int = 0
    thousandths: int = 0

    def of(self, count: int) -> int:
        """Return how many of ``count`` customers these are; a part of one counts as one."""
        return min(self.number or -(-count * self.thousandths // 100_000), count)


class Benefit(NamedTuple):
    """A benefit, and the days between two times that a member gets it; None for once."""

    id: int
    name: str
    every: int | None


@dataclass(frozen=True)
class Member:
    """A member; ``cadence_days`` and ``touch_by`` are None without a cadence."""

    contact_id: int
    name: str
    owner: str
    since: dt.date
    touched_on: dt.date | None
    cadence_days: int | None
    touch_by: dt.date | None
    benefits_due: tuple[str, ...]
    is_kept: bool


def parse_share(text: str) -> Share:
    """Return a share such as ``20%`` or a number such as ``50``. Raises UsageError."""
    from cardcrm.money import parse_percent, parse_whole_number

    word = text.strip()
    share = (
        Share(thousandths=parse_percent(word.removesuffix("%")))
        if word.endswith("%")
        else Share(number=parse_whole_number(word, "number of customers"))
    )
    if not (0 < share.thousandths <= 100_000 or share.number > 0):
        raise UsageError(f"invalid share “{text}”", "Write 20%, or a number of customers: 50.")
    return share


def choose_best(store: Store, currency: str, share: Share, by: str = "revenue") -> list[int]:
    """Return the best customers, the best first; ids break ties. Raises UsageError.

    Ranked are active contacts by their own purchases; the figure must be known and
    above 0.
    """
    if by == FUTURE:
        return _choose_by_future(store, currency, share)
    if by not in MEASURES:
        names = [*MEASURES, FUTURE]
        like = find_similar(by, names, limit=1)
        start = f"Did you mean {like[0]}? " if like else ""
        raise UsageError(f"unknown measure “{by}”", f"{start}Use {', '.join(names)}.")
    column, condition = MEASURES[by]
    source = (
        "FROM contact_value v JOIN contact c ON c.id = v.contact_id WHERE v.currency = :currency "
        f"AND v.own = 1 AND c.status = 'active' AND {condition}"
    )
    count = store.value(f"SELECT count(*) {source}", currency=currency)
    rows = store.rows(
        f"SELECT v.contact_id {source} ORDER BY {column} DESC, v.contact_id LIMIT :most",
        currency=currency,
        most=share.of(count),
    )
    return [row["contact_id"] for row in rows]


def _choose_by_future(store: Store, currency: str, share: Share) -> list[int]:
    """Return the best customers by the discounted value that the model expects in ten years."""
    from cardcrm import dates
    from cardcrm.reports.lifetime_model.predictions import predict

    today = dates.today(store.locale.zone)
    active = {row["id"] for row in store.rows("SELECT id FROM contact WHERE status = 'active'")}
    found = [
        (-each.future_value.minor, each.contact_id)
        for each in predict(store, currency, today, FUTURE_DAYS)
        if each.future_value.minor > 0 and each.contact_id in active
    ]
    return [contact_id for _, contact_id in sorted(found)[: share.of(len(found))]]


def find_benefits_due(
    benefits: Iterable[Benefit], since: dt.date, last: Mapping[int, dt.date], today: dt.date
) -> tuple[str, ...]:
    """Return the names of the benefits that a member should have got by today.

    ``last`` is the last day on which each benefit was given since the member joined, by id.
    """
    return tuple(each.name for each in benefits if _due_on(each, since, last.get(each.id)) <= today)


def _due_on(benefit: Benefit, since: dt.date, last: dt.date | None) -> dt.date:
    if not benefit.every:
        return since if last is None else dt.date.max
    start = last or since
    days = min(benefit.every, (dt.date.max - start).days)
    return start + dt.timedelta(days=days)


def review_members(store: Store, today: dt.date) -> list[Member]:
    """Return all members, those for whom the program is not kept first, then by name."""
    benefits = [
        Benefit(*row) for row in store.rows("SELECT id, name, every FROM benefit ORDER BY name_key")
    ]
    touches = _read_touches(store)
    given = _read_given(store)
    rows = store.rows(
        "SELECT c.id, c.name, c.owner, c.mvc_since, c.touched_on, c.cadence_days, c.touch_by "
        "FROM contact c WHERE c.mvc_since IS NOT NULL ORDER BY c.sort_key, c.id"
    )
    members = [_build_member(row, touches, benefits, given, today) for row in rows]
    return sorted(members, key=lambda each: each.is_kept)


def _build_member(
    row: Any,
    touches: Mapping[int, WantedTouch],
    benefits: list[Benefit],
    given: Mapping[int, Mapping[int, dt.date]],
    today: dt.date,
) -> Member:
    contact_id, name, owner, since_text, touched, days, touch_by = row
    since = dt.date.fromisoformat(since_text)
    if (by_rule := touches.get(contact_id)) is not None:
        days, touch_by = by_rule.cadence_days, by_rule.touch_by
    wanted = dt.date.fromisoformat(touch_by) if touch_by else None
    due = find_benefits_due(benefits, since, given.get(contact_id, {}), today)
    return Member(
        contact_id,
        name,
        owner,
        since,
        dt.date.fromisoformat(touched) if touched else None,
        (days or None) if wanted else None,
        wanted,
        due,
        not due and (wanted is None or wanted >= today),
    )


def _read_touches(store: Store) -> dict[int, WantedTouch]:
    """Return the touches that rules ask for, by contact."""
    rules = store.fetch(list_query())
    if not rules:
        return {}
    ctx = QueryContext(store)
    conditions = contact_query.compile_rules(ctx, rules)
    cases = " ".join(f"WHEN {each.where} THEN {at}" for at, each in enumerate(conditions))
    rows = store.rows(
        f"SELECT {TOUCH_COLUMNS}, CASE {cases} END AS number FROM contact c "
        "WHERE c.mvc_since IS NOT NULL",
        **ctx.params,
    )
    return {
        row["contact_id"]: to_touch(rules[row["number"]], row)
        for row in rows
        if row["number"] is not None
    }


def _read_given(store: Store) -> dict[int, dict[int, dt.date]]:
    """Return the last day of each benefit that members got since they joined."""
    found: dict[int, dict[int, dt.date]] = {}
    for contact_id, benefit_id, day in store.rows(
        "SELECT g.contact_id, g.benefit_id, max(g.on_date) FROM gift g "
        "JOIN contact c ON c.id = g.contact_id WHERE g.on_date >= c.mvc_since "
        "GROUP BY g.contact_id, g.benefit_id"
    ):
        found.setdefault(contact_id, {})[benefit_id] = dt.date.fromisoformat(day)
    return found
