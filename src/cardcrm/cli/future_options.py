"""The options of reports on the future: how far they reach, and what later money is worth."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_from

DEFAULT_HORIZON = "1y"

Horizon = Annotated[
    str,
    typer.Option(
        metavar="SPAN",
        help="Time that the prediction covers, such as 39w, 6m or 1y.",
        autocompletion=complete_from("13w", "26w", "1y", "3y", "5y"),
    ),
]
Discount = Annotated[
    str, typer.Option(metavar="PERCENT", help="Discount of future money for each year.")
]


def read_horizon(text: str) -> int:
    """Return a horizon in days. Raises UsageError."""
    from cardcrm.dates.date_parser import parse_duration

    return parse_duration(text)


def read_discount(text: str) -> int:
    """Return a discount a year in thousandths of a percent. Raises UsageError."""
    from cardcrm.errors import UsageError
    from cardcrm.money import parse_percent

    try:
        return parse_percent(text)
    except UsageError as error:
        error.hint = "For example: --discount 10%"
        raise
