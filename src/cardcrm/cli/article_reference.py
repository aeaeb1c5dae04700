"""Arguments that the commands of articles share."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Source

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.records import Record

ArticleName = Annotated[
    str,
    typer.Argument(
        metavar="ARTICLE",
        help="Number or title of an article.",
        autocompletion=Source("names:article"),
    ),
]


def find_article(session: "Session", name: str) -> "Record":
    """Return the article that a number or title names. Raises NotFoundError."""
    from cardcrm.records import records

    return records.find(session.store(), "article", name)


def name_article(record: "Record") -> str:
    """Return an article in a sentence."""
    return f"article {record.id} {record.values['title']}"
