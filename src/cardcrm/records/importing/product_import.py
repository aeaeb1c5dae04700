"""Find the products of the lines of a file, many at once, and add those that are unknown."""

from collections.abc import Iterable

from cardcrm.records.importing.history_drafts import ProductLine
from cardcrm.store import Store
from cardcrm.text import fold, normalize_line


class ProductFinder:
    """The catalog by names and article numbers; it is small enough to be in memory."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._keys: dict[tuple[str, str], str] = {}
        self._ids: dict[str, int] = {}
        self._by_sku: dict[str, str] = {}
        self.added: list[str] = []

    def restart(self) -> None:
        """Read the catalog before it is first needed in a transaction."""
        self._ids.clear()
        self._by_sku.clear()
        self._keys.clear()

    def key_of(self, line: ProductLine) -> str:
        """Return the folded name of the product of a line, as the catalog has it.

        A product is known by its name, else by its article number.
        """
        found = self._keys.get((line.product, line.sku))
        if found is None:
            self._read()
            key, sku = fold(line.product), line.sku.lower()
            found = key if key in self._ids else self._by_sku.get(sku, key)
            self._keys[line.product, line.sku] = found
        return found

    def find(self, lines: Iterable[ProductLine]) -> dict[str, int]:
        """Return the ids of the products of some lines by their keys; unknown ones are added."""
        for line in lines:
            key = self.key_of(line)
            if key not in self._ids:
                self._add(key, line)
        return self._ids

    def _read(self) -> None:
        if self._ids:
            return
        for row in self.store.rows("SELECT id, name_key, sku FROM product ORDER BY id"):
            self._ids[row["name_key"]] = row["id"]
            if row["sku"]:
                self._by_sku.setdefault(row["sku"].lower(), row["name_key"])

    def _add(self, key: str, line: ProductLine) -> None:
        name, sku = normalize_line(line.product), normalize_line(line.sku)
        is_free = bool(sku) and sku.lower() not in self._by_sku and fold(sku) not in self._ids
        self._ids[key] = self.store.insert(
            "product",
            name=name,
            name_key=key,
            sku=sku if is_free else "",
            price=None,
            cost=None,
            currency="",
        )
        if is_free:
            self._by_sku[sku.lower()] = key
        self.added.append(name)
