"""`dim_date`: the calendar."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from cardcrm.reports.warehouse.star_table import StarColumn, StarTable
from cardcrm.reports.warehouse.workbench import Workbench

DIM_DATE: Final = StarTable(
    "dim_date",
    "One row for each day, from the first year of a fact to the last.",
    (
        StarColumn("date", "DATE", "day", "d"),
        StarColumn("year", "BIGINT", "year", "year(d)"),
        StarColumn("quarter", "BIGINT", "quarter, 1 to 4", "quarter(d)"),
        StarColumn("month", "BIGINT", "month, 1 to 12", "month(d)"),
        StarColumn("year_month", "VARCHAR", "such as 2026-05", "strftime(d, '%Y-%m')"),
        StarColumn("month_name", "VARCHAR", "such as May", "strftime(d, '%B')"),
        StarColumn("iso_year", "BIGINT", "year of the ISO week", "isoyear(d)"),
        StarColumn("iso_week", "BIGINT", "ISO week, 1 to 53", "week(d)"),
        StarColumn("weekday", "BIGINT", "1 for Monday to 7", "isodow(d)"),
        StarColumn("weekday_name", "VARCHAR", "such as Monday", "strftime(d, '%A')"),
        StarColumn("day_of_month", "BIGINT", "1 to 31", "day(d)"),
        StarColumn("day_of_year", "BIGINT", "1 to 366", "dayofyear(d)"),
        StarColumn("is_weekend", "BOOLEAN", "true on Saturday and Sunday", "isodow(d) > 5"),
        StarColumn("is_month_end", "BOOLEAN", "true on the last day", "d = last_day(d)"),
    ),
    "FROM (SELECT CAST(unnest(generate_series(first, last, INTERVAL 1 DAY)) AS DATE) AS d "
    "FROM calendar) ORDER BY d",
    keys=("date",),
)


def stage_calendar(bench: Workbench, months: Iterable[str], today: dt.date) -> None:
    """Stage the first and the last day of the years of some months, this year included."""
    years = [f"{today:%Y}", *(month[:4] for month in months)]
    bench.run(
        "CREATE OR REPLACE TABLE calendar AS SELECT "
        f"DATE '{min(years)}-01-01' AS first, DATE '{max(years)}-12-31' AS last"
    )
