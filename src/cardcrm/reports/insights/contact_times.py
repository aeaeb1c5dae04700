"""The insight of the time at which contacts answer."""

from cardcrm.chart import HeatMap
from cardcrm.reports.behavior.answer_rates import (
    WEEKDAYS,
    AnswerRate,
    AnswerReport,
    build_rates,
    choose_best,
)
from cardcrm.reports.behavior.attempts import read_tallies
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

_COLUMNS = (
    Column("time", "time"),
    Column("attempts", "calls", "right"),
    Column("answered", "answered", "right"),
    Column("expected", "expected", "right", digits=3),
)
_REPLY_DAYS = 7


def build_best_time_insight(store: Store, view: View) -> Insight:
    """Return the expected rate of answered calls by weekday and hour, of all contacts."""
    title = "Best time to call"
    tallies = read_tallies(store, Scope("", view.today), contact_id=None, reply_days=_REPLY_DAYS)
    found = build_rates(tallies)
    hours = [hour for hour in range(24) if any(row[hour] is not None for row in found.grid)]
    if not hours:
        reason = "No calls with a time yet: `log` them with `--kind call`."
        return Insight("best_time", title, reason=reason)
    chart = HeatMap(
        "Expected share of calls that are answered",
        WEEKDAYS,
        tuple(f"{hour:02}" for hour in hours),
        tuple(tuple(row[hour] for hour in hours) for row in found.grid),
        "%",
    )
    rows = [
        (each.name, each.counts.attempts, each.counts.answered, each.expected)
        for each in (*found.weekdays, *found.hours)
    ]
    sheet, note = Sheet(_COLUMNS, rows, ids="time"), _name_best(found)
    return Insight("best_time", title, (chart,), sheet, note, shares=("expected",))


def _name_best(found: AnswerReport) -> str:
    best = [choose_best(found.weekdays), choose_best(found.hours)]
    named = [_describe(each) for each in best if each is not None]
    return f"Best: {', '.join(named)}." if named else ""


def _describe(each: AnswerRate) -> str:
    return f"{each.name} ({each.counts.answered:,} of {each.counts.attempts:,} answered)"
