"""The declaration of snapshots of customer equity, of which each day has at most one."""

from cardcrm.records.fields import Choice, Day, Integer, Key, MoneyAmount
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

KINDS = ("all", "standing", "segment")

EQUITY_SNAPSHOT = declare(
    RecordType(
        "equity_snapshot",
        "snapshots of customer equity",
        (
            Day("on_date", key="on", looks="back", required=True, help="Day."),
            Choice("kind", KINDS, required=True,
                   help="All customers, an RFM standing, or a saved segment."),
            Key("name", required=True, help="Name of the standing or segment."),
            Integer("horizon", required=True, help="Days that the equity reaches."),
            Integer("discount", required=True, help="Discount a year; thousandths of a percent."),
            Integer("customers", required=True, help="Customers with a purchase."),
            MoneyAmount("equity", required=True, help="Discounted future sales."),
        ),
        title="{name} on {on_date}",
        sort="-on",
        same_by=("currency", "horizon", "discount", "kind", "name", "on_date"),
        summary="Snapshots of customer equity.",
    )
)  # fmt: skip
