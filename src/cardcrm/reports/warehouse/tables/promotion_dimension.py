"""`dim_promotion`: the promotions that sales redeem, each with its campaign."""

from typing import Final

from cardcrm.records.promotions.promotion_type import PROMOTION
from cardcrm.reports.warehouse.star_sql import PERCENT
from cardcrm.reports.warehouse.star_table import StarColumn, StarTable, source

_STORED: Final = ("id", "code", "discount", "from_on", "until_on")
_DAY: Final = "TRY_CAST({} AS DATE)"

DIM_PROMOTION: Final = StarTable(
    "dim_promotion",
    "One row for each promotion.",
    (
        StarColumn("promotion_id", "BIGINT", "promotion, by its id", "id"),
        StarColumn("code", "VARCHAR", "code that customers name", "code"),
        StarColumn("percent_off", PERCENT, "discount in percent", "thousandths(discount)"),
        StarColumn("campaign", "VARCHAR", "campaign that announces it", "campaign"),
        StarColumn("from_on", "DATE", "first day on which it is valid", _DAY.format("from_on")),
        StarColumn("until_on", "DATE", "last day on which it is valid", _DAY.format("until_on")),
    ),
    "FROM promotion ORDER BY id",
    (
        source(
            "promotion",
            "p",
            PROMOTION,
            _STORED,
            "FROM (SELECT x.*, c.name AS campaign FROM promotion x "
            "LEFT JOIN campaign c ON c.id = x.campaign_id) p",
            further={"campaign": "VARCHAR"},
        ),
    ),
    keys=("promotion_id",),
)
