"""Look-ups, logs and `due` by 50 clients of one server, against the same statements alone.

    python -m bench.concurrency ADDRESS [SECONDS] [CLIENTS]

The clients ask in two ways: each again as soon as it has its answer (then they compete for the
cores of the machine), and each once a second, as busy people do; there a call counts from the
moment at which it was due to start.

The database at the address must hold contacts (see `cardcrm db copy`); logs stay in it. Every
client is a thread in one of two processes and makes the three kinds of calls in turn. The floor
sends the statements of such calls through the plain driver, as many in one round trip as cardcrm
sends.
"""

import datetime as dt
import multiprocessing
import random
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.reports import due
from cardcrm.store import Store, local_author, open_store
from cardcrm.store.engine import Params, Row
from cardcrm.store.postgresql.adapters import to_psycopg_sql
from cardcrm.store.postgresql.engine import PostgresEngine

Call = Callable[[int], object]
Statement = tuple[str, Params]
TODAY = dt.date(2026, 11, 21)
SHOW, LOG, DUE = range(3)
RECORDED = 8  # contacts of each client whose statements the floor repeats


class RecordingEngine(PostgresEngine):
    """An engine that records its queries, grouped by the round trip they were sent in."""

    def __init__(self, location: str) -> None:
        self.round_trips: list[list[Statement]] = []
        super().__init__(location, wait=30)

    def rows(self, sql: str, params: Params) -> list[Row]:
        """Record and run one query."""
        self.round_trips.append([(sql, params)])
        return super().rows(sql, params)

    def fetch_many(self, queries: Sequence[Statement]) -> list[list[Row]]:
        """Record and run several queries."""
        before = len(self.round_trips)
        found = super().fetch_many(queries)
        self.round_trips[before:] = [list(queries)]
        return found


def cardcrm_client(address: str, number: int) -> Call:
    """Return a function that makes the calls of one client through cardcrm."""
    store = open_store(address, user=f"user{number}", wait=30)
    count = int(store.value("SELECT max(id) FROM contact"))
    return lambda turn: _call(store, turn % 3, _pick_contact(turn, number, count))


def _pick_contact(turn: int, client: int, count: int) -> int:
    return (turn * 7919 + client * 104729) % count + 1


def _call(store: Store, kind: int, contact_id: int) -> object:
    if kind == SHOW:
        return contacts.details(store, contact_id)
    if kind == LOG:
        return interactions.log(store, [contact_id], "asked for a quote", kind="call")
    return due.build_digest(store, TODAY)


def driver_client(address: str, number: int) -> Call:
    """Return a function that sends the statements of one client through the plain driver."""
    db = psycopg.connect(address, autocommit=True, prepare_threshold=None)
    row = db.execute("SELECT max(id) FROM contact").fetchone()
    assert row is not None
    count = int(row[0])
    picks = [_pick_contact(3 * turn, number, count) for turn in range(RECORDED)]
    shows = [_record(address, SHOW, contact_id) for contact_id in picks]
    digest = _record(address, DUE, 1)

    def call(turn: int) -> None:
        if turn % 3 == LOG:
            _log(db, _pick_contact(turn, number, count))
            return
        for statements in shows[turn // 3 % RECORDED] if turn % 3 == SHOW else digest:
            _send(db, statements)

    return call


def _record(address: str, kind: int, contact_id: int) -> list[list[tuple[str, Any]]]:
    """Return the statements of one kind of call by round trips, in the driver's own notation."""
    engine = RecordingEngine(address)
    try:
        engine.round_trips.clear()
        _call(Store(engine, local_author()), kind, contact_id)
    finally:
        engine.close()
    return [[(to_psycopg_sql(sql), params) for sql, params in trip] for trip in engine.round_trips]


def _send(db: "psycopg.Connection[Any]", statements: Sequence[tuple[str, Any]]) -> None:
    if len(statements) == 1:
        db.execute(*statements[0]).fetchall()
        return
    with db.pipeline():
        cursors = [db.execute(sql, params) for sql, params in statements]
    for cursor in cursors:
        cursor.fetchall()


def _log(db: "psycopg.Connection[Any]", contact_id: int) -> None:
    """Write the rows of one logged call."""
    run = db.execute
    run("BEGIN")
    row = run(
        "INSERT INTO interaction (uid, kind, on_date, text, created_at) "
        "VALUES (%s, 'call', '2026-11-21', 'asked for a quote', '2026-11-21T20:00:00Z') "
        "RETURNING id",
        (str(uuid.uuid4()),),
    ).fetchone()
    assert row is not None
    step = run(
        "INSERT INTO step (at, author, host, command, kind) "
        "VALUES ('2026-11-21T20:00:00Z', 'a', 'b', 'c', 'do') RETURNING id"
    ).fetchone()
    assert step is not None
    run(
        "INSERT INTO participant (interaction_id, contact_id) VALUES (%s, %s)",
        (row[0], contact_id),
    )
    for table in ("interaction", "participant"):
        run(
            "INSERT INTO change (step_id, op, tbl, row_id, new) VALUES (%s, 'insert', %s, %s, %s)",
            (step[0], table, row[0], '{"text":"asked for a quote"}'),
        )
    run(
        "INSERT INTO text_fts (id, body, words) VALUES (%s, 'asked for a quote', %s)",
        (row[0], "'asked':1 'quote':4"),
    )
    run("UPDATE contact SET last_on = '2026-11-21' WHERE id = %s", (contact_id,))
    run("COMMIT")


def run_clients(
    make: Callable[[str, int], Call], address: str, seconds: float, clients: int, pause: float = 0
) -> tuple[float, list[list[float]]]:
    """Return the calls a second of that many clients, and the seconds of each call by kind.

    Each client starts a call every ``pause`` seconds; with 0, at once after the last.
    """
    processes = 2 if clients > 1 else 1
    with multiprocessing.Pool(processes) as pool:
        results = [
            pool.apply_async(
                _run_process, (make, address, seconds, clients // processes, process, pause)
            )
            for process in range(processes)
        ]
        times = [each for result in results for each in result.get()]
    return len(times) / seconds, [[t for kind, t in times if kind == each] for each in range(3)]


def _run_process(
    make: Callable[[str, int], Call],
    address: str,
    seconds: float,
    clients: int,
    process: int,
    pause: float,
) -> list[tuple[int, float]]:
    times: list[tuple[int, float]] = []
    calls = [make(address, process * clients + number) for number in range(clients)]
    end = time.monotonic() + seconds
    rng = random.Random(process)

    def work(call: Call, turn: int) -> None:
        start = time.monotonic() + rng.random() * pause
        while start < end:
            time.sleep(max(start - time.monotonic(), 0))
            call(turn)
            times.append((turn % 3, time.monotonic() - start))
            turn += 1
            start = start + pause if pause else time.monotonic()

    threads = [
        threading.Thread(target=work, args=(call, number)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def p95(times: list[float]) -> float:
    """Return the 95th percentile of times in seconds, as milliseconds."""
    return statistics.quantiles(times, n=20)[-1] * 1000


def main(address: str, seconds: float = 60, clients: int = 50) -> None:
    """Measure and print one line for each number of clients and pause."""
    for count, pause in ((1, 0), (clients, 0), (1, 1), (clients, 1)):
        for name, make in (("driver", driver_client), ("cardcrm", cardcrm_client)):
            duration = seconds if count > 1 else min(seconds, 30)
            rate, kinds = run_clients(make, address, duration, count, pause)
            tails = ", ".join(
                f"{kind} p95 {p95(times):.1f} ms"
                for kind, times in zip(("show", "log", "due"), kinds, strict=True)
            )
            pace = " once a second" if pause else ""
            print(f"{name:8} {count:3} clients{pace}: {rate:7.0f} calls a second; {tails}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
