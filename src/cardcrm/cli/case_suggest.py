"""`case suggest`: articles, answers and solved cases that may help with a case."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.case_reference import CaseId, parse_case
from cardcrm.cli.result import Result

app = typer.Typer()


@app.command("suggest")
def suggest(
    ctx: typer.Context,
    which: CaseId,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most N of each kind.", min=1, max=100)
    ] = 5,
) -> Result:
    """Suggest articles, answers and similar solved cases for a case.

    Suggestions share words with the request, the product and the customer's messages, or were used
    in similar solved cases. Rare words count more. The score is the share of the matching words
    plus that of the similar cases. Votes of `cardcrm article helped` raise or lower the score of an
    article.

    Examples:
        cardcrm case suggest 12

        cardcrm case suggest 12 --limit 2 --json

    """
    from cardcrm.cli.suggest_output import list_suggestions
    from cardcrm.reports.knowledge.case_suggestions import suggest as find_suggestions

    session = session_of(ctx)
    case_id = parse_case(which)
    found = find_suggestions(session.store(), case_id, limit)
    notes = (
        ()
        if found
        else ("nothing similar found; to write an article: cardcrm article add TITLE --text FILE",)
    )
    return Result(list_suggestions(found), notes=notes)
