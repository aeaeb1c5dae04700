"""`dim_user`: the people who keep the records."""

from collections.abc import Iterable
from typing import Final

from cardcrm.reports.warehouse.star_table import StarColumn, StarTable
from cardcrm.reports.warehouse.tables.customer_history import LAST_DAY
from cardcrm.reports.warehouse.workbench import Workbench

_NAMES: Final = ("author", "owner")  # the columns of facts that name users

DIM_USER: Final = StarTable(
    "dim_user",
    "One row for each user who owns a customer, or who recorded or owns a fact.",
    (
        StarColumn("user_name", "VARCHAR", "name of the user", "u.user_name"),
        StarColumn(
            "customers",
            "BIGINT",
            "number of customers owned at present",
            f"(SELECT count(*) FROM version v WHERE v.owner = u.user_name "
            f"AND v.valid_to = '{LAST_DAY}')",
        ),
    ),
    "FROM user_name u ORDER BY u.user_name",
    keys=("user_name",),
)


def stage_users(bench: Workbench, facts: Iterable[tuple[StarTable, str]]) -> None:
    """Stage the names in customers and in facts, each of which comes with the SQL of its rows."""
    parts = ["SELECT owner AS user_name FROM version"]
    for fact, rows in facts:
        names = (each.name for each in fact.columns if each.name in _NAMES)
        parts += [f"SELECT DISTINCT {name} FROM {rows}" for name in names]
    union = " UNION ".join(parts)
    bench.run(f"CREATE OR REPLACE TABLE user_name AS FROM ({union}) WHERE user_name <> ''")
