"""Products: a small catalogue of what is sold."""

from dataclasses import dataclass

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.store import Store
from cardcrm.text import fold, near, tidy


@dataclass(frozen=True)
class Product:
    """Something sold; price and cost are for one of it, where known."""

    id: int
    name: str
    sku: str
    price: Money | None
    cost: Money | None
    retired: bool


SELECT = "SELECT id, name, sku, price, cost, currency, retired FROM product"


def catalogue(store: Store) -> list[Product]:
    """All products by name."""
    return [_product(row) for row in store.rows(f"{SELECT} ORDER BY name_key")]


def find(store: Store, name: str) -> Product | None:
    """The product of that name or article number, or None."""
    row = store.row(
        f"{SELECT} WHERE name_key = :key OR (sku <> '' AND sku = :sku) ORDER BY id",
        key=fold(name),
        sku=tidy(name),
    )
    return _product(row) if row else None


def get(store: Store, name: str) -> Product:
    """The product of that name or article number. Raises NotFoundError with the nearest names."""
    product = find(store, name)
    if product is None:
        names = [each.name for each in catalogue(store)]
        raise NotFoundError(
            f"there is no product “{name}”", "See `cardcrm product list`.", near=near(name, names)
        )
    return product


def _product(row: tuple[object, ...]) -> Product:
    id_, name, sku, price, cost, currency, retired = row
    return Product(
        id_,  # type: ignore[arg-type]
        str(name),
        str(sku),
        None if price is None else Money(price, str(currency)),  # type: ignore[arg-type]
        None if cost is None else Money(cost, str(currency)),  # type: ignore[arg-type]
        bool(retired),
    )


def add(
    store: Store, name: str, *, sku: str = "", price: Money | None = None, cost: Money | None = None
) -> Product:
    """Put a product into the catalogue. Raises ConflictError if there is one of that name."""
    shown = tidy(name)
    if not shown:
        raise UsageError("a product needs a name")
    if find(store, shown) is not None:
        raise ConflictError(f"there is a product “{shown}” already", "See `cardcrm product list`.")
    with store.transaction():
        store.insert(
            "product", name=shown, name_key=fold(shown), sku=tidy(sku), **_prices(price, cost)
        )
    return get(store, shown)


def _prices(price: Money | None, cost: Money | None) -> dict[str, str | int | None]:
    if price and cost and price.currency != cost.currency:
        raise UsageError("a product's price and cost are in one currency")
    known = price or cost
    return {
        "price": price.minor if price else None,
        "cost": cost.minor if cost else None,
        "currency": known.currency if known else "",
    }


def edit(
    store: Store,
    name: str,
    *,
    price: Money | None = None,
    cost: Money | None = None,
    retired: bool | None = None,
) -> Product:
    """Change a product's price, cost or place in the catalogue; what is None stays."""
    product = get(store, name)
    values: dict[str, str | int | None] = {}
    if price or cost:
        values |= _prices(price or product.price, cost or product.cost)
    if retired is not None:
        values["retired"] = int(retired)
    with store.transaction():
        store.update("product", product.id, **values)
    return get(store, product.name)
