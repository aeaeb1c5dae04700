"""Show progress as a bar on a terminal, and nothing elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

MIN_TRACKED = 2000  # with fewer items the work ends before a bar can be read


@contextlib.contextmanager
def progress_bar(total: int, description: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error; call the result with the number of finished items."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda done: progress.update(task, completed=done)


def track(items: Iterable[T], total: int, description: str) -> Iterator[T]:
    """Yield the items, and show a bar that counts them."""
    if total < MIN_TRACKED:
        yield from items
        return
    with progress_bar(total, description) as update:
        for number, item in enumerate(items):
            if number % 100 == 0:
                update(number)
            yield item
