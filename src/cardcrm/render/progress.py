"""Progress of long work: a bar on a terminal, nothing anywhere else."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

MIN_TRACKED = 2000  # work on fewer things than this is over before a bar could be read


@contextlib.contextmanager
def progress_bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error; call what it gives with how much is done."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def track(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Hand things on while a bar counts them."""
    if total < MIN_TRACKED:
        yield from things
        return
    with progress_bar(total, what) as tell:
        for number, thing in enumerate(things):
            if number % 100 == 0:
                tell(number)
            yield thing
