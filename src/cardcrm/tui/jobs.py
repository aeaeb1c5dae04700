"""Long work: a change to very many cards, or a file of them, done beside the screen.

It has a connection of its own, so that the screen reads on meanwhile; it shows how far it is, and
can be stopped at any moment: then all is as it was before.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, runtime_checkable

from rich.text import Text
from textual.app import RenderResult

from cardcrm.errors import CardError, ConflictError
from cardcrm.store import Store, journal
from cardcrm.store.journal import Step
from cardcrm.text import clean, shorten
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.charts import bar
from cardcrm.tui.widgets.header_footer import Bar

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

T = TypeVar("T")

CLOSING = 0.3  # of the bar is for the search and sums, which are brought up to date at the end
PART = 50  # cards that are worked on between two looks at whether to go on
MARK = "tui:"  # what stands in the journal before a command that was given on the screen
SOON = 0.25  # seconds; what is done by then shows no progress


@runtime_checkable
class Waits(Protocol):
    """What can be put aside while its change waits."""

    def put_aside(self) -> None:
        """Make room for what one does meanwhile."""


class StoppedError(CardError):
    """Somebody has stopped it."""

    code = "stopped"


def plain(command: str) -> str:
    """A command without the mark of the screen, where one knows that."""
    return command.removeprefix(MARK).lstrip()


class Job:
    """Some long work: what it is in words, how far it is, and whether it is to stop.

    ``total`` is of cards or changes, 0 where it is not known yet; ``changes`` says whether it
    writes into the box, so that other changes wait until it is ``over``; ``waiting`` counts them.
    All but `heed`, `tick`, `close` and `parts` is for the screen's thread.
    """

    def __init__(self, words: str, total: int = 0, *, changes: bool) -> None:
        self.words, self.total, self.changes = words, total, changes
        self.done = 0
        self.waiting = 0
        self.over = asyncio.Event()
        self._handfuls = self._handfuls_done = 0
        self._is_closing = False
        self.begun = time.monotonic()
        self._stop = threading.Event()

    @property
    def is_stopping(self) -> bool:
        """Whether it is to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop, which it does at its next look."""
        self._stop.set()

    def heed(self) -> None:
        """Raises StoppedError when it is to stop."""
        if self._is_closing:
            self._handfuls_done += 1
        if self._stop.is_set():
            raise StoppedError(f"{self.words}: stopped")

    def close(self, handfuls: int) -> None:
        """All is changed; the search and sums are yet to follow, in so many handfuls."""
        self._is_closing, self._handfuls = True, handfuls

    def expect(self, step: Step) -> None:
        """Count by the changes of a step, which is taken back or done again."""
        self.words = f"{self.words}: {shorten(plain(step.command), 40)}"
        self.total = step.changes

    def tick(self) -> None:
        """Like `heed`, for work that is counted by its changes."""
        self.done += 1
        self.heed()

    def parts(self, ids: Sequence[int]) -> Iterator[Sequence[int]]:
        """The ids in handfuls, each counted when the next is asked for. Raises StoppedError."""
        for start in range(0, len(ids), PART):
            self.heed()
            part = ids[start : start + PART]
            yield part
            self.done += len(part)
        self.heed()

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        if not self.total:
            return 0.0
        changed = min(self.done / self.total, 1.0)
        if not self.changes:
            return changed
        follows = min(self._handfuls_done / self._handfuls, 1.0) if self._handfuls else 0.0
        return changed * (1 - CLOSING) + follows * CLOSING

    @property
    def left(self) -> str:
        """About how long it will yet take, in words; "" while that cannot be told."""
        gone = time.monotonic() - self.begun
        if self._is_closing and not self._handfuls:
            return "nearly done"
        if gone < 1.0 or self.share < 0.02:
            return ""
        seconds = gone / self.share - gone
        time_ = f"{seconds:.0f} s left" if seconds < 100 else f"{seconds / 60:.0f} min left"
        return f"search follows, {time_}" if self._is_closing else time_


def start(app: "CardApp", job: Job, work: Callable[[Store], T], told: Callable[[T], str]) -> None:
    """Do long work beside the screen, and say at the end what ``told`` makes of what it returns.

    Raises ConflictError while other long work is under way.
    """
    refuse_two(app)
    app.desk.job = job
    app.set_timer(SOON, lambda: show(app))
    app.start(_run(app, job, work, told), group="job")


async def turn(app: "CardApp") -> None:
    """Wait while long work changes the box: that is one step, all or nothing, so no other change
    can come in between. The form that waits is put aside meanwhile.
    """
    from textual.worker import NoActiveWorker, get_current_worker

    job = app.desk.job
    if job is None or not job.changes:
        return
    try:
        form = get_current_worker().node
    except NoActiveWorker:
        form = None
    if isinstance(form, Waits):
        form.put_aside()
    job.waiting += 1
    app.say(f"noted; it is written as soon as this is through: {job.words}")
    while job is not None and job.changes:
        await job.over.wait()
        job = app.desk.job


async def all_written(app: "CardApp") -> bool:
    """Wait for what waits to be written; whether all of it was, so that one may leave."""
    while app.writing:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # no event tells of it
    return isinstance(app.screen, Page)


def refuse_two(app: "CardApp") -> None:
    """Raises ConflictError while other long work is under way."""
    job = app.desk.job
    if job is not None:
        raise ConflictError(
            f"first comes to its end: {job.words}",
            f"Wait for it, or stop it with {app.key_of('stop')}.",
        )


async def _run(
    app: "CardApp", job: Job, work: Callable[[Store], T], told: Callable[[T], str]
) -> None:
    try:
        result = await app.desk.aside(work, job)
    except StoppedError:
        app.say(f"stopped: {job.words}; {'nothing was changed' if job.changes else 'no file'}")
        return
    finally:
        app.desk.job = None
        job.over.set()
        hide(app)
    if job.changes:
        app.changed()
    late = "it was too late to stop: " if job.is_stopping else ""
    app.notify(clean(late + told(result)), timeout=8, markup=False)


def take_step(app: "CardApp", act: Callable[..., Step | None], done: str, nothing: str) -> None:
    """Undo or redo, whose step may have very many changes. Raises ConflictError, as `start`."""
    job = Job("taking back" if act is journal.undo else "doing again", changes=True)

    def work(store: Store) -> Step | None:
        store.on_progress = job.tick
        return act(store, job.expect)

    def told(step: Step | None) -> str:
        if step is None:
            return nothing
        changes = f"{step.changes:,} change{'s' * (step.changes != 1)}"
        return f"{done}: {shorten(plain(step.command), 60)} ({changes})"

    start(app, job, work, told)


async def may_stop(app: "CardApp", job: Job) -> bool:
    """Whether it may be stopped in order to leave; it is, after a yes."""
    from cardcrm.tui.forms.confirm_dialog import confirm

    nothing = "nothing is changed" if job.changes else "no file is left"
    if not await confirm(app, f"Under way: {job.words}.\nStop it, so that {nothing}?"):
        return False
    job.stop()
    return True


def show(app: "CardApp") -> None:
    """Show on the page one is on how far the work is."""
    page = app.page
    if app.desk.job is not None and page is not None and not page.query(Strip):
        page.mount(Strip(), after="#body")


def hide(app: "CardApp") -> None:
    """The work has ended."""
    for page in app.pages():
        page.query(Strip).remove()


class Strip(Bar):
    """The line that says how far long work is; a click stops it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--bar", "strip--key", "strip--dim"}
    DEFAULT_CSS = """
    Strip { height: 1; background: $panel; color: $foreground; }
    Strip > .strip--bar { color: $primary; }
    Strip > .strip--key { color: $primary; text-style: bold; }
    Strip > .strip--dim { color: $muted; }
    """

    def on_mount(self) -> None:
        """Look again and again; notices stand above the line."""
        self.set_interval(0.1, self.refresh)
        self.screen.add_class("-at-work")

    def on_unmount(self) -> None:
        """Notices have their place again."""
        self.screen.remove_class("-at-work")

    def render(self) -> RenderResult:
        """What, a bar, how much, how long yet, and the key that stops it."""
        page = self.screen
        assert isinstance(page, Page)
        job = page.crm.desk.job
        if job is None:
            return Text()
        style = self.get_component_rich_style
        key = f" {page.crm.key_of('stop')} "
        ending = "stopping … " if job.is_stopping else "stops it "
        told = f" {job.share:4.0%} " if job.total else " … "
        waiting = f" {job.waiting} wait" if job.waiting else ""
        left = (
            f" {job.left}{',' if job.left and waiting else ''}{waiting} "
            if self.size.width >= 70 and not job.is_stopping
            else ""
        )
        room = self.size.width - len(key) - len(ending) - len(told) - len(left)
        words = shorten(f" {clean(job.words)} ", max(room - 8, 12))
        line = Text(words, no_wrap=True, overflow="crop", end="")
        cells = max(room - len(words), 0)
        line.append(bar(job.share, cells), style("strip--bar", partial=True))
        line.append(told)
        line.append(left, style("strip--dim", partial=True))
        stop = line.cell_len
        line.append(key, style("strip--key", partial=True))
        line.append(ending, style("strip--dim", partial=True))
        self.spots = ((stop, self.size.width, "app.stop"),)
        return line
