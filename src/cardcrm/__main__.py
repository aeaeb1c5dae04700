"""The program: takes the command line, runs one command, and turns every error into one line."""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

GLOBALS = ("db", "format", "color")
INTERRUPTED = 130
PIPE_CLOSED = 141  # what a program that a closed pipe has ended is said to exit with


def take_globals(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The global options, which may stand anywhere before ``--``, and the words that are left."""
    flags: dict[str, str] = {}
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if word == "--":
            rest += [word, *left]
            break
        if not word.startswith("--") or name not in GLOBALS:
            rest.append(word)
        elif equals:
            flags[name] = value
        elif left:
            flags[name] = left.pop(0)
        else:
            rest.append(word)  # the parser will say that the value is missing
    return flags, rest


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Words default to the process's own."""
    from cardcrm.cli.session import Session

    given = list(sys.argv[1:] if words is None else words)
    flags, rest = take_globals(given)
    session = Session(flags, rest)
    try:
        return _run(session, rest)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return PIPE_CLOSED
    except SystemExit as end:  # shell completion ends so, and the parser where a pipe is closed
        if isinstance(end.__context__, BrokenPipeError):
            _silence()
            return PIPE_CLOSED
        return end.code if isinstance(end.code, int) else 0
    finally:
        session.close()


def _run(session: Any, words: list[str]) -> int:
    """One place where errors are caught."""
    import typer
    from typer._click.exceptions import ClickException, NoArgsIsHelpError

    from cardcrm.cli.root import app
    from cardcrm.errors import CardError, ServiceError, UsageError

    try:
        _check_flags(session)
        command = typer.main.get_command(app)
        code = command.main(args=words, prog_name="cardcrm", standalone_mode=False, obj=session)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except CardError as error:
        session.fail(error)
        return error.exit_code
    except NoArgsIsHelpError as error:
        error.show()
        return UsageError.exit_code
    except ClickException as error:
        session.fail(_usage(error))
        return UsageError.exit_code
    except typer.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        failure = ServiceError(f"{error.filename or 'the system'}: {error.strerror or error}")
        session.fail(failure)
        return failure.exit_code
    except MemoryError:
        session.fail(ServiceError("there is not enough memory for this"))
        return ServiceError.exit_code


def _check_flags(session: Any) -> None:
    from cardcrm.errors import UsageError
    from cardcrm.render import FORMATS

    wanted = session.flags.get("format")
    if wanted and wanted not in FORMATS:
        session.flags["format"] = ""
        raise UsageError(f"“{wanted}” is no format", f"There are: {', '.join(FORMATS)}.")


def _usage(error: Any) -> Any:
    """A parser's complaint as an error of ours, with the way to the command's help."""
    from cardcrm.errors import UsageError

    path = error.ctx.command_path if getattr(error, "ctx", None) else "cardcrm"
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], f"See `{path} --help`.")


def _silence() -> None:
    """Keep Python from complaining about the closed pipe once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(code: int) -> NoReturn:
    """Leave at once, with all said: to take every module apart costs a fifth of the start."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = PIPE_CLOSED
    except OSError:
        code = code or 1
    os._exit(code)


def run() -> None:
    """The entry point."""
    _end(main())


if __name__ == "__main__":
    run()
