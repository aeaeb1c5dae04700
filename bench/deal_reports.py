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
        "`report pipeline --by-month`",
        ["report", "pipeline", "--by-month"],
        "SELECT substr(opened_on, 1, 7), currency, '', count(*), sum(amount) FROM deal "
        "WHERE opened_on <= '2026-11-20' GROUP BY 1, 2 UNION ALL "
        "SELECT substr(closed_on, 1, 7), currency, status, count(*), sum(amount) FROM deal "
        "WHERE closed_on <= '2026-11-20' AND status <> 'open' GROUP BY 1, 2, 3",
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
        "WHERE from_id IS NOT NULL AND on_date >= '2020' GROUP BY 1, 2 UNION ALL "
        "SELECT stage_id, entered_on, count(*), NULL FROM deal WHERE status = 'open' "
        "GROUP BY 1, 2",
    ),
    Report(
        "`report lost-reasons`",
        ["report", "lost-reasons"],
        "SELECT d.lost_reason, d.currency, count(*), sum(d.amount) FROM deal d "
        f"WHERE d.status = 'lost' AND {_CLOSED} GROUP BY 1, 2",
    ),
    Report(
        "`report slippage`",
        ["report", "slippage"],
        "SELECT count(*), NULL, NULL FROM deal d WHERE d.close_on IS NOT NULL "
        f"AND (d.status = 'open' OR {_CLOSED}) UNION ALL "
        "SELECT julianday(json_extract(c.new, '$.close_on')) "
        "- julianday(json_extract(c.old, '$.close_on')), count(*), count(DISTINCT c.row_id) "
        "FROM change c JOIN step s ON s.id = c.step_id JOIN deal d ON d.id = c.row_id "
        "WHERE c.tbl = 'deal' AND c.op = 'update' AND c.new LIKE '%\"close_on\"%' "
        "AND s.kind = 'do' AND s.undone = 0 AND s.at >= '2025-11-21' AND d.close_on IS NOT NULL "
        f"AND (d.status = 'open' OR {_CLOSED}) GROUP BY 1",
    ),
    Report(
        "`report activity`",
        ["report", "activity"],
        "SELECT status, touches, count(*) FROM (SELECT d.status, (SELECT count(*) "
        "FROM participant p JOIN interaction i ON i.id = p.interaction_id "
        "WHERE p.contact_id = d.contact_id AND i.on_date BETWEEN d.opened_on AND d.closed_on "
        "AND i.kind <> 'note' AND i.no_answer = 0) AS touches FROM deal d "
        f"WHERE d.status <> 'open' AND {_CLOSED}) GROUP BY 1, 2",
    ),
    Report(
        "`report responses`",
        ["report", "responses"],
        "WITH e AS (SELECT p.contact_id, i.at, i.id, i.author, i.direction = 'in' "
        "AND (i.kind IN ('mail', 'message') OR i.no_answer) AS asks FROM participant p "
        "JOIN interaction i ON i.id = p.interaction_id WHERE i.kind <> 'note' "
        "AND i.at IS NOT NULL AND (i.no_answer = 0 OR i.direction = 'in')), "
        "turns AS (SELECT contact_id, at, author, asks, sum(1 - asks) OVER (PARTITION BY "
        "contact_id ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn "
        "FROM e) SELECT max(CASE WHEN asks = 0 THEN author END), "
        "julianday(max(CASE WHEN asks = 0 THEN at END)) "
        "- julianday(min(CASE WHEN asks THEN at END)) FROM turns "
        "GROUP BY contact_id, turn HAVING max(asks)",
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
