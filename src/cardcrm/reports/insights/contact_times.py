"""The insight of the time at which contacts answer."""

from cardcrm.reports.behavior.answer_rates import (
    MIN_ATTEMPTS,
    AnswerRate,
    AnswerReport,
    build_rates,
    choose_best,
)
from cardcrm.reports.behavior.attempts import read_tallies
from cardcrm.reports.charts import build_answer_map
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
    note, chart = _name_best(found), build_answer_map(found)
    if chart is None:
        reason = "No calls with a time yet: `log` them with `--kind call`."
        return Insight("best_time", title, reason=reason)
    if not note:
        reason = f"No best time yet: no weekday or hour has {MIN_ATTEMPTS} calls."
        return Insight("best_time", title, reason=reason)
    rows = [
        (each.name, each.counts.attempts, each.counts.answered, each.expected)
        for each in (*found.weekdays, *found.hours)
    ]
    sheet = Sheet(_COLUMNS, rows, ids="time")
    return Insight("best_time", title, (chart,), sheet, note, shares=("expected",))


def _name_best(found: AnswerReport) -> str:
    best = [choose_best(found.weekdays), choose_best(found.hours)]
    named = [_describe(each) for each in best if each is not None]
    return f"Best: {', '.join(named)}." if named else ""


def _describe(each: AnswerRate) -> str:
    return f"{each.name} ({each.counts.answered:,} of {each.counts.attempts:,} answered)"
