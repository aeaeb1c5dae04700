"""The score of leads: the points of declared rules and those learned from past wins."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.records.leads import lead_rules
from cardcrm.reports.leads.won_factors import Learned, learn_factors, list_properties
from cardcrm.store import Store


class ScorePoint(NamedTuple):
    """Points of a lead, and their reason in words."""

    points: int
    reason: str


class LeadScore(NamedTuple):
    """The score of a lead, a sum of points."""

    lead_id: int
    points: tuple[ScorePoint, ...]

    @property
    def total(self) -> int:
        """The sum of the points."""
        return sum(each.points for each in self.points)

    @property
    def reason(self) -> str:
        """The reasons in words, each after the points."""
        return "; ".join(f"{each.points:+d} {each.reason}" for each in self.points)


def score_leads(
    store: Store, ids: Sequence[int], learned: Learned | None = None
) -> dict[int, LeadScore]:
    """Return the scores of some leads by their ids."""
    known = learn_factors(store) if learned is None else learned
    found: dict[int, list[ScorePoint]] = {each: [] for each in ids}
    for rule in lead_rules.list_usable(store):
        if rule.points is not None:
            for lead_id in lead_rules.find_matches(store, rule, ids):
                found[lead_id].append(ScorePoint(rule.points, f"rule {rule.query}"))
    properties = list_properties(store, ids) if known.factors else {}
    for lead_id, keys in properties.items():
        for key in keys:
            factor = known.factors.get(key)
            if factor is not None and factor.points:
                found[lead_id].append(ScorePoint(factor.points, factor.reason))
    return {
        each: LeadScore(each, tuple(sorted(points, key=lambda point: -abs(point.points))))
        for each, points in found.items()
    }
