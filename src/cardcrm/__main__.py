"""Start and end the process."""

import os
import sys
from typing import NoReturn

from cardcrm.cli.run import INTERRUPTED, PIPE_CLOSED, main


def run() -> None:
    """Run the program, and exit with its code."""
    import gc

    # A start makes many objects and no garbage; collecting it would cost 4 ms.
    gc.set_threshold(100_000)
    open_closed_streams()
    try:
        code = main()
    except KeyboardInterrupt:  # before the command began
        code = INTERRUPTED
    _exit_process(code)


def open_closed_streams() -> None:
    """Open the null device for each standard stream that the caller closed (``<&-``, ``>&-``).

    Otherwise the next file that is opened, such as the database, would get the number of the
    stream, and messages would be written into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _exit_process(code: int) -> NoReturn:
    """End the process without the shutdown of the interpreter, which costs 8 ms.

    The database is closed by now. If the output cannot be flushed, the exit code shows it.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            code = PIPE_CLOSED
        except (OSError, ValueError):  # full, or closed
            code = code or (1 if stream is sys.stdout else 0)  # lost messages are not lost data
    os._exit(code)


if __name__ == "__main__":
    run()
