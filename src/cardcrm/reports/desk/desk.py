"""Read all figures of the desk in one trip to the database."""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports.desk.month_to_date import MonthToDate, revenue_query
from cardcrm.reports.desk.next_days import DayLoad, add_up_days, load_queries
from cardcrm.reports.desk.progress import Progress, count_handled, progress_queries
from cardcrm.reports.desk.recent_changes import RecentChanges, changes_query, sum_up
from cardcrm.reports.desk.stage_totals import StageTotal, stage_query
from cardcrm.store import Query, Store


class Desk(NamedTuple):
    """The figures of a day: each part is empty, or zero, where there is nothing to say."""

    today: dt.date
    days: tuple[DayLoad, ...]
    progress: Progress
    revenue: tuple[MonthToDate, ...]
    stages: tuple[StageTotal, ...]
    changes: RecentChanges


def read_desk(store: Store) -> Desk:
    """Return the figures of today."""
    zone = store.locale.zone
    today = dates.today(zone)
    queries: list[Query[Any]] = [
        *load_queries(today, zone),
        *progress_queries(today, zone),
        revenue_query(today, store.locale.currency),
        stage_query(),
        changes_query(today, zone),
    ]
    reminders, closes, invoices, *handled, open_, revenue, stages, changes = store.fetch_many(
        queries
    )
    return Desk(
        today,
        add_up_days(today, reminders, closes, invoices),
        Progress(count_handled(*handled), open_),
        revenue,
        stages,
        sum_up(changes, store.author.name),
    )
