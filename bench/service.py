"""Measure cases: the states of 100,000 by their service levels, the queue, and a reply."""

import datetime as dt
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.databases import FOLDER, TODAY
from bench.measure import FLOOR, Line, Runner, command, environment, paired_line, run_in_turns
from bench.screen import PAINT, STARTS, Start, time_first_paint
from bench.shell import open_database, undo_last_command
from cardcrm.__main__ import GC_THRESHOLD
from cardcrm.query import ALL
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.service.case_queue import read_queue
from cardcrm.records.service.service_levels import ServiceLevels
from cardcrm.records.service.sla_type import SLA
from cardcrm.store import Store, open_store

CASES = 100_000
STATES, REPLY = 2_000.0, 1.35  # milliseconds of the processor, and times the floor
_CONTACTS = 1_000
_SETTLED = 3.0  # seconds without output after which Today has read all cases
_TEXT = "the heater leaks"
_DAYS = 330
_OPEN = ("new", "assigned", "waiting-customer", "waiting-us")
_HOURS = "mon-fri 9:00-12:00,13:00-17:00; sat 9-12"
_CASE = (
    "id", "uid", "contact_id", "text", "type", "priority", "status", "opened_at", "solved_at",
)  # fmt: skip
_CHANGE = ("id", "case_id", "status", "at")
_TALK = ("id", "uid", "kind", "direction", "on_date", "at", "text", "created_at", "case_id")


def measure(runs: int) -> list[Line]:
    """Measure the states of all cases and the queue in this process, and a reply in the shell."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        database, all_open, empty = (
            Path(name) / f"{each}.db" for each in ("cases", "open", "none")
        )
        _make(database, CASES, solved=0.8)
        _make(all_open, CASES, solved=0)
        _make(empty, 0, solved=0)
        with open_database(database) as store:
            lines = list(_measure_states(store))
        reply = _measure_reply(database, runs)
        return [*lines, reply, _measure_paint(all_open, empty, min(runs, STARTS))]


def _measure_states(store: Store) -> Iterator[Line]:
    def read_states() -> object:
        return ServiceLevels(store).load()

    def read_first() -> object:
        return read_queue(store, ALL, 500)

    yield _measure_processor(f"states of {CASES:,} cases", read_states, STATES)
    yield _measure_processor(f"first 500 of a queue of {CASES:,} cases", read_first)


def _measure_processor(label: str, work: Callable[[], object], bound: float | None = None) -> Line:
    """Return the milliseconds of the processor that the second of two calls takes.

    Garbage is collected as rarely as in the program.
    """
    before = gc.get_threshold()
    gc.set_threshold(GC_THRESHOLD)
    work()
    start = time.process_time()
    work()
    taken = (time.process_time() - start) * 1000
    gc.set_threshold(*before)
    return Line(label, taken, bound=bound, unit="ms")


def _measure_reply(database: Path, runs: int) -> Line:
    env = environment(database)
    after = partial(undo_last_command, database)
    runners = {
        "floor": Runner(FLOOR),
        "reply": Runner(command("case", "reply", "7", "a new valve is on its way"), env, after),
    }
    failed = run_in_turns(runners, runs)
    label = "`case reply`"
    if failed:
        return Line(label, note="; ".join(failed.values()))
    return paired_line(label, runners["reply"], runners["floor"], REPLY)


def _measure_paint(database: Path, empty: Path, runs: int) -> Line:
    """Return a line on the first paint of the queue, in which all cases are open.

    Today is that of a database without cases, as it would compute their deadlines too.
    """
    today = Start(command("tui"), empty)
    times = []
    for _ in range(runs):
        today.run()
        times.append(time_first_paint(database, "0", _TEXT[:8], _SETTLED))
    return Line(
        f"first paint of the queue, {CASES:,} open cases, against that of Today without cases",
        statistics.median(times),
        statistics.median(today.times),
        PAINT,
    )


# The databases


def _make(database: Path, cases: int, solved: float) -> None:
    """Fill a new database with cases, of which a share are solved."""
    store = open_store(str(database), create=True)
    for number in range(_CONTACTS):
        contacts.add(store, ContactDraft(f"Contact {number}", tags=("vip",) * (number < 10)))
    for texts in ({"name": "gold", "solve": "4h", "group": "tag:vip"}, {"name": "desk"}):
        times = {"first": "1h", "next": "2h", "solve": "16h", "hours": _HOURS, **texts}
        records.add(store, SLA, times)
    _fill(store, cases, solved)
    store.close()


def _fill(store: Store, count: int, share: float) -> None:
    chance = random.Random(1)
    cases: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    talks: list[tuple[Any, ...]] = []
    for number in range(1, count + 1):
        events = list(_list_events(chance, share))
        opened, status = events[0][0], events[-1][1]
        solved = _instant(events[-1][0]) if status == "solved" else None
        contact, priority = chance.randint(1, _CONTACTS), chance.choice(("low", "normal", "high"))
        own = (number, f"c{number}", contact, _TEXT, "incident", priority, status)
        cases.append((*own, _instant(opened), solved))
        for at, word in events:
            changes.append((len(changes) + 1, number, word, _instant(at)))
        for _ in range(chance.randint(1, 3)):
            at = opened + dt.timedelta(minutes=chance.randint(1, 4_000))
            way, key = chance.choice(("in", "out")), len(talks) + 1
            text = (_instant(at)[:10], _instant(at), "hello", _instant(at))
            talks.append((key, f"i{key}", "mail", way, *text, number))
    engine = store.engine
    engine.begin()
    for table, columns, rows in (
        ("service_case", _CASE, cases), ("case_change", _CHANGE, changes),
        ("interaction", _TALK, talks),
    ):  # fmt: skip
        engine.insert_with_ids(table, list(columns), rows)
    engine.commit()


def _list_events(chance: random.Random, share: float) -> Iterator[tuple[dt.datetime, str]]:
    """Yield the statuses of a case with their moments."""
    minutes = chance.randint(1, _DAYS * 24 * 60)
    at = dt.datetime.combine(TODAY, dt.time()) - dt.timedelta(minutes=minutes)
    yield at, "new"
    for _ in range(chance.randint(0, 3)):
        at += dt.timedelta(minutes=chance.randint(10, 3_000))
        yield at, chance.choice(_OPEN)
    if chance.random() < share:
        yield at + dt.timedelta(minutes=100), "solved"


def _instant(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
