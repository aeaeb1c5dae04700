"""Long work on the screen: a tag on very many cards, done beside it, against the record function.

Both change the same cards of a copy of a box, which is thrown away: bare in one transaction without
anybody who looks on, and as the screen does it, in handfuls that can be stopped, with its bar.
"""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from bench.boxes import Plan
from bench.measure import USER, Line
from bench.shell import opened
from cardcrm.records.contacts import update
from cardcrm.records.query_sql import columns, compiler
from cardcrm.store import Store, open_store
from cardcrm.tui.app import CardApp
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.worker import Desk

CARDS = 10_000


def measure(plan: Plan) -> list[Line]:
    """One line, without a bound: what watching and stopping cost."""
    with tempfile.TemporaryDirectory(dir=plan.path.parent) as folder:
        box = Path(shutil.copy(plan.path, folder))
        with opened(box) as store:
            ids = columns.ids(store, compiler.parse(store, ""))[:CARDS]
            floor = _bare(store, ids)
        ours = asyncio.run(_on_screen(box, ids))
    return [
        Line(
            f"a tag on {len(ids):,} cards from the screen, against the record function",
            ours,
            floor,
            note=f"of {plan.cards:,} cards; no bound",
        )
    ]


def _bare(store: Store, ids: list[int]) -> float:
    """Milliseconds of one transaction."""
    start = time.perf_counter()
    with store.transaction("bench: tag"):
        update.edit(store, ids, update.Edit(tags=("bench-bare",)))
    return (time.perf_counter() - start) * 1000


async def _on_screen(box: Path, ids: list[int]) -> float:
    """Milliseconds from the wish to the notice that it is done."""
    app = CardApp(Desk(lambda: open_store(box, user=USER)), box=box.stem)
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            start = time.perf_counter()
            await bulk_actions.put_tags(app, dict.fromkeys(ids, ""), ("bench-screen",))
            assert app.desk.job is not None
            await app.desk.job.over.wait()
            return (time.perf_counter() - start) * 1000
    finally:
        app.desk.close()
