"""How the screen ends: as one wishes, by a signal, or by a fault that nobody foresaw."""

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from cardcrm.errors import ServiceError
from cardcrm.tui import recovery
from cardcrm.tui.tasks import begin

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


async def leave(app: "CardApp") -> None:
    """Leave as one wishes: asked first where something was written or long work is under way."""
    may = getattr(app.screen, "leave_for_good", None)
    if (may is None or await may()) and await _may_stop(app):
        app.is_leaving = True
        if await _all_written(app):
            app.exit()
        app.is_leaving = False


async def _may_stop(app: "CardApp") -> bool:
    """Whether long work may be stopped in order to leave."""
    if app.desk.job is None:
        return True
    from cardcrm.tui import jobs

    return await jobs.may_stop(app, app.desk.job)


async def _all_written(app: "CardApp") -> bool:
    """Whether nothing waits any more to be written."""
    if not app.writing:
        return True
    from cardcrm.tui import jobs

    return await jobs.all_written(app)


def heed_signals(app: "CardApp") -> None:
    """Leave in good order when told to end or when the terminal is closed."""
    if app.is_headless:
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, app.end, 128 + int(number))


def end(app: "CardApp", code: int) -> None:
    """Leave without being able to ask; at the second time at once."""
    if app.is_ending or not (app.writing or len(app.screen_stack) > 1):
        app.exit(None, code)
        return
    app.is_ending = True
    if app.desk.job is not None:
        app.desk.job.stop()  # now: before the worker has its turn the work may be done
    begin(app, recovery.end, app, code, group="end")


def fault(error: Exception) -> ServiceError:
    """What is said of an error that nobody foresaw; where it happened is kept."""
    return ServiceError(
        f"the screen failed: {type(error).__name__}: {error}",
        f"The box is whole. Where it happened stands in {_keep(error)}",
    )


def _keep(error: Exception) -> str:
    """Write where an error happened into a file for its owner alone; the file's name."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="cardcrm-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
        return file.name
