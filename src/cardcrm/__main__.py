"""The program as a process: how it starts and how it leaves."""

import os
import sys
from typing import NoReturn

from cardcrm.cli.run import INTERRUPTED, PIPE_CLOSED, main


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

    By now the box is closed; what is still to be said is said, or the exit code tells that it was
    not.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            code = PIPE_CLOSED
        except (OSError, ValueError):  # full, or closed
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    run()
