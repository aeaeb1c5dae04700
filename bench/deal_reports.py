"""Measure the reports over 1,000,000 deals with 6,000,000 changes of stages against bare SQL."""

import random
import time

from bench.analytics import Report, measure_reports
from bench.deal_data import ensure
from bench.measure import Line

DEALS = 1_000_000
FEW_DEALS = 20_000
_SIMULATION_BOUND = 1000.0  # ms

_CLOSED = "d.closed_on BETWEEN '2025-11-22' AND '2026-11-21'"
REPORTS = [
    Report(
        "`report forecast --of deals`",
        ["report", "forecast", "--of", "deals"],
        "SELECT substr(d.close_on, 1, 7), d.currency, count(*), sum(d.amount), sum(d.amount * "
        "coalesce(d.own_probability, g.probability)) FROM deal d JOIN stage g ON g.id = d.stage_id "
        "WHERE d.status = 'open' GROUP BY 1, 2",
    ),
    Report(
        "`report pipeline`",
        ["report", "pipeline"],
        "SELECT d.stage_id, d.currency, count(*), sum(d.amount), sum(d.amount * "
        "coalesce(d.own_probability, g.probability)), sum(d.close_on < '2026-11-21') "
        "FROM deal d JOIN stage g ON g.id = d.stage_id WHERE d.status = 'open' GROUP BY 1, 2",
    ),
    Report(
        "`report conversion`, all deals",
        ["report", "conversion", "--from", "2020"],
        "SELECT d.id, group_concat(h.to_id, ' ') AS path FROM deal d "
        "JOIN stage_change h ON h.deal_id = d.id WHERE d.opened_on >= '2020' GROUP BY d.id",
    ),
    Report(
        "`report winrate --by month`",
        ["report", "winrate", "--by", "month"],
        "SELECT substr(d.closed_on, 1, 7), d.currency, d.status, count(*), sum(d.amount), "
        "sum(julianday(d.closed_on) - julianday(d.opened_on)) FROM deal d "
        f"WHERE d.status <> 'open' AND {_CLOSED} GROUP BY 1, 2, 3",
    ),
    Report(
        "`report velocity`",
        ["report", "velocity"],
        "SELECT d.currency, d.status, count(*), sum(d.amount), "
        "sum(julianday(d.closed_on) - julianday(d.opened_on)) FROM deal d "
        f"WHERE d.status = 'open' OR {_CLOSED} GROUP BY 1, 2",
    ),
    Report(
        "`report performance`, a year",
        ["report", "performance", "--from", "2025-12"],
        "SELECT d.owner, substr(d.closed_on, 1, 7), d.currency, d.status, count(*), sum(d.amount) "
        "FROM deal d WHERE d.closed_on BETWEEN '2025-12-01' AND '2026-11-30' GROUP BY 1, 2, 3, 4 "
        "UNION ALL SELECT d.owner, substr(d.close_on, 1, 7), d.currency, '', count(*), "
        "sum(d.amount) FROM deal d WHERE d.status = 'open' "
        "AND d.close_on BETWEEN '2025-12-01' AND '2026-11-30' GROUP BY 1, 2, 3",
    ),
    Report(
        "`report stage-times`, all",
        ["report", "stage-times", "--from", "2020"],
        "SELECT from_id, seconds / 8640, count(*), sum(seconds) FROM stage_change "
        "WHERE from_id IS NOT NULL AND on_date >= '2020' GROUP BY 1, 2",
    ),
    Report(
        "`report lost-reasons`",
        ["report", "lost-reasons"],
        "SELECT d.lost_reason, d.currency, count(*), sum(d.amount) FROM deal d "
        f"WHERE d.status = 'lost' AND {_CLOSED} GROUP BY 1, 2",
    ),
]


def measure(*, small: bool = False) -> list[Line]:
    """Measure every report, and the simulation of a forecast."""
    count = FEW_DEALS if small else DEALS
    path = ensure(count)
    size = f"{count:,} deals, against bare SQL"
    return [*measure_reports(REPORTS, path, size), _measure_simulation()]


def _measure_simulation() -> Line:
    from cardcrm.reports.pipeline.simulation import Chance, find_band

    source = random.Random(1)
    chances = [Chance(source.randrange(10**7), source.randrange(100_001)) for _ in range(2000)]
    start = time.perf_counter()
    find_band(chances, "bench", 90)
    spent = (time.perf_counter() - start) * 1000
    return Line("10,000 draws over 2,000 deals", spent, bound=_SIMULATION_BOUND, unit="ms")
