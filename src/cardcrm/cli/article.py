"""`article`: knowledge articles, which hold what helped for the next time."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, complete_from, refuse_options, session_of
from cardcrm.cli.article_reference import ArticleName, find_article, name_article
from cardcrm.cli.case_reference import CaseId, parse_case
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build, run_add
from cardcrm.cli.record_options import choose, query_completion
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.cli.text_files import read_field
from cardcrm.errors import UsageError
from cardcrm.records.fields import yes_or_no
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.sheet import Card

app = build(ARTICLE, without=("add", "show", "edit"))

VersionOption = Annotated[
    int | None, typer.Option(metavar="N", help="Version, by its number.", min=1, show_default=False)
]


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add an article, with the text of a file."""
    read_field(type_.field("text"), values)
    return run_add(ctx, type_, values)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit articles, with the text of a file; the previous texts stay as versions."""
    read_field(type_.field("text"), values)
    return run_edit(ctx, type_, values)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show an article with its cases, or one of its versions; several as a list."""
    from cardcrm.cli.article_output import show_article
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if values["version"] and len(ids) > 1:
        raise UsageError("a version belongs to one article", "Name one article.")
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_article(session.store(), ids[0], values["version"] or 0))


add_command(app, ARTICLE, "add", run=_add)
add_command(
    app,
    ARTICLE,
    "show",
    more=[Param("version", VersionOption, None)],
    run=_show,
    examples=("show 3 --version 1",),
)
add_command(app, ARTICLE, "edit", run=_edit)


@app.command("find", context_settings={"ignore_unknown_options": True})
def find(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters.",
            autocompletion=query_completion(ARTICLE),
        ),
    ],
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most N articles.", min=1, max=1000)
    ] = 20,
) -> Result:
    """Find articles by words in their titles and texts, the best first.

    Filters are those of `cardcrm article list`. If no article has all the words, articles with some
    of them are shown.

    Examples:
        cardcrm article find wilted roses

        cardcrm article find water product:orchid --json

    """
    from cardcrm.cli.article_output import list_found
    from cardcrm.reports.knowledge.article_search import find_articles

    session = session_of(ctx)
    refuse_options(ctx, query)
    text = " ".join(query)
    found = find_articles(session.store(), text, limit)
    return Result(list_found(found), notes=_explain(found.have_all, bool(found.articles)))


def _explain(have_all: bool, is_any: bool) -> tuple[str, ...]:
    if not is_any:
        return ("no articles found; to add one: cardcrm article add TITLE --text FILE",)
    return () if have_all else ("no article has all words; these have some of them",)


@app.command("history")
def history(ctx: typer.Context, article: ArticleName) -> Result:
    """List the versions of an article, the latest first.

    Example:
        cardcrm article history 3

    """
    from cardcrm.cli.article_output import list_history
    from cardcrm.records.knowledge.articles import list_versions

    session = session_of(ctx)
    record = find_article(session, article)
    return Result(list_history(session, list_versions(session.store(), record.id)))


@app.command("restore")
def restore(
    ctx: typer.Context,
    article: ArticleName,
    version: Annotated[int, typer.Argument(metavar="N", help="Version, by its number.", min=1)],
) -> Result:
    """Restore an earlier version of an article.

    It becomes a new version, so nothing is lost.

    Example:
        cardcrm article restore 3 1

    """
    from cardcrm.records.knowledge import articles

    session = session_of(ctx)
    record = find_article(session, article)
    number = articles.restore(session.store(), record.id, version)
    message = f"restored version {version} of {name_article(record)} as version {number}"
    return Result(lambda: _show_card(session, record.id), message)


@app.command("link")
def link(ctx: typer.Context, article: ArticleName, which: CaseId) -> Result:
    """Link an article to a case in which it helps.

    `cardcrm case suggest` then offers it for similar cases.

    Example:
        cardcrm article link 3 12

    """
    from cardcrm.records.knowledge import articles

    session = session_of(ctx)
    record = find_article(session, article)
    case_id = parse_case(which)
    is_new = articles.link(session.store(), record.id, case_id)
    verb = "linked" if is_new else "no change:"
    message = f"{verb} {name_article(record)} {'to' if is_new else 'is linked to'} case {case_id}"
    return Result(lambda: _show_card(session, record.id), message)


@app.command("unlink")
def unlink(ctx: typer.Context, article: ArticleName, which: CaseId) -> Result:
    """Remove the link of an article to a case.

    Example:
        cardcrm article unlink 3 12

    """
    from cardcrm.records.knowledge import articles

    session = session_of(ctx)
    record = find_article(session, article)
    case_id = parse_case(which)
    articles.unlink(session.store(), record.id, case_id)
    message = f"removed the link of {name_article(record)} to case {case_id}"
    return Result(lambda: _show_card(session, record.id), message)


@app.command("helped")
def helped(
    ctx: typer.Context,
    article: ArticleName,
    answer: Annotated[
        str,
        typer.Argument(
            metavar="YES|NO",
            help="Whether it helped.",
            autocompletion=complete_from("yes", "no"),
        ),
    ],
    case: Annotated[
        str,
        typer.Option(
            "--case",
            metavar="ID",
            help="Case in which it was read.",
            autocompletion=Source("ids:case"),
        ),
    ] = "",
) -> Result:
    """Record whether an article helped; helpful articles are suggested first.

    Examples:
        cardcrm article helped 3 yes

        cardcrm article helped 3 no --case 12

    """
    from cardcrm.records.knowledge import articles

    session = session_of(ctx)
    record = find_article(session, article)
    is_yes = yes_or_no("the answer", answer)
    case_id = parse_case(case) if case else None
    articles.vote(session.store(), record.id, helped=is_yes, case_id=case_id)
    now = find_article(session, f"#{record.id}")
    counts = f"helped {now.values['helped']:,}, did not help {now.values['failed']:,}"
    message = f"counted for {name_article(record)}: {counts}"
    return Result(lambda: _show_card(session, record.id), message)


def _show_card(session: "Session", article_id: int) -> "Card":
    from cardcrm.cli.article_output import show_article

    return show_article(session.store(), article_id)
