"""Background tasks: started on a widget, and canceled when a newer one of their group starts."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from textual.dom import DOMNode


def start_task(
    node: DOMNode,
    work: Callable[..., Awaitable[None]],
    *args: Any,
    group: str,
    exclusive: bool = True,
) -> None:
    """Start ``work(*args)``; with ``exclusive``, cancel older tasks of the group.

    The work is a function, not a coroutine: Python warns about a coroutine that is canceled before
    it starts.
    """
    task: Callable[[], Any] = functools.partial(work, *args)
    node.run_worker(task, group=group, exclusive=exclusive)


def current_node() -> object:
    """Return the widget or screen on which the running task was started; None outside a task."""
    from textual.worker import NoActiveWorker, get_current_worker

    try:
        return get_current_worker().node
    except NoActiveWorker:
        return None
