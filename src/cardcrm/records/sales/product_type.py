"""The declaration of products."""

from typing import Any

from cardcrm.records.fields import Flag, Key, Percent, Text, UnitPriceAmount
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


class ArticleNumber(Key):
    """An article number; that of a product without one is empty."""

    __slots__ = ()
    ignores_case = True
    empty = ""


def _refuse_taken(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Raise ConflictError for a name or article number that names another product."""
    from cardcrm.records.sales.products import refuse_taken

    for word in filter(None, (columns.get("name"), columns.get("sku"))):
        refuse_taken(store, word, row_id)
    return columns


PRODUCT = declare(
    RecordType(
        "product",
        "products",
        (
            Text("name", label="product", phrase="name", folded="name_key", required=True,
                 unique=True, listed=True, searchable=True, help="Name.", example="Rose bouquet"),
            ArticleNumber("sku", non_ascii_key="sku_key", label="article", unique=True,
                          listed=True, searchable=True,
                          help="Article number.",
                          example="RB1"),
            Text("category", non_ascii_key="category_key", listed=True,
                 help="Category: the family of similar products.", example="Bouquets"),
            UnitPriceAmount("price", least=0, listed=True, help="Unit price."),
            UnitPriceAmount("cost", least=0, listed=True, help="Unit cost to the firm."),
            Percent("tax_rate", label="tax rate", option="tax",
                    help="Rate of the tax that the price contains, such as 20%."),
            Flag("retired", listed=True, help="No longer sold."),
        ),
        title="{name}",
        sort="name",
        closed_by="retired",
        adjust=_refuse_taken,
        summary="The catalog of what is sold.",
    )
)  # fmt: skip
