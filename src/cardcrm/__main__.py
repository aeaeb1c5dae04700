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
    open_closed_streams()
    try:
        code = main()
    except KeyboardInterrupt:  # before there was anything to interrupt
        code = INTERRUPTED
    _leave(code)


def open_closed_streams() -> None:
    """Put the empty device where the caller closed a standard stream (``<&-``, ``>&-``).

    Else nothing could be asked or told, and the next file that is opened, such as the box itself,
    would be taken for the stream.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


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
            code = code or (1 if stream is sys.stdout else 0)  # words are no data
    os._exit(code)


if __name__ == "__main__":
    run()
