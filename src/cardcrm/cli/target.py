"""`target`: what each user is to win in a month."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.record_group import build
from cardcrm.cli.result import Result
from cardcrm.records.targets.target_type import TARGET

if TYPE_CHECKING:
    from cardcrm.store import Store

app = build(TARGET)


@app.command("set")
def set_(
    ctx: typer.Context,
    user: Annotated[
        str,
        typer.Argument(metavar="USER", help="User; me is you.", autocompletion=Source("owner")),
    ],
    month: Annotated[str, typer.Argument(metavar="MONTH", help="Month: 2026-12, dec, next month.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Amount of the deals to win.")],
) -> Result:
    """Set the target of a user for a month, in place of the one of that currency.

    Examples:
        cardcrm target set ann 2026-12 20000

        cardcrm target set me "next month" "15000 EUR"

    """
    from cardcrm.cli.record_output import show_record
    from cardcrm.money import format_money, parse_money
    from cardcrm.records import records
    from cardcrm.records.targets.months import parse_month
    from cardcrm.records.targets.targets import set_target

    session = session_of(ctx)
    store = session.store(create=True)
    owner, warnings = _read_owner(store, user)
    money = parse_money(amount, store.locale.currency)
    found, before = set_target(store, owner, parse_month(month, store.locale.zone), money)
    was = "" if before in (None, money) else f", before {format_money(before)}"
    message = f"target of {owner} for {found.month}: {format_money(money)}{was}"
    return Result(
        lambda: show_record(store, records.get(store, TARGET, found.id)),
        message,
        warnings=warnings,
    )


def _read_owner(store: "Store", text: str) -> tuple[str, tuple[str, ...]]:
    """Return the user that a text names, who may be new, and a warning of a likely slip."""
    from cardcrm.errors import NotFoundError
    from cardcrm.records.teamwork.users import find_user, parse_user

    name = parse_user(store, text)
    if name == store.author.name:
        return name, ()
    try:
        return find_user(store, name), ()
    except NotFoundError as error:
        near = f" Did you mean {' or '.join(error.near)}?" if error.near else ""
        return name, (f"{name} has no records yet.{near}",)
