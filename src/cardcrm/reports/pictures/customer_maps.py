"""The pictures of customers as maps: who stays after a first purchase, recency and frequency."""

from cardcrm.chart import BarChart, HeatMap
from cardcrm.reports.cohorts import Cohort, average_shares, report_cohorts
from cardcrm.reports.pictures.picture import Picture, View, in_units
from cardcrm.reports.rfm_groups import build_grid, count_groups, count_standings
from cardcrm.reports.value import build_report
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

_COHORTS = 12
_AGES = 12
_LISTED_AGES = (1, 3, 6, 11)
_COHORT_COLUMNS = (
    Column("cohort", "first purchase"),
    Column("customers", "customers", "right"),
    *(Column(f"after_{age}", f"{age} later", "right", digits=3) for age in _LISTED_AGES),
)
_STANDING_COLUMNS = (
    Column("standing", "standing"),
    Column("customers", "customers", "right"),
    Column("revenue", "revenue", "right", currency="currency"),
)


def draw_cohorts(store: Store, view: View) -> Picture:
    """Return the share of the customers of each first month who still buy in later months."""
    title = "Who comes back after the first purchase"
    found = report_cohorts(store, view.history, "month")[-_COHORTS:]
    if len(found) < 2:
        reason = "Two complete months with new customers are needed to compare them."
        return Picture("retention", title, reason=reason)
    ages = min(max(len(each.ages) for each in found), _AGES)
    cells = tuple(
        tuple(age.share for age in each.ages[:ages]) + (None,) * (ages - len(each.ages))
        for each in found
    )
    names = tuple(each.period for each in found)
    chart = HeatMap(
        "Share who buy, months after the first purchase",
        names,
        tuple(map(str, range(ages))),
        cells,
        "%",
    )
    rows = [(each.period, each.size, *_list_shares(each)) for each in reversed(found)]
    average = average_shares(found)
    note = f"One month later, {average[1]:.0%} of new customers buy again." if average[1:] else ""
    sheet = Sheet(_COHORT_COLUMNS, rows, ids="cohort")
    keys = tuple(f"after_{age}" for age in _LISTED_AGES)
    return Picture("retention", title, (chart,), sheet, note, shares=keys)


def _list_shares(cohort: Cohort) -> list[float | None]:
    return [cohort.ages[at].share if at < len(cohort.ages) else None for at in _LISTED_AGES]


def draw_grid(store: Store, view: View) -> Picture:
    """Return the customers by their scores for recency and frequency."""
    title = "Recency and frequency"
    report = build_report(store, view.currency, view.today, limit=0)
    if report is None or report.scale is None:
        return Picture("grid", title, reason="At least 5 customers are needed for scores.")
    groups = count_groups(store, view.currency, report.scale)
    grid = build_grid(groups)
    scores = range(1, 6)
    cells = tuple(
        tuple(grid[r, f].customers if (r, f) in grid else None for f in scores)
        for r in reversed(scores)
    )
    chart = HeatMap(
        "Customers by recency (down) and frequency (across), 5 is best",
        tuple(f"recency {each}" for each in reversed(scores)),
        tuple(map(str, scores)),
        cells,
    )
    rows = list(count_standings(groups))
    return Picture("grid", title, (chart,), Sheet(_STANDING_COLUMNS, rows))


def draw_standings(store: Store, view: View) -> Picture:
    """Return the revenue of customers by their standing."""
    title = "Revenue by standing"
    report = build_report(store, view.currency, view.today, limit=0)
    if report is None or report.scale is None:
        return Picture("standings", title, reason="At least 5 customers are needed for standings.")
    found = count_standings(count_groups(store, view.currency, report.scale))
    ranked = sorted(found, key=lambda each: (-each[2].minor, each[0]))
    values = tuple(in_units(each[2]) for each in ranked)
    chart = BarChart("Revenue", tuple(each[0] for each in ranked), values, view.currency)
    return Picture("standings", title, (chart,), Sheet(_STANDING_COLUMNS, ranked))
