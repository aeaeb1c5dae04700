"""The program as a process: how it starts and how it leaves."""

import contextlib
import os
import sys
from typing import NoReturn

from cardcrm.cli.run import INTERRUPTED, main


def run() -> None:
    """The entry point."""
    import gc

    # A start makes many objects and no garbage: looking for some costs 4 ms of it.
    gc.set_threshold(100_000)
    try:
        code = main()
    except KeyboardInterrupt:  # before there was anything to interrupt
        code = INTERRUPTED
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter apart object by object, which costs 8 ms.

    By now the box is closed and the command has flushed its data or told why it could not.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, full or none
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
