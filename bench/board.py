"""Measure the board of deals: its first paint, and the moves of the cursor and of a deal.

Every figure is of the whole program, from the key to the last byte of the answer. A pause after
each key lets the write end, so that a figure is of one move alone.
"""

import random
import shutil
import statistics
import tempfile
import uuid
from pathlib import Path

from bench.databases import Plan
from bench.measure import Line, command, environment, percentile
from bench.screen import BODY, OPENED, PAINT, QUIET, STARTS, Start
from bench.shell import open_database
from bench.terminal import Lines, Terminal, time_to_show
from cardcrm.records.deals import pipelines, stages

MOVED_DEAL = 30.0
DEALS = 5_000  # on the board
MOVES = 100  # of a deal to the next stage and back, and of the cursor


def measure(plan: Plan, runs: int) -> list[Line]:
    """Return lines on the board of many deals: its first paint, and moves on it."""
    today = Start(command("tui"), plan.path)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(plan.path, folder))
        _add_deals(path)
        painted = []
        for _ in range(min(runs, STARTS)):
            today.run()
            painted.append(_paint_board(path))
        cursor, moved = _move_deals(path)
    return [
        Line(
            f"first paint of a board of {DEALS:,} deals, against that of Today",
            statistics.median(painted),
            statistics.median(today.times),
            PAINT,
        ),
        _moves_line("cursor moved", cursor),
        _moves_line("deal moved on screen", moved),
    ]


def _moves_line(label: str, times: list[float]) -> Line:
    return Line(
        f"{label}, on a board of {DEALS:,} deals, p95",
        percentile(times, 0.95),
        None,
        MOVED_DEAL,
        "ms",
        f"{len(times)} keys, median {statistics.median(times):.0f}, worst {max(times):.0f}",
    )


def _add_deals(path: Path) -> None:
    """Add open deals to a database: in all stages, half of them with a next step."""
    pick = random.Random(4)
    with open_database(path) as store:
        pipeline = pipelines.first_pipeline(store)
        known = [each for each in stages.list_stages(store, pipeline.id) if each.kind == "open"]
        sql = "SELECT id FROM contact ORDER BY id LIMIT 5000"
        people = [row[0] for row in store.rows(sql)]
        day, instant = "2026-12-{:02}", "2026-10-01T00:00:00Z"
        with store.transaction(), store.unrecorded():
            for number in range(DEALS):
                deal_id = store.insert(
                    "deal",
                    uid=str(uuid.UUID(int=pick.getrandbits(128))),
                    title=f"Order {number} for the season",
                    title_key=f"order {number} for the season",
                    contact_id=pick.choice(people),
                    pipeline_id=pipeline.id,
                    stage_id=pick.choice(known).id,
                    status="open",
                    amount=pick.randint(1000, 9_000_000),
                    currency=store.locale.currency,
                    close_on=day.format(pick.randint(1, 31)),
                    opened_on="2026-10-01",
                    entered_on="2026-10-01",
                    owner="ann",
                    owner_key="ann",
                    created_at=instant,
                )
                if number % 2:
                    store.insert(
                        "reminder",
                        uid=str(uuid.UUID(int=pick.getrandbits(128))),
                        contact_id=pick.choice(people),
                        deal_id=deal_id,
                        text="call",
                        due_on=day.format(pick.randint(1, 31)),
                        created_at=instant,
                    )


def _paint_board(path: Path) -> float:
    """Return the ms from the key to the first deals on the board."""
    terminal = Terminal(command("tui"), environment(path))
    try:
        terminal.wait_for_output(OPENED)
        since = terminal.press("6")
        shown = terminal.wait_until_idle(OPENED)
        return next(1000 * (at - since) for at, lines in shown if "Order" in "".join(lines))
    finally:
        terminal.close()


def _move_deals(path: Path) -> tuple[list[float], list[float]]:
    """Return the ms of each move of the cursor, and of each move of a deal and back."""
    times: dict[str, list[float]] = {"j": [], ">": [], "<": []}
    terminal = Terminal(command("tui"), environment(path))
    try:
        terminal.wait_for_output(OPENED)
        terminal.press("6")
        terminal.wait_until_idle(OPENED)
        for key in ("j" * MOVES) + "><" * (MOVES // 2):
            since = terminal.press(key)
            taken = time_to_show(since, terminal.wait_until_idle(QUIET), _board)
            if taken is not None:
                times[key].append(taken)
    finally:
        terminal.close()
    return times["j"], [*times[">"], *times["<"]]


def _board(lines: Lines) -> object:
    """Return the columns with their heads, and the line about the selected deal."""
    return [[line[:99] for line in lines[BODY]], lines[-2]]
