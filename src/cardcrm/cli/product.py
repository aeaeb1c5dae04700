"""`product`: the catalogue of what is sold."""

from typing import Annotated

import typer

from cardcrm.cli.common import Session, session_of
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records.sales import products
from cardcrm.records.sales.products import Product
from cardcrm.sheet import Column, Sheet

app = typer.Typer()

Price = Annotated[str, typer.Option(metavar="AMOUNT", help="Price of one.")]
Cost = Annotated[str, typer.Option(metavar="AMOUNT", help="What one costs the firm.")]
Name = Annotated[
    list[str], typer.Argument(metavar="NAME…", help="Name or article number; needs no quotes.")
]


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Quotes are not needed.")],
    price: Price = "",
    cost: Cost = "",
    sku: Annotated[str, typer.Option(metavar="TEXT", help="Article number.")] = "",
) -> None:
    """Put a product into the catalogue.

    Example:
        cardcrm product add Rose bouquet --price 24.50 --cost 9.80 --sku RB1

    """
    session = session_of(ctx)
    store = session.store(create=True)
    product = products.add(
        store,
        " ".join(name),
        sku=sku,
        price=_money(session, price),
        cost=_money(session, cost),
    )
    session.answer(f"added {_words(product)}", lambda: sheet([product]))


@app.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Retired ones too.")] = False,
) -> None:
    """Show the catalogue.

    Example:
        cardcrm product list --all

    """
    session = session_of(ctx)
    found = products.catalogue(session.store(), retired=everything)
    if not found and not everything and products.catalogue(session.store(), retired=True):
        session.say("no products on offer: cardcrm product list --all shows the retired ones")
    elif not found:
        session.say('no products yet: cardcrm product add "Rose bouquet" --price 24.50')
    session.show(sheet(found))


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: Name,
    price: Price = "",
    cost: Cost = "",
    rename: Annotated[str, typer.Option(metavar="NAME", help="A new name.")] = "",
    sku: Annotated[str, typer.Option(metavar="TEXT", help="Article number.")] = "",
    retire: Annotated[bool, typer.Option("--retire", help="It is no longer sold.")] = False,
    revive: Annotated[bool, typer.Option("--revive", help="It is sold again.")] = False,
) -> None:
    """Change a product; sales keep the prices they were noted with.

    Example:
        cardcrm product edit rose bouquet --price 26

    """
    if not any((price, cost, rename, sku, retire, revive)):
        raise UsageError("nothing to change", "Say what, for example --price 26")
    if retire and revive:
        raise UsageError("--retire and --revive contradict each other", "Give one of them.")
    session = session_of(ctx)
    product = products.edit(
        session.store(),
        " ".join(name),
        rename=rename or None,
        sku=sku or None,
        price=_money(session, price),
        cost=_money(session, cost),
        retired=retire if retire or revive else None,
    )
    session.answer(f"changed {_words(product)}", lambda: sheet([product]))


@app.command("rm")
def rm(
    ctx: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a product that was never sold.

    Example:
        cardcrm product rm rose boquet

    """
    session = session_of(ctx)
    product = products.get(session.store(), " ".join(name))
    session.confirm(f"Remove {product.name}?", yes=yes)
    products.remove(session.store(), product.name)
    session.say(f"removed {product.name}; `cardcrm undo` brings it back")


def sheet(found: list[Product]) -> Sheet:
    """Products as a sheet."""
    return Sheet(
        (
            Column("id", "id", "right"),
            Column("name", "product", wide=True),
            Column("sku", "article"),
            Column("price", "price", "right"),
            Column("cost", "cost", "right"),
            Column("retired", "retired"),
        ),
        [(each.id, each.name, each.sku, each.price, each.cost, each.retired) for each in found],
    )


def _money(session: Session, text: str) -> Money | None:
    return parse_money(text, session.store().locale.currency) if text else None


def _words(product: Product) -> str:
    """A product in a sentence: its name, price and cost."""
    price = f" at {format_money(product.price)}" if product.price else ""
    cost = f", cost {format_money(product.cost)}" if product.cost else ""
    return f"{product.name}{price}{cost}" + (" (retired)" if product.retired else "")
