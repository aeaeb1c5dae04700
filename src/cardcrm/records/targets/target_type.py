"""The declaration of targets: what a user is to win in a month."""

from typing import Any

from cardcrm.records.fields import Context, Key, MoneyAmount, Uid, User
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


class Month(Key):
    """A month, such as ``2026-12``, as typed in any way that names one."""

    __slots__ = ()
    metavar = "MONTH"

    def _value(self, text: str, store: Context) -> Any:
        from cardcrm.records.targets.months import parse_month

        return parse_month(text, store.locale.zone)


def _refuse_second(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Refuse a second target of a user for a month and a currency."""
    from cardcrm.records.targets.targets import refuse_second

    refuse_second(store, columns, row_id)
    return columns


TARGET = declare(
    RecordType(
        "target",
        "targets",
        (
            Uid(),
            User("owner", key="user", non_ascii_key="owner_key", label="user", default="me",
                 required=True, listed=True, help="User whose target it is."),
            Month("month", required=True, listed=True, example="2026-12", help="Month."),
            MoneyAmount("amount", required=True, least=0, listed=True,
                        help="Amount of the deals to win."),
        ),
        title="{owner} {month}",
        sort="month",
        same_by=("owner", "month", "currency"),
        heading=lambda _row: "target",
        adjust=_refuse_second,
        summary="Sales targets of users by month.",
    )
)  # fmt: skip
