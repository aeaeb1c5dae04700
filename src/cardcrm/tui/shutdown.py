"""The ways in which the screen ends: by the user, by a signal, or by an unexpected error."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

from cardcrm.errors import ServiceError
from cardcrm.tui import bulk_jobs
from cardcrm.tui.context import AppContext, AsksBeforeClosing


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
    for number in (signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, end, 128 + int(number))


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
