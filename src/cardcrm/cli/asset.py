"""`asset`: what customers have, its readings and its maintenance."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, parse_when, refuse_options, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.case_reply import parse_details
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import (
    choose,
    command_help,
    field_params,
    parse_id,
    read_texts,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param, give_signature
from cardcrm.errors import UsageError
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.assets.maintenance import Entered

app = build(ASSET, without=("add", "show"))

_FREE_WORDS = {"ignore_unknown_options": True}
AssetId = Annotated[
    str,
    typer.Argument(metavar="ID", help="Number of an asset.", autocompletion=Source("ids:asset")),
]
On = Annotated[str, typer.Option(metavar="WHEN", help="When it was, if not today.")]


# add and show


_WORDS = typer.Argument(metavar="WHO PRODUCT…", help="Customer, and the product in words.")
_ADD_FIELDS = [each for each in ASSET.editable if each.key not in ("contact", "product", "retired")]


def add(ctx: typer.Context, **values: Any) -> Result:
    """Add an asset of a customer, and say when its next service is due."""
    from cardcrm.records import records
    from cardcrm.records.sales import products

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if not words:
        raise UsageError(
            "no contact given", "For example: cardcrm asset add jane Boiler --serial SN123"
        )
    contact, rest = session.split_contact(words)
    product = " ".join(rest)
    store = session.store()
    notes: tuple[str, ...] = ()
    if product and not product.isdecimal() and products.find(store, product) is None:
        notes = (_describe_product(session, product),)
    texts = read_texts(session, ASSET, values) | {"product": product}
    record = records.add(store, ASSET, {**texts, "contact": f"#{contact.id}"})
    return _result(session, "added", record.id)._replace(
        notes=(*notes, *_describe_next(session, record.id))
    )


def _describe_product(session: Session, name: str) -> str:
    """Return a line for a product that is new in the catalog, with similar ones."""
    from cardcrm.records.sales import products

    similar = products.similar_names(session.store(), name)
    also = f"; similar: {', '.join(similar[:3])}" if similar else ""
    return f"added product {name} to the catalog{also}"


give_signature(
    add,
    [
        Param("words", Annotated[list[str], _WORDS], []),
        *field_params(ASSET, _ADD_FIELDS, is_new=True),
    ],
)
add.__doc__ = command_help(
    ASSET,
    "Add an asset that a customer has.\n\n"
    "With --service-every, cardcrm keeps one reminder for its next service. "
    "A product that is not in the catalog yet is added to it.",
    "add jane Boiler --serial SN123 --service-every 12m",
    "add acme Compressor --service-every 500h --reading 1250",
)
app.command("add", context_settings=_FREE_WORDS)(add)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show an asset with its history, cases and contracts; several as a list."""
    from cardcrm.cli.asset_output import show_asset
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    return Result(show_asset(session, ids[0]) if len(ids) == 1 else list_ids(session, type_, ids))


add_command(app, ASSET, "show", run=_show)


# reading, service, retire


@app.command("reading")
def reading(
    ctx: typer.Context,
    which: AssetId,
    value: Annotated[str, typer.Argument(metavar="READING", help="Reading of its counter.")],
    on: On = "",
) -> Result:
    """Enter a counter reading of an asset.

    Once there are two readings, cardcrm estimates the day of a service by the counter.

    Examples:
        cardcrm asset reading 12 1250

        cardcrm asset reading 12 1190.5 --on "last fri"

    """
    from cardcrm.money import parse_reading
    from cardcrm.records.assets import maintenance

    session = session_of(ctx)
    asset_id = _parse(which)
    when = parse_when(session, on, past=True) if on else None
    entered = maintenance.add_reading(session.store(), asset_id, parse_reading(value), when)
    number = f"{value} {entered.asset.unit}".rstrip()
    return _entered(session, f"reading {number} of", entered)


@app.command("service", context_settings=_FREE_WORDS)
def service(
    ctx: typer.Context,
    which: AssetId,
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="Work that was done.")] = [],
    on: On = "",
    reading: Annotated[
        str, typer.Option(metavar="N", help="Reading of its counter at the service.")
    ] = "",
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Kind of the interaction that is logged.")
    ] = "visit",
    minutes: Annotated[int | None, typer.Option(metavar="N", help="Minutes that it took.")] = None,
) -> Result:
    """Log a service of an asset, and plan the next one from that day.

    `cardcrm done` with the number of the reminder does the same, but takes no text.

    Examples:
        cardcrm asset service 12 changed the filter --minutes 40

        cardcrm asset service 12 --on yesterday --reading 1490

    """
    from cardcrm.money import parse_reading
    from cardcrm.records.assets import maintenance

    session = session_of(ctx)
    refuse_options(ctx, text)
    asset_id = _parse(which)
    details = parse_details(session, kind, on, minutes)
    value = parse_reading(reading) if reading else None
    entered = maintenance.enter_service(session.store(), asset_id, " ".join(text), details, value)
    return _entered(session, f"logged {kind} {entered.interaction_id}: service of", entered)


@app.command("retire", context_settings=_FREE_WORDS)
def retire(
    ctx: typer.Context,
    which: AssetId,
    reason: Annotated[
        list[str], typer.Argument(metavar="REASON…", help="Reason, which is logged as a note.")
    ] = [],
    on: On = "",
) -> Result:
    """Take an asset out of use: its reminder is removed, its history stays.

    Example:
        cardcrm asset retire 12 replaced by a heat pump

    """
    from cardcrm.records.assets import maintenance

    session = session_of(ctx)
    refuse_options(ctx, reason)
    when = parse_when(session, on, past=True) if on else None
    entered = maintenance.retire(session.store(), _parse(which), when, " ".join(reason))
    return _result(session, "retired", entered.asset.id)


def _parse(text: str) -> int:
    return parse_id(ASSET, text)


def _entered(session: Session, verb: str, entered: "Entered") -> Result:
    asset = entered.asset
    result = _result(session, verb, asset.id)
    return result._replace(notes=_describe_next(session, asset.id))


def _result(session: Session, verb: str, asset_id: int) -> Result:
    """Return the result of a verb: the asset, and what was done to it."""
    from cardcrm.cli.asset_output import show_asset
    from cardcrm.records.assets.asset_rules import get

    asset = get(session.store(), asset_id)
    message = f"{verb} asset {asset.id} {asset.name} ({asset.contact})"
    return Result(lambda: show_asset(session, asset_id), message)


def _describe_next(session: Session, asset_id: int) -> tuple[str, ...]:
    """Return when the next service is due, or what is missing to tell."""
    from cardcrm.cli.asset_output import describe_next

    return describe_next(session.store(), asset_id)


# recall


@app.command("recall", context_settings=_FREE_WORDS)
def recall(
    ctx: typer.Context,
    product: Annotated[
        list[str],
        typer.Argument(metavar="PRODUCT…", help="Product.", autocompletion=Source("names:product")),
    ],
    first: Annotated[
        str, typer.Option("--from", metavar="SERIAL", help="First serial number.")
    ] = "",
    last: Annotated[str, typer.Option("--to", metavar="SERIAL", help="Last serial number.")] = "",
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="Only assets that a query finds.",
            autocompletion=Source("query:asset"),
        ),
    ] = "",
    remind: Annotated[
        str, typer.Option(metavar="WHEN", help="Add a reminder for each owner, due on this day.")
    ] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="Text of the reminders.")] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """List the owners of a product for a recall, with phone numbers.

    Numbers in serial numbers are compared as numbers, so A9 comes before A10. Retired assets are
    left out. With --remind, each owner gets one reminder with all serial numbers.

    Examples:
        cardcrm asset recall Boiler --from A100 --to A199

        cardcrm asset recall Boiler --from A100 --to A199 --remind mon --yes

    """
    from cardcrm.cli.asset_recall import recall_product

    session = session_of(ctx)
    refuse_options(ctx, product)
    if text and not remind:
        raise UsageError("--text needs --remind", "Add when the reminders are due: --remind mon")
    due = parse_when(session, remind) if remind else None
    found = recall_product(session, " ".join(product), (first, last), where)
    if due is None:
        return found.list_owners()
    return found.add_reminders(due, text, yes=yes, dry_run=dry_run)
