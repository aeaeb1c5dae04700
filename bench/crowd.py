"""Many at one server: look-ups, logs and `due` by 50 connections, against the same statements bare.

    python -m bench.crowd ADDRESS [SECONDS] [CONNECTIONS]

They ask in two ways: each again as soon as it has its answer (then they share what the machine can
do, and wait for each other), and each once a second, as busy people do; there a call counts from
the moment at which it was to begin.

The box at the address must hold cards (see `cardcrm db copy`); logs stay in it. Every connection
is a thread in one of two processes, and makes the three kinds of calls by turns. The floor sends
the statements that such calls come down to through the plain driver.
"""

import datetime as dt
import multiprocessing
import random
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg

from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.reports import due
from cardcrm.store import Store, open_store
from cardcrm.store.postgresql.adapters import translated

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


def crowd(
    make: Callable[[str, int], Call], address: str, seconds: float, people: int, pause: float = 0
) -> Any:
    """Calls a second, and the seconds that the calls of each kind took, by ``people`` at once.

    Each begins a call every ``pause`` seconds; with 0 it asks again at once.
    """
    share = people // 2 if people > 1 else 1
    with multiprocessing.Pool(2 if people > 1 else 1) as pool:
        told = [
            pool.apply_async(_half, (make, address, seconds, share, half, pause))
            for half in range(2 if people > 1 else 1)
        ]
        took = [took for each in told for took in each.get()]
    return len(took) / seconds, [[t for kind, t in took if kind == each] for each in range(3)]


def _half(
    make: Callable[[str, int], Call],
    address: str,
    seconds: float,
    people: int,
    half: int,
    pause: float,
) -> list[tuple[int, float]]:
    took: list[tuple[int, float]] = []
    calls = [make(address, half * people + number) for number in range(people)]
    end = time.monotonic() + seconds
    pick = random.Random(half)

    def work(call: Call, turn: int) -> None:
        start = time.monotonic() + pick.random() * pause
        while start < end:
            time.sleep(max(start - time.monotonic(), 0))
            call(turn)
            took.append((turn % 3, time.monotonic() - start))
            turn += 1
            start = start + pause if pause else time.monotonic()

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
    for name, make, count, pause in (
        ("bare", bare, 1, 0),
        ("cardcrm", ours, 1, 0),
        ("bare", bare, people, 0),
        ("cardcrm", ours, people, 0),
        ("bare", bare, 1, 1),
        ("cardcrm", ours, 1, 1),
        ("bare", bare, people, 1),
        ("cardcrm", ours, people, 1),
    ):
        lasting = seconds if count > 1 else min(seconds, 30)
        pace, kinds = crowd(make, address, lasting, count, pause)
        words = ", ".join(
            f"{kind} p95 {_p95(took):.1f} ms"
            for kind, took in zip(("show", "log", "due"), kinds, strict=True)
        )
        paced = " once a second" if pause else ""
        print(f"{name:8} {count:3} at once{paced}: {pace:7.0f} calls a second; {words}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
