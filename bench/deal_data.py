"""Make seeded databases of deals: 1,000,000 of them have 6,000,000 changes of stages.

A deal goes forward, skips a stage or goes back, and ends or not. There are a tenth as many contacts
as deals, and ten interactions with each; the journal has two changes of each deal, one of which
moves the expected close of every other deal.
"""

import datetime as dt
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.databases import FOLDER, LAYOUT, STAMP, TODAY
from bench.measure import report
from cardcrm.records.deals import pipelines, stages
from cardcrm.store import open_store
from cardcrm.store.sqlite.engine import SqliteEngine

_CHUNK = 20_000
_DAYS = 900
_REASONS = ("pricing", "competition", "budget", "silence", "other")
_DEAL_COLUMNS = [
    "id", "uid", "title", "title_key", "contact_id", "pipeline_id", "stage_id", "status", "amount",
    "currency", "close_on", "opened_on", "entered_on", "closed_on", "source", "owner",
    "lost_reason", "created_at",
]  # fmt: skip
_CONTACT_COLUMNS = [
    "id", "uid", "kind", "name", "name_key", "sort_key", "created_at", "updated_at",
]  # fmt: skip
_TALK_COLUMNS = [
    "id", "uid", "kind", "direction", "on_date", "at", "text", "author", "created_at", "no_answer",
]  # fmt: skip
_STEP_COLUMNS = ["id", "at", "author", "host", "command", "kind"]
_JOURNAL_COLUMNS = ["step_id", "op", "tbl", "row_id", "old", "new"]
_KINDS = ("call", "mail", "meeting", "visit", "message", "note")
_TALKS = 10  # with each contact
_USERS = 40
_CHANGE_COLUMNS = ["deal_id", "from_id", "to_id", "at", "on_date", "seconds", "author"]


def ensure(count: int) -> Path:
    """Return the path of the database with a number of deals, which is made if it is missing."""
    layout = f"{zlib.crc32(f'{LAYOUT} 2'.encode()):08x}"
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
    tables = ("deal", "stage_change", "contact", "interaction", "participant", "step", "change")
    names = ", ".join(f"'{each}'" for each in tables)
    indexes = engine.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        f"AND tbl_name IN ({names})",
        {},
    )
    for row in indexes:
        engine.execute(f"DROP INDEX {row['name']}", {})
    generator = _Deals(pipeline.id, ids, count // 10)
    _write_contacts(engine, generator)
    for first in range(1, count + 1, _CHUNK):
        _write_deals(engine, generator, range(first, min(first + _CHUNK, count + 1)))
    for row in indexes:
        engine.execute(row["sql"], {})
    engine.execute("ANALYZE", {})
    engine.commit()
    engine.rows("PRAGMA journal_mode = WAL", {})
    engine.close()


def _write_contacts(engine: SqliteEngine, generator: "_Deals") -> None:
    """Write the contacts with their interactions, by thousands."""
    for first in range(1, generator.contacts + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, generator.contacts + 1))
        rows = [
            (each, f"c{each}", "org", f"Firm {each}", f"firm {each}", f"firm {each}", STAMP, STAMP)
            for each in numbers
        ]
        engine.insert_with_ids("contact", _CONTACT_COLUMNS, rows)
        talks = [talk for each in numbers for talk in generator.talk(each)]
        engine.insert_with_ids("interaction", _TALK_COLUMNS, talks)
        parts = [(talk[0], (talk[0] - 1) // _TALKS + 1) for talk in talks]
        engine.insert_with_ids("participant", ["interaction_id", "contact_id"], parts)


def _write_deals(engine: SqliteEngine, generator: "_Deals", numbers: range) -> None:
    """Write some deals with their changes of stages and their journal."""
    changes: list[tuple[Any, ...]] = []
    deals = [generator.write(number, changes) for number in numbers]
    engine.insert_with_ids("deal", _DEAL_COLUMNS, deals)
    engine.insert_with_ids("stage_change", _CHANGE_COLUMNS, changes)
    steps, journal = generator.journal(deals)
    engine.insert_with_ids("step", _STEP_COLUMNS, steps)
    engine.insert_with_ids("change", _JOURNAL_COLUMNS, journal)


class _Deals:
    """Generates deals with their changes of stages, always the same ones."""

    def __init__(self, pipeline_id: int, ids: list[int], contacts: int) -> None:
        self.pipeline_id, self.ids, self.contacts = pipeline_id, ids, contacts
        self.source = random.Random(14)
        start = TODAY - dt.timedelta(days=_DAYS)
        self.days = [(start + dt.timedelta(days=each)).isoformat() for each in range(_DAYS + 400)]

    def write(self, number: int, changes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        """Return the row of a deal, and add its changes."""
        rand = self.source.random
        opened = day = int(rand() * _DAYS)
        owner = f"user{number % _USERS}"
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
            number, f"d{number}", f"Deal {number}", f"deal {number}", number % self.contacts + 1,
            self.pipeline_id, self.ids[stage], status, int(rand() * 10**6), "GBP",
            self.days[day + int(rand() * 300)], self.days[opened], self.days[entered],
            None if status == "open" else self.days[entered], f"source{number % 7}", owner,
            _REASONS[number % 5] if status == "lost" else "", STAMP,
        )  # fmt: skip

    def talk(self, contact: int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the interactions with a contact."""
        rand = self.source.random
        for number in range((contact - 1) * _TALKS + 1, contact * _TALKS + 1):
            day = self.days[int(rand() * _DAYS)]
            direction = "in" if rand() < 0.4 else "out"
            at = f"{day}T{int(rand() * 24):02}:{int(rand() * 60):02}:00Z"
            yield (
                number, f"i{number}", _KINDS[int(rand() * 6)], direction, day, at, "x",
                f"user{number % _USERS}", STAMP, int(rand() < 0.1),
            )  # fmt: skip

    def journal(
        self, deals: list[tuple[Any, ...]]
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return two steps for each deal, with a change each; every fourth step moves the close."""
        steps, changes = [], []
        for deal in deals:
            number, close = deal[0], deal[10]
            for step in (2 * number - 1, 2 * number):
                at = f"{self.days[step * _DAYS // (self.contacts * 20 + 1)]}T11:00:00Z"
                steps.append((step, at, deal[15], "host", "deal edit", "do"))
                if step % 4:
                    old, new = f'{{"owner":"{number}"}}', f'{{"owner":"{deal[15]}"}}'
                else:
                    old = f'{{"close_on":"{self.days[number % 1200]}"}}'
                    new = f'{{"close_on":"{close}"}}'
                changes.append((step, "update", "deal", number, old, new))
        return steps, changes

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
