"""Measure PostgreSQL: the commands of the shell, many clients, a copy, and 1,000,000 contacts.

The bench starts a server of its own, with its usual settings but for more memory, and stops it at
the end. CARDCRM_BENCH_SERVER names another to be used (the address of a database where databases
may be made); its databases stay for the next run.
"""

import contextlib
import importlib.util
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from bench import databases, in_process, shell
from bench.databases import Plan
from bench.measure import (
    Line,
    Runner,
    command,
    environment,
    paired_line,
    report,
    run_in_turns,
)
from tests.support import postgresql

QUICK = 2.8
COPY = 3.0
TIME_PER_CALL = 2.0  # at least half of the calls of the plain driver
P95_GROWTH = 5.0
CLIENTS = 50
SECONDS = 30  # of each kind of load
COMMANDS = ("add", "log", "remind", "done", "due", "find", "show")
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "120",
}


def measure(plans: Sequence[Plan], runs: int) -> list[Line]:
    """Measure every line of this module; without a server, return one line that says so."""
    with contextlib.ExitStack() as until:
        address = os.environ.get("CARDCRM_BENCH_SERVER") or until.enter_context(_own_server())
        if not address:
            return [Line("databases on a server", note="no PostgreSQL server was found")]
        middle, copied = _ensure_database(address, databases.MIDDLE)
        lines = [
            *_copy(address, copied),
            *_commands(databases.MIDDLE, middle, runs),
            *_many_clients(middle),
        ]
        if plans[-1].contacts > databases.MIDDLE.contacts:
            large, _ = _ensure_database(address, plans[-1])
            lines += _large(plans[-1], large, runs)
        return lines


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    if importlib.util.find_spec("psycopg") is None:
        yield ""
        return
    if postgresql.find_programs() is None:
        yield ""
        return
    server = postgresql.create_server(**SETTINGS)
    try:
        yield server.url
    finally:
        server.remove()


def _ensure_database(address: str, plan: Plan) -> tuple[str, float | None]:
    """Return the address of the plan's database, and the seconds of the copy if it was made now."""
    import psycopg

    name = f"bench_{plan.name}"
    place = _address_of(address, name)
    with psycopg.connect(address, autocommit=True) as db:
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return place, None
        db.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    report(f"  copying {plan.contacts:,} contacts onto the server")
    start = time.perf_counter()
    subprocess.run(
        command("db", "copy", str(plan.path), place), env=environment(plan.path), check=True
    )
    took = time.perf_counter() - start
    with psycopg.connect(place, autocommit=True) as db:
        db.execute("VACUUM ANALYZE")  # as the server itself does after a while
    return place, took


def _address_of(address: str, name: str) -> str:
    return re.sub(r"(://[^/?]*/)[^?]*", rf"\g<1>{name}", address, count=1)


def _copy(address: str, took: float | None) -> list[Line]:
    """Compare `db copy` with the server's own COPY, out and in, of the same tables and indexes."""
    size = f"{databases.MIDDLE.contacts:,} contacts"
    label = f"`db copy` of {size} onto a server, against COPY out and in"
    if took is None:
        return [Line(label, note="the database was there already")]
    return [Line(label, took * 1000, _bare_copy(_address_of(address, "bench_100k")) * 1000, COPY)]


def _bare_copy(place: str) -> float:
    import psycopg

    with psycopg.connect(place, autocommit=True) as db, tempfile.TemporaryFile() as file:
        found = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [table for (table,) in found]
        db.execute("CREATE SCHEMA bare")
        for table in tables:
            db.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")  # type: ignore[arg-type]
        start = time.perf_counter()
        for table in tables:
            file.seek(0)
            file.truncate()
            with db.cursor().copy(f"COPY public.{table} TO STDOUT") as out:  # type: ignore[arg-type]
                for block in out:
                    file.write(block)
            file.seek(0)
            with db.cursor().copy(f"COPY bare.{table} FROM STDIN") as into:  # type: ignore[arg-type]
                while block := file.read(1 << 16):
                    into.write(block)
        took = time.perf_counter() - start
        db.execute("DROP SCHEMA bare CASCADE")
    return took


def _commands(plan: Plan, place: str, runs: int) -> list[Line]:
    """Compare whole commands on the server with the same commands on the file."""
    words = shell.commands(plan.path)
    runners: dict[str, Runner] = {}
    for name in COMMANDS:
        line, changes = words[name]
        for where, database in (("file", plan.path), ("server", place)):
            after = partial(shell.undo_last_command, database) if changes else None
            runners[f"{where} {name}"] = Runner(command(*line), environment(database), after)
    failed = run_in_turns(runners, runs)
    lines = []
    for name in COMMANDS:
        label = f"`{name}` on a server, {plan.contacts:,} contacts, against the file"
        server, file = f"server {name}", f"file {name}"
        error = failed.get(server) or failed.get(file)
        lines.append(
            Line(label, note=error)
            if error
            else paired_line(label, runners[server], runners[file], QUICK)
        )
    return lines


def _many_clients(place: str) -> list[Line]:
    """Compare clients without pauses and clients of a call a second with the plain driver."""
    from bench.concurrency import cardcrm_client, driver_client, p95, run_clients

    rates: dict[str, float] = {}
    tails: dict[str, float] = {}
    for name, make in (("driver", driver_client), ("cardcrm", cardcrm_client)):
        for clients in (1, CLIENTS):
            for pause in (0, 1):
                report(f"  {clients} clients of {name}, {SECONDS} s")
                rate, kinds = run_clients(make, place, SECONDS, clients, pause)
                key = f"{name} {clients} {pause}"
                rates[key] = rate
                tails[key] = p95([took for each in kinds for took in each])
    many, one = f"{CLIENTS} 0", "1 0"
    paced, paced_one = f"{CLIENTS} 1", "1 1"
    no_pause = f"{CLIENTS} connections without pauses"
    driver_growth = tails[f"driver {many}"] / tails[f"driver {one}"]
    return [
        Line(
            f"{no_pause}, {SECONDS} s: time a call, against plain driver",
            1000 / rates[f"cardcrm {many}"],
            1000 / rates[f"driver {many}"],
            TIME_PER_CALL,
            note=f"{rates[f'cardcrm {many}']:.0f} and {rates[f'driver {many}']:.0f} calls a second",
        ),
        Line(
            f"{no_pause}: p95, against one alone",
            tails[f"cardcrm {many}"],
            tails[f"cardcrm {one}"],
            P95_GROWTH,
            note=f"plain driver: {driver_growth:.1f}x; they share the machine's cores",
        ),
        Line(
            f"{CLIENTS} connections, each a call a second, {SECONDS} s: p95, against one alone",
            tails[f"cardcrm {paced}"],
            tails[f"cardcrm {paced_one}"],
            P95_GROWTH,
            note=f"plain driver: {tails[f'driver {paced}'] / tails[f'driver {paced_one}']:.1f}x",
        ),
    ]


def _large(plan: Plan, place: str, runs: int) -> list[Line]:
    """Measure lookups within one process, which may take twice as long on a server."""
    size = f"{plan.contacts:,} contacts on a server"
    lines = in_process.measure_lookups(place, size, runs)
    return [replace(line, bound=2 * line.bound) for line in lines]
