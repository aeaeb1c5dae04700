"""Start and end of the process."""

import os
import sys
from typing import NoReturn

from cardcrm.cli.run import INTERRUPTED, PIPE_CLOSED, main

# Startup creates many objects and no garbage: collections would cost 4 ms.
GC_THRESHOLD = 100_000


def run() -> None:
    """Run the command line of this process and exit with its code."""
    import gc

    gc.set_threshold(GC_THRESHOLD)
    open_closed_streams()
    try:
        code = main()
    except KeyboardInterrupt:  # before main() could catch it
        code = INTERRUPTED
    _exit(code)


def open_closed_streams() -> None:
    """Open the null device in place of each standard stream that the caller closed (``<&-``).

    Otherwise the next file to be opened, such as the database, would get the number of the stream
    and receive what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _exit(code: int) -> NoReturn:
    """Flush the output and exit without the interpreter's cleanup, which costs 8 ms.

    The database is closed by now. Output that cannot be written changes the exit code.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            code = PIPE_CLOSED
        except (OSError, ValueError):  # disk full, or stream closed
            code = code or (1 if stream is sys.stdout else 0)  # lost messages are not lost data
    os._exit(code)


if __name__ == "__main__":
    run()
