"""Read the catalog for offers: products with their categories and prices in one currency."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cardcrm.money import UNIT_SCALE
from cardcrm.store import Store


class CatalogProduct(NamedTuple):
    """A product; ``price`` is in ten-thousandths of a minor unit of the currency, if known."""

    id: int
    name: str
    category: str
    retired: bool
    price: int | None


class Catalog:
    """All products by id, with the better ones of each category."""

    def __init__(self, products: Iterable[CatalogProduct]) -> None:
        self.products: Mapping[int, CatalogProduct] = {each.id: each for each in products}
        self._families: dict[str, list[CatalogProduct]] = {}
        self._better: dict[int, list[CatalogProduct]] = {}  # of a product, once it was asked for
        for each in self.products.values():
            if each.category and each.price is not None:
                self._families.setdefault(each.category.casefold(), []).append(each)
        for family in self._families.values():
            family.sort(key=lambda each: (each.price or 0, each.id))

    def __getitem__(self, product_id: int) -> CatalogProduct:
        """Return a product."""
        return self.products[product_id]

    def list_better(self, base: CatalogProduct) -> list[CatalogProduct]:
        """Return the products on sale of the same category that cost more, the cheapest first."""
        if base.price is None:
            return []
        if base.id not in self._better:
            self._better[base.id] = [
                each
                for each in self._families.get(base.category.casefold(), ())
                if not each.retired and (each.price or 0) > base.price
            ]
        return self._better[base.id]

    def choose_bases(self, bought: Iterable[int]) -> list[CatalogProduct]:
        """Return the product with the highest price among those bought of each category."""
        best: dict[str, CatalogProduct] = {}
        for product in (self.products[each] for each in sorted(bought)):
            key = product.category.casefold()
            if not key or product.price is None:
                continue
            known = best.get(key)
            if known is None or product.price > (known.price or 0):
                best[key] = product
        return list(best.values())


def read_catalog(store: Store, currency: str) -> Catalog:
    """Return all products; a price in another currency is unknown."""
    rows = store.rows(
        "SELECT id, name, category, retired, price, price_rest, currency FROM product ORDER BY id"
    )
    return Catalog(
        CatalogProduct(
            row["id"],
            row["name"],
            row["category"],
            bool(row["retired"]),
            row["price"] * UNIT_SCALE + row["price_rest"]
            if row["price"] is not None and row["currency"] == currency
            else None,
        )
        for row in rows
    )
