"""Many at one server: look-ups, logs and `due` by 50 connections, against the same statements bare.

    python -m bench.crowd ADDRESS [SECONDS] [CONNECTIONS]

The box at the address must hold cards (see `cardcrm db copy`); logs stay in it. Every connection
is a thread in one of two processes, and makes the three kinds of calls by turns. The floor sends
the statements that such calls come down to through the plain driver.
"""

import datetime as dt
import multiprocessing
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from cardcrm.records import contacts, interactions
from cardcrm.reports import due
from cardcrm.store import Store, open_store
from cardcrm.store.postgres_rows import translated

Call = Callable[[int], object]
TODAY = dt.date(2026, 11, 21)


def ours(address: str, number: int) -> Call:
    """What one connection does, through cardcrm."""
    store = open_store(address, user=f"user{number}", wait=30)
    count = int(store.value("SELECT max(id) FROM contact"))
    return lambda turn: _call(store, turn, (turn * 7919 + number * 104729) % count + 1)


def _call(store: Store, turn: int, card: int) -> object:
    if turn % 3 == 0:
        return contacts.details(store, card)
    if turn % 3 == 1:
        return interactions.log(store, [card], "asked for a quote", kind="call")
    return due.digest(store, TODAY)


def bare(address: str, number: int) -> Call:
    """The same statements, recorded where they read and written down here where they write."""
    store = open_store(address, user=f"user{number}", wait=30)
    reads = [_recorded(store, kind) for kind in (0, 2)]
    count = int(store.value("SELECT max(id) FROM contact"))
    store.close()
    db = psycopg.connect(address, autocommit=True, prepare_threshold=None)

    def call(turn: int) -> None:
        card = (turn * 7919 + number * 104729) % count + 1
        if turn % 3 == 1:
            _write(db, card)
            return
        for sql, params in reads[turn % 3 // 2]:
            db.execute(translated(sql), params).fetchall()  # type: ignore[arg-type]

    return call


def _recorded(store: Store, kind: int) -> list[tuple[str, Any]]:
    """The queries of one kind of call."""
    said: list[tuple[str, Any]] = []
    rows = store.engine.rows

    def keeping(sql: str, params: Any) -> Any:
        said.append((sql, params))
        return rows(sql, params)

    store.engine.rows = keeping  # type: ignore[method-assign]
    _call(store, kind, 1)
    del store.engine.rows  # type: ignore[method-assign]
    return said


def _write(db: "psycopg.Connection[Any]", card: int) -> None:
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
    run("INSERT INTO participant (interaction_id, contact_id) VALUES (%s, %s)", (row[0], card))
    for table, id_ in (("interaction", row[0]), ("participant", row[0])):
        run(
            "INSERT INTO change (step_id, op, tbl, row_id, new) VALUES (%s, 'insert', %s, %s, %s)",
            (step[0], table, id_, '{"text":"asked for a quote"}'),
        )
    run(
        "INSERT INTO text_fts (id, body, words) VALUES (%s, 'asked for a quote', %s)",
        (row[0], "'asked':1 'quote':4"),
    )
    run("UPDATE contact SET last_on = '2026-11-21' WHERE id = %s", (card,))
    run("COMMIT")


def crowd(make: Callable[[str, int], Call], address: str, seconds: float, people: int) -> Any:
    """Calls a second, and the seconds that the calls of each kind took, by ``people`` at once."""
    share = people // 2 if people > 1 else 1
    with multiprocessing.Pool(2 if people > 1 else 1) as pool:
        told = [
            pool.apply_async(_half, (make, address, seconds, share, half))
            for half in range(2 if people > 1 else 1)
        ]
        took = [took for each in told for took in each.get()]
    return len(took) / seconds, [[t for kind, t in took if kind == each] for each in range(3)]


def _half(
    make: Callable[[str, int], Call], address: str, seconds: float, people: int, half: int
) -> list[tuple[int, float]]:
    took: list[tuple[int, float]] = []
    calls = [make(address, half * people + number) for number in range(people)]
    end = time.monotonic() + seconds

    def work(call: Call, turn: int) -> None:
        while time.monotonic() < end:
            start = time.perf_counter()
            call(turn)
            took.append((turn % 3, time.perf_counter() - start))
            turn += 1

    threads = [
        threading.Thread(target=work, args=(call, place)) for place, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] * 1000


def main(address: str, seconds: float = 60, people: int = 50) -> None:
    """Measure and print."""
    for name, make in (("bare", bare), ("cardcrm", ours)):
        for count in (1, people):
            pace, kinds = crowd(make, address, seconds if count > 1 else min(seconds, 10), count)
            words = ", ".join(
                f"{kind} p95 {_p95(took):.1f} ms"
                for kind, took in zip(("show", "log", "due"), kinds, strict=True)
            )
            print(f"{name:8} {count:3} at once: {pace:7.0f} calls a second; {words}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
