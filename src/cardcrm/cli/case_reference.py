"""Arguments and messages that the commands of cases share."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source
from cardcrm.errors import UsageError
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.cli.result import Result
    from cardcrm.cli.session import Session
    from cardcrm.records.service.cases import Answered, Case

_MAX_TEXT = 60  # cells of a request in a sentence

CaseId = Annotated[
    str, typer.Argument(metavar="ID", help="Number of a case.", autocompletion=Source("ids:case"))
]


def parse_case(text: str) -> int:
    """Return the number of a case as typed. Raises UsageError."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise UsageError(f"“{text}” must be the number of a case", "To see them: cardcrm case list")


def name_case(case: "Case") -> str:
    """Return a case in a sentence: its number, its contact and the beginning of its text."""
    return f"case {case.id} of {case.contact}: {shorten(' '.join(case.text.split()), _MAX_TEXT)}"


def describe_status(answered: "Answered") -> str:
    """Return the status and owner that a case has after a verb: “ (solved, ann)”."""
    from cardcrm.records.service.case_status import STATUS_WORDS

    case = answered.case
    status = STATUS_WORDS.get(case.status, case.status)
    return f" ({status}, {case.owner})" if case.owner else f" ({status})"


def result_of(
    session: "Session", verb: str, answered: "Answered", warnings: tuple[str, ...] = ()
) -> "Result":
    """Return the result of a verb: the case, and what was done to it."""
    from cardcrm.cli.result import Result

    message = f"{verb} {name_case(answered.case)}{describe_status(answered)}"
    return Result(lambda: show(session, answered.case.id), message, warnings=warnings)


def show(session: "Session", case_id: int) -> Any:
    """Return the card of a case."""
    from cardcrm.cli.case_output import show_case

    return show_case(session, case_id)
