"""`campaign cost`: what a campaign cost, for its return on investment."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.campaigns.campaign_type import CAMPAIGN_COST

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.sheet import Sheet

app = typer.Typer()


@app.command("cost")
def cost(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Name of a campaign.", autocompletion=Source("names:campaign")
        ),
    ],
    amount: Annotated[
        str, typer.Argument(metavar="[AMOUNT]", help="Amount; without it, list the costs.")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Purpose, such as print.")] = "",
    on: Annotated[
        str, typer.Option(metavar="WHEN", help="Day on which it was spent (default: today).")
    ] = "",
    remove: Annotated[
        str, typer.Option("--rm", metavar="ID", help="Remove a cost, by its number.")
    ] = "",
) -> Result:
    """Record what a campaign cost, or list its costs.

    `cardcrm campaign results` shows the sum, the profit and the return on investment.

    Examples:
        cardcrm campaign cost spring 250 --note print

        cardcrm campaign cost spring 40 --note postage --on 2026-03-02

        cardcrm campaign cost spring

    """
    from cardcrm.records import records

    session = session_of(ctx)
    campaign = records.find(session.store(), "campaign", name)
    if remove:
        if amount or note or on:
            raise UsageError("--rm takes no amount and no other options", "Use --rm alone.")
        return _remove(session, campaign, remove)
    if not amount:
        if note or on:
            raise UsageError("the amount is missing", f"cardcrm campaign cost {name} 250")
        return _list_costs(session, campaign)
    return _add(session, campaign, {"amount": amount, "note": note, "on": on or "today"})


def _add(session: Session, campaign: "Record", texts: dict[str, str]) -> Result:
    from cardcrm.money import format_money
    from cardcrm.records import records
    from cardcrm.text import sanitize

    store = session.store()
    record = records.add(store, CAMPAIGN_COST, {**texts, "campaign": f"#{campaign.id}"})
    amount, purpose = format_money(record.values["amount"]), record.values["note"]
    name = sanitize(campaign.values["name"])
    message = f"added a cost of {amount}{f' for {sanitize(purpose)}' * bool(purpose)} to {name}"
    return Result(lambda: _build_sheet(session, campaign), message)


def _remove(session: Session, campaign: "Record", number: str) -> Result:
    from cardcrm.cli.record_options import parse_id
    from cardcrm.records import records

    store = session.store()
    row_id = parse_id(CAMPAIGN_COST, number)
    if row_id not in {each.id for each in _find(session, campaign)}:
        raise NotFoundError(
            f"unknown cost {row_id} of {campaign.values['name']}",
            f"To see them: cardcrm campaign cost {campaign.values['name']}",
        )
    records.remove(store, CAMPAIGN_COST, [row_id])
    message = f"removed cost {row_id}; to restore: cardcrm undo"
    return Result(lambda: _build_sheet(session, campaign), message)


def _list_costs(session: Session, campaign: "Record") -> Result:
    found = _find(session, campaign)
    name = campaign.values["name"]
    notes = () if found else (f"no costs yet: cardcrm campaign cost {name} 250 --note print",)
    return Result(_build_sheet(session, campaign), notes=notes)


def _find(session: Session, campaign: "Record") -> "list[Record]":
    from cardcrm.records import records

    return records.lines_of(session.store(), campaign, CAMPAIGN_COST)


def _build_sheet(session: Session, campaign: "Record") -> "Sheet":
    from cardcrm.cli.record_output import build_list

    return build_list(session, CAMPAIGN_COST, _find(session, campaign))
