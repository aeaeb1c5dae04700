"""Review the MVC program: the members, and whether its promises are fulfilled for each.

A benefit is due again ``every`` number of days after it was last given, counted from the day of
joining if it never was. One without such a number is due once, from the day of joining. The
program is *fulfilled* for a member if the touch that a cadence asks for is not late, and no benefit
is due. If there is neither a cadence nor a benefit, nothing is promised, and it is neither
fulfilled nor not.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.records.contacts.cadence_rules import WantedTouch, list_query
from cardcrm.records.query_sql import contact_query
from cardcrm.records.query_sql.predicates import QueryContext
from cardcrm.records.query_sql.rule_sql import TOUCH_COLUMNS, to_touch
from cardcrm.store import Store


class Benefit(NamedTuple):
    """A benefit, and the days between two times that a member gets it; None for once."""

    id: int
    name: str
    every: int | None


@dataclass(frozen=True)
class Member:
    """A member; ``cadence_days`` and ``touch_by`` are None without a cadence.

    ``is_fulfilled`` is None if nothing is promised to the member.
    """

    contact_id: int
    name: str
    owner: str
    since: dt.date
    touched_on: dt.date | None
    cadence_days: int | None
    touch_by: dt.date | None
    benefits_due: tuple[str, ...]
    is_fulfilled: bool | None


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
    """Return all members, those for whom the program is not fulfilled first, then by name."""
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
    return sorted(members, key=lambda each: each.is_fulfilled is not False)


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
        None if not benefits and wanted is None else _is_fulfilled(due, wanted, today),
    )


def _is_fulfilled(due: Sequence[str], touch_by: dt.date | None, today: dt.date) -> bool:
    return not due and (touch_by is None or touch_by >= today)


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
