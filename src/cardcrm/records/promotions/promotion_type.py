"""The declaration of promotions."""

from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Day,
    Integer,
    Key,
    Percent,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.text import normalize_line


class Code(Key):
    """A code that customers name, in capitals: ``spring10`` and ``SPRING10`` are one code."""

    __slots__ = ()

    @staticmethod
    def normalize(value: str) -> str:
        """Return the code in capitals."""
        return normalize_line(value).upper()


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.promotions.promotion_rules import check_promotion

    check_promotion(store, columns, row_id)
    return columns


PROMOTION = declare(
    RecordType(
        "promotion",
        "promotions",
        (
            Uid(),
            Code("code", non_ascii_key="code_key", required=True, unique=True, listed=True,
                 searchable=True, headed=True, example="SPRING10",
                 help="Code: letters, digits and -."),
            Text("text", non_ascii_key="text_key", listed=True, searchable=True,
                 help="Offer in words.", example="10% off in spring"),
            Percent("discount", default="0", required=True, listed=True, example="10%",
                    help="Discount on sales that redeem it."),
            Reference("campaign_id", to="campaign", key="campaign", option="campaign",
                      on_delete=CLEAR, listed=True, example="spring",
                      help="Campaign that announces it."),
            Day("from_on", key="from", listed=True, help="First day on which it is valid."),
            Day("until_on", key="until", listed=True, help="Last day on which it is valid."),
            Integer("max_uses", label="limit", least=1, example="100",
                    help="Maximum number of redemptions."),
            Integer("max_per_customer", key="per_customer", label="limit per customer", least=1,
                    example="1", help="Maximum number of redemptions by one customer."),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{code}",
        words="text",
        sort="-id",
        adjust=_check,
        summary="Promotions: codes and offers that are redeemed on sales.",
    )
)  # fmt: skip
