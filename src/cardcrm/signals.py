"""Signals that end the program: temporary files are removed first."""

import contextlib
import signal
import threading
from collections.abc import Iterator

_ENDING = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


@contextlib.contextmanager
def clean_up_at_end() -> Iterator[None]:
    """Let SIGTERM and SIGHUP leave a ``with`` block as an exception does.

    By default they end the process at once, and private texts would stay in temporary files.
    """
    if threading.current_thread() is not threading.main_thread():  # handlers belong to that one
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {
        number: signal.signal(number, _exit)
        for number in numbers
        if signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
