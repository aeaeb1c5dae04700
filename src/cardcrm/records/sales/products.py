"""Products: a small catalog of the goods and services that are sold."""

from collections.abc import Iterator
from dataclasses import dataclass

from cardcrm.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, UnitPrice, to_unit_price
from cardcrm.records.fields import read_price, split_price
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, normalize_line

Price = Money | UnitPrice

_MAX_CANDIDATES = 10


@dataclass(frozen=True)
class Product:
    """Something sold; price and cost are for one of it, where known, in one currency.

    The price contains a tax of ``tax_rate`` thousandths of a percent, where that is known.
    """

    id: int
    name: str
    sku: str
    price: UnitPrice | None
    cost: UnitPrice | None
    retired: bool
    category: str = ""
    tax_rate: int | None = None


SELECT = (
    "SELECT id, name, sku, price, price_rest, cost, cost_rest, currency, retired, category, "
    "tax_rate FROM product"
)


def list_products(store: Store, *, retired: bool = True) -> list[Product]:
    """Return all products by name, or only those still sold."""
    return [
        _product(row)
        for row in store.rows(
            f"{SELECT} WHERE retired <= :most ORDER BY name_key", most=int(retired)
        )
    ]


def find(store: Store, name: str) -> Product | None:
    """Return the product of that name or article number, in any case, or None.

    Of two old products with one article number, it is that of the one added first.
    """
    return next(_list_named(store, name), None)


def _list_named(store: Store, word: str) -> Iterator[Product]:
    """Yield the product of that name, then those of that article number as they were added."""
    row = store.row(f"{SELECT} WHERE name_key = :key", key=fold(word))
    if row is not None:
        yield _product(row)
    sku = normalize_line(word)
    # lower() of SQLite knows ASCII only, so it cannot compare in SQL.
    rows = store.rows(
        f"{SELECT} WHERE sku <> '' AND length(sku) = :size ORDER BY id", size=len(sku)
    )
    yield from (_product(row) for row in rows if row["sku"].lower() == sku.lower())


def get(store: Store, name: str) -> Product:
    """Return the product of that name or article number. Raises NotFoundError."""
    product = find(store, name)
    if product is None:
        raise NotFoundError(
            f"unknown product “{name}”",
            "To see the catalog: cardcrm product list",
            near=similar_names(store, name),
        )
    return product


def get_by_part(store: Store, text: str) -> Product:
    """Return the product of a name or article number, or the only one whose name has a text.

    Raises NotFoundError, or AmbiguousError if several names have it.
    """
    product = find(store, text)
    if product is not None:
        return product
    key = fold(text)
    found = [each for each in list_products(store) if key and key in fold(each.name)]
    if len(found) > 1:
        raise AmbiguousError(
            f"{len(found):,} products have “{text}” in their names",
            "Give the whole name of one.",
            [(each.id, each.name, each.category) for each in found[:_MAX_CANDIDATES]],
        )
    return found[0] if found else get(store, text)


def similar_names(store: Store, name: str) -> list[str]:
    """Return the most similar names in the catalog, best first, then names that contain it."""
    similar = find_similar(name, [each.name for each in list_products(store)])
    return list(dict.fromkeys([*similar, *(each.name for each in suggest(store, name, 3))]))


def suggest(store: Store, text: str, limit: int = 6) -> list[Product]:
    """Return products still sold whose name or article number contains a text.

    Names that begin with the text come first, then names of which a word does.
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
    return Product(
        row["id"],
        row["name"],
        row["sku"],
        read_price(row, "price"),
        read_price(row, "cost"),
        bool(row["retired"]),
        row["category"],
        row["tax_rate"],
    )


@retry_transaction
def add(
    store: Store,
    name: str,
    *,
    sku: str = "",
    price: Price | None = None,
    cost: Price | None = None,
    category: str = "",
    tax_rate: int | None = None,
) -> Product:
    """Add a product to the catalog.

    Raises ConflictError if its name or article number is taken, UsageError if price and cost are in
    different currencies.
    """
    values = {**_named(store, name), **_numbered(store, sku), **_prices(price, cost)}
    values |= {"category": normalize_line(category), "tax_rate": tax_rate}
    with store.transaction():
        product_id = store.insert("product", **values)
    return _by_id(store, product_id)


def _by_id(store: Store, product_id: int) -> Product:
    row = store.row(f"{SELECT} WHERE id = :id", id=product_id)
    if row is None:
        raise NotFoundError(f"product {product_id} no longer exists")
    return _product(row)


def _named(store: Store, name: str) -> dict[str, str]:
    """Return the columns of a name that no product has yet."""
    shown = normalize_line(name)
    if not fold(shown):
        raise UsageError("a product needs a name")
    refuse_taken(store, shown)
    return {"name": shown, "name_key": fold(shown)}


def _numbered(store: Store, sku: str) -> dict[str, str]:
    """Return the column of an article number that no product has yet."""
    if normalize_line(sku):
        refuse_taken(store, normalize_line(sku))
    return {"sku": normalize_line(sku)}


def refuse_taken(store: Store, word: str, own: int = 0) -> None:
    """Raise ConflictError for a word that names another product than ``own``."""
    known = next((each for each in _list_named(store, word) if each.id != own), None)
    if known is not None:
        raise ConflictError(
            f"the product {_words(known)} already exists",
            "To see the catalog: cardcrm product list",
        )


def _words(product: Product) -> str:
    return f"{product.name} ({product.sku})" if product.sku else product.name


def _prices(price: Price | None, cost: Price | None) -> dict[str, str | int | None]:
    if price and cost and price.currency != cost.currency:
        raise UsageError(
            f"the price is in {price.currency}, the cost in {cost.currency}",
            "Give both in one currency.",
        )
    known = price or cost
    return {
        **split_price("price", to_unit_price(price) if price else None),
        **split_price("cost", to_unit_price(cost) if cost else None),
        "currency": known.currency if known else "",
    }
