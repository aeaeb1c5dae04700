"""All tables of the star."""

from typing import Final

from cardcrm.reports.warehouse.bridges import BRIDGES
from cardcrm.reports.warehouse.declared_facts import all_facts
from cardcrm.reports.warehouse.dimensions import DIMENSIONS
from cardcrm.reports.warehouse.star_tables import StarTable

REWRITTEN: Final = (*DIMENSIONS, *BRIDGES)  # whole, by each export


def all_tables() -> list[StarTable]:
    """Return the facts, the dimensions and the bridges of the star."""
    return [*all_facts(), *REWRITTEN]
