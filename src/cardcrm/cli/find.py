"""`find`: list contacts that match words and filters."""

from itertools import chain
from typing import Annotated

import typer

from cardcrm.cli.arguments import (
    By,
    Columns,
    Limit,
    Sort,
    complete_from,
    complete_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.contact_output import list_contacts
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.query import Node
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.query_sql import columns as column_registry
from cardcrm.records.query_sql import contact_query
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import Store

app = typer.Typer()


@app.command("find", context_settings={"ignore_unknown_options": True})
def find(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters; all contacts without any.",
            autocompletion=complete_query,
        ),
    ] = [],
    sort: Sort = "name",
    columns: Columns = "",
    limit: Limit = 0,
    each: Annotated[
        str,
        typer.Option(
            metavar="COLUMN",
            help="One line for each email, phone, web or tags of a contact.",
            autocompletion=complete_from(*column_registry.EACH),
        ),
    ] = "",
    count: Annotated[bool, typer.Option("--count", help="Only count the contacts.")] = False,
    by: By = "",
    fields: Annotated[
        bool, typer.Option("--fields", help="List the fields to filter by, and stop.")
    ] = False,
) -> Result:
    """Find contacts by words and filters.

    Words search names, organizations, contact points, tags, notes and interactions; field:value is
    a filter. A minus in front negates; `or` and parentheses work. Put < > ( ) in quotes,
    so that the shell does not interpret them.

    Common fields: tag, city, org, stage, owner, last, due, value, has, and your custom fields.
    `cardcrm find --fields` lists all.

    Examples:
        cardcrm find plumber city:leeds -tag:cold

        cardcrm find "value>1000 last>90d" --sort -value --columns name,value

        cardcrm find "(city:leeds or city:york) due<7d" --limit 10

        cardcrm find jane --each email --format tsv --no-header

        cardcrm find stage:customer --by city

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    if fields:
        return Result(_list_fields(session))
    store = session.store()
    text = " ".join(query)
    node = contact_query.parse(store, text)
    if by:
        from cardcrm.cli.groups import refuse_lists

        refuse_lists(count=count, columns=columns, each=each)
        groups = _group(store, node, by, limit)
        return Result(groups, notes=() if groups.rows else (_explain_no_match(session, text),))
    if count:
        return _count(session, node)
    found = list_contacts(store, node, columns, sort, limit or None, each)
    rest = iter(found.rows)
    first = next(rest, None)
    if first is not None:
        notes = _name_currency(session, {*columns.split(","), sort.removeprefix("-")})
        return Result(found._replace(rows=chain((first,), rest)), notes=notes)
    return Result(found._replace(rows=rest), notes=(_explain_no_match(session, text),))


def _name_currency(session: Session, names: set[str]) -> tuple[str, ...]:
    """Return a note about the currency of a list with sums of sales, if there are others."""
    sums = [name for name in ("value", "margin") if name in {each.strip() for each in names}]
    if not sums:
        return ()
    from cardcrm.reports.scope import list_currencies

    own = session.store().locale.currency
    others = [each for each in list_currencies(session.store()) if each != own]
    if not others:
        return ()
    return (f"{' and '.join(sums)} of sales in {own}; not included: {', '.join(others)}",)


def _group(store: Store, node: Node, by: str, limit: int) -> Sheet:
    """Return the number of contacts for each value of a column."""
    from cardcrm.cli.groups import count_groups, read_columns

    own = by if by in column_registry.EACH else ""
    listed = read_columns(lambda name: list_contacts(store, node, name, "id", each=own), by)
    return count_groups(listed, "contacts", limit)


def _count(session: Session, node: Node) -> Result:
    """Return the number of contacts, which a table shows alone, for use in a script."""
    number = column_registry.count(session.store(), node)
    if session.format == "table":
        return Result(Page(lambda _color, _width: f"{number}\n"))
    if session.format == "json":
        return Result(Card("count", data={"count": number}))
    return Result(Sheet((Column("count", "contacts"),), [(number,)], ids="count"))


def _explain_no_match(session: Session, query: str) -> str:
    from cardcrm.records.search.suggestions import suggest_query

    question = suggest_query(session.store(), query.split())
    return f"no matching contacts; {question}" if question else "no matching contacts"


def _list_fields(session: Session) -> Sheet:
    """Return the fields to filter by: those of every database, then the custom ones."""
    rows = [(name, each.field.help) for name, each in FILTERS.items()]
    if session.has_database():
        from cardcrm.records.contacts.custom_fields import list_fields

        rows += [
            (each.name, f"{each.label} ({each.type})") for each in list_fields(session.store())
        ]
    return Sheet(
        (Column("field", "field"), Column("help", "meaning", wide=True)), rows, ids="field"
    )
