"""The insight of the time at which contacts answer."""

from cardcrm.reports.behavior.answer_rates import build_rates
from cardcrm.reports.behavior.attempts import read_tallies
from cardcrm.reports.behavior.best_times import describe_best_time, explain_no_best_time
from cardcrm.reports.charts import build_answer_map
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store
from cardcrm.text import capitalize_first

_COLUMNS = (
    Column("time", "time"),
    Column("attempts", "calls", "right"),
    Column("answered", "answered", "right"),
    Column("expected", "expected", "right", digits=3),
)


def build_best_time_insight(store: Store, view: View) -> Insight:
    """Return the expected rate of answered calls by weekday and hour, of all contacts."""
    title = "Best time to call"
    tallies = read_tallies(store, Scope("", view.today))
    found = build_rates(tallies)
    best, chart = describe_best_time(found), build_answer_map(found)
    if chart is None:
        reason = f"Best: {best}" if best else capitalize_first(explain_no_best_time("call"))
        hint = "To learn the hours, log calls with their time: cardcrm log WHO TEXT --kind call."
        return Insight("best_time", title, reason=f"{reason}. {hint}")
    rows = [
        (each.name, each.counts.attempts, each.counts.answered, each.expected)
        for each in (*found.weekdays, *found.hours)
    ]
    sheet = Sheet(_COLUMNS, rows, ids="time")
    return Insight("best_time", title, (chart,), sheet, f"Best: {best}.", shares=("expected",))
