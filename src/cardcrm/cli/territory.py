"""`territory`: contacts by place, tag or field, with the user who looks after them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, name_completion, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.teamwork.territory_type import TERRITORY
from cardcrm.text import join_command

if TYPE_CHECKING:
    from cardcrm.records.teamwork.stored_territories import Territory
    from cardcrm.records.teamwork.territories import Assignment
    from cardcrm.reports.teamwork.territory_figures import TerritoryFigures
    from cardcrm.sheet import Card, Sheet

app = build(TERRITORY, without=("add", "show", "edit"))

_QUERY = typer.Option(
    "--where",
    "--query",
    metavar="QUERY",
    help="Its contacts, by words and filters as in `find`; all for the rest.",
    autocompletion=complete_query,
    show_default=False,
)
_WHERE = Param("field_query", Annotated[str | None, _QUERY], None)


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a territory, and say which others have contacts of it."""
    from cardcrm.records import records

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if not words:
        example = 'For example: cardcrm territory add north --where "city:leeds" --owner ann'
        raise UsageError("a territory needs a name", example)
    store = session.store(create=True)
    if not (values["field_query"] or "").strip():
        raise UsageError("a territory needs a query", 'Add it: --where "city:leeds or tag:north"')
    texts = read_texts(session, type_, values) | {"name": " ".join(words)}
    record = records.add(store, type_, texts)
    return _report(session, record.values["name"], "added")


def _report(session: Session, name: str, verb: str) -> Result:
    from cardcrm.records.teamwork.stored_territories import find_territory
    from cardcrm.reports.teamwork.territory_figures import read_figures

    store = session.store()
    found = find_territory(store, name)
    figures = read_figures(store, found)
    owner = f", owner {found.owner}" if found.owner else ""
    contacts = f"{figures.contacts:,} contact{'s' * (figures.contacts != 1)}"
    message = f"{verb} territory {found.id} {found.name}{owner}: {contacts}"
    notes = tuple(_suggest_assigning(found, figures)) if found.owner else ()
    warnings = tuple(_describe_overlaps(session, found.name))
    return Result(lambda: _build_card(session, found), message, notes, warnings)


def _suggest_assigning(territory: "Territory", figures: "TerritoryFigures") -> Iterator[str]:
    """Yield how to give the contacts of a territory its owner."""
    command = join_command(["cardcrm", "territory", "assign", territory.name])
    hint = f"to give them to {territory.owner}: {command}"
    if figures.without_owner:
        yield f"{figures.without_owner:,} without an owner; {hint}"
    if figures.other_owner:
        yield f"{figures.other_owner:,} of other owners; {hint} --all"


def _describe_overlaps(session: Session, name: str) -> Iterator[str]:
    from cardcrm.records.teamwork.territories import find_overlaps

    for each in find_overlaps(session.store(), name):
        noun = f"{each.contacts:,} contact{'s are' if each.contacts != 1 else ' is'}"
        yield f"{noun} in {each.first} and {each.second}; {each.first} comes first and has them"


add_command(
    app,
    TERRITORY,
    "add",
    more=[_WHERE],
    run=_add,
    examples=[
        'add north --where "city:leeds or tag:north" --owner ann',
        "add rest --where all --owner bob --assign",
    ],
)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit territories, and say which others have contacts of one."""
    from cardcrm.cli.record_edit import edit_rows
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    result = edit_rows(session, type_, ids, values, read_texts(session, type_, values))
    if len(ids) != 1 or values["dry_run"]:
        return result
    name = records.get(session.store(), type_, ids[0]).values["name"]
    return result._replace(warnings=(*result.warnings, *_describe_overlaps(session, name)))


add_command(app, TERRITORY, "edit", run=_edit)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show a territory with its contacts, its open deals and its revenue; several as a list."""
    from cardcrm.cli.record_output import list_ids
    from cardcrm.records import records
    from cardcrm.records.teamwork.stored_territories import find_territory

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    name = records.get(session.store(), type_, ids[0]).values["name"]
    found = find_territory(session.store(), name)
    warnings = tuple(_describe_overlaps(session, name))
    return Result(_build_card(session, found), warnings=warnings)


add_command(app, TERRITORY, "show", run=_show)


def _build_card(session: Session, territory: "Territory") -> "Card":
    """Return a territory with its figures."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.money import format_money
    from cardcrm.records import records
    from cardcrm.reports.teamwork.territory_figures import read_figures

    store = session.store()
    card = show_record(store, records.get(store, TERRITORY, territory.id))
    found = read_figures(store, territory)
    amounts = " + ".join(map(format_money, found.open_amounts))
    facts = (
        ("contacts found", f"{found.contacts:,}"),
        ("without an owner", f"{found.without_owner:,}"),
        ("of other owners", f"{found.other_owner:,}"),
        ("open deals", f"{found.open_deals:,}" + (f" of {amounts}" if amounts else "")),
        ("revenue", " + ".join(map(format_money, found.revenue)) or "none"),
    )
    data = {
        "contact_count": found.contacts,
        "without_owner": found.without_owner,
        "other_owner": found.other_owner,
        "open_deals": found.open_deals,
        "open_amounts": list(found.open_amounts),
        "revenues": list(found.revenue),
    }
    return card._replace(facts=(*card.facts, *facts), data={**card.data, **data})


# Owners


@app.command("assign")
def assign(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME…",
            help="Territories; without any, all that have an owner.",
            autocompletion=name_completion(TERRITORY),
        ),
    ] = [],
    all_: Annotated[
        bool, typer.Option("--all", help="Also contacts that have another owner.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Give contacts without an owner the owner of their territory.

    Examples:
        cardcrm territory assign --dry-run

        cardcrm territory assign north --all

    """
    from cardcrm.cli.bulk_edit import confirm_bulk
    from cardcrm.records.contacts.contact_type import CONTACT
    from cardcrm.records.teamwork import stored_territories, territories

    session = session_of(ctx)
    store = session.store()
    wanted = [stored_territories.find_territory(store, each) for each in names]
    wanted = wanted or stored_territories.list_territories(store)
    _refuse_without_owner(wanted if names else ())
    planned = territories.plan_assignments(store, wanted, replace=all_)
    if dry_run or not planned:
        return Result(lambda: _sheet(session, planned), _describe(session, planned, "would give"))
    ids = [each.contact_id for each in planned]
    confirm_bulk(session, ids, CONTACT, yes=yes, verb="set the owner of")
    done = territories.assign(store, wanted, replace=all_)
    return Result(lambda: _sheet(session, done), _describe(session, done, "gave"))


def _refuse_without_owner(wanted: "Sequence[Territory]") -> None:
    for each in wanted:
        if not each.owner:
            words = ["cardcrm", "territory", "edit", each.name]
            raise UsageError(
                f"the territory {each.name} has no owner",
                f"Set one: {join_command(words)} --owner USER",
            )


def _describe(session: Session, found: "Sequence[Assignment]", verb: str) -> str:
    from cardcrm.cli.contact_output import describe_contact
    from cardcrm.cli.record_output import MAX_ROWS, list_lines
    from cardcrm.records.contacts import contacts

    if not found:
        return "no contacts to assign: all in a territory with an owner have one"
    store = session.store()
    lines = [
        f"{describe_contact(contacts.get(store, each.contact_id))}: "
        f"{f'{each.before} → ' if each.before else ''}{each.owner} ({each.territory})"
        for each in found[:MAX_ROWS]
    ]
    noun = f"{len(found):,} contact{'s' * (len(found) != 1)}"
    return list_lines(f"{verb} {noun} an owner:", lines, len(found))


def _sheet(session: Session, found: "Sequence[Assignment]") -> "Sheet":
    from cardcrm.reports.contact_names import read_names
    from cardcrm.sheet import Column, Sheet

    names = read_names(session.store(), [each.contact_id for each in found])
    columns = (
        Column("contact_id", "id", "right"),
        Column("contact", "contact"),
        Column("old_owner", "before"),
        Column("owner", "owner"),
        Column("territory", "territory"),
    )
    rows = [
        (
            each.contact_id,
            names[each.contact_id],
            each.before or None,
            each.owner,
            each.territory,
        )
        for each in found
    ]
    return Sheet(columns, rows, ids="contact_id")
