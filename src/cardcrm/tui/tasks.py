"""Work beside the keys: started on a widget, and ended when newer work of its group begins."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from textual.dom import DOMNode


def begin(
    node: DOMNode,
    work: Callable[..., Awaitable[None]],
    *args: Any,
    group: str,
    exclusive: bool = True,
) -> None:
    """Start ``work(*args)``; with ``exclusive`` it takes the place of what the group still does.

    It is given as a function, not as a coroutine: what is replaced before it began is never made.
    """
    job: Callable[[], Any] = functools.partial(work, *args)
    node.run_worker(job, group=group, exclusive=exclusive)
