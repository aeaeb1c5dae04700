"""`dim_place`: the places of customers."""

from typing import Final

from cardcrm.reports.warehouse.star_table import StarColumn, StarTable
from cardcrm.reports.warehouse.workbench import Workbench

NO_PLACE: Final = 0  # the place of customers without an address

DIM_PLACE: Final = StarTable(
    "dim_place",
    "One row for each place of a customer, past ones included; 0 is unknown.",
    (
        StarColumn("place_id", "BIGINT", "place; numbered by each export", "place_id"),
        StarColumn("city", "VARCHAR", "city", "city"),
        StarColumn("region", "VARCHAR", "region", "region"),
        StarColumn("country", "VARCHAR", "country", "country"),
    ),
    "FROM place ORDER BY place_id",
    keys=("place_id",),
)


def stage_places(bench: Workbench) -> None:
    """Stage the places of all versions of customers."""
    bench.run(
        f"CREATE OR REPLACE TABLE place AS SELECT {NO_PLACE} AS place_id, '' AS city, "
        "'' AS region, '' AS country, place_key('', '', '') AS key "
        "UNION ALL SELECT row_number() OVER (ORDER BY country, region, city), city, region, "
        "country, place_key(city, region, country) FROM (SELECT DISTINCT city, region, country "
        "FROM version WHERE city <> '' OR region <> '' OR country <> '')"
    )
