"""References to assets, which are named by their product and serial number."""

from typing import Any

from cardcrm.records.fields import Reference

# SQL for the name of an asset ``n``.
NAME = "(SELECT trim(p.name || ' ' || n.serial) FROM product p WHERE p.id = n.product_id)"


class AssetReference(Reference):
    """A reference to an asset."""

    __slots__ = ()

    def __init__(self, column: str = "asset_id", **options: Any) -> None:
        super().__init__(
            column, to="asset", shows="serial", key="asset", option="asset", example="SN123",
            **options,
        )  # fmt: skip

    def value_sql(self, alias: str) -> str:
        """Return SQL for the product and the serial number of the asset."""
        return f"(SELECT {NAME} FROM asset n WHERE n.id = {alias}.{self.column})"
