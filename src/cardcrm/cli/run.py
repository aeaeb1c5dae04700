"""One run of the program: parse the command line, run a command, render its result or error."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cardcrm.cli.global_options import split_global_options

if TYPE_CHECKING:
    from cardcrm.cli.session import Session

INTERRUPTED = 130
PIPE_CLOSED = 141  # the exit code of a program that a closed pipe has ended
COMPLETE = "_CARDCRM_COMPLETE"  # set by the shell that asks for completions


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code. The words default to those of the process."""
    from cardcrm.cli.session import Session

    typed = list(map(_decode, sys.argv[1:]) if words is None else words)
    if is_request := COMPLETE in os.environ:
        session = Session({}, typed)  # the words of the line that is being completed
    else:
        session = Session(*split_global_options(typed))
        if not session.words and _has_terminal():
            session.words = ["tui"]
    try:
        if is_request:
            return _complete(session)
        is_screen = session.words == ["tui"]
        return _open_screen(session) if is_screen else _run(session, session.words)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    finally:
        session.close()


def _decode(word: str) -> str:
    """Return a word of the command line, as UTF-8 where the locale is limited to ASCII."""
    if word.isascii() or not any("\udc80" <= char <= "\udcff" for char in word):
        return word
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word


def _has_terminal() -> bool:
    from cardcrm.cli.open_tui import has_terminal

    return has_terminal()


def _complete(session: "Session") -> int:
    """Answer the shell that asks for completions, without the parser."""
    from cardcrm.cli.completion import write_completions
    from cardcrm.errors import CardcrmError

    try:
        return write_completions(session, session.words)
    except CardcrmError as error:
        from cardcrm.cli.result_writer import write_error

        write_error(session, error)
        return error.exit_code


def _open_screen(session: "Session") -> int:
    """Open the screen without the parser, which would take a tenth of its startup time."""
    from cardcrm.cli.open_tui import open_screen
    from cardcrm.cli.result_writer import write_error
    from cardcrm.errors import CardcrmError

    try:
        _check_flags(session)
        return open_screen(session)
    except CardcrmError as error:
        write_error(session, error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - any code may fail on a damaged row
        session.has_database()
        return _report_damage(session, error)


def _run(session: "Session", words: list[str]) -> int:
    """Run a command. This is the one place where errors are caught."""
    import typer

    from cardcrm.cli.result import Result
    from cardcrm.errors import CardcrmError

    try:
        _check_flags(session)
        outcome = _dispatch(session, words)
        code = outcome if isinstance(outcome, int) else 0
        if isinstance(outcome, Result):
            from cardcrm.cli.result_writer import write_result

            code = write_result(session, outcome)
        sys.stdout.flush()
        session.report_new_database()
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as exit_:
        if isinstance(exit_.__context__, BrokenPipeError):
            raise exit_.__context__ from None  # the parser exits when a pipe closes
        return exit_.code if isinstance(exit_.code, int) else 0
    except BrokenPipeError:
        raise
    except (CardcrmError, typer.TyperException, OSError, MemoryError) as error:
        from cardcrm.cli.result_writer import write_error
        from cardcrm.cli.usage_errors import to_card_error

        failure = to_card_error(error, words)
        write_error(session, failure)
        return failure.exit_code
    except Exception as error:  # noqa: BLE001 - any code may fail on a damaged row
        return _report_damage(session, error)
    return code


def _report_damage(session: "Session", error: Exception) -> int:
    """Report the damage of the database that an error comes from; raise other errors again."""
    if _was_interrupted(error):
        raise KeyboardInterrupt from error
    from cardcrm.cli.damage import find_cause
    from cardcrm.cli.result_writer import write_error

    cause = find_cause(session)
    if cause is None:
        raise error  # an error of the program itself
    write_error(session, cause)
    return cause.exit_code


def _was_interrupted(error: BaseException) -> bool:
    """Check for Ctrl-C behind an error: Python 3.11 wraps it while it creates a class."""
    cause: BaseException | None = error
    while cause and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__
    return cause is not None


def _dispatch(session: "Session", words: list[str]) -> object:
    """Run a command and return its result or exit code."""
    import typer

    if words and words[0].startswith(("--install-completion", "--show-completion")):
        from cardcrm.cli.completion import run_option

        run_option(words)
        return 0
    words = _spell_out_help(words)
    if "--help" in words:
        _prepare_help(session)
    from cardcrm.cli.root import app

    command = typer.main.get_command(app)
    return command.main(args=words, prog_name="cardcrm", standalone_mode=False, obj=session)


def _prepare_help(session: "Session") -> None:
    """Keep color codes out of the help where the user or the terminal wants none."""
    from cardcrm.cli.terminal import is_terminal, terminal_width

    if is_terminal(sys.stdout) and not session.uses_color(sys.stdout):
        # Rich writes no codes to a dumb terminal, and asks it for no width.
        os.environ["TERMINAL_WIDTH"] = str(terminal_width(sys.stdout))
        os.environ["TERM"] = "dumb"


def _spell_out_help(words: list[str]) -> list[str]:
    """Replace `help COMMAND` and `-h` by `--help`.

    As an option of its own, ``-h`` would also be read out of words such as ``-has:email``.
    """
    if words[:1] == ["help"]:
        return [*(word for word in words[1:] if word not in ("help", "-h")), "--help"]
    end = words.index("--") if "--" in words else len(words)
    return ["--help" if word == "-h" and at < end else word for at, word in enumerate(words)]


_FILE_FORMATS: Final = {
    **dict.fromkeys(("vcf", "vcard", "vcard3"), "--format vcard"),
    **dict.fromkeys(("xlsx", "excel"), "--format xlsx"),
    **dict.fromkeys(("ics", "ical", "icalendar"), "--format ics"),
    **dict.fromkeys(("jsonl", "ndjson"), "--all FILE.jsonl"),
}


def _check_flags(session: "Session") -> None:
    """Refuse a password, an option with two values and an unknown format. Raises UsageError."""
    if session.repeated:
        from cardcrm.errors import UsageError

        raise UsageError(f"--{session.repeated} is given twice with two values", "Give it once.")
    if address := session.flags.get("db"):
        from cardcrm.store.server_address import refuse_password

        refuse_password(address, "the command line")
    wanted = session.flags.get("format")
    if not wanted:
        return
    if wanted == "text":  # a likely guess, as what `due` prints for people is not a table
        session.flags["format"] = "table"
        return
    from cardcrm.errors import UsageError
    from cardcrm.render import FORMATS

    if wanted not in FORMATS:
        session.flags["format"] = ""
        command = _FILE_FORMATS.get(wanted.lower())
        start = f"To write such a file: cardcrm export {command}. " if command else ""
        raise UsageError(f"unknown format “{wanted}”", f"{start}Use one of: {', '.join(FORMATS)}.")


def _discard_output() -> None:
    """Keep Python from reporting the closed pipe again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
