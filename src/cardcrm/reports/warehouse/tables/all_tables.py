"""All tables of the star."""

from typing import Final

from cardcrm.reports.warehouse.star_table import StarTable
from cardcrm.reports.warehouse.tables.customer_bridges import CUSTOMER_SEGMENT, CUSTOMER_TAG
from cardcrm.reports.warehouse.tables.customer_dimension import DIM_CUSTOMER
from cardcrm.reports.warehouse.tables.date_dimension import DIM_DATE
from cardcrm.reports.warehouse.tables.declared_facts import declared_facts
from cardcrm.reports.warehouse.tables.place_dimension import DIM_PLACE
from cardcrm.reports.warehouse.tables.product_dimension import DIM_PRODUCT
from cardcrm.reports.warehouse.tables.promotion_dimension import DIM_PROMOTION
from cardcrm.reports.warehouse.tables.sale_line_fact import FACT_SALE_LINE
from cardcrm.reports.warehouse.tables.user_dimension import DIM_USER

# The dimensions and the bridges, which each export writes whole.
REWRITTEN: Final = (
    DIM_CUSTOMER,
    DIM_PRODUCT,
    DIM_PROMOTION,
    DIM_PLACE,
    DIM_USER,
    DIM_DATE,
    CUSTOMER_TAG,
    CUSTOMER_SEGMENT,
)


def all_facts() -> list[StarTable]:
    """Return the facts, those of nouns that were added to the registry included."""
    return [FACT_SALE_LINE, *declared_facts()]


def all_tables() -> list[StarTable]:
    """Return the facts, the dimensions and the bridges of the star."""
    return [*all_facts(), *REWRITTEN]
