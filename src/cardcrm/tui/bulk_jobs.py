"""Long jobs: a change to many contacts, or an export, done beside the screen.

A job has its own connection, so the screen can read meanwhile. It shows its progress and can be
stopped at any moment; then nothing has changed.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from cardcrm.errors import CardcrmError, ConflictError
from cardcrm.store import Store
from cardcrm.text import normalize_line, shorten
from cardcrm.tui.background_tasks import current_node
from cardcrm.tui.context import AppContext, DeferrableForm

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

T = TypeVar("T")

DERIVED_SHARE = 0.3  # of the progress bar is for derived data, which is updated at the end
CHUNK = 50  # contacts between two checks whether to stop
JOURNAL_PREFIX = "tui:"  # marks commands given on the screen in the journal
PROGRESS_DELAY = 0.25  # seconds; a quicker job shows no progress


class StoppedError(CardcrmError):
    """A job that the user has stopped."""

    code = "stopped"


def journal_command(*words: object) -> str:
    """Return what the journal calls a change: the shell's command for it."""
    text = [str(word) for word in words if word not in ("", None)]
    return shorten(normalize_line(" ".join([JOURNAL_PREFIX, *text])), 500)


class Job:
    """A long job: its description, its progress, and whether it is to stop.

    ``total`` counts contacts or changes; 0 if it is not known yet. ``changes`` says whether the job
    writes to the database, so that other changes wait until it is ``over``; ``waiting`` counts
    them. Only `check`, `count`, `close` and `chunks` are called outside the screen's thread.
    """

    def __init__(self, words: str, total: int = 0, *, changes: bool) -> None:
        self.words, self.total, self.changes = words, total, changes
        self.done = 0
        self.waiting = 0
        self.over = asyncio.Event()
        self.started = time.monotonic()
        self._chunks = self._chunks_done = 0
        self._is_closing = False
        self._stop = threading.Event()

    @property
    def is_stopping(self) -> bool:
        """Return whether the job is to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the job to stop, which it does at its next check."""
        self._stop.set()

    def check(self) -> None:
        """Count a chunk of derived data, if closing. Raises StoppedError if the job is to stop."""
        if self._is_closing:
            self._chunks_done += 1
        if self._stop.is_set():
            raise StoppedError(f"{self.words}: stopped")

    def close(self, chunks: int) -> None:
        """Begin the last phase, in which derived data is updated in chunks."""
        self._is_closing, self._chunks = True, chunks

    def expect(self, step: "Step") -> None:
        """Count by the changes of a step, which is undone or redone."""
        self.words = f"{self.words} {step.changes:,} change{'s' * (step.changes != 1)}"
        self.total = step.changes

    def count(self) -> None:
        """Count a change. Raises StoppedError if the job is to stop."""
        self.done += 1
        self.check()

    def chunks(self, ids: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield the ids in chunks, counting each when the next is requested.

        Raises StoppedError.
        """
        for start in range(0, len(ids), CHUNK):
            self.check()
            chunk = ids[start : start + CHUNK]
            yield chunk
            self.done += len(chunk)
        self.check()

    @property
    def share(self) -> float:
        """The share of the job that is done, from 0 to 1."""
        if not self.total:
            return 0.0
        changed = min(self.done / self.total, 1.0)
        if not self.changes:
            return changed
        derived = min(self._chunks_done / self._chunks, 1.0) if self._chunks else 0.0
        return changed * (1 - DERIVED_SHARE) + derived * DERIVED_SHARE

    @property
    def time_left(self) -> str:
        """The estimated time left in words; "" while it is not known."""
        elapsed = time.monotonic() - self.started
        if self._is_closing and not self._chunks:
            return "nearly done"
        if elapsed < 1.0 or self.share < 0.02:
            return ""
        seconds = elapsed / self.share - elapsed
        left = f"{seconds:.0f} s left" if seconds < 100 else f"{seconds / 60:.0f} min left"
        return f"updating search, {left}" if self._is_closing else left


def start(
    context: AppContext, job: Job, work: Callable[[Store], T], describe: Callable[[T], str]
) -> None:
    """Run a job beside the screen, and show the description of its result at the end.

    Raises ConflictError while another job is in progress.
    """
    refuse_second_job(context)
    context.database.job = job
    context.set_timer(PROGRESS_DELAY, context.show_progress)
    context.start(_run(context, job, work, describe), group="job")


async def _run(
    context: AppContext, job: Job, work: Callable[[Store], T], describe: Callable[[T], str]
) -> None:
    try:
        result = await context.database.run_separately(work, job)
    except StoppedError:
        outcome = "nothing was changed" if job.changes else "no file was written"
        context.show_message(f"Stopped: {job.words}; {outcome}")
        return
    finally:
        context.database.job = None
        job.over.set()
        context.hide_progress()
    if job.changes:
        context.refresh_data()
    late = "Too late to stop. " if job.is_stopping else ""
    context.show_message(late + describe(result), timeout=8)


async def wait_for_turn(context: AppContext) -> None:
    """Wait while a job changes the database; the form being saved is put aside meanwhile.

    A job is one step, all or nothing, so no other change can come in between.
    """
    job = context.database.job
    if not isinstance(job, Job) or not job.changes:
        return
    form = current_node()
    if isinstance(form, DeferrableForm):
        form.put_aside()
    job.waiting += 1
    context.show_message(f"Will be saved after: {job.words}")
    while isinstance(job, Job) and job.changes:
        await job.over.wait()
        job = context.database.job


async def wait_for_pending_saves(context: AppContext) -> bool:
    """Wait for the forms that were put aside; return False if one of them came back."""
    if not context.pending_saves:
        return True
    while context.pending_saves:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # no event reports it
    return context.is_on_page


def refuse_second_job(context: AppContext) -> None:
    """Raise ConflictError while a job is in progress."""
    job = context.database.job
    if job is not None:
        raise ConflictError(
            f"still in progress: {job.words}",
            f"Wait for it, or stop it with {context.key_of('stop')}.",
        )


def step_through_history(
    context: AppContext, act: "Callable[..., Step | None]", verb: str, done: str
) -> None:
    """Undo or redo a step, which may have many changes. Raises ConflictError, as `start`."""
    from cardcrm.reports import journal_sentences

    job = Job(f"{verb}ing", changes=True)

    def work(store: Store) -> str:
        store.on_progress = job.count
        step = act(store, job.expect)
        return journal_sentences.summarize(store, [step])[step.id] if step is not None else ""

    def describe(sentence: str) -> str:
        return f"{done}: {shorten(sentence, 90)}" if sentence else f"Nothing to {verb}"

    start(context, job, work, describe)


async def may_stop(context: AppContext) -> bool:
    """Return whether no job is in progress any more, after asking to stop it."""
    job = context.database.job
    if job is None:
        return True
    from cardcrm.tui.forms.confirm_dialog import confirm

    outcome = "Nothing will be changed." if job.changes else "No file will be written."
    if not await confirm(context, f"In progress: {job.words}.\nStop it and quit? {outcome}"):
        return False
    job.stop()
    return True
