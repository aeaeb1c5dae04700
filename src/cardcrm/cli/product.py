"""`product`: manage the catalog of products."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import Yes, refuse_options, session_of
from cardcrm.cli.record_group import Values, add_command, list_result
from cardcrm.cli.record_options import Param
from cardcrm.cli.record_output import list_ids, show_record
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records.record_type import RecordType
from cardcrm.records.sales import products
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.records.sales.products import Product
from cardcrm.store import Store

app = typer.Typer()

Price = Annotated[str, typer.Option(metavar="AMOUNT", help="Unit price.")]
Cost = Annotated[str, typer.Option(metavar="AMOUNT", help="Unit cost to the firm.")]
Sku = Annotated[str, typer.Option(metavar="TEXT", help="Article number.")]
Name = Annotated[
    list[str],
    typer.Argument(metavar="NAME…", help="Name, number or article number."),
]


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[list[str], typer.Argument(metavar="NAME…", help="Name; needs no quotes.")],
    price: Price = "",
    cost: Cost = "",
    sku: Sku = "",
) -> Result:
    """Add a product to the catalog.

    Example:
        cardcrm product add Rose bouquet --price 24.50 --cost 9.80 --sku RB1

    """
    store = session_of(ctx).store(create=True)
    product = products.add(
        store, " ".join(name), sku=sku, price=_parse(store, price), cost=_parse(store, cost)
    )
    return Result(lambda: list_ids(store, PRODUCT, [product.id]), f"added {_describe(product)}")


def _list(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """List what a query finds in the catalog, without retired products unless they are meant."""
    refuse_options(ctx, values["query"])
    query = " ".join(values["query"])
    if not values["all_"] and "retired" not in query:
        query = f"{query} retired:no"
    session = session_of(ctx)
    result = list_result(session, type_, query, values)
    if not values["query"] and result.notes:
        return result._replace(notes=(_explain_empty(session.store(), values["all_"]),))
    return result


_ALL = typer.Option("--all", help="Include retired products.")
add_command(app, PRODUCT, "list", more=(Param("all_", Annotated[bool, _ALL], False),), run=_list)


@app.command("show")
def show(ctx: typer.Context, name: Name) -> Result:
    """Show a product.

    Example:
        cardcrm product show rose bouquet

    """
    from cardcrm.records import records

    store = session_of(ctx).store()
    product = products.get(store, _named(store, name))
    return Result(show_record(store, records.get(store, PRODUCT, product.id)))


def _named(store: Store, words: Sequence[str]) -> str:
    """Return the name of a product that words or its number name."""
    text = " ".join(words)
    number = text.strip().removeprefix("#")
    if products.find(store, text) is None and number.isascii() and number.isdigit():
        from cardcrm.records import records

        return str(records.find(store, "product", number).values["name"])
    return text


def _explain_empty(store: Store, all_: bool) -> str:
    if not all_ and products.list_products(store, retired=True):
        return "all products are retired; to list them: cardcrm product list --all"
    return 'no products yet; for example: cardcrm product add "Rose bouquet" --price 24.50'


@app.command("edit")
def edit(
    ctx: typer.Context,
    name: Name,
    price: Price = "",
    cost: Cost = "",
    rename: Annotated[str, typer.Option(metavar="NAME", help="New name.")] = "",
    sku: Sku = "",
    retire: Annotated[bool, typer.Option("--retire", help="No longer sold.")] = False,
    revive: Annotated[bool, typer.Option("--revive", help="Sold again.")] = False,
) -> Result:
    """Edit a product; recorded sales keep their prices.

    Example:
        cardcrm product edit rose bouquet --price 26

    """
    if not any((price, cost, rename, sku, retire, revive)):
        raise UsageError("nothing to change", "Give an option, for example --price 26")
    if retire and revive:
        raise UsageError("--retire and --revive exclude each other", "Use one of them.")
    store = session_of(ctx).store()
    product = products.edit(
        store,
        _named(store, name),
        rename=rename or None,
        sku=sku or None,
        price=_parse(store, price),
        cost=_parse(store, cost),
        retired=retire if retire or revive else None,
    )
    return Result(lambda: list_ids(store, PRODUCT, [product.id]), f"changed {_describe(product)}")


@app.command("rm")
def rm(ctx: typer.Context, name: Name, yes: Yes = False) -> Result:
    """Remove a product that was never sold.

    Example:
        cardcrm product rm rose boquet

    """
    session = session_of(ctx)
    store = session.store()
    product = products.get(store, _named(store, name))
    session.confirm(f"remove {product.name}", yes=yes)
    products.remove(store, product.name)
    return Result(message=f"removed {product.name}; to restore: cardcrm undo")


def _parse(store: Store, amount: str) -> Money | None:
    return parse_money(amount, store.locale.currency) if amount else None


def _describe(product: Product) -> str:
    """Return name, price and cost of a product in a phrase."""
    price = f" at {format_money(product.price)}" if product.price else ""
    cost = f", cost {format_money(product.cost)}" if product.cost else ""
    return f"{product.name}{price}{cost}" + (" (retired)" if product.retired else "")


add_command(app, PRODUCT, "export")
