"""Measure the reports over 5,000,000 sales of 1,000,000 customers against bare SQL.

Each report is a line of `REPORTS`: its label, the function or the command that makes it, and the
bare SQL that gathers the same rows. A function gets the open store; a command is a list of words,
and its floor is a process that runs the SQL with `sqlite3` alone. To add a report, add a line.
"""

import json
import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench import shop
from bench.databases import TODAY
from bench.measure import (
    FailedError,
    Line,
    Runner,
    command,
    environment,
    paired_line,
    report,
    run_in_turns,
    time_call,
)
from bench.shell import open_database
from cardcrm.errors import CardcrmError
from cardcrm.store import Store

BOUND = 2.0  # times the bare SQL
RUNS = 3  # each takes seconds
_BARE = """
import json, sqlite3, sys, typer
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
db.execute("PRAGMA cache_size = -16384")
sql, params = json.loads(sys.argv[2])
for row in db.execute(sql, params):
    pass
"""


@dataclass(frozen=True)
class Report:
    """One measured report: its label, what makes it, and the SQL that gathers the same rows."""

    label: str
    run: Callable[[Store], object] | list[str]
    bare: str
    params: Mapping[str, Any] = field(default_factory=dict)
    bound: float = BOUND


def _rank_customers(store: Store) -> object:
    from cardcrm.reports import value

    return value.build_report(store, "GBP", TODAY)


def _rank_future(store: Store) -> object:
    from cardcrm.reports.lifetime_model.future_ranking import rank_future
    from cardcrm.reports.scope import Scope

    return rank_future(store, Scope("GBP", TODAY), 365, 10_000, 20)


def _measure_equity(store: Store) -> object:
    from cardcrm.reports.lifetime_model.equity import measure_equity
    from cardcrm.reports.scope import Scope

    return measure_equity(store, Scope("GBP", TODAY), 1825, 10_000)


# What the models need of each customer.
_HISTORIES = (
    "SELECT contact_id, count(DISTINCT on_date), min(on_date), max(on_date), sum(amount) FROM sale "
    "WHERE currency = 'GBP' AND amount > 0 GROUP BY contact_id"
)

REPORTS = [
    # The models are stored by the first run, which is not measured; fitting them has its own line.
    Report("value by future", _rank_future, _HISTORIES),
    Report("value equity", _measure_equity, _HISTORIES),
    Report(
        "value, top 20",
        _rank_customers,
        "SELECT contact_id, sum(amount) AS paid FROM sale WHERE currency = 'GBP' "
        "GROUP BY contact_id ORDER BY paid DESC LIMIT 20",
    ),
    Report(
        "`report revenue --by month`",
        ["report", "revenue", "--by", "month"],
        "SELECT currency, substr(on_date, 1, 7) AS month, sum(amount), sum(amount > 0), "
        "sum(CASE WHEN amount < 0 THEN amount END), sum(amount - cost) FROM sale "
        "WHERE on_date BETWEEN '2025-12-01' AND '2026-11-30' GROUP BY currency, month",
    ),
]


def measure(small: bool = False) -> list[Line]:
    """Measure every report; one that fails gets a line with its error."""
    plan = shop.SMALL if small else shop.LARGE
    path = shop.ensure(plan, report)
    size = f"{plan.sales:,} sales of {plan.customers:,} customers, against bare SQL"
    lines = []
    for each in REPORTS:
        report(f"  {each.label}")
        label = f"{each.label}: {size}"
        try:
            if isinstance(each.run, list):
                lines.append(_measure_command(label, each, str(path)))
            else:
                with open_database(path) as store:
                    lines.append(_measure_function(label, each, store))
        except (CardcrmError, ImportError, FailedError) as problem:
            lines.append(Line(label, note=str(problem)))
    return lines


def _measure_function(label: str, each: Report, store: Store) -> Line:
    assert callable(each.run)
    run, times, floor = each.run, [], []
    for number in range(RUNS + 1):
        bare = time_call(lambda: store.rows(each.bare, **each.params))
        mine = time_call(lambda: run(store))
        if number:  # the first run warms the cache
            floor.append(bare)
            times.append(mine)
    ratio = statistics.median(mine / bare for mine, bare in zip(times, floor, strict=True))
    return Line(label, statistics.median(times), statistics.median(floor), each.bound, paired=ratio)


def _measure_command(label: str, each: Report, path: str) -> Line:
    assert isinstance(each.run, list)
    query = json.dumps([each.bare, dict(each.params)])
    runners = {
        "bare": Runner([sys.executable, "-c", _BARE, path, query]),
        "report": Runner(command(*each.run, "--format", "csv"), environment(path)),
    }
    failed = run_in_turns(runners, RUNS)
    if failed:
        return Line(label, note="; ".join(failed.values()))
    return paired_line(label, runners["report"], runners["bare"], each.bound)
