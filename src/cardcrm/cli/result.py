"""Results of commands. A command returns one; `cardcrm.cli.result_writer` renders it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.errors import CardcrmError
    from cardcrm.sheet import Card, Sheet

    Data: TypeAlias = "Sheet | Card | Page | list[Card]"


class Page(NamedTuple):
    """Text for standard output in a layout of its own.

    ``draw`` gets whether to use color, and the width of the terminal (0 for a pipe). ``fallback``
    is the way to replace characters that the output cannot encode; see `render.streams.writer`.
    """

    draw: Callable[[bool, int], str]
    fallback: str = ""


class Result(NamedTuple):
    """The outcome of a command.

    ``data`` goes to standard output, several cards one below the other; a function is called only
    if its data is rendered. In the format ``table`` a ``message`` takes the place of the data.
    ``notes`` are further lines for people. ``warnings`` are lines that programs get as well: on
    standard error, and in JSON as ``warnings`` of each object. ``error`` is reported last and sets
    the exit code.

    ``charts`` are drawn above the data on a terminal, and in the page of ``--html``.
    """

    data: "Data | Callable[[], Data] | None" = None
    message: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    exit_code: int = 0
    error: "CardcrmError | None" = None
    charts: "tuple[Chart, ...]" = ()
