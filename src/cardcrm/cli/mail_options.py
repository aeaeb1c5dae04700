"""Arguments, options and lines of the commands of mail and campaigns."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Final

import typer

from cardcrm.cli.arguments import Source

MAX_TYPED: Final = 200_000  # characters of a text that is typed

_TEMPLATES = Source("names:template")

TemplateName = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name or number of a template.", autocompletion=_TEMPLATES),
]
CampaignName = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of a campaign.", autocompletion=Source("names:campaign")
    ),
]
WithTemplate = Annotated[
    str,
    typer.Option(
        "--template", metavar="NAME", help="Template of the mail.", autocompletion=_TEMPLATES
    ),
]
ForDeal = Annotated[
    str,
    typer.Option(
        "--deal",
        metavar="ID",
        help="Deal that the mail is about.",
        autocompletion=Source("ids:deal"),
    ),
]
ForQuote = Annotated[
    str,
    typer.Option(
        "--quote",
        metavar="ID",
        help="Quote that the mail is about: its number, or Q-0012.",
        autocompletion=Source("ids:quote"),
    ),
]
SkipIncomplete = Annotated[
    bool,
    typer.Option(
        "--skip-incomplete", help="Leave out contacts for whom a field of the template is empty."
    ),
]
SetValues = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Value of {{ values.KEY }} in the template; can be repeated.",
    ),
]


def describe_left_out(reasons: Iterable[str]) -> tuple[str, ...]:
    """Return a line with the number of contacts who are left out, by reason."""
    counts = Counter(reasons)
    described = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    return (f"left out: {described}",) if counts else ()
