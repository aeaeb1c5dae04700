"""Tag 10,000 contacts from the screen, against the record function alone.

Both change the contacts of a temporary copy of a database: the record function in one transaction,
the screen in batches with a progress bar and the means to stop.
"""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from bench.databases import Plan
from bench.measure import USER, Line, report
from bench.shell import open_database
from cardcrm.records.contacts import update
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store, open_store
from cardcrm.tui.app import CardApp
from cardcrm.tui.bulk_jobs import Job
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.worker import DatabaseWorker

CONTACTS = 10_000
TIMEOUT = 120  # seconds


def measure(plan: Plan) -> list[Line]:
    """Measure one line without a bound: the cost of showing progress and being able to stop."""
    with tempfile.TemporaryDirectory(dir=plan.path.parent) as folder:
        report(f"  a tag on {CONTACTS:,} contacts")
        database = Path(shutil.copy(plan.path, folder))
        with open_database(database) as store:
            ids = columns.find_ids(store, contact_query.parse(store, ""))[:CONTACTS]
            floor = _tag_directly(store, ids)
        on_screen = asyncio.run(_tag_on_screen(database, ids))
    return [
        Line(
            f"a tag on {len(ids):,} contacts from the screen, against the record function",
            on_screen,
            floor,
            note=f"of {plan.contacts:,} contacts; no bound",
        )
    ]


def _tag_directly(store: Store, ids: list[int]) -> float:
    """Return the milliseconds of one transaction."""
    start = time.perf_counter()
    with store.transaction("bench: tag"):
        update.edit(store, ids, update.Edit(tags=("bench-bare",)))
    return (time.perf_counter() - start) * 1000


async def _tag_on_screen(database: Path, ids: list[int]) -> float:
    """Return the milliseconds from the request to the notice that it is done."""
    app = CardApp(
        DatabaseWorker(lambda: open_store(database, user=USER)), database_name=database.stem
    )
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause()
            start = time.perf_counter()
            await bulk_actions.change_tags(app, dict.fromkeys(ids, ""), ("bench-screen",))
            job = app.database.job
            assert isinstance(job, Job)
            await asyncio.wait_for(job.over.wait(), TIMEOUT)
            return (time.perf_counter() - start) * 1000
    finally:
        app.database.close()
