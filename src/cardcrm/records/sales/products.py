"""Products: a small catalogue of what is sold."""

from dataclasses import dataclass

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold, near, tidy


@dataclass(frozen=True)
class Product:
    """Something sold; price and cost are for one of it, where known, in one currency."""

    id: int
    name: str
    sku: str
    price: Money | None
    cost: Money | None
    retired: bool


SELECT = "SELECT id, name, sku, price, cost, currency, retired FROM product"


def catalogue(store: Store, *, retired: bool = True) -> list[Product]:
    """All products by name; without ``retired`` those that are still sold."""
    return [
        _product(row)
        for row in store.rows(
            f"{SELECT} WHERE retired <= :most ORDER BY name_key", most=int(retired)
        )
    ]


def find(store: Store, name: str) -> Product | None:
    """The product of that name or article number, or None."""
    row = store.row(f"{SELECT} WHERE name_key = :key", key=fold(name))
    if row is None and tidy(name):
        row = store.row(f"{SELECT} WHERE sku = :sku ORDER BY id", sku=tidy(name))
    return _product(row) if row else None


def get(store: Store, name: str) -> Product:
    """The product of that name or article number. Raises NotFoundError with the nearest names."""
    product = find(store, name)
    if product is None:
        raise NotFoundError(
            f"there is no product “{name}”", "See `cardcrm product list`.", near=alike(store, name)
        )
    return product


def alike(store: Store, name: str) -> list[str]:
    """The names in the catalogue that look most like one, best first; perhaps none."""
    return near(name, [each.name for each in catalogue(store)])


def offers(store: Store, text: str, limit: int = 6) -> list[Product]:
    """Products still sold whose name or article number holds a text: those whose name begins so
    first, then those of which a word does.
    """
    from cardcrm.store.search_sql import escape_like

    key = escape_like(fold(text))
    rows = store.rows(
        f"{SELECT} WHERE retired = 0 AND (name_key LIKE :within ESCAPE '\\' "
        "OR lower(sku) LIKE :start ESCAPE '\\') ORDER BY CASE "
        "WHEN name_key LIKE :start ESCAPE '\\' THEN 0 "
        "WHEN (' ' || name_key) LIKE :word ESCAPE '\\' THEN 1 ELSE 2 END, name_key LIMIT :limit",
        within=f"%{key}%",
        word=f"% {key}%",
        start=f"{key}%",
        limit=limit,
    )
    return [_product(row) for row in rows] if key else []


def _product(row: Row) -> Product:
    price, cost, currency = row["price"], row["cost"], row["currency"]
    return Product(
        row["id"],
        row["name"],
        row["sku"],
        None if price is None else Money(price, currency),
        None if cost is None else Money(cost, currency),
        bool(row["retired"]),
    )


@retry_transaction
def add(
    store: Store, name: str, *, sku: str = "", price: Money | None = None, cost: Money | None = None
) -> Product:
    """Put a product into the catalogue.

    Raises ConflictError where its name or article number is taken, UsageError where price and cost
    are of two currencies.
    """
    values = {**_named(store, name), **_numbered(store, sku), **_prices(price, cost)}
    with store.transaction():
        product_id = store.insert("product", **values)
    return _by_id(store, product_id)


def _by_id(store: Store, product_id: int) -> Product:
    row = store.row(f"{SELECT} WHERE id = :id", id=product_id)
    if row is None:
        raise NotFoundError(f"there is no product {product_id} any more")
    return _product(row)


def _named(store: Store, name: str, own: int = 0) -> dict[str, str]:
    """The columns of a name that no product but ``own`` has."""
    shown = tidy(name)
    if not fold(shown):
        raise UsageError("a product needs a name")
    _refuse_taken(store, shown, own)
    return {"name": shown, "name_key": fold(shown)}


def _numbered(store: Store, sku: str, own: int = 0) -> dict[str, str]:
    """The column of an article number that no product but ``own`` has; it may be empty."""
    if tidy(sku):
        _refuse_taken(store, tidy(sku), own)
    return {"sku": tidy(sku)}


def _refuse_taken(store: Store, word: str, own: int) -> None:
    known = find(store, word)
    if known is not None and known.id != own:
        raise ConflictError(
            f"“{word}” is the product {_words(known)} already", "See `cardcrm product list`."
        )


def _words(product: Product) -> str:
    return f"{product.name} ({product.sku})" if product.sku else product.name


def _prices(price: Money | None, cost: Money | None) -> dict[str, str | int | None]:
    if price and cost and price.currency != cost.currency:
        raise UsageError(
            f"a price in {price.currency} and a cost in {cost.currency} do not go together",
            "Give both in one currency.",
        )
    known = price or cost
    return {
        "price": price.minor if price else None,
        "cost": cost.minor if cost else None,
        "currency": known.currency if known else "",
    }


@retry_transaction
def edit(
    store: Store,
    name: str,
    *,
    rename: str | None = None,
    sku: str | None = None,
    price: Money | None = None,
    cost: Money | None = None,
    retired: bool | None = None,
) -> Product:
    """Change a product; what is None stays. Sales that were noted keep their own prices."""
    product = get(store, name)
    values: dict[str, str | int | None] = {}
    if rename is not None:
        values |= _named(store, rename, product.id)
    if sku is not None:
        values |= _numbered(store, sku, product.id)
    if price or cost:
        values |= _prices(price or product.price, cost or product.cost)
    if retired is not None:
        values["retired"] = int(retired)
    if values:
        with store.transaction():
            store.update("product", product.id, **values)
    return _by_id(store, product.id)


@retry_transaction
def remove(store: Store, name: str) -> Product:
    """Take a product that was never sold out of the catalogue; it is returned.

    Raises ConflictError where sales name it: those would lose what they were for.
    """
    product = get(store, name)
    with store.transaction():
        sold = store.value("SELECT count(*) FROM sale_line WHERE product_id = :id", id=product.id)
        if sold:
            raise ConflictError(
                f"{product.name} stands in {sold} sale{'s' if sold > 1 else ''}",
                f'Retire it instead: cardcrm product edit "{product.name}" --retire',
            )
        store.delete("product", product.id)
    return product
