"""Measure the reports over 5,000,000 sales of 1,000,000 customers against bare SQL.

Each report is a line of `REPORTS`: its label, the function or the command that makes it, and the
bare SQL that gathers the same rows. A function gets the open store; a command is a list of words,
and its floor is a process that runs the SQL with `sqlite3` alone. To add a report, add a line.
"""

import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
    from cardcrm.reports.value import customer_ranking

    return customer_ranking.build_report(store, "GBP", TODAY)


def _rank_future(store: Store) -> object:
    from cardcrm.reports.scope import Scope
    from cardcrm.reports.value.future_ranking import rank_future

    return rank_future(store, Scope("GBP", TODAY), 365, 10_000, 20)


def _measure_equity(store: Store) -> object:
    from cardcrm.reports.scope import Scope
    from cardcrm.reports.value.equity import measure_equity

    return measure_equity(store, Scope("GBP", TODAY), 1825, 10_000)


def _backtest(store: Store) -> object:
    from cardcrm.reports.lifetime_model.backtest import run_backtest

    return run_backtest(store, "GBP", TODAY, TODAY.replace(year=TODAY.year - 1))


# The figures of each customer that the models need.
_HISTORIES = (
    "SELECT contact_id, count(DISTINCT on_date), min(on_date), max(on_date), sum(amount) FROM sale "
    "WHERE currency = 'GBP' AND amount > 0 GROUP BY contact_id"
)
# The first part of history, and the rest of it.
_HISTORY_AND_REST = (
    "SELECT contact_id, count(DISTINCT on_date), min(on_date), max(on_date), sum(amount) FROM sale "
    "WHERE currency = 'GBP' AND amount > 0 AND on_date <= '2025-11-20' GROUP BY contact_id "
    "UNION ALL SELECT contact_id, count(DISTINCT on_date), NULL, NULL, sum(amount) FROM sale "
    "WHERE currency = 'GBP' AND on_date > '2025-11-20' GROUP BY contact_id"
)


def _sum_margins(store: Store) -> object:
    from cardcrm.reports.product_sales.margins import sum_margins
    from cardcrm.reports.revenue_report.grouping import Grouping
    from cardcrm.reports.scope import Scope

    return sum_margins(store, Scope("GBP", TODAY), Grouping("customer", "customer"), 20)


# The factors of drivers: the fields of customers, the products that each has bought and where, the
# channels of the interactions, and the numbers of each.
_CUSTOMERS = (
    "WITH base AS MATERIALIZED (SELECT v.contact_id AS id, v.last_on <= '2025-11-21' AS hit "
    "FROM contact_value v WHERE v.currency = 'GBP' AND v.own = 1 AND v.orders > 0) "
)
_FACTORS = (
    _CUSTOMERS + "SELECT c.stage, c.source, c.owner, sum(b.hit), count(*) FROM base b "
    "JOIN contact c ON c.id = b.id GROUP BY 1, 2, 3 "
    "UNION ALL SELECT a.city_key, a.region, a.country, sum(b.hit), count(*) FROM base b "
    "JOIN address a ON a.contact_id = b.id GROUP BY 1, 2, 3 "
    "UNION ALL SELECT 'product', product_id, NULL, sum(hit), count(*) FROM (SELECT DISTINCT b.id, "
    "b.hit, l.product_id FROM base b JOIN sale s ON s.contact_id = b.id "
    "JOIN sale_line l ON l.sale_id = s.id) GROUP BY product_id "
    "UNION ALL SELECT 'category', category, NULL, sum(hit), count(*) FROM (SELECT DISTINCT b.id, "
    "b.hit, p.category FROM base b JOIN sale s ON s.contact_id = b.id "
    "JOIN sale_line l ON l.sale_id = s.id JOIN product p ON p.id = l.product_id) GROUP BY category "
    "UNION ALL SELECT 'sold by', channel, NULL, sum(hit), count(*) FROM (SELECT DISTINCT b.id, "
    "b.hit, s.channel FROM base b JOIN sale s ON s.contact_id = b.id WHERE s.amount > 0) "
    "GROUP BY channel "
    "UNION ALL SELECT 'channel', kind, NULL, sum(hit), count(*) FROM (SELECT DISTINCT b.id, "
    "b.hit, i.kind FROM base b JOIN participant p ON p.contact_id = b.id "
    "JOIN interaction i ON i.id = p.interaction_id) GROUP BY kind "
    "UNION ALL SELECT v.days, v.revenue, v.first_on, v.last_on, (SELECT count(*) "
    "FROM participant p WHERE p.contact_id = b.id) FROM base b "
    "JOIN contact_value v ON v.contact_id = b.id AND v.own = 1 AND v.currency = 'GBP'"
)
# The days on which each customer bought.
_DAYS = (
    "SELECT contact_id, group_concat(on_date, ' '), sum(amount), count(*) FROM sale "
    "WHERE currency = 'GBP' AND amount > 0 AND on_date <= '2026-11-21' GROUP BY contact_id"
)
# The same of customers with three purchases, with refunds in their revenue.
_HABITS = (
    "SELECT contact_id, group_concat(CASE WHEN amount > 0 THEN on_date END, ' '), sum(amount) "
    "FROM sale WHERE currency = 'GBP' AND on_date <= '2026-11-21' GROUP BY contact_id "
    "HAVING sum(amount > 0) > 2"
)
_MONTHS = (
    "SELECT contact_id, substr(on_date, 1, 7) AS month FROM sale WHERE currency = 'GBP' "
    "AND amount > 0 AND on_date < '2026-11-01' GROUP BY contact_id, month"
)
# The figures of all customers today and at the end of the last quarter.
_STANDINGS = (
    "WITH later AS (SELECT DISTINCT contact_id FROM sale WHERE currency = 'GBP' "
    "AND on_date > '2026-09-30'), past AS (SELECT s.contact_id, sum(s.amount) AS revenue, "
    "count(DISTINCT CASE WHEN s.amount > 0 THEN s.on_date END) AS days, max(s.on_date) AS last_on "
    "FROM later l JOIN sale s ON s.contact_id = l.contact_id WHERE s.currency = 'GBP' "
    "AND s.on_date <= '2026-09-30' GROUP BY s.contact_id) "
    "SELECT v.last_on, v.days, v.revenue, p.last_on, p.days, p.revenue FROM contact_value v "
    "LEFT JOIN later l ON l.contact_id = v.contact_id "
    "LEFT JOIN past p ON p.contact_id = v.contact_id WHERE v.currency = 'GBP' AND v.own = 1"
)

REPORTS = [
    # The models are stored by the first run, which is not measured; fitting them has its own line.
    Report("value by future", _rank_future, _HISTORIES),
    Report("value equity", _measure_equity, _HISTORIES),
    Report("value backtest, with its fit", _backtest, _HISTORY_AND_REST),
    Report(
        "value, top 20",
        _rank_customers,
        "SELECT contact_id, sum(amount) AS paid FROM sale WHERE currency = 'GBP' "
        "GROUP BY contact_id ORDER BY paid DESC LIMIT 20",
    ),
    Report(
        "`report margins --by customer`, top 20",
        _sum_margins,
        "SELECT contact_id, sum(amount), sum(cost), sum(amount - cost) AS margin FROM sale "
        "WHERE currency = 'GBP' GROUP BY contact_id ORDER BY margin DESC LIMIT 20",
    ),
    Report(
        "`report margins --by product`",
        ["report", "margins", "--by", "product"],
        "SELECT l.product_id, sum(l.amount), sum(l.cost * l.quantity) FROM sale s "
        "JOIN sale_line l ON l.sale_id = s.id WHERE s.currency = 'GBP' GROUP BY l.product_id "
        "UNION ALL SELECT 0, sum(s.amount), sum(s.cost) FROM sale s WHERE s.currency = 'GBP' "
        "AND NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id)",
    ),
    Report(
        "`report products`",
        ["report", "products"],
        "SELECT product_id, sum(units), sum(amount), count(*), sum(days > 1) FROM ("
        "SELECT l.product_id, s.contact_id, sum(l.quantity) AS units, sum(l.amount) AS amount, "
        "count(DISTINCT s.on_date) AS days FROM sale s JOIN sale_line l ON l.sale_id = s.id "
        "WHERE s.currency = 'GBP' GROUP BY 1, 2) GROUP BY product_id",
    ),
    Report(
        "`report baskets` over 1,000,000 lines",
        ["report", "baskets"],
        "SELECT s.contact_id, s.on_date, l.product_id FROM sale s "
        "JOIN sale_line l ON l.sale_id = s.id WHERE s.amount > 0 AND l.quantity > 0 "
        "ORDER BY s.contact_id, s.on_date",
    ),
    Report(
        "`report revenue --by month`",
        ["report", "revenue", "--by", "month"],
        "SELECT currency, substr(on_date, 1, 7) AS month, sum(amount), sum(amount > 0), "
        "sum(CASE WHEN amount < 0 THEN amount END), sum(amount - cost) FROM sale "
        "WHERE on_date BETWEEN '2025-12-01' AND '2026-11-30' GROUP BY currency, month",
    ),
    Report(
        "`report forecast`",
        ["report", "forecast"],
        "SELECT substr(on_date, 1, 7) AS month, sum(amount) FROM sale WHERE currency = 'GBP' "
        "AND on_date < '2026-11-01' GROUP BY month",
    ),
    Report("`report forecast --of lost`", ["report", "forecast", "--of", "lost"], _MONTHS),
    Report("`report retention`", ["report", "retention"], _MONTHS),
    Report(
        "`report cohorts`",
        ["report", "cohorts"],
        "WITH first AS MATERIALIZED (SELECT contact_id, substr(min(on_date), 1, 7) AS month "
        "FROM sale WHERE currency = 'GBP' AND amount > 0 GROUP BY contact_id) "
        "SELECT f.month, substr(s.on_date, 1, 7) AS period, count(DISTINCT s.contact_id), "
        "sum(s.amount) FROM sale s JOIN first f ON f.contact_id = s.contact_id "
        "WHERE s.currency = 'GBP' AND s.on_date < '2026-11-01' GROUP BY f.month, period",
    ),
    Report("`report rfm`", ["report", "rfm"], _STANDINGS),
    Report("`report at-risk`", ["report", "at-risk", "--limit", "20"], _HABITS),
    Report("`report repeat`", ["report", "repeat"], _DAYS),
    Report("`report next-orders`", ["report", "next-orders", "--limit", "20"], _DAYS),
    Report(
        "`report market --by city`",
        ["report", "market", "--by", "city"],
        "SELECT a.city_key, count(DISTINCT s.contact_id), sum(CASE WHEN on_date >= '2025-11-22' "
        "THEN amount END), sum(CASE WHEN on_date < '2025-11-22' THEN amount END) FROM sale s "
        "JOIN address a ON a.contact_id = s.contact_id WHERE s.currency = 'GBP' "
        "AND on_date BETWEEN '2024-11-22' AND '2026-11-21' GROUP BY a.city_key",
    ),
    Report(
        "`report channels`",
        ["report", "channels"],
        "SELECT p.contact_id, i.kind, i.direction, i.on_date, i.at, i.no_answer "
        "FROM participant p JOIN interaction i ON i.id = p.interaction_id WHERE i.kind <> 'note' "
        "ORDER BY p.contact_id, i.on_date, i.at",
    ),
    Report(
        "`report touches`",
        ["report", "touches"],
        "SELECT c.touched_on, count(DISTINCT s.contact_id), sum(s.amount) FROM sale s "
        "JOIN contact c ON c.id = s.contact_id WHERE s.currency = 'GBP' "
        "AND on_date BETWEEN '2025-11-22' AND '2026-11-21' GROUP BY c.touched_on",
    ),
    Report(
        "`report sources`",
        ["report", "sources"],
        "SELECT c.source, count(*), sum(v.days > 1), sum(v.revenue), sum(v.first_on <= "
        "'2024-11-21' AND EXISTS (SELECT 1 FROM sale s WHERE s.contact_id = v.contact_id "
        "AND s.currency = 'GBP' AND s.amount > 0 AND s.on_date >= substr(v.first_on, 1, 4) + 1 "
        "|| substr(v.first_on, 5) AND s.on_date < substr(v.first_on, 1, 4) + 2 "
        "|| substr(v.first_on, 5))) FROM contact_value v JOIN contact c ON c.id = v.contact_id "
        "WHERE v.currency = 'GBP' AND v.own = 1 GROUP BY c.source",
    ),
    Report("`report drivers lapsed`", ["report", "drivers", "lapsed"], _FACTORS),
    Report(
        "`report clusters`",
        ["report", "clusters"],
        "SELECT s.contact_id, max(s.on_date), count(DISTINCT s.on_date), sum(s.amount), "
        "(SELECT group_concat(l.product_id || ':' || l.amount) FROM sale x JOIN sale_line l "
        "ON l.sale_id = x.id WHERE x.contact_id = s.contact_id) FROM sale s "
        "WHERE s.currency = 'GBP' GROUP BY s.contact_id",
    ),
]


def measure(small: bool = False) -> list[Line]:
    """Measure every report."""
    plan = shop.SMALL if small else shop.LARGE
    path = shop.ensure(plan, report)
    size = f"{plan.sales:,} sales of {plan.customers:,} customers, against bare SQL"
    return measure_reports(REPORTS, path, size)


def measure_reports(reports: Sequence[Report], path: Path, size: str) -> list[Line]:
    """Measure reports over a database; one that fails gets a line with its error."""
    lines = []
    for each in reports:
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
