"""Split the deals of a report by teams; a user in two teams counts in both."""

from collections.abc import Iterable
from dataclasses import replace

from cardcrm.records.teamwork.teams import list_teams
from cardcrm.reports.pipeline.closed_deals import ClosedDeals, read_closed
from cardcrm.reports.pipeline.deal_forecast import DealMonth, forecast_deals
from cardcrm.reports.pipeline.deal_groups import UNGROUPED
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.pipeline.performance import Performance, read_performance
from cardcrm.store import Store

TEAM = "team"
LATE = "9999"  # sorts deals without an expected close behind all months


def split_by_team(store: Store, scope: DealScope) -> list[tuple[str, DealScope]]:
    """Return the teams with the deals of their members, as far as the scope has these."""
    found = []
    for team in list_teams(store):
        owners = tuple(each for each in team.members if scope.has_owner(each))
        if owners:
            found.append((team.name, replace(scope, owners=owners)))
    return found


def find_shared(store: Store, scope: DealScope) -> list[str]:
    """Return the users that count in several teams."""
    members = [each for _, own in split_by_team(store, scope) for each in own.owners]
    return sorted({each for each in members if members.count(each) > 1})


def read_closed_by_team(store: Store, scope: DealScope) -> list[ClosedDeals]:
    """Return the closed deals of each team by currency."""
    found = []
    for name, own in split_by_team(store, scope):
        found += [replace(each, group=name) for each in read_closed(store, own, UNGROUPED)]
    return found


def forecast_by_team(
    store: Store, scope: DealScope, *, percent: int, commit: int
) -> list[DealMonth]:
    """Return the open deals of each team by month and currency, with a band of a percentage."""
    found: list[DealMonth] = []
    for name, own in split_by_team(store, scope):
        months = forecast_deals(store, own, percent=percent, commit=commit)
        found += [replace(each, group=name) for each in months]
    return sorted(found, key=lambda each: (each.month or LATE, each.currency, each.group))


def read_performance_by_team(store: Store, scope: DealScope) -> list[Performance]:
    """Return the figures of each team by month and currency: the sums of its members.

    The target of a team is the sum of the targets of its members.
    """
    found: list[Performance] = []
    for name, own in split_by_team(store, scope):
        found += _add_up(name, read_performance(store, own))
    return sorted(found, key=lambda each: (each.month, each.user, each.currency))


def _add_up(name: str, members: Iterable[Performance]) -> list[Performance]:
    sums: dict[tuple[str, str], Performance] = {}
    for each in members:
        new = Performance(name, each.month, each.currency)
        total = sums.setdefault((each.month, each.currency), new)
        if each.target is not None:
            total.target = (total.target or 0) + each.target
        for field in ("won", "won_amount", "lost", "open", "open_amount", "weighted", "touches"):
            setattr(total, field, getattr(total, field) + getattr(each, field))
    return list(sums.values())
