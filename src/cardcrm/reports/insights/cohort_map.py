"""The insight of new customers who stay, by the month of their first purchase."""

from cardcrm.reports.charts import build_cohort_map
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.retention.cohorts import Cohort, average_shares, report_cohorts
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

_COHORTS = 12
_AGES = 12
_LISTED_AGES = (1, 3, 6, 11)
_COHORT_COLUMNS = (
    Column("cohort", "first purchase"),
    Column("cohort_size", "customers", "right"),
    *(Column(f"after_{age}", f"{age} later", "right", digits=3) for age in _LISTED_AGES),
)


def build_cohort_insight(store: Store, view: View) -> Insight:
    """Return the share of the customers of each first month who still buy in later months."""
    title = "Who comes back after the first purchase"
    found = report_cohorts(store, view.history, "month")[-_COHORTS:]
    if len(found) < 2:
        reason = "Two complete months with new customers are needed to compare them."
        return Insight("cohorts", title, reason=reason)
    chart = build_cohort_map(found, "month", most=_AGES)
    rows = [(each.period, each.size, *_list_shares(each)) for each in reversed(found)]
    average = average_shares(found)
    note = f"One month later, {average[1]:.0%} of new customers buy again." if average[1:] else ""
    sheet = Sheet(_COHORT_COLUMNS, rows, ids="cohort")
    keys = tuple(f"after_{age}" for age in _LISTED_AGES)
    return Insight("cohorts", title, (chart,), sheet, note, shares=keys)


def _list_shares(cohort: Cohort) -> list[float | None]:
    return [cohort.ages[at].share if at < len(cohort.ages) else None for at in _LISTED_AGES]
