"""The ways in which the screen ends: by the user, by a signal, or by an unexpected error."""

import asyncio
import contextlib
import functools
import os
import signal
import threading
from collections.abc import Callable

from cardcrm.errors import ServiceError
from cardcrm.tui import bulk_jobs
from cardcrm.tui.context import AppContext, AsksBeforeClosing

HANG_UP_WAIT = 15.0  # seconds; then the program is ended, whatever it waits for


async def may_quit(context: AppContext) -> bool:
    """Return whether the app may quit, after asking about unsaved text and a long job."""
    screen = context.screen
    if isinstance(screen, AsksBeforeClosing) and not await screen.may_close():
        return False
    if not await bulk_jobs.may_stop(context):
        return False
    context.is_leaving = True
    is_saved = await bulk_jobs.wait_for_pending_saves(context)
    if not is_saved:
        context.is_leaving = False
    return is_saved


def handle_signals(end: Callable[[int], None]) -> None:
    """Call ``end`` with the exit code when a signal ends the program or the terminal closes."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGTERM, end, 128 + signal.SIGTERM)
        signal.signal(signal.SIGHUP, functools.partial(_hang_up, loop, end))


def _hang_up(
    loop: asyncio.AbstractEventLoop, end: Callable[[int], None], number: int, _frame: object
) -> None:
    """End the program after its terminal has closed.

    A closing terminal sends SIGCONT right after SIGHUP. Textual would take it for the end of a
    suspension and would wait for a terminal that is gone. A watchdog ends a program that cannot
    end in good order, because its server does not answer; what it had not written is rolled back.
    """
    signal.signal(signal.SIGCONT, _ignore)
    watchdog = threading.Timer(HANG_UP_WAIT, os._exit, (128 + number,))
    watchdog.daemon = True
    watchdog.start()
    loop.call_soon_threadsafe(end, 128 + number)


def _ignore(_number: int, _frame: object) -> None:
    """Ignore a signal; SIG_IGN would make Python warn of one that has arrived already."""


def describe_crash(error: Exception) -> ServiceError:
    """Return the message for an unexpected error, whose traceback is kept in a file."""
    return ServiceError(
        f"the screen failed: {type(error).__name__}: {error}",
        f"The database is intact. The traceback is in {_save_traceback(error)}",
    )


def _save_traceback(error: Exception) -> str:
    """Write a traceback to a file that only its owner can read; return its name."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="cardcrm-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
        return file.name
