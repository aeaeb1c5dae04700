"""Measure the reports over 1,000,000 deals with 6,000,000 changes of stages against bare SQL.

The database has 100,000 contacts. A deal goes forward, skips a stage or goes back, and ends or not.
"""

import datetime as dt
import random
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.analytics import Report, measure_reports
from bench.databases import FOLDER, LAYOUT, STAMP, TODAY
from bench.measure import Line, report
from cardcrm.records.deals import pipelines, stages
from cardcrm.store import open_store
from cardcrm.store.sqlite.engine import SqliteEngine

DEALS = 1_000_000
FEW_DEALS = 20_000
_CONTACTS = 100_000
_CHUNK = 20_000
_DAYS = 900
_REASONS = ("pricing", "competition", "budget", "silence", "other")
_SIMULATION_BOUND = 1000.0  # ms

_DEAL_COLUMNS = [
    "id", "uid", "title", "title_key", "contact_id", "pipeline_id", "stage_id", "status", "amount",
    "currency", "close_on", "opened_on", "entered_on", "closed_on", "source", "owner",
    "lost_reason", "created_at",
]  # fmt: skip
_CHANGE_COLUMNS = ["deal_id", "from_id", "to_id", "at", "on_date", "seconds", "author"]
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
    path = _ensure(count)
    size = f"{count:,} deals, against bare SQL"
    return [*measure_reports(REPORTS, path, size), _measure_simulation()]


def _measure_simulation() -> Line:
    from cardcrm.reports.pipeline.simulation import Chance, draw_sums

    source = random.Random(1)
    chances = [Chance(source.randrange(10**7), source.randrange(100_001)) for _ in range(2000)]
    start = time.perf_counter()
    draw_sums(chances, "bench")
    spent = (time.perf_counter() - start) * 1000
    return Line("10,000 draws over 2,000 deals", spent, bound=_SIMULATION_BOUND, unit="ms")


def _ensure(count: int) -> Path:
    """Return the path of the database with a number of deals, which is made if it is missing."""
    layout = f"{zlib.crc32(f'{LAYOUT} 1'.encode()):08x}"
    path = FOLDER / f"deals-{count}-{layout}.db"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        report(f"making {count:,} deals ...")
        part = path.with_suffix(".part")
        for old in FOLDER.glob(f"{part.name}*"):
            old.unlink()
        _make(count, part)
        part.rename(path)
    return path


def _make(count: int, path: Path) -> None:
    """Fill a new database at a path."""
    store = open_store(str(path), create=True)
    pipeline = pipelines.first_pipeline(store)
    ids = [each.id for each in stages.list_stages(store, pipeline.id)]
    store.close()
    engine = SqliteEngine(path)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"):
        engine.rows(f"PRAGMA {pragma}", {})
    engine.begin()
    indexes = engine.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        "AND tbl_name IN ('deal', 'stage_change', 'contact')",
        {},
    )
    for row in indexes:
        engine.execute(f"DROP INDEX {row['name']}", {})
    _write_contacts(engine)
    generator = _Deals(pipeline.id, ids)
    for first in range(1, count + 1, _CHUNK):
        changes: list[tuple[Any, ...]] = []
        numbers = range(first, min(first + _CHUNK, count + 1))
        deals = [generator.write(number, changes) for number in numbers]
        engine.insert_with_ids("deal", _DEAL_COLUMNS, deals)
        engine.insert_with_ids("stage_change", _CHANGE_COLUMNS, changes)
    for row in indexes:
        engine.execute(row["sql"], {})
    engine.execute("ANALYZE", {})
    engine.commit()
    engine.rows("PRAGMA journal_mode = WAL", {})
    engine.close()


def _write_contacts(engine: SqliteEngine) -> None:
    columns = ["id", "uid", "kind", "name", "name_key", "sort_key", "created_at", "updated_at"]
    rows = [
        (each, f"c{each}", "org", f"Firm {each}", f"firm {each}", f"firm {each}", STAMP, STAMP)
        for each in range(1, _CONTACTS + 1)
    ]
    engine.insert_with_ids("contact", columns, rows)


class _Deals:
    """Generates deals with their changes of stages, always the same ones."""

    def __init__(self, pipeline_id: int, ids: list[int]) -> None:
        self.pipeline_id, self.ids = pipeline_id, ids
        self.source = random.Random(14)
        start = TODAY - dt.timedelta(days=_DAYS)
        self.days = [(start + dt.timedelta(days=each)).isoformat() for each in range(_DAYS + 400)]

    def write(self, number: int, changes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        """Return the row of a deal, and add its changes."""
        rand = self.source.random
        opened = day = int(rand() * _DAYS)
        owner = f"user{number % 40}"
        before, seconds, stage = None, None, 0
        for stage in self._walk():
            changes.append(
                (number, before, self.ids[stage], f"{self.days[day]}T10:00:00Z", self.days[day],
                 seconds, owner)
            )  # fmt: skip
            before, stay = self.ids[stage], min(int(rand() * 20), _DAYS - day)
            entered, day, seconds = day, day + stay, stay * 86_400
        status = ("won", "lost")[stage - 5] if stage > 4 else "open"
        return (
            number, f"d{number}", f"Deal {number}", f"deal {number}", number % _CONTACTS + 1,
            self.pipeline_id, self.ids[stage], status, int(rand() * 10**6), "GBP",
            self.days[day + int(rand() * 300)], self.days[opened], self.days[entered],
            None if status == "open" else self.days[entered], f"source{number % 7}", owner,
            _REASONS[number % 5] if status == "lost" else "", STAMP,
        )  # fmt: skip

    def _walk(self) -> Iterator[int]:
        """Yield the numbers of stages: 0 to 4 are open, then won and lost."""
        rand, stage = self.source.random, 0
        yield 0
        while True:
            chance = rand()
            if chance < 0.06:
                return
            if chance < 0.14:
                yield 6
                return
            back = chance < 0.2 and stage > 0
            stage += -1 if back else 2 if chance < 0.26 else 1
            if stage > 4:
                yield 5
                return
            yield stage
