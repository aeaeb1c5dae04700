"""The second engine: the same commands on a server, many at once, a copy, and a million cards.

The bench starts a server of its own, with its usual settings but for more memory, and stops it at
the end. CARDCRM_BENCH_SERVER names another to be used (the address of a database where databases
may be made); its boxes stay for the next run.
"""

import contextlib
import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

from bench import boxes, inside, shell
from bench.boxes import Plan
from bench.measure import Line, Runner, against, command, environment, take_turns

QUICK = 2.8
COPY = 3.0
SHARE = 2.0  # at least half of what bare statements get
CALM = 5.0
PEOPLE = 50
SECONDS = 60
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
    """All that is bounded on a server; one line that says why where there is none."""
    with contextlib.ExitStack() as until:
        address = os.environ.get("CARDCRM_BENCH_SERVER") or until.enter_context(_own_server())
        if not address:
            return [Line("boxes on a server", note="no PostgreSQL server was found")]
        middle, copied = _box(address, boxes.MIDDLE)
        lines = [
            *_copy(address, copied),
            *_whole(boxes.MIDDLE, middle, runs),
            *_crowd(middle),
        ]
        if plans[-1].cards > boxes.MIDDLE.cards:
            large, _ = _box(address, plans[-1])
            lines += _large(plans[-1], large, runs)
        return lines


def _helper() -> ModuleType:
    """The helper that starts servers for the tests."""
    path = Path(__file__).parent.parent / "tests" / "server.py"
    spec = importlib.util.spec_from_file_location("cardcrm_bench_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    if importlib.util.find_spec("psycopg") is None:
        yield ""
        return
    helper = _helper()
    programs = helper.programs()
    if programs is None:
        yield ""
        return
    server = helper.make(programs, **SETTINGS)
    try:
        yield server.url
    finally:
        helper.remove(server)


def _box(address: str, plan: Plan) -> tuple[str, float | None]:
    """The address of the plan's box on the server, and the seconds it took if it was copied now."""
    import psycopg

    name = f"bench_{plan.name}"
    place = _database(address, name)
    with psycopg.connect(address, autocommit=True) as db:
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return place, None
        db.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    print(f"copying {plan.cards:,} cards onto the server ...", file=sys.stderr)
    start = time.perf_counter()
    subprocess.run(
        command("db", "copy", str(plan.path), place), env=environment(plan.path), check=True
    )
    took = time.perf_counter() - start
    with psycopg.connect(place, autocommit=True) as db:
        db.execute("VACUUM ANALYZE")  # as the server itself does after a while
    return place, took


def _database(address: str, name: str) -> str:
    return re.sub(r"(://[^/?]*/)[^?]*", rf"\g<1>{name}", address, count=1)


def _copy(address: str, took: float | None) -> list[Line]:
    """`db copy` against the server's COPY, out and in again, of the same tables and indexes."""
    what = f"`db copy` of {boxes.MIDDLE.cards:,} cards onto a server, against COPY out and in"
    if took is None:
        return [Line(what, note="the box was there already")]
    return [Line(what, took * 1000, _bare_copy(_database(address, "bench_100k")) * 1000, COPY)]


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


def _whole(plan: Plan, place: str, runs: int) -> list[Line]:
    """Whole processes on the server, against the same command on the file."""
    words = shell.commands(plan.path)
    runners: dict[str, Runner] = {}
    for name in COMMANDS:
        line, changes = words[name]
        for where, box in (("file", plan.path), ("server", place)):
            after = partial(shell.take_back, box) if changes else None
            runners[f"{where} {name}"] = Runner(command(*line), environment(box), after)
    failed = take_turns(runners, runs)
    lines = []
    for name in COMMANDS:
        what = f"`{name}` on a server, {plan.cards:,} cards, against the file"
        server, file = f"server {name}", f"file {name}"
        wrong = failed.get(server) or failed.get(file)
        lines.append(
            Line(what, note=wrong)
            if wrong
            else against(what, runners[server], runners[file], QUICK)
        )
    return lines


def _crowd(place: str) -> list[Line]:
    """Many who never pause, then many who ask once a second; each against the bare statements."""
    from bench.crowd import bare, crowd, ours

    rates: dict[str, float] = {}
    tails: dict[str, float] = {}
    for name, make in (("bare", bare), ("ours", ours)):
        for people in (1, PEOPLE):
            for pause in (0, 1):
                seconds = SECONDS if people > 1 else SECONDS / 2
                rate, kinds = crowd(make, place, seconds, people, pause)
                key = f"{name} {people} {pause}"
                rates[key] = rate
                tails[key] = _tail([took for each in kinds for took in each])
    many, one = f"{PEOPLE} 0", "1 0"
    calm, calm_one = f"{PEOPLE} 1", "1 1"
    no_pause = f"{PEOPLE} connections that never pause"
    bare_share = tails[f"bare {many}"] / tails[f"bare {one}"]
    return [
        Line(
            f"{no_pause}, {SECONDS} s: time a call, against bare statements",
            1000 / rates[f"ours {many}"],
            1000 / rates[f"bare {many}"],
            SHARE,
            note=f"{rates[f'ours {many}']:.0f} and {rates[f'bare {many}']:.0f} calls a second",
        ),
        Line(
            f"{no_pause}: p95, against one alone",
            tails[f"ours {many}"],
            tails[f"ours {one}"],
            CALM,
            note=f"bare statements: {bare_share:.1f}x; they share the machine's cores",
        ),
        Line(
            f"{PEOPLE} connections, each a call a second, {SECONDS} s: p95, against one alone",
            tails[f"ours {calm}"],
            tails[f"ours {calm_one}"],
            CALM,
            note=f"bare statements: {tails[f'bare {calm}'] / tails[f'bare {calm_one}']:.1f}x",
        ),
    ]


def _tail(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] * 1000


def _large(plan: Plan, place: str, runs: int) -> list[Line]:
    """What is bounded within one process: on a server it may take twice as long."""
    size = f"{plan.cards:,} cards on a server"
    lines = inside.waited_for(place, size, runs)
    return [replace(line, bound=2 * line.bound) for line in lines]
